"""A report as an Excel workbook: a first sheet as on paper, one for each table and each chart.

Numbers are numbers and days are days; a text is never taken for a formula, whatever it begins with.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from figures.document import Chart, Figures, Kind, Report, Table, Text
from sheets.grid import Grid, Item, grid_of, lines_of, notes_of
from sheets.native import add_chart, colour_cells, with_target
from sheets.wording import NOTHING, Wording, clean, in_unit, load

NUMBER_FORMATS: Final[dict[Kind, str]] = {
    "text": "@",
    "count": "#,##0",
    "seconds": "#,##0.0",  # minutes
    "share": "0.0%",
    "score": "#,##0.00",
    "date": "dd/mm/yyyy",
    "time": "dd/mm/yyyy hh:mm",
    "flag": "General",
}
ONE_DECIMAL: Final = "#,##0.0"
MOST_ROWS: Final = 1_000_000  # of a sheet, below its heads
WIDEST, NARROWEST = 48, 9  # columns, in letters
SAMPLE: Final = 500  # rows that say how wide a column is
LONGEST_NAME: Final = 31
FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
FONT: Final = "Times New Roman"  # what offices here write in, and what every one of them has
A4: Final = 9
FIRST_ROW: Final = 3  # of the heads of a table's sheet, counted from 0


def workbook(report: Report) -> bytes:
    file = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(file, {"constant_memory": True, "nan_inf_to_errors": True, **plain})
    book.set_properties(
        {
            "title": clean(report.title),
            "company": clean(report.hall),
            "comments": clean(report.made_by),
            "created": datetime.fromisoformat(report.made_at).replace(tzinfo=None),
        }
    )
    Sheets(book, report).write()
    book.close()
    return file.getvalue()


class Sheets:
    """The sheets of one workbook while they are written, from the top of each to its bottom."""

    def __init__(self, book: Workbook, report: Report) -> None:
        self._book, self._report = book, report
        self._words: Wording = load(report.language)
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._names: set[str] = set()

    def write(self) -> None:
        self._first_sheet()
        for block in self._report.blocks:
            match block:
                case Table():
                    self._tables(grid_of(block, self._words))
                case Chart():
                    self._chart(block)
                case Figures() | Text():
                    pass  # on the first sheet

    # --- The first sheet -------------------------------------------------------------------------

    def _first_sheet(self) -> None:
        sheet = self._sheet(self._words("page.contents"), landscape=False)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 5, 14)
        sheet.set_column(6, 6, 28)
        row = self._official_header(sheet)
        for block in self._report.blocks:
            if isinstance(block, Text):
                for line in lines_of(block):
                    row = self._line(sheet, row, line)
            elif isinstance(block, Figures):
                row = self._grid(sheet, row + 1, grid_of(block, self._words))
        row += 1
        for note in [*notes_of(self._report), self._words.made(self._report)]:
            row = self._line(sheet, row, note, italic=True)
        self._signatures(sheet, row + 1)

    def _official_header(self, sheet: Worksheet) -> int:
        """The two columns of every official paper, then what it is; the row after it."""
        words, report, bold = self._words, self._report, {"bold": True, "align": "center"}
        centred = {"align": "center", "text_wrap": True, "valign": "top"}
        lines: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
            (clean(report.unit).upper(), centred, words("header.country"), bold),
            (
                clean(report.hall).upper(),
                {**centred, "bold": True},
                words("header.motto"),
                {**bold, "underline": 1, "valign": "top"},
            ),
            (
                words("header.number"),
                {"align": "center"},
                words.place_and_date(report),
                {"align": "center", "italic": True},
            ),
        ]
        for row, (left, left_look, right, right_look) in enumerate(lines):
            sheet.set_row(row, 34 if row == 1 else 18)
            sheet.write_string(row, 0, left, self._format(**left_look))
            self._across(sheet, row, 1, right, **right_look)
        self._across(sheet, 4, 0, clean(report.title).upper(), bold=True, font_size=14)
        self._across(sheet, 5, 0, words.period(report), italic=True)
        return 7

    def _across(self, sheet: Worksheet, row: int, column: int, text: str, **look: Any) -> None:
        look = {"align": "center", **look}
        sheet.merge_range(row, column, row, 6, text, self._format(**look))

    def _line(self, sheet: Worksheet, row: int, text: str, **look: Any) -> int:
        sheet.set_row(row, 16 * (1 + len(text) // 125))
        look = {"align": "left", "text_wrap": True, "valign": "top", **look}
        sheet.merge_range(row, 0, row, 6, text, self._format(**look))
        return row + 1

    def _signatures(self, sheet: Worksheet, row: int) -> None:
        words, bold = self._words, {"bold": True, "align": "center"}
        sheet.write_string(row, 0, words("signature.maker"), self._format(**bold))
        self._across(sheet, row, 1, words("signature.head"), bold=True)
        how = {"italic": True, "align": "center"}
        sheet.write_string(row + 1, 0, words("signature.maker_how"), self._format(**how))
        self._across(sheet, row + 1, 1, words("signature.head_how"), italic=True)

    # --- Tables and charts -----------------------------------------------------------------------

    def _tables(self, grid: Grid) -> None:
        """One sheet, or several where a sheet has not rows enough."""
        for start in range(0, max(1, len(grid.rows)), MOST_ROWS):
            rows = range(start, min(len(grid.rows), start + MOST_ROWS))
            last = rows.stop == len(grid.rows)
            self._table(grid, rows, last=last)

    def _table(self, grid: Grid, rows: range, *, last: bool) -> None:
        sheet = self._sheet(grid.title, landscape=len(grid.heads) > 6)
        for column, width in enumerate(self._widths(grid)):
            sheet.set_column(column, column, width)
        self._titles(sheet, grid.title)
        row = self._rows(sheet, FIRST_ROW, grid, rows)
        if last and grid.total:
            row = self._items(sheet, row, grid.total_items(), bold=True, top=1)
        sheet.freeze_panes(FIRST_ROW + 1, 1 if len(grid.heads) > 1 else 0)
        sheet.repeat_rows(FIRST_ROW)
        if rows:
            sheet.autofilter(FIRST_ROW, 0, FIRST_ROW + len(rows), len(grid.heads) - 1)
        for number, note in enumerate(grid.notes if last else ()):
            sheet.write_string(row + 1 + number, 0, note, self._format(italic=True))

    def _chart(self, chart: Chart) -> None:
        """The numbers, and the chart that Excel draws from them; a heat map is its own picture."""
        grid = grid_of(with_target(chart, self._words), self._words)
        sheet = self._sheet(grid.title, landscape=True)
        for column, width in enumerate(self._widths(grid)):
            sheet.set_column(column, column, width)
        self._titles(sheet, grid.title)
        self._rows(sheet, FIRST_ROW, grid, range(len(grid.rows)), decimals=True)
        sheet.freeze_panes(FIRST_ROW + 1, 1)
        if not grid.rows:
            return
        if chart.shape == "heat":
            colour_cells(sheet, FIRST_ROW + 1, len(grid.rows), len(grid.heads) - 1)
        else:
            add_chart(self._book, sheet, with_target(chart, self._words), FIRST_ROW)

    def _titles(self, sheet: Worksheet, title: str) -> None:
        report = self._report
        below = f"{clean(report.hall)} – {self._words.period(report)}"
        sheet.write_string(0, 0, title, self._format(bold=True, font_size=13))
        sheet.write_string(1, 0, below, self._format(italic=True))

    def _grid(self, sheet: Worksheet, row: int, grid: Grid) -> int:
        """Figures on the first sheet; the row after them."""
        sheet.write_string(row, 0, grid.title, self._format(bold=True, font_size=12))
        row = self._rows(sheet, row + 1, grid, range(len(grid.rows)))
        for note in grid.notes:
            row = self._line(sheet, row, note, italic=True)
        return row

    def _rows(
        self, sheet: Worksheet, row: int, grid: Grid, rows: range, *, decimals: bool = False
    ) -> int:
        """Heads and rows; the row after them."""
        look = {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
        head = self._format(**look, bg_color="#DCE6F1", border=1, border_color="#7F7F7F")
        sheet.set_row(row, 32)
        for column, text in enumerate(grid.heads):
            sheet.write_string(row, column, text, head)
        for index in rows:
            row = self._items(sheet, row + 1, grid.items(index), decimals=decimals) - 1
        if not rows:
            row += 1
            sheet.write_string(row, 0, self._words("cell.nothing"), self._format(italic=True))
        return row + 1

    def _items(
        self,
        sheet: Worksheet,
        row: int,
        items: Sequence[Item],
        *,
        decimals: bool = False,
        **look: Any,
    ) -> int:
        look = {"border": 1, "border_color": "#BFBFBF", **look}
        for column, item in enumerate(items):
            self._cell(sheet, row, column, item, look, decimals=decimals)
        return row + 1

    def _cell(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        item: Item,
        look: dict[str, Any],
        *,
        decimals: bool,
    ) -> None:
        kind, value = item.kind, item.value
        number_format = NUMBER_FORMATS[kind]
        if kind == "count" and decimals and isinstance(value, float) and not value.is_integer():
            number_format = ONE_DECIMAL
        if kind == "score" and isinstance(value, int):
            number_format = NUMBER_FORMATS["count"]
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = value if kind == "share" else float(in_unit(value, kind))
            sheet.write_number(row, column, number, self._format(num_format=number_format, **look))
        elif (moment := _moment(value, kind)) is not None:
            form = self._format(num_format=number_format, align="center", **look)
            sheet.write_datetime(row, column, moment, form)
        elif value is None and decimals:
            sheet.write_blank(row, column, None, self._format(**look))
        else:
            align = "left" if kind == "text" else "center"
            text = NOTHING if value is None else self._words.shown(value, kind)
            sheet.write_string(row, column, text, self._format(align=align, **look))

    # --- Small parts -----------------------------------------------------------------------------

    def _sheet(self, title: str, *, landscape: bool) -> Worksheet:
        sheet = self._book.add_worksheet(self._name(title))
        sheet.set_paper(A4)
        sheet.set_margins(left=0.8, right=0.5, top=0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&R&P/&N")
        sheet.hide_gridlines(2)
        if landscape:
            sheet.set_landscape()
        return sheet

    def _name(self, title: str) -> str:
        """A sheet's name that Excel takes, and that no other sheet has."""
        plain = FORBIDDEN.sub(" ", title).strip() or "…"
        short = textwrap.wrap(plain, LONGEST_NAME)[0]
        name, number = short, 1
        while name.lower() in self._names:
            number += 1
            end = f" ({number})"
            name = short[: LONGEST_NAME - len(end)] + end
        self._names.add(name.lower())
        return name

    def _widths(self, grid: Grid) -> Iterator[int]:
        rows = [grid.texts(index, self._words) for index in range(min(SAMPLE, len(grid.rows)))]
        for column, head in enumerate(grid.heads):
            longest = max((len(row[column]) for row in rows), default=0)
            word = max(map(len, head.split()), default=0)
            yield min(WIDEST, max(NARROWEST, longest + 2, word + 4, len(head) // 2 + 3))

    def _format(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": FONT, "font_size": 11, **look})
        return self._formats[key]


def _moment(value: object, kind: Kind) -> date | datetime | None:
    """A day or a moment as Excel has them: by the hall's clock, without an offset."""
    if not isinstance(value, str) or kind not in {"date", "time"}:
        return None
    try:
        if kind == "date":
            return date.fromisoformat(value)
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        return None
