"""A report as text for a terminal: columns aligned by the cells they take there."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from figures.document import Chart, Report, Text
from sheets.grid import Grid, grid_of, lines_of, notes_of
from sheets.wording import Wording, clean, load

GAP = "  "
HEAD = 9  # cells that a head may take whatever stands below it
BAR = 30  # cells of the longest bar
EIGHTHS = " ▏▎▍▌▋▊▉█"
SHADES = "▒░▓"  # of the bars after the first


def table(report: Report) -> bytes:
    words = load(report.language)
    return ("\n".join(line.rstrip() for line in _lines(report, words)) + "\n").encode()


def _lines(report: Report, words: Wording) -> Iterator[str]:
    yield clean(report.hall)
    yield f"{clean(report.title)} – {words.period(report)}"
    for block in report.blocks:
        yield ""
        if isinstance(block, Text):
            yield from lines_of(block)
            continue
        grid = grid_of(block, words)
        yield from _titled(grid.title)
        if not grid.rows:
            yield words("cell.nothing")
        elif isinstance(block, Chart) and _is_bars(block):
            yield from _bars(block, words)
        else:
            yield from _aligned(grid, words)
        yield from (f"* {note}" for note in grid.notes)
    yield ""
    yield from (f"* {note}" for note in notes_of(report))
    yield words.made(report)


def _titled(title: str) -> Iterator[str]:
    yield title
    yield "─" * cell_len(title)


def _aligned(grid: Grid, words: Wording) -> Iterator[str]:
    rows = [grid.texts(index, words) for index in range(len(grid.rows))]
    total = [grid.total_texts(words)] if grid.total else []
    contents = [max(map(cell_len, column)) for column in zip(*rows, *total, strict=True)]
    heads = [_head(head, width) for head, width in zip(grid.heads, contents, strict=True)]
    widths = [
        max(width, *map(cell_len, lines)) for width, lines in zip(contents, heads, strict=True)
    ]
    rule = GAP.join("─" * width for width in widths)
    height = max(map(len, heads))
    lowered = ([""] * (height - len(lines)) + lines for lines in heads)
    yield from (_row(line, widths, grid.numeric) for line in zip(*lowered, strict=True))
    yield rule
    yield from (_row(row, widths, grid.numeric) for row in rows)
    if total:
        yield rule
        yield _row(total[0], widths, grid.numeric)


def _head(head: str, width: int) -> list[str]:
    """A head on several lines, so that long ones do not make their columns wide."""
    return textwrap.wrap(head, max(width, HEAD), break_long_words=False) or [""]


def _row(texts: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    cells = (
        " " * (width - cell_len(text)) + text if right else text + " " * (width - cell_len(text))
        for text, width, right in zip(texts, widths, numeric, strict=True)
    )
    return GAP.join(cells)


def _is_bars(chart: Chart) -> bool:
    """Bars that a terminal can draw."""
    values = (value for one in chart.series for value in one.values)
    return chart.shape == "bars" and all(value is None or value >= 0 for value in values)


def _bars(chart: Chart, words: Wording) -> Iterator[str]:
    """One below the other; of several series one of each, in a shade of its own."""
    series, several = chart.series, len(chart.series) > 1
    rows = [
        (name if not place else "", clean(one.title) if several else "", one.values[at], place)
        for at, name in enumerate(map(clean, chart.x))
        for place, one in enumerate(series)
    ]
    longest = max((value for _, _, value, _ in rows if value), default=0.0)
    texts = [(name, title, words.shown(value, "count")) for name, title, value, _ in rows]
    columns = [0, 1, 2] if several else [0, 2]
    widths = [max(cell_len(row[column]) for row in texts) for column in columns]
    right = [column == 2 for column in columns]
    for row, (_, _, value, place) in zip(texts, rows, strict=True):
        cells = [row[column] for column in columns]
        yield GAP.join((_row(cells, widths, right), _bar(value, longest, place)))


def _bar(value: float | None, longest: float, place: int) -> str:
    eighths = round((value or 0) / longest * BAR * 8) if longest else 0
    if place:
        return SHADES[(place - 1) % len(SHADES)] * round(eighths / 8)
    return EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8].strip()
