"""What letters do to a search, on the pages to choose from. Draws nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.visit import Erase, Groups, Page, Search, Services, Start, Type
from terminal.keys import ERASE, typed_on, types

LONGEST: Final = 40  # characters of a search


def letter_step(page: Page, key: str) -> Type | Erase | None:
    """A letter opens the search on every page to choose from; blanks and erasing belong to it."""
    letter = len(key) == 1 and key.isalpha()
    if isinstance(page, Search):
        if key == ERASE:
            return Erase()
        return Type(key) if types(key) else None
    return Type(key) if letter and isinstance(page, Start | Services | Groups) else None


def search_after(page: Page, step: Type | Erase) -> Search:
    """The search with one letter more, or one less."""
    search = page if isinstance(page, Search) else Search(before=page)
    if isinstance(step, Erase):
        return replace(search, text=search.text[:-1])
    return replace(search, text=typed_on(search.text, step.letter, LONGEST))
