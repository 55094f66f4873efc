"""Why somebody waited long: four causes, each with a rule that anybody can check. A wait may have
several of them, or none.

Of one wait, from `since` to the first call, within serving hours:

* transfer: it was not the visit's first turn, and the turn before it had been transferred;
* few_counters: of the counters that may serve the service, on average fewer than four in five were
  open or paused;
* paused: of the time that these counters were open or paused, a quarter or more was pause;
* surge: in the half hour in which the number was taken, at least 1.5 times as many numbers were
  taken for the same field as in the mean of the four last days of the same name that had any, and
  at least three more. With fewer than two such days nothing is said.

With none of these the counters were there, and could not keep up.

Which counters may serve a service, the configuration of today says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select

from figures.tally import TRANSFERRED, Row
from hall.model import Setup
from records.reports.keys import half_hour, quarter_hour, quarter_of
from records.reports.open_times import PAUSED, overlap_s, spans, within
from records.reports.question import Question
from records.reports.source import rows_of
from records.tables import turns

CAUSES: Final = ("few_counters", "paused", "surge", "transfer")

FEW: Final = 0.8  # of the counters that may serve it
MUCH_PAUSE: Final = 0.25  # of the time they were staffed
SURGE: Final = 1.5
SURGE_MORE: Final = 3  # numbers in half an hour
SAME_WEEKDAYS: Final = 4
LEAST_WEEKDAYS: Final = 2


class Span(NamedTuple):
    """A counter open or paused."""

    counter: str
    since: datetime
    until: datetime
    paused: bool


class HalfHour(NamedTuple):
    field: str
    day: date
    half_hour: str  # local, as 08:30


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the days of a period were like: who sat where, and how many came."""

    setup: Setup
    spans: Mapping[date, Sequence[Span]]
    arrivals: Mapping[HalfHour, int]
    worked: frozenset[tuple[str, date]]  # field and day: some numbers were taken

    def causes_of(self, row: Row, before: Row | None) -> Iterator[str]:
        """The causes of one turn's wait; `before`: the same visit's turn before it."""
        staffed_s, paused_s, open_s = self._staffed(row)
        counters = self._counters(row["service"])
        if open_s and staffed_s / open_s < FEW * len(counters):
            yield "few_counters"
        if staffed_s and paused_s / staffed_s >= MUCH_PAUSE:
            yield "paused"
        if self._is_surge(row):
            yield "surge"
        if before is not None and before["stage"] == TRANSFERRED:
            yield "transfer"

    def _counters(self, service: str) -> frozenset[str]:
        counters = self.setup.counters.values()
        return frozenset(one.code for one in counters if service in one.lag)

    def _staffed(self, row: Row) -> tuple[float, float, float]:
        """Seconds that counters were staffed, and paused, and of the wait itself."""
        since, until = max(row["opened_at"], row["slot_at"] or row["opened_at"]), row["called_at"]
        windows = list(within(self.setup.hours, row["day"], since, until))
        counters = self._counters(row["service"])
        staffed_s = paused_s = 0.0
        for span in self.spans.get(row["day"], ()):
            if span.counter in counters:
                lasted_s = sum(overlap_s((span.since, span.until), window) for window in windows)
                staffed_s += lasted_s
                paused_s += lasted_s if span.paused else 0.0
        return staffed_s, paused_s, sum((end - start).total_seconds() for start, end in windows)

    def _is_surge(self, row: Row) -> bool:
        clock = half_hour(quarter_of(row["issued_at"]), self.setup.hours.timezone)
        now = HalfHour(row["field"], row["day"], clock)
        usual = [self.arrivals.get(then, 0) for then in self._same_weekdays(now)]
        if len(usual) < LEAST_WEEKDAYS:
            return False
        mean, came = sum(usual) / len(usual), self.arrivals.get(now, 0)
        return came >= mean * SURGE and came - mean >= SURGE_MORE

    def _same_weekdays(self, now: HalfHour) -> Iterator[HalfHour]:
        for weeks in range(1, SAME_WEEKDAYS + 1):
            day = now.day - timedelta(weeks=weeks)
            if (now.field, day) in self.worked:
                yield now._replace(day=day)


def circumstances(question: Question) -> Circumstances:
    """Of the period, and of the weeks before it for comparison."""
    arrivals = _arrivals(question)
    by_day: defaultdict[date, list[Span]] = defaultdict(list)
    for row in spans(question):
        span = Span(row["counter"], row["since"], row["until"], row["state"] == PAUSED)
        by_day[row["day"]].append(span)
    worked = frozenset((one.field, one.day) for one in arrivals)
    return Circumstances(question.setup, by_day, arrivals, worked)


def _arrivals(question: Question) -> dict[HalfHour, int]:
    columns, period, timezone = turns.c, question.period, question.setup.hours.timezone
    quarter = quarter_hour(columns.issued_at, question.connection.dialect)
    since = period.first - timedelta(weeks=SAME_WEEKDAYS)
    wanted = (
        select(columns.field, columns.day, quarter.label("quarter"), func.count().label("taken"))
        .where(
            columns.hall == question.setup.hall,
            columns.day.between(since, period.last),
            columns.turn == 1,
        )
        .group_by(columns.field, columns.day, quarter)
    )
    found: defaultdict[HalfHour, int] = defaultdict(int)
    for row in rows_of(question.connection, wanted):
        clock = half_hour(row["quarter"], timezone)
        found[HalfHour(row["field"], row["day"], clock)] += row["taken"]
    return dict(found)
