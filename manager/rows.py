"""Rows of text in pieces, each with a style by name. Pure: what to show gives rows."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, NamedTuple

from rich.cells import cell_len, set_cell_size

Style = Literal["plain", "quiet", "strong", "good", "amber", "red", "faint"]
Piece = tuple[str, Style]
Row = tuple[Piece, ...]

STYLES: Final[tuple[Style, ...]] = ("plain", "quiet", "strong", "good", "amber", "red", "faint")
BLOCKS: Final = " ▁▂▃▄▅▆▇█"
NOTHING_YET: Final = "·"


class Entry(NamedTuple):
    """One row of a list, and the code of what it is about; neighbours may be about the same."""

    key: str
    row: Row


Drawing = Callable[[int, int], Sequence[Entry]]  # of a width and a height


def fit(text: str, width: int) -> str:
    """The text in exactly so many cells, with an ellipsis where it is too long."""
    if cell_len(text) > width > 0:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, max(0, width))


def ends(left: Iterable[Piece], right: Iterable[Piece], width: int) -> Row:
    """Pieces at either edge; what is cut where there is no room is the last one on the left."""
    left, right = tuple(left), tuple(right)
    room = width - _cells(right)
    *first, (text, style) = left
    return (*first, (fit(text, room - _cells(first)), style), *right)


def wrapped(mark: Piece, text: str, style: Style, width: int, rows: int) -> list[Row]:
    """A sentence behind its mark, in as many rows as it needs, and not more than so many."""
    indent = cell_len(mark[0])
    lines = textwrap.wrap(text, max(1, width - indent), max_lines=rows, placeholder="…") or [""]
    blank: Piece = (" " * indent, "plain")
    return [(mark if at == 0 else blank, (line, style)) for at, line in enumerate(lines)]


def _cells(pieces: Iterable[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


# --- Bars over the day ---------------------------------------------------------------------------


class Bar(NamedTuple):
    """One bar: what stands below it, and its height; None: there is nothing to count."""

    label: str
    value: float | None


def bars(
    values: Sequence[Bar], target: float, target_label: str, size: tuple[int, int]
) -> list[Row]:
    """Bars with a line at the target and labels below; a bar goes on above the line in red.

    The newest that there is room for.
    """
    width, height = size[0] - cell_len(target_label) - 1, size[1] - 1
    if width < 4 or height < 1 or not values:
        return []
    each = max(1, min(6, width // len(values)))
    shown = values[-(width // each) :]
    top = max([target * 1.25, *(bar.value or 0.0 for bar in shown)])
    line = int(target / top * height)  # the row, from below, that the target is in
    drawn: list[Row] = []
    for row in reversed(range(height)):
        pieces = [_bar_cell(bar.value, row, height / top, line, each) for bar in shown]
        label: tuple[Piece, ...] = ((f" {target_label}", "quiet"),) if row == line else ()
        drawn.append((*pieces, *label))
    return [*drawn, _labels(shown, each)]


def _bar_cell(value: float | None, row: int, scale: float, line: int, each: int) -> Piece:
    """What a bar, of so many cells with its gap, shows in one row."""
    cells, gap = (each - 1, 1) if each > 2 else (each, 0)
    if value is None:
        text = NOTHING_YET if row == 0 else ""
        return _over_line(text, cells, gap, on_line=row == line), "faint"
    eighths = max(0, min(8, round((value * scale - row) * 8)))
    if row == 0:
        eighths = max(1, eighths)  # somebody waited
    if not eighths:
        return _over_line("", cells, gap, on_line=row == line), "quiet"
    style: Style = "red" if row > line else "amber" if value * scale > line + 1 else "good"
    return BLOCKS[eighths] * cells + ("─" if row == line else " ") * gap, style


def _over_line(text: str, cells: int, gap: int, *, on_line: bool) -> str:
    return set_cell_size(text, cells + gap) if text or not on_line else "─" * (cells + gap)


def _labels(shown: Sequence[Bar], each: int) -> Row:
    """As many of the labels as have room."""
    text = ""
    for place, bar in enumerate(shown):
        if place * each >= len(text) + (1 if text else 0):
            text = text.ljust(place * each) + bar.label
    return ((text[: len(shown) * each + 4], "quiet"),)
