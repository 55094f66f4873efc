"""How long counters were open and how long they paused, from the rows of `counter_spans`. A counter
that nobody closes over the break is not at work then: only serving hours count, and of the others
what somebody was served in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from figures.tally import DONE, TRANSFERRED, Row
from hall.hours import serving_windows
from hall.model import Hours
from records.reports.question import Question
from records.reports.source import rows_of
from records.tables import counter_spans, turns

PAUSED: Final = "paused"

Window = tuple[datetime, datetime]


@dataclass(slots=True)
class OpenTime:
    """Seconds at the ready, seconds paused, and the pauses by reason."""

    open_s: float = 0.0
    paused_s: float = 0.0
    reasons_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


def open_times(question: Question, by: str) -> dict[str, OpenTime]:
    """By counter, officer or agency; "" where there was none."""
    found: defaultdict[str, OpenTime] = defaultdict(OpenTime)
    hours = question.setup.hours
    for span in spans(question):
        served = within(hours, span["day"], span["since"], span["until"])
        lasted_s = sum((end - start).total_seconds() for start, end in served)
        here = found[span[by] or ""]
        if span["state"] == PAUSED:
            here.paused_s += lasted_s
            here.reasons_s[span["reason"] or ""] += lasted_s
        else:
            here.open_s += lasted_s
    for turn in _served(question, by):
        found[turn["key"] or ""].open_s += _beyond_s(hours, turn)
    return dict(found)


def _served(question: Question, by: str) -> Iterator[Row]:
    """Of the turns whose service is counted: the day, from when, until when, and whose it is."""
    columns, period = turns.c, question.period
    wanted = select(
        columns.day, columns.started_at, columns.ended_at, columns[by].label("key")
    ).where(
        columns.hall == question.setup.hall,
        columns.day.between(period.first, period.last),
        columns.stage.in_((DONE, TRANSFERRED)),
        columns.service_s.is_not(None),
        columns.clock_stepped.is_(False),
    )
    return rows_of(question.connection, wanted)


def _beyond_s(hours: Hours, turn: Row) -> float:
    """How long a service lasted outside serving hours: so long the counter was open all the same,
    or it would have been used for longer than it was there.
    """
    since, until = turn["started_at"], turn["ended_at"]
    inside = within(hours, turn["day"], since, until)
    lasted_s: float = (until - since).total_seconds()
    return max(0.0, lasted_s - sum((end - start).total_seconds() for start, end in inside))


def spans(question: Question) -> Iterator[Row]:
    """Every span of the period in order, with its end: what still lasts has lasted until now."""
    columns, period = counter_spans.c, question.period
    wanted = (
        select(counter_spans)
        .where(columns.hall == question.setup.hall, columns.day.between(period.first, period.last))
        .order_by(columns.day, columns.counter, columns.seq)
    )
    for row in rows_of(question.connection, wanted):
        yield {**row, "until": ended(row, question.now)}


def ended(row: Row, now: datetime) -> datetime:
    until: datetime = row["until"] or max(now, row["since"])
    return until


def within(hours: Hours, day: date, since: datetime, until: datetime) -> Iterator[Window]:
    """The parts of a time that lie in the serving hours of a day."""
    for start, end in serving_windows(hours, day):
        first, last = max(start, since), min(end, until)
        if first < last:
            yield first, last


def overlap_s(one: Window, other: Window) -> float:
    """How long two windows go together, in seconds."""
    return max(0.0, (min(one[1], other[1]) - max(one[0], other[0])).total_seconds())
