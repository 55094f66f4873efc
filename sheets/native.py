"""Charts that Excel draws itself, from numbers that stand on the same sheet."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from figures.document import Chart, Series
from sheets.wording import Wording, clean

COLOURS: Final = ("#1F4E79", "#C55A11", "#548235", "#7F6000", "#5B3A8C", "#7F7F7F")
TARGET: Final = "#B00020"
WIDTH, HEIGHT = 760, 380  # dots


def with_target(chart: Chart, words: Wording) -> Chart:
    """The target as a last series, for a line can only be drawn from cells."""
    if chart.target is None:
        return chart
    said = words("chart.target", target=words.number(chart.target, 1, whole=True))
    line = Series(title=said, values=[chart.target] * len(chart.x))
    return replace(chart, series=[*chart.series, line])


def add_chart(book: Workbook, sheet: Worksheet, chart: Chart, head: int) -> None:
    """Beside its numbers, whose heads stand in the row `head`; a target is the last of them."""
    kind = "column" if chart.shape == "bars" else "line"
    drawn: Any = book.add_chart({"type": kind})
    own = len(chart.series) - (chart.target is not None)
    for number in range(1, own + 1):
        drawn.add_series(_series(sheet, number, head, len(chart.x), kind))
    if chart.target is not None:
        line: Any = book.add_chart({"type": "line"})
        look = {"color": TARGET, "dash_type": "dash", "width": 1.5}
        line.add_series({**_series(sheet, own + 1, head, len(chart.x), "line"), "line": look})
        drawn.combine(line)
    drawn.set_title({"name": clean(chart.title), "name_font": {"size": 12}, "overlay": False})
    drawn.set_x_axis({"name": clean(chart.x_title)})
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    drawn.set_y_axis({"name": clean(chart.y_title), "major_gridlines": grid})
    drawn.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
    drawn.set_size({"width": WIDTH, "height": HEIGHT})
    drawn.show_blanks_as("gap")
    sheet.insert_chart(head, len(chart.series) + 2, drawn)


def colour_cells(sheet: Worksheet, first: int, rows: int, columns: int) -> None:
    """A heat map: the cells themselves, coloured by what stands in them."""
    scale = {
        "type": "3_color_scale",
        "min_color": "#F3F6FA",
        "mid_color": "#F2B56B",
        "max_color": "#C0392B",
    }
    sheet.conditional_format(first, 1, first + rows - 1, columns, scale)


def _series(sheet: Worksheet, column: int, head: int, count: int, kind: str) -> dict[str, Any]:
    name, colour = sheet.get_name(), COLOURS[(column - 1) % len(COLOURS)]
    look = {"fill": {"color": colour}} if kind == "column" else {"line": {"color": colour}}
    return {
        "name": [name, head, column],
        "categories": [name, head + 1, 0, head + count, 0],
        "values": [name, head + 1, column, head + count, column],
        "gap": 60,
        **look,
    }
