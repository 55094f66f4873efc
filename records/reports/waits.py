"""How waits are spread: so many visits waited so long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import inf
from typing import Final

from figures.document import Block, Chart, Series, Table
from figures.formulas import share
from figures.histogram import bin_edges_s
from figures.times import MICROSECONDS
from records.reports.blocks import compared, plain_table
from records.reports.question import Question
from records.reports.source import Counted

FIGURES: Final = (
    *("visits_served", "visit_wait_mean", "visit_wait_median", "visit_wait_p90"),
    *("visit_wait_max", "visits_within_15", "visits_within_30", "visit_felt_mean"),
)
# In minutes: a wait belongs to the first of these that it is not longer than.
LIMITS_MIN: Final = (*range(5, 65, 5), 75, 90, 120, inf)


def waits(question: Question) -> Iterator[Block]:
    yield compared(question, "main", FIGURES)
    cell = question.total()
    counts = spread(cell)
    yield Chart(
        key="waits",
        title=question.words("block.waits"),
        shape="bars",
        x_title=question.words("figure.wait_range"),
        y_title=question.words("unit.axis_count"),
        x=list(_ranges(question)),
        series=[
            Series(title=question.words("figure.visits_served"), values=[float(n) for n in counts])
        ],
    )
    yield _table(question, counts, exact=bool(cell.exact))


def spread(cell: Counted) -> list[int]:
    """How many served visits waited so long, in the ranges of LIMITS_MIN."""
    if cell.exact:
        found = [(round(seconds, MICROSECONDS), 1) for seconds in cell.exact["visit_waits"]]
    else:
        bins = cell.tally.visit_waits.bins
        found = [(sum(bin_edges_s(number)) / 2, count) for number, count in bins.items()]
    counts = [0] * len(LIMITS_MIN)
    for seconds, count in found:
        place = next(i for i, limit in enumerate(LIMITS_MIN) if seconds <= limit * 60)
        counts[place] += count
    return counts


def _ranges(question: Question) -> Iterator[str]:
    for low, high in pairwise((0, *LIMITS_MIN)):
        if high == inf:
            yield question.words("label.more_than", low=low)
        else:
            yield f"{low}–{high}"


def _table(question: Question, counts: Sequence[int], *, exact: bool) -> Table:
    whole, up_to = sum(counts), accumulate(counts)
    return plain_table(
        question,
        "waits_table",
        [
            ("wait_range", "text"),
            ("visits_served", "count"),
            ("share_of_visits", "share"),
            ("share_up_to", "share"),
        ],
        [
            [name, count, share(count, whole), share(so_far, whole)]
            for name, count, so_far in zip(_ranges(question), counts, up_to, strict=True)
        ],
        notes=[] if exact else [question.words("note.approximate")],
    )
