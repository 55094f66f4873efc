"""Every block of a report as rows and columns, for formats that have nothing but those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from figures.document import Cell, Chart, Column, Figures, Kind, Report, Table, Text
from sheets.wording import Wording, clean


@dataclass(frozen=True, slots=True)
class Item:
    """One cell, and what it is of."""

    value: Cell
    kind: Kind


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells under heads. `kinds` says of each column what most of it is of."""

    key: str
    title: str
    heads: tuple[str, ...]
    keys: tuple[str, ...]
    kinds: tuple[Kind, ...]
    rows: Sequence[Sequence[Cell]]
    row_kinds: Sequence[Kind] | None = None  # where each row is of something else: see `items`
    total: Sequence[Cell] | None = None
    notes: Sequence[str] = ()

    def items(self, index: int) -> list[Item]:
        """The cells of a row. In rows of figures, all numbers are of the row's kind."""
        row_kind = None if self.row_kinds is None else self.row_kinds[index]
        return [
            Item(value, row_kind if row_kind and kind != "text" else kind)
            for value, kind in zip(self.rows[index], self.kinds, strict=True)
        ]

    def total_items(self) -> list[Item]:
        return [Item(value, kind) for value, kind in zip(self.total or (), self.kinds, strict=True)]

    def texts(self, index: int, words: Wording) -> list[str]:
        """A row as people read it."""
        show = words.shown if self.row_kinds is None else words.with_unit
        return [show(item.value, item.kind) for item in self.items(index)]

    def total_texts(self, words: Wording) -> list[str]:
        return [words.shown(item.value, item.kind) for item in self.total_items()]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns stand right."""
        return tuple(kind not in {"text", "date", "time", "flag"} for kind in self.kinds)


def grid_of(block: Table | Figures | Chart, words: Wording) -> Grid:
    match block:
        case Table():
            return _of_columns(block, words)
        case Figures():
            return _of_figures(block, words)
        case Chart():
            return _of_columns(numbers_of(block), words)


def numbers_of(chart: Chart) -> Table:
    """The numbers a chart is drawn from; a heat map keeps its shape."""
    if chart.shape == "heat":
        heads = [chart.y_title, *chart.x]
        rows: list[list[Cell]] = [[one.title, *one.values] for one in chart.series]
    else:
        heads = [chart.x_title, *(one.title for one in chart.series)]
        values = (one.values for one in chart.series)
        rows = [list(row) for row in zip(chart.x, *values, strict=True)]
    columns = [
        Column(key=f"c{number}", title=title, kind="count" if number else "text")
        for number, title in enumerate(heads)
    ]
    return Table(key=chart.key, title=chart.title, columns=columns, rows=rows)


def notes_of(report: Report) -> list[str]:
    return [clean(note) for note in report.notes]


def lines_of(text: Text) -> list[str]:
    return [clean(line) for line in text.lines]


def _of_columns(table: Table, words: Wording) -> Grid:
    return Grid(
        key=table.key,
        title=clean(table.title),
        heads=tuple(words.head(column) for column in table.columns),
        keys=tuple(column.key for column in table.columns),
        kinds=tuple(column.kind for column in table.columns),
        rows=table.rows,
        total=table.total,
        notes=[clean(note) for note in table.notes],
    )


def _of_figures(block: Figures, words: Wording) -> Grid:
    """What is known of no figure has no column."""
    columns: list[tuple[str, Kind, list[Cell]]] = [
        ("figure", "text", [one.title for one in block.figures]),
        ("value", "score", [one.value for one in block.figures]),
        ("before", "score", [one.before for one in block.figures]),
        ("year_ago", "score", [one.year_ago for one in block.figures]),
        ("target", "score", [one.target for one in block.figures]),
        ("met", "text", [_verdict(one.met, words) for one in block.figures]),
        ("note", "text", [one.note for one in block.figures]),
    ]
    used = [one for one in columns if one[0] in {"figure", "value"} or _any_there(one[2])]
    return Grid(
        key=block.key,
        title=clean(block.title),
        heads=tuple(words(f"figures.{name}") for name, _, _ in used),
        keys=tuple(name for name, _, _ in used),
        kinds=tuple(kind for _, kind, _ in used),
        rows=[[values[index] for _, _, values in used] for index in range(len(block.figures))],
        row_kinds=[one.kind for one in block.figures],
        notes=[clean(note) for note in block.notes],
    )


def _any_there(cells: Sequence[Cell]) -> bool:
    return any(cell not in {None, ""} for cell in cells)


def _verdict(met: bool | None, words: Wording) -> str:
    return "" if met is None else words("met.yes" if met else "met.no")
