"""docs/figures.md says what every key means, and its SQL gives the very figures."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from figures.document import Chart, Figures, Report, Table
from records.reports import NAMES
from records.reports.measures import MEASURES
from tests.records.reports.asking import ask, values
from tests.records.reports.conftest import Busy

PAGE = (Path(__file__).parents[3] / "docs" / "figures.md").read_text(encoding="utf-8")
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


def explained(key: str) -> bool:
    """Does it stand on the page? What is split is called after what it shows."""
    plain, _, by = key.partition("by_") if key.startswith("by_") else key.partition("_by_")
    if key.startswith("apology_") and key[8:].isdigit():
        return "`apology_1`" in PAGE
    names = [name for name in (plain, by) if name] if f"`{key}`" not in PAGE else [key]
    return all(f"`{name}`" in PAGE for name in names)


def keys_of(report: Report) -> set[str]:
    found = {report.name}
    for block in report.blocks:
        found.add(block.key)
        if isinstance(block, Table):
            found.update(column.key for column in block.columns)
        if isinstance(block, Figures):
            found.update(figure.key for figure in block.figures)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_every_report_is_explained(name: str, busy: Busy) -> None:
    for by in NAMES[name] or (None,):
        report = ask(busy.engine, busy.setup, name, *NOVEMBER, by=by)
        assert {key for key in keys_of(report) if not explained(key)} == set()


def test_every_measure_there_is_can_be_looked_up() -> None:
    assert [key for key in MEASURES if f"`{key}`" not in PAGE] == []


def test_the_page_explains_no_report_that_is_not_there() -> None:
    section = PAGE.partition("## The reports and their blocks")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    named = {name for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert named == set(NAMES)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.splitlines()[0])
def test_an_outsiders_sql_gives_the_same(query: str, busy: Busy) -> None:
    facts = {"hall": "an-binh", "first": "2026-11-01", "last": "2026-11-30"}
    with busy.engine.connect() as connection:
        (row,) = connection.execute(text(query), facts).mappings()
    ours = values(ask(busy.engine, busy.setup, "period", *NOVEMBER))
    assert row.keys() <= ours.keys()
    for key, value in row.items():
        assert ours[key] == pytest.approx(float(value), rel=1e-9), key


def test_a_chart_is_as_long_as_its_axis(busy: Busy) -> None:
    for name in NAMES:
        for block in ask(busy.engine, busy.setup, name, *NOVEMBER).blocks:
            if isinstance(block, Chart):
                assert {len(one.values) for one in block.series} == {len(block.x)}, block.key
            if isinstance(block, Table):
                lines = [*block.rows, *([block.total] if block.total else [])]
                assert {len(row) for row in lines} <= {len(block.columns)}, block.key
