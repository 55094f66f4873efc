"""Rows of text on the board, and the one widget that paints them: lists of calls and of fields.

The drawing is pure: what to show and the room for it give rows of pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, zip_longest
from textwrap import wrap
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from terminal.big_number import LEAST_ROWS, draw
from terminal.drawn import Cells, Drawn

Piece = tuple[str, str]  # a text, and the component class that colours it
Row = tuple[Piece, ...]
Drawing = Callable[[int, int], Sequence[Row]]  # of a width and a height

QUIET: Final = "rows--quiet"
PLAIN: Final = "rows--plain"
STRONG: Final = "rows--strong"
MARK: Final = "rows--mark"
STYLES: Final = {QUIET: "q", PLAIN: "p", STRONG: "s", MARK: "m"}

EDGE: Final = 2  # cells left empty on both sides
NARROW_FIELD: Final = 20  # the least cells of one field's people waiting
WIDE_FIELD: Final = 28
WIDE_FROM: Final = 100
LEAST_NAME: Final = 14  # the least cells of a field's name between large letters
TWO_LISTS_FROM: Final = 2.5  # cells of width for one of height


class Rows(Drawn[Row]):
    """Shows what a drawing gives for its size."""

    DEFAULT_CSS = """
    Rows { width: 1fr; height: 1fr; }
    Rows > .rows--quiet { color: $secondary; text-style: bold; }
    Rows > .rows--plain { color: $foreground; }
    Rows > .rows--strong { color: $foreground; text-style: bold; }
    Rows > .rows--mark { color: $background; background: $warning; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {QUIET, PLAIN, STRONG, MARK}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawing: Drawing = _nothing

    def show(self, drawing: Drawing, *, anew: bool = False) -> None:
        """`anew`: there will be more or less room for it than before."""
        self._drawing = drawing
        self.redraw(anew=anew)

    def drawn(self, width: int, height: int) -> list[Row]:
        return [_merged(row) for row in self._drawing(width, height)][:height]

    def cells(self, row: Row) -> Cells:
        """One letter for each cell, as every letter here is one cell wide."""
        letters = "".join(text for text, _ in row)
        return letters, "".join(STYLES[style] * len(text) for text, style in row)

    def painted(self, row: Row) -> Strip:
        base = self.visual_style.rich_style
        return Strip([Segment(text, base + self.get_component_rich_style(c)) for text, c in row])


def _nothing(width: int, height: int) -> Sequence[Row]:
    return ()


def _merged(row: Row) -> Row:
    """Blanks in the style beside them, and neighbours of one style as one piece: fewer bytes."""
    merged: list[Piece] = []
    for text, style in row:
        if merged and MARK not in (style, merged[-1][1]):
            before, its_style = merged[-1]
            if its_style == style or not text.strip() or not before.strip():
                merged[-1] = (before + text, its_style if before.strip() else style)
                continue
        merged.append((text, style))
    return tuple(merged)


def fit(text: str, width: int) -> str:
    """The text in exactly so many cells, with an ellipsis where it is too long."""
    if cell_len(text) > width > 0:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, max(0, width))


# --- Recent calls --------------------------------------------------------------------------------


class Line(NamedTuple):
    """A number and the counter it was called to."""

    number: str
    counter: str
    priority: bool = False


class Titles(NamedTuple):
    """What stands above the numbers and above the counters, and what marks priority."""

    number: str
    counter: str
    mark: str


def calls(titles: Titles, lines: Sequence[Line], places: int) -> Drawing:
    """Numbers and counters under their titles; where the room is wide, as two lists side by side.

    They are drawn in big numbers where each of the places has room for that.
    """

    def drawing(width: int, height: int) -> Sequence[Row]:
        if width < TWO_LISTS_FROM * height:
            return _list(titles, lines, places, width, height)
        half, side = -(-places // 2), width // 2
        left = _list(titles, lines[:half], half, side, height)
        right = _list(titles, lines[half:], half, side, height)
        pairs = zip_longest(left, right, fillvalue=())
        return [(*_filled(one, side), *other) for one, other in pairs]

    return drawing


def _list(titles: Titles, lines: Sequence[Line], places: int, width: int, height: int) -> list[Row]:
    """The titles, then every line on its rows with an empty one below it; none below the last."""
    rows_each = max(1, height // places)
    row = _big if rows_each > LEAST_ROWS else _small
    drawn: list[Row] = [_ends(titles.number, titles.counter, width, QUIET)]
    for line in lines:
        drawn += row(line, titles.mark, width, rows_each)
        drawn += [()] * (-(len(drawn) - 1) % rows_each)
    return drawn


def _filled(row: Row, width: int) -> Row:
    left = width - sum(cell_len(text) for text, _ in row)
    return (*row, (" " * left, PLAIN)) if left > 0 else row


def _ends(left: str, right: str, width: int, style: str) -> Row:
    """One text at either edge."""
    room = width - 2 * EDGE
    left = fit(left, room - cell_len(right) - 1)
    return (" " * EDGE, PLAIN), (f"{left} {right}", style)


def _small(line: Line, mark: str, width: int, height: int) -> list[Row]:
    marked: Row = ((f" {mark} ", MARK),) if line.priority else ()
    used = 2 * EDGE + cell_len(line.number) + 2 + sum(cell_len(text) for text, _ in marked)
    counter = (" " * max(1, width - used - cell_len(line.counter)) + line.counter, STRONG)
    return [((" " * EDGE, PLAIN), (f"{line.number}  ", STRONG), *marked, counter)]


def _big(line: Line, mark: str, width: int, height: int) -> list[Row]:
    """Number and counter in block characters, and between them the mark half way down."""
    middle = max(cell_len(mark) + 2, width // 8)
    room = width - EDGE - 1 - middle
    for_number = room * 19 // 28  # four letters and three gaps, beside two digits and one
    for_counter = room - for_number
    digits = for_counter if len(line.counter) > 1 else for_counter * 6 // 13  # all of one size
    numbers = _to_the_left(draw(line.number, for_number, height - 1), for_number)
    counters = _to_the_right(draw(line.counter, digits, height - 1), for_counter)
    return [
        (
            (" " * EDGE, PLAIN),
            (number, STRONG),
            *_between(mark if line.priority and y == (height - 2) // 2 else "", middle),
            (counter, STRONG),
        )
        for y, (number, counter) in enumerate(zip(numbers, counters, strict=True))
    ]


def _to_the_left(rows: list[str], width: int) -> list[str]:
    blank = min(len(row) - len(row.lstrip()) for row in rows)
    return [row[blank:].ljust(width) for row in rows]


def _to_the_right(rows: list[str], width: int) -> list[str]:
    blank = min(len(row) - len(row.rstrip()) for row in rows)
    return [row[: len(row) - blank].rjust(width) for row in rows]


def _between(mark: str, width: int) -> Row:
    if not mark:
        return ((" " * width, PLAIN),)
    left = (width - cell_len(mark) - 2) // 2
    right = width - cell_len(mark) - 2 - left
    return (" " * left, PLAIN), (f" {mark} ", MARK), (" " * right, PLAIN)


# --- People waiting ------------------------------------------------------------------------------


class Field(NamedTuple):
    letter: str
    name: str
    waiting: int


def rows_of_waiting(fields: int, width: int, tall: int) -> int:
    """How many rows it takes to tell of so many fields, each `tall` rows high, and the title."""
    lines = -(-fields // columns(fields, width, tall))
    return 1 + lines * tall + (lines - 1 if tall > 1 else 0)


def columns(fields: int, width: int, tall: int = 1) -> int:
    """How many fields stand beside each other, so that the rows are about equally full."""
    least = WIDE_FIELD if width >= WIDE_FROM else NARROW_FIELD
    least = least if tall == 1 else max(least, _drawn_width(3, tall) + LEAST_NAME)
    most = max(1, (width - 2 * EDGE) // least)
    rows = -(-fields // most)
    return -(-fields // rows) if rows else 1


def waiting(title: str, fields: Sequence[Field], tall: int = 1) -> Drawing:
    """People waiting per field, read row by row; letters and counts are `tall` rows high."""

    def drawing(width: int, height: int) -> Sequence[Row]:
        beside = columns(len(fields), width, tall)
        room = (width - 2 * EDGE) // beside
        rows: list[Row] = [((" " * EDGE + title, QUIET),)]
        for start in range(0, len(fields), beside):
            line = [_cell(field, room, tall) for field in fields[start : start + beside]]
            rows += [((" " * EDGE, PLAIN), *chain(*pieces)) for pieces in zip(*line, strict=True)]
            rows += [()] if tall > 1 else []
        return rows

    return drawing


def _cell(field: Field, width: int, tall: int) -> list[Row]:
    """One field: its letter, its name, how many wait."""
    if tall > 1:
        return _drawn_cell(field, width, tall)
    count = f"{field.waiting:>3}"
    name = fit(field.name, width - len(count) - 5)
    return [((f"{field.letter} ", QUIET), (name, PLAIN), (f" {count}", STRONG), ("  ", PLAIN))]


def _drawn_cell(field: Field, width: int, tall: int) -> list[Row]:
    count, one = str(field.waiting), _drawn_width(1, tall)
    for_count = _drawn_width(max(2, len(count)), tall)
    letters = draw(field.letter, one, tall)
    counts = [row.rjust(for_count) for row in draw(count, _drawn_width(len(count), tall), tall)]
    names = _in_lines(field.name, max(1, width - one - for_count - 5), tall)
    return [
        ((letter, QUIET), (f" {text} ", PLAIN), (number, STRONG), ("   ", PLAIN))
        for letter, text, number in zip(letters, names, counts, strict=True)
    ]


def _in_lines(text: str, width: int, rows: int) -> list[str]:
    """The text broken between words, in the middle of so many rows of exactly that width."""
    lines = wrap(text, width, max_lines=rows, placeholder="…") or [""]
    above = (rows - len(lines)) // 2
    below = rows - len(lines) - above
    return [fit(line, width) for line in [*[""] * above, *lines, *[""] * below]]


def _drawn_width(letters: int, tall: int) -> int:
    """Cells of so many letters of that height, with gaps."""
    one = round(tall * 1.4)
    return letters * one + (letters - 1) * max(1, round(one / 6))
