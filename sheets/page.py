"""A report as one HTML file that needs nothing else: to look at, to send, to print."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from figures.document import Block, Chart, Report, Text
from sheets.charts import chart_svg
from sheets.errors import SheetError
from sheets.grid import Grid, grid_of, lines_of, notes_of
from sheets.wording import Wording, clean, load

MOST_ROWS = 50_000  # a browser shows no more in good time


def page(report: Report) -> bytes:
    """Raises SheetError for what no browser would show."""
    words = load(report.language)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((files("sheets") / "page.html").read_text("utf-8"))
    blocks = [_block(block, words) for block in report.blocks]
    _require_short(blocks)
    text = template.render(
        report=report,
        words=words,
        place_and_date=words.place_and_date(report),
        period=words.period(report),
        made=words.made(report),
        clean=clean,
        blocks=blocks,
        notes=notes_of(report),
    )
    return text.encode()


def _require_short(blocks: list[dict[str, Any]]) -> None:
    rows = sum(len(block.get("rows", ())) for block in blocks)
    if rows > MOST_ROWS:
        raise SheetError("too_long", f"{rows} rows are too many for a page: take csv or xlsx")


def _block(block: Block, words: Wording) -> dict[str, Any]:
    match block:
        case Text():
            return {"kind": "text", "lines": lines_of(block)}
        case Chart():
            # matplotlib writes letters as shapes: no text of the report is left in it as markup
            svg = Markup(chart_svg(block, words))  # noqa: S704
            return {"kind": "chart", "title": clean(block.title), "svg": svg}
        case _:
            return {"kind": "table", **_table(grid_of(block, words), words)}


def _table(grid: Grid, words: Wording) -> dict[str, Any]:
    return {
        "title": grid.title,
        "heads": grid.heads,
        "rows": [list(_cells(grid, grid.texts(index, words))) for index in range(len(grid.rows))],
        "total": list(_cells(grid, grid.total_texts(words))) if grid.total else None,
        "notes": grid.notes,
    }


def _cells(grid: Grid, texts: list[str]) -> Iterator[tuple[str, bool]]:
    """Each text, and whether it stands right."""
    return zip(texts, grid.numeric, strict=True)
