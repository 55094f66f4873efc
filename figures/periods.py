"""Periods that reports are of: any two dates, and the calendar's own. Knows no clock.

What a period is compared with: the one before it, and the same one a year ago. Whole months,
quarters, half-years and years are compared with whole ones, however many days those have; a week
with that 52 weeks before it, which has the same weekdays; any other days with as many before them,
and with the same dates a year ago (of 29 February: the 28th).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from figures.errors import BadPeriod

MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}  # how many each has
KINDS: Final = ("day", "week", *MONTHS)

FIRST_YEAR: Final = 2000  # nobody kept records before

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
YEAR_OF_WEEKS: Final = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def kind(self) -> str:
        """Which of KINDS this is as a whole; "days" if none of them."""
        return next((kind for kind in KINDS if period_of(kind, self.first) == self), "days")

    def before(self) -> Period:
        """The period just before this one."""
        if self.kind in MONTHS:
            return period_of(self.kind, self.first - DAY)
        length = timedelta(days=self.days)
        return Period(self.first - length, self.last - length)

    def year_ago(self) -> Period:
        """The same period a year ago."""
        if self.kind == "week":
            return Period(self.first - YEAR_OF_WEEKS, self.last - YEAR_OF_WEEKS)
        first = a_year_before(self.first)
        return (
            period_of(self.kind, first)
            if self.kind in MONTHS
            else Period(first, a_year_before(self.last))
        )

    def each_day(self) -> Iterator[date]:
        return (self.first + DAY * ahead for ahead in range(self.days))


def period_of(kind: str, day: date) -> Period:
    """The day, week (from Monday), month, quarter, half-year or year that a day is in."""
    if kind == "day":
        return Period(day, day)
    if kind == "week":
        monday = day - DAY * day.weekday()
        return Period(monday, monday + WEEK - DAY)
    months = MONTHS[kind]
    begins = (day.month - 1) // months * months + 1
    ends = begins + months - 1
    return Period(
        date(day.year, begins, 1), date(day.year, ends, calendar.monthrange(day.year, ends)[1])
    )


def a_year_before(day: date) -> date:
    """The same date of the year before; the last of February for its 29th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def asked_for(first: date, last: date, today: date) -> Period:
    """The period from one day to another. It may last longer than until today, but not begin later,
    nor go on after this year and the week that this year ends in.

    Raises BadPeriod.
    """
    if first > last:
        raise BadPeriod.backwards(first, last)
    if first > today:
        raise BadPeriod.future(first, today)
    if first.year < FIRST_YEAR:
        raise BadPeriod(problem="too_early", first=first.isoformat(), year=str(FIRST_YEAR))
    if last > period_of("week", date(today.year, 12, 31)).last:
        raise BadPeriod(problem="too_late", last=last.isoformat(), year=str(today.year))
    return Period(first, last)
