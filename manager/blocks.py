"""The blocks of a report as widgets. The figures in them are written as in the files made of it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from rich.table import Table as RichTable
from rich.text import Text as RichText
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import DataTable, Static

from figures.document import Block, Cell, Chart, Column, Figure, Figures, Report, Table, Text
from manager.charts import widget_for
from sheets.wording import Wording, load
from terminal.words import Words

MOST_ROWS: Final = 18  # of a table in sight; the others come by scrolling in it
HEAD_CELLS: Final = 16  # of a line over a column: figures are shorter than what they are called
FILLED: Final = 2000  # rows that a table on the page has at most: a file has them all
RIGHT: Final = frozenset({"count", "seconds", "share", "score"})
SIGNS: Final = {True: "✓", False: "!!", None: ""}


def widgets(report: Report, words: Words) -> Iterator[Widget]:
    """What shows the whole report, from its title to its notes."""
    wording = load(report.language)
    made = wording.made(report)
    yield Static(report.title, classes="report-title", markup=False)
    yield Static(f"{wording.period(report)} · {made}", classes="report-made", markup=False)
    for block in report.blocks:
        yield _widget(block, wording, words)
    if report.notes:
        yield Static("\n".join(report.notes), classes="notes", markup=False)


def _widget(block: Block, wording: Wording, words: Words) -> Widget:
    match block:
        case Text():
            return Static("\n".join(block.lines), classes="text", markup=False)
        case Figures():
            return FiguresBlock(block, wording)
        case Table():
            return TableBlock(block, wording, words)
        case Chart():
            return ChartBlock(block, wording)


class FiguresBlock(Vertical):
    """Figures one below the other, beside what they were, with their targets in words and signs."""

    DEFAULT_CSS = "FiguresBlock { height: auto; margin: 0 0 1 0; }"

    def __init__(self, block: Figures, wording: Wording) -> None:
        super().__init__()
        self._block, self._wording = block, wording

    def compose(self) -> ComposeResult:
        yield Static(self._block.title, classes="block-title", markup=False)
        yield Static(self._table(), classes="figures")
        if self._block.notes:
            yield Static("\n".join(self._block.notes), classes="notes", markup=False)

    def _table(self) -> RichTable:
        wording, figures = self._wording, self._block.figures
        beside = [name for name in ("before", "year_ago") if any(_has(f, name) for f in figures)]
        targets = any(figure.target is not None for figure in figures)
        table = RichTable(box=None, padding=(0, 2, 0, 0), show_header=bool(beside or targets))
        table.add_column("", ratio=None)
        table.add_column(wording("figures.value"), justify="right")
        if targets:
            table.add_column(wording("figures.target"), justify="right")
        for name in beside:
            table.add_column(wording(f"figures.{name}"), justify="right")
        for figure in figures:
            table.add_row(*self._cells(figure, beside, targets=targets))
        return table

    def _cells(self, figure: Figure, beside: list[str], *, targets: bool) -> Iterator[RichText]:
        wording, theme = self._wording, self.app.current_theme
        shade = {True: theme.success, False: theme.error, None: ""}[figure.met]
        value = wording.with_unit(figure.value, figure.kind)
        sign = SIGNS[figure.met]
        yield RichText(f"{figure.title}{f' ({figure.note})' if figure.note else ''}")
        yield RichText(f"{value} {sign}".rstrip(), style=f"bold {shade or ''}")
        if targets:
            target = figure.target
            yield RichText("" if target is None else wording.with_unit(target, figure.kind))
        for name in beside:
            yield RichText(wording.with_unit(getattr(figure, name), figure.kind))


def _has(figure: Figure, name: str) -> bool:
    return getattr(figure, name) is not None


class TableBlock(Vertical):
    """A table that scrolls by keyboard and mouse, with its total as the last row."""

    DEFAULT_CSS = """
    TableBlock { height: auto; margin: 0 0 1 0; }
    TableBlock > DataTable { height: auto; background: $background; }
    TableBlock > DataTable > .datatable--header { color: $secondary; background: $surface; }
    TableBlock > DataTable:focus > .datatable--header { color: $background; background: $primary; }
    TableBlock > DataTable > .datatable--fixed { background: $surface; }
    TableBlock > DataTable > .datatable--cursor { background: $background; text-style: none; }
    TableBlock > DataTable:focus > .datatable--cursor { background: $panel; text-style: bold; }
    """

    def __init__(self, block: Table, wording: Wording, words: Words) -> None:
        super().__init__()
        self._block, self._wording, self._words = block, wording, words

    def compose(self) -> ComposeResult:
        block = self._block
        yield Static(block.title, classes="block-title", markup=False)
        if not block.rows:
            yield Static(self._wording("cell.nothing"), classes="text", markup=False)
        else:
            yield DataTable[RichText](cursor_type="row", zebra_stripes=True)
        if len(block.rows) > FILLED:
            more = self._words("manager.rows_left_out", shown=FILLED, rows=len(block.rows))
            yield Static(more, classes="notes", markup=False)
        if block.notes:
            yield Static("\n".join(block.notes), classes="notes", markup=False)

    def on_mount(self) -> None:
        for table in self.query(DataTable):
            self._fill(table)

    def _fill(self, table: DataTable[RichText]) -> None:
        block, wording = self._block, self._wording
        for column in block.columns:
            justify = "right" if column.kind in RIGHT else "left"
            head = "\n".join(wrap(wording.head(column), HEAD_CELLS))
            table.add_column(RichText(head, justify=justify))  # type: ignore[arg-type]
            table.header_height = max(table.header_height, head.count("\n") + 1)
        for row in block.rows[:FILLED]:
            table.add_row(*self._row(row))
        if block.total is not None:
            table.add_row(*self._row(block.total, bold=True))
        table.fixed_columns = 1 if len(block.columns) > 3 else 0
        table.styles.max_height = MOST_ROWS

    def _row(self, cells: list[Cell], *, bold: bool = False) -> Iterator[RichText]:
        for cell, column in zip(cells, self._block.columns, strict=True):
            yield self._cell(cell, column, bold=bold)

    def _cell(self, cell: Cell, column: Column, *, bold: bool) -> RichText:
        """Empty where there is nothing: a dash in every other cell says nothing either."""
        text = "" if cell is None and bold else self._wording.shown(cell, column.kind)
        justify = "right" if column.kind in RIGHT else "left"
        return RichText(text, style="bold" if bold else "", justify=justify)  # type: ignore[arg-type]


class ChartBlock(Vertical):
    """A chart with its title; the target is said in words as well."""

    DEFAULT_CSS = "ChartBlock { height: auto; margin: 0 0 1 0; }"

    def __init__(self, chart: Chart, wording: Wording) -> None:
        super().__init__()
        self._chart, self._wording = chart, wording

    def compose(self) -> ComposeResult:
        chart, wording = self._chart, self._wording
        title = f"{chart.title} ({chart.y_title})" if chart.y_title else chart.title
        if chart.target is not None:
            target = wording.number(chart.target, 0)
            title = f"{title} · {wording('chart.target', target=target)}"
        yield Static(title, classes="block-title", markup=False)
        if not any(value is not None for one in chart.series for value in one.values):
            yield Static(wording("cell.nothing"), classes="text", markup=False)
        else:
            yield widget_for(chart, wording, self.app.size.width)
