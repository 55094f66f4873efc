"""What the keys of a keyboard stand for, and what letters do to a search. Draws nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from unicodedata import combining, normalize

from kiosk.visit import Erase, Groups, Page, Search, Services, Start, Type

BLANK: Final = " "
ERASE: Final = "⌫"
HELD: Final = ("alt+", "ctrl+", "super+")  # with these, a key types nothing
LONGEST: Final = 40  # characters of a search
KEYS: Final = {
    **{str(digit): str(digit) for digit in range(10)},
    "asterisk": "*",
    "number_sign": "#",
    "slash": "#",  # keypads of computers have no #
    "enter": "Enter",
    "space": BLANK,
    "backspace": ERASE,
    "delete": ERASE,
}


def letter_step(page: Page, key: str) -> Type | Erase | None:
    """A letter opens the search on every page to choose from; blanks and erasing belong to it."""
    letter = len(key) == 1 and key.isalpha()
    if isinstance(page, Search):
        if key == ERASE:
            return Erase()
        return Type(key) if letter or key == BLANK or _is_mark(key) else None
    return Type(key) if letter and isinstance(page, Start | Services | Groups) else None


def search_after(page: Page, step: Type | Erase) -> Search:
    """The search with one letter more, or one less."""
    search = page if isinstance(page, Search) else Search(before=page)
    if isinstance(step, Erase):
        return replace(search, text=search.text[:-1])
    text = normalize("NFC", search.text + step.letter).lstrip(BLANK)
    return replace(search, text=text[:LONGEST])


def _is_mark(key: str) -> bool:
    """Some input methods type an accent after its letter."""
    return len(key) == 1 and combining(key) > 0
