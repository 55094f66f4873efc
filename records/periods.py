"""Which days, months and years add up to a range of dates. Knows only the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

Period = Literal["day", "month", "year"]

DAY: Final = timedelta(days=1)
SMALLER: Final[dict[Period, Period]] = {"year": "month", "month": "day"}


class Run(NamedTuple):
    """Periods of one length in a row, from the first day to the last, to be added or taken away."""

    period: Period
    first: date
    last: date
    sign: int = 1

    @property
    def length(self) -> int:
        """How many periods there are."""
        years = self.last.year - self.first.year
        match self.period:
            case "day":
                return (self.last - self.first).days + 1
            case "month":
                return 12 * years + self.last.month - self.first.month + 1
            case "year":
                return years + 1


def beginning(period: Period, day: date) -> date:
    """The first day of the period that the day is in."""
    match period:
        case "day":
            return day
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)


def end(period: Period, day: date) -> date:
    """The last day of the period that the day is in."""
    match period:
        case "day":
            return day
        case "month":
            return beginning("month", beginning("month", day) + 31 * DAY) - DAY
        case "year":
            return day.replace(month=12, day=31)


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """From-to for each month of the range; those at its ends may be parts of months."""
    while first <= last:
        until = min(last, end("month", first))
        yield first, until
        first = until + DAY


def covering(first: date, last: date, period: Period = "year") -> list[Run]:
    """What adds up to the range: the few whole periods in it, and smaller ones at its ends.

    The most of a month is the month without the rest, so that no more than 16 days are needed.
    """
    if first > last:
        return []
    if period == "day":
        return [Run("day", first, last)]
    whole = first if first == beginning(period, first) else end(period, first) + DAY
    after = last + DAY if last == end(period, last) else beginning(period, last)
    if whole > after:  # the range lies within one period
        return _part(first, last, period)
    runs = [Run(period, whole, after - DAY)] if whole < after else []
    return [*_part(first, whole - DAY, period), *runs, *_part(after, last, period)]


def _part(first: date, last: date, period: Period) -> list[Run]:
    """A part of one period: what it has, or the period without what it has not."""
    if first > last:
        return []
    smaller = SMALLER[period]
    since, until = beginning(period, first), end(period, first)
    rest = [*covering(since, first - DAY, smaller), *covering(last + DAY, until, smaller)]
    without = [run._replace(sign=-run.sign) for run in rest]
    return min(covering(first, last, smaller), [Run(period, since, until), *without], key=_cost)


def _cost(runs: list[Run]) -> int:
    return sum(run.length for run in runs)
