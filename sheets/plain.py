"""A report for other programs: JSON with the figures as they are, CSV for spreadsheets.

In CSV seconds are minutes and shares per cent, as the heads say; where there is nothing to count
the cell is empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from figures.document import Block, Chart, Column, Figures, Kind, Report, Table, Text
from sheets.grid import Grid, Item, grid_of, lines_of, notes_of
from sheets.wording import MARKS, Wording, clean, in_unit, load, rounded

FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")  # what begins so, a spreadsheet would reckon
CSV_DECIMALS: Final = 4
UNITS: Final = {"seconds": "unit.seconds", "share": "unit.share"}

# --- JSON ----------------------------------------------------------------------------------------


def to_json(report: Report) -> bytes:
    """Names are the keys of docs/figures.md; seconds are seconds and shares of 1."""
    whole = {
        "report": report.name,
        "title": report.title,
        "language": report.language,
        "hall": report.hall,
        "unit": report.unit,
        "from": report.first,
        "to": report.last,
        "made_at": report.made_at,
        "made_by": report.made_by,
        "blocks": [_block(block) for block in report.blocks],
        "notes": report.notes,
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Table():
            return _table(block)
        case Figures():
            figures = {one.key: _without_key(one) for one in block.figures}
            return {**_named("figures", block), "figures": figures, "notes": block.notes}
        case Chart() | Text():
            fields: dict[str, Any] = msgspec.to_builtins(block)
            return {"kind": fields.pop("type"), **fields}


def _table(table: Table) -> dict[str, Any]:
    keys = [column.key for column in table.columns]
    return {
        **_named("table", table),
        "columns": {column.key: _without_key(column) for column in table.columns},
        "rows": [dict(zip(keys, row, strict=True)) for row in table.rows],
        "total": None if table.total is None else dict(zip(keys, table.total, strict=True)),
        "notes": table.notes,
    }


def _named(kind: str, block: Table | Figures) -> dict[str, Any]:
    return {"kind": kind, "key": block.key, "title": block.title}


def _without_key(thing: msgspec.Struct) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(thing)
    fields.pop("key")
    return fields


# --- CSV -----------------------------------------------------------------------------------------


def to_csv(report: Report) -> bytes:
    """One section for each block, parted by an empty line, as spreadsheets here read it."""
    words = load(report.language)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows(_csv_rows(report, words))
    return text.getvalue().encode("utf-8-sig")


def _csv_rows(report: Report, words: Wording) -> Iterator[list[str]]:
    yield [harmless(report.hall)]
    yield [harmless(report.title)]
    yield [harmless(words.period(report))]
    for block in report.blocks:
        yield []
        if isinstance(block, Text):
            yield from ([harmless(line)] for line in lines_of(block))
        else:
            yield from _section(block, words)
    yield []
    yield from ([harmless(note)] for note in [*notes_of(report), words.made(report)])


def _section(block: Table | Figures | Chart, words: Wording) -> Iterator[list[str]]:
    grid = grid_of(block, words)
    yield [harmless(grid.title)]
    yield [harmless(head) for head in _csv_heads(block, grid, words)]
    for index in range(len(grid.rows)):
        cells = [_csv_cell(item, words) for item in grid.items(index)]
        if grid.row_kinds is not None:
            cells.insert(1, _unit(grid.row_kinds[index], words))
        yield cells
    if grid.total:
        yield [_csv_cell(item, words) for item in grid.total_items()]
    yield from ([harmless(note)] for note in grid.notes)


def _csv_heads(block: Table | Figures | Chart, grid: Grid, words: Wording) -> Sequence[str]:
    match block:
        case Table():
            return [_csv_head(column, words) for column in block.columns]
        case Figures():
            return [grid.heads[0], words("figures.unit"), *grid.heads[1:]]
        case Chart():
            return grid.heads


def _csv_head(column: Column, words: Wording) -> str:
    head, unit = words.head(column), words("unit.share")
    return f"{head} ({unit})" if column.kind == "share" and unit not in head else head


def _unit(kind: Kind, words: Wording) -> str:
    return words(UNITS[kind]) if kind in UNITS else ""


def _csv_cell(item: Item, words: Wording) -> str:
    value = item.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.shown(value, item.kind)
    if isinstance(value, str):
        return harmless(value)
    return _csv_number(in_unit(value, item.kind), words)


def _csv_number(value: float | Decimal, words: Wording) -> str:
    """Digits, and the decimals there are; no marks between thousands, which would be read wrong."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return ""
    digits = f"{rounded(exact, CSV_DECIMALS):f}".rstrip("0").rstrip(".")
    _, point = MARKS[words.language]
    return digits.replace(".", point) if digits not in {"", "-0"} else "0"


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    shown = clean(text)
    return f"'{shown}" if text.startswith(FORMULA) or shown.startswith(FORMULA) else shown
