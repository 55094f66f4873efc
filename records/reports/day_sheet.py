"""The day sheet: what the day came to, by field and by counter, how it went hour by hour, and the
head of the chain of events, which binds whoever has the records to what is printed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from figures.document import Block, Text
from records.chain import SHORT, in_groups
from records.heads import all_heads, key_name
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
    yield from _head(question)


def _head(question: Question) -> Iterator[Text]:
    """Of the last of the days that is closed."""
    words, day = question.words, question.period.last
    found = list(all_heads(question.connection, question.setup.hall, day))
    if not found:
        yield Text(key="head", lines=[words("head.not_yet")])
        return
    head, digits = found[-1], found[-1].hash.hex()
    signed = words("head.unsigned")
    if head.public_key is not None:
        signed = words("head.signed", name=key_name(head.public_key))
    short = words("head.short", head=in_groups(digits, SHORT), seq=head.seq, day=words.day(day))
    yield Text(key="head", lines=[short, words("head.full", head=in_groups(digits)), signed])
