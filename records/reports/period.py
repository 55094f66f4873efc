"""The period report: the main figures beside those of the period before and of a year ago, and
one table and two charts split as asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from figures.document import Block, Cell, Column, Table
from records.reports.blocks import chart_by, compared, keys_for, table_by, wait_key
from records.reports.keys import OF_TURNS
from records.reports.measures import value_of
from records.reports.question import Question
from records.reports.repeats import repeat_figures
from records.reports.source import Counted

FIGURES: Final = (
    *("visits", "visits_served", "visits_no_show", "visits_cancelled", "visits_left_over"),
    *("visits_no_show_rate", "transferred", "visit_wait_mean", "visit_wait_median"),
    *("visit_wait_p90", "visits_within_15", "visits_within_30", "visit_felt_mean"),
    *("service_mean", "service_median", "service_p90", "visit_total_mean", "visits_untrusted"),
    *("jumps", "priority", "due", "on_time_share", "late_without_apology", "apology_share"),
    *("ratings", "response_rate", "satisfied_share", "satisfied_low", "satisfied_high"),
)
REPEATS_DAYS: Final = 92  # a quarter: of longer periods dossiers take long to count
OVER_TIME: Final = ("day", "month")  # these are not compared row by row


def period(question: Question) -> Iterator[Block]:
    cells = question.cells()
    yield compared(question, "main", FIGURES)
    if question.period.days <= REPEATS_DAYS:
        yield repeat_figures(question)
    by, wait = question.by, wait_key(question.by)
    table = table_by(question, by, cells, keys_for(by), total=question.total())
    yield table if by in OVER_TIME else _beside_others(question, table, list(cells), wait)
    yield chart_by(question, by, cells, "served" if by in OF_TURNS else "visits")
    yield chart_by(question, by, cells, wait, "lines" if by in OVER_TIME else "bars")


def _beside_others(question: Question, table: Table, keys: Sequence[str], wait: str) -> Table:
    """The table with the mean waits of the period before and of a year ago at its end."""
    for when, other in (
        ("before", question.period.before()),
        ("year_ago", question.period.year_ago()),
    ):
        then = question.of(other)
        cells = then.cells(quantiles=False)
        key = f"{wait}_{when}"
        title = question.words(f"figure.{key}")
        table.columns.append(Column(key=key, title=title, kind="seconds"))
        for row, cell in zip(table.rows, keys, strict=True):
            row.append(_wait(cells, cell, wait))
        if table.total is not None:
            table.total.append(value_of(wait, then.total(quantiles=False)))
    return table


def _wait(cells: Mapping[str, Counted], key: str, wait: str) -> Cell:
    return value_of(wait, cells[key]) if key in cells else None
