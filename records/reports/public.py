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
    """Fields with few turns stand together in one row."""
    many, few = _told_apart(question.cells("field", quantiles=False))
    table = table_by(question, "field", many, COLUMNS, total=total)
    if few.turns:
        rest = table_by(question, "field", {"": Counted(few, levels=total.levels)}, COLUMNS)
        table.rows.append([question.words("label.other_fields"), *rest.rows[0][1:]])
    return table


def _told_apart(cells: dict[str, Counted]) -> tuple[dict[str, Counted], Tally]:
    """The fields with a row of their own, and the others as one. Of fewer than FEW turns the others
    could be worked out from the total: then the next smallest field goes with them.
    """
    many, few = dict(cells), Tally()
    for key in sorted(cells, key=lambda key: (cells[key].tally.turns, key)):
        turns = cells[key].tally.turns
        if turns >= FEW and (few.turns >= FEW or not few.turns):
            break
        few.merge(many.pop(key).tally)
    return many, few
