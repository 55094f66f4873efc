"""How many boxes of what size go on one sheet. Pure arithmetic; draws nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from terminal.moods import FRAMED
from terminal.moods import LEAST as LEAST_FACE
from terminal.picture import Choice

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
MOST_TALL: Final = (32, 22)  # cells and rows of a box with its face above its words
MOST_LONG: Final = 20  # rows of a box with its face beside its words
MARKS: Final = {None: "", False: "[ ] ", True: "[x] "}  # of what stays chosen


@dataclass(frozen=True, slots=True)
class Sheet:
    """Boxes in rows and columns; sizes in cells, `cells` is the width of the words.

    `face`: cells and rows of a face; it stands above the words if the boxes are `tall`.
    """

    columns: int
    rows: int
    box_rows: int
    cells: int
    face: tuple[int, int] = (0, 0)
    tall: bool = False
    gap: int = GAP_Y

    @property
    def big(self) -> bool:
        """Whether there is room for large keys."""
        return self.box_rows >= BIG_ROWS and not self.tall

    @property
    def height(self) -> int:
        return self.rows * (self.box_rows + self.gap) - self.gap


def arrange(choices: Sequence[Choice[Any]], count: int, width: int, height: int) -> Sheet | None:
    """`count` boxes, each large enough for any of the choices; None: there is no room for them.

    As few columns as leave the boxes easy to touch and to read; else the highest boxes.
    """
    every = (_in_columns(choices, count, n, width, height) for n in range(1, MOST_COLUMNS + 1))
    sheets = [sheet for sheet in every if sheet is not None]
    good = [sheet for sheet in sheets if sheet.box_rows >= GOOD_ROWS and sheet.cells <= MOST_WIDTH]
    return good[0] if good else max(sheets, key=lambda sheet: sheet.box_rows, default=None)


def split(choices: Sequence[Choice[Any]], width: int, height: int) -> tuple[Sheet | None, int]:
    """The sheet to use, and how many boxes are on it, the one that turns the sheet included."""
    if choices and all(choice.mood is not None for choice in choices):
        return _with_faces(choices, width, height), len(choices)
    most = min(len(choices), MOST)
    for count in range(most, 1, -1):
        sheet = arrange(choices, count, width, height)
        if sheet is not None:
            return sheet, count
    return arrange(choices, most, width, height), most


def lines(choice: Choice[Any], cells: int) -> tuple[list[str], list[str]]:
    """The title and the facts, broken into lines of so many cells."""
    together = " · ".join(choice.facts)
    facts = [together] if len(together) <= cells else list(choice.facts)
    return textwrap.wrap(MARKS[choice.taken] + choice.title, cells), [
        line for fact in facts for line in textwrap.wrap(fact, cells)
    ]


def _in_columns(
    choices: Sequence[Choice[Any]], count: int, columns: int, width: int, height: int
) -> Sheet | None:
    rows = ceil(count / columns)
    box_rows = min(MOST_ROWS, (height + GAP_Y) // max(1, rows) - GAP_Y)
    key_cells = BIG_KEY_CELLS if box_rows >= BIG_ROWS else KEY_CELLS
    cells = (width - (columns - 1) * GAP_X) // columns - key_cells - PADDING
    if cells < LEAST_CELLS or columns > max(1, count):
        return None
    needed = max((sum(map(len, lines(choice, cells))) for choice in choices), default=0)
    return Sheet(columns, rows, box_rows, cells) if box_rows >= max(needed, LEAST_ROWS) else None


# --- With faces ----------------------------------------------------------------------------------


def _with_faces(choices: Sequence[Choice[Any]], width: int, height: int) -> Sheet | None:
    """All in one row where the room is wide, all in one column where it is high.

    They stay together: where there is no room for faces, there are words alone.
    """
    wide = width >= 2 * height  # a cell is twice as high as it is wide
    sheets = _beside(choices, width, height), _stacked(choices, width, height)
    plain = _in_lines(choices, width, height)
    return next(filter(None, (*sheets[:: 1 if wide else -1], plain)), None)


def _beside(choices: Sequence[Choice[Any]], width: int, height: int) -> Sheet | None:
    count = len(choices)
    cells = min(MOST_TALL[0], (width - (count - 1) * GAP_X) // count)
    words_rows = _most_lines(choices, cells)
    box_rows = min(MOST_TALL[1], height)
    face_rows = min(box_rows - words_rows - 4, cells // 2)  # 4: the key, and air
    if face_rows < LEAST_FACE[1] or not _words_fit(choices, cells):
        return None
    box_rows = min(box_rows, face_rows + words_rows + 6)
    return Sheet(count, 1, box_rows, cells, (cells, face_rows), tall=True)


def _stacked(choices: Sequence[Choice[Any]], width: int, height: int) -> Sheet | None:
    count = len(choices)
    box_rows = min(MOST_LONG, (height + GAP_Y) // count - GAP_Y)
    key_cells = BIG_KEY_CELLS if box_rows >= BIG_ROWS else KEY_CELLS
    face_rows = box_rows - 2 if box_rows >= FRAMED[1] + 2 else box_rows
    face_cells = min(max(LEAST_FACE[0], 2 * face_rows), (width - key_cells) // 2)
    cells = width - key_cells - face_cells - PADDING
    if box_rows < LEAST_ROWS or face_cells < LEAST_FACE[0] or not _words_fit(choices, cells):
        return None
    if _most_lines(choices, cells) > box_rows:
        return None
    return Sheet(1, count, box_rows, cells, (face_cells, face_rows))


def _in_lines(choices: Sequence[Choice[Any]], width: int, height: int) -> Sheet | None:
    box_rows = min(LEAST_ROWS, height // len(choices))
    cells = width - KEY_CELLS - PADDING
    return Sheet(1, len(choices), box_rows, cells, gap=0) if box_rows and cells > 0 else None


def _most_lines(choices: Sequence[Choice[Any]], cells: int) -> int:
    return max(sum(map(len, lines(choice, max(1, cells)))) for choice in choices)


def _words_fit(choices: Sequence[Choice[Any]], cells: int) -> bool:
    """Whether no word must be broken."""
    return all(len(word) <= cells for choice in choices for word in choice.title.split())
