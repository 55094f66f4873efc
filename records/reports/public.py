"""The sheet for the unit's public page: progress and results. No names, no officers, no counters,
and nothing that would tell of one single person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from figures.document import Block, Table, Text
from figures.tally import Tally
from records.reports.blocks import chart_by, listed, table_by
from records.reports.question import Question
from records.reports.source import Counted

OF_WAITS: Final = (
    *("visits", "visits_served", "visit_wait_mean", "visits_within_15", "visits_within_30"),
    "service_mean",
)
OF_RESULTS: Final = ("due", "on_time_share", "apology_share")
OF_RATINGS: Final = (
    *("ratings", "response_rate", "satisfied_share", "satisfied_low", "satisfied_high"),
)
COLUMNS: Final = ("served", "wait_mean", "within_15", "service_mean")
FEW: Final = 5  # fewer would tell how long somebody waited, or what somebody thought


def public_month(question: Question) -> Iterator[Block]:
    words, total = question.words, question.total(quantiles=False)
    if total.tally.turns < FEW:
        yield Text(key="too_few", lines=[words("note.too_few", n=FEW)])
        return
    yield listed(question, "main", total, list(_figures(total.tally)))
    yield _by_field(question, total)
    many = {
        key: cell
        for key, cell in question.cells("weekday", quantiles=False).items()
        if cell.tally.visits >= FEW
    }
    yield chart_by(question, "weekday", many, "visit_wait_mean")
    yield Text(key="public_rule", lines=[words("note.public", n=FEW), words("note.at_the_counter")])


def _figures(tally: Tally) -> Iterator[str]:
    """Those that are of enough people."""
    yield from OF_WAITS
    if tally.due >= FEW:
        yield from OF_RESULTS
    if sum(tally.ratings_of_3) + sum(tally.ratings_of_5) >= FEW:
        yield from OF_RATINGS


def _by_field(question: Question, total: Counted) -> Table:
    """Fields with few turns stand together in one row, without times if that has few still."""
    cells = question.cells("field", quantiles=False)
    many = {key: cell for key, cell in cells.items() if cell.tally.turns >= FEW}
    few = Tally()
    for key in cells.keys() - many.keys():
        few.merge(cells[key].tally)
    table = table_by(question, "field", many, COLUMNS, total=total)
    if few.turns >= FEW:
        rest = table_by(question, "field", {"": Counted(few)}, COLUMNS)
        table.rows.append([question.words("label.other_fields"), *rest.rows[0][1:]])
    elif few.turns:
        blank = [None] * (len(COLUMNS) - 1)
        table.rows.append([question.words("label.other_fields"), few.served, *blank])
    return table
