"""How many boxes of what size go on one sheet. Pure arithmetic; draws nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from kiosk.picture import Choice

MOST: Final = 8  # on one sheet: 9 and 0 are keys of their own
MOST_COLUMNS: Final = 4
GOOD_ROWS: Final = 5  # of a box that is easy to touch
LEAST_ROWS: Final = 3
BIG_ROWS: Final = 7  # of a box whose key is drawn large
MOST_ROWS: Final = 12
LEAST_CELLS: Final = 15  # of text; less would break words
MOST_WIDTH: Final = 84  # of a box; a wider one is hard to read
KEY_CELLS: Final = 5
BIG_KEY_CELLS: Final = 13  # with the wider padding of its words
PADDING: Final = 2  # left and right of the words together
GAP_X: Final = 2
GAP_Y: Final = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """Boxes in rows and columns; sizes in cells, `cells` is the width of the words."""

    columns: int
    rows: int
    box_rows: int
    cells: int

    @property
    def big(self) -> bool:
        """Whether there is room for large keys."""
        return self.box_rows >= BIG_ROWS

    @property
    def height(self) -> int:
        return self.rows * (self.box_rows + GAP_Y) - GAP_Y


def arrange(choices: Sequence[Choice], count: int, width: int, height: int) -> Sheet | None:
    """`count` boxes, each large enough for any of the choices; None: there is no room for them.

    As few columns as leave the boxes easy to touch and to read; else the highest boxes.
    """
    every = (_in_columns(choices, count, n, width, height) for n in range(1, MOST_COLUMNS + 1))
    sheets = [sheet for sheet in every if sheet is not None]
    good = [sheet for sheet in sheets if sheet.box_rows >= GOOD_ROWS and sheet.cells <= MOST_WIDTH]
    return good[0] if good else max(sheets, key=lambda sheet: sheet.box_rows, default=None)


def split(choices: Sequence[Choice], width: int, height: int) -> tuple[Sheet | None, int]:
    """The sheet to use, and how many boxes are on it, the one that turns the sheet included."""
    most = min(len(choices), MOST)
    for count in range(most, 1, -1):
        sheet = arrange(choices, count, width, height)
        if sheet is not None:
            return sheet, count
    return arrange(choices, most, width, height), most


def lines(choice: Choice, cells: int) -> tuple[list[str], list[str]]:
    """The title and the facts, broken into lines of so many cells."""
    together = " · ".join(choice.facts)
    facts = [together] if len(together) <= cells else list(choice.facts)
    return textwrap.wrap(choice.title, cells), [
        line for fact in facts for line in textwrap.wrap(fact, cells)
    ]


def _in_columns(
    choices: Sequence[Choice], count: int, columns: int, width: int, height: int
) -> Sheet | None:
    rows = ceil(count / columns)
    box_rows = min(MOST_ROWS, (height + GAP_Y) // max(1, rows) - GAP_Y)
    key_cells = BIG_KEY_CELLS if box_rows >= BIG_ROWS else KEY_CELLS
    cells = (width - (columns - 1) * GAP_X) // columns - key_cells - PADDING
    if cells < LEAST_CELLS or columns > max(1, count):
        return None
    needed = max((sum(map(len, lines(choice, cells))) for choice in choices), default=0)
    return Sheet(columns, rows, box_rows, cells) if box_rows >= max(needed, LEAST_ROWS) else None
