"""The day sheet: what the day came to, by field and by counter, and how it went hour by hour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from figures.document import Block
from records.reports.blocks import chart_by, compared, keys_for, table_by
from records.reports.question import Question

FIGURES: Final = (
    *("visits", "visits_served", "visits_no_show", "visits_cancelled", "visits_left_over"),
    *("visits_open", "visits_no_show_rate", "transferred", "visit_wait_mean", "visit_wait_median"),
    *("visit_wait_p90", "visit_wait_max", "visits_within_15", "visits_within_30"),
    *("visit_felt_mean", "service_mean", "visit_total_mean", "visits_untrusted"),
    *("jumps", "priority", "on_time_share", "late_without_apology"),
    *("ratings", "response_rate", "satisfied_share"),
)


def day_sheet(question: Question) -> Iterator[Block]:
    split = {by: question.cells(by) for by in ("field", "counter")}
    half_hours = question.cells("half_hour", quantiles=False)
    yield compared(question, "main", FIGURES)
    for by, cells in split.items():
        yield table_by(question, by, cells, keys_for(by), total=question.total())
    yield chart_by(question, "half_hour", half_hours, "visits")
    yield chart_by(question, "half_hour", half_hours, "visit_wait_mean", "lines")
