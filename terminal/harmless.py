"""The last look at what a screen paints: whatever a text came from, it cannot steer the terminal.

Every row of every widget passes here. The door has cleaned what people wrote already; this is for
the rest: a card's text, a file's, a device's, and whatever nobody thought of.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from unicodedata import category

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from link.text import MARKS, MOST_MARKS, SHAPELESS

MOST_KNOWN: Final = 4096  # letters: all of Vietnamese, blocks and boxes are a few hundred


class Harmless(LineFilter):
    """Takes out of a row what is no letter, sign or blank, and keeps the row as wide as it was."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()  # characters that are harmless beside any other

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(self._knows(text) for text, _, _ in segments):
            return segments
        return [Segment(harmless(text), style) for text, style, _ in segments]

    def _knows(self, text: str) -> bool:
        """Whether nothing in it can do harm; what is new here is looked at once."""
        if (text.isascii() and text.isprintable()) or self._known.issuperset(text):
            return True
        if len(self._known) < MOST_KNOWN:
            self._known.update(filter(_stands_alone, text))
        return self._known.issuperset(text)


HARMLESS: Final = Harmless()


def _stands_alone(character: str) -> bool:
    """Whether it is a letter, sign or blank, and no mark upon another."""
    return harmless(character) == character and category(character) not in MARKS


@lru_cache(maxsize=4096)  # a screen paints the same rows again and again
def harmless(text: str) -> str:
    """The text as it may be shown, in as many cells as it had."""
    kept, marks = [], MOST_MARKS  # a mark that stands first has nothing to stand on
    for character in text:
        if character in SHAPELESS or not (character.isprintable() or category(character) == "Zs"):
            continue
        marks = marks + 1 if category(character) in MARKS else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    shown = "".join(kept)
    return shown if shown == text else set_cell_size(shown, cell_len(text))
