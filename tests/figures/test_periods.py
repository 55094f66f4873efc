"""Periods, what came before them, and what was a year ago."""

from __future__ import annotations

from datetime import date

import pytest

from figures.errors import BadPeriod
from figures.periods import KINDS, Period, asked_for, period_of

TODAY = date(2026, 11, 22)


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("day", "2026-11-22", "2026-11-22"),
        ("week", "2026-11-16", "2026-11-22"),
        ("month", "2026-11-01", "2026-11-30"),
        ("quarter", "2026-10-01", "2026-12-31"),
        ("half_year", "2026-07-01", "2026-12-31"),
        ("year", "2026-01-01", "2026-12-31"),
    ],
)
def test_the_period_a_day_is_in(kind: str, first: str, last: str) -> None:
    period = period_of(kind, TODAY)
    assert period == days(first, last)
    assert period.kind == kind


def test_a_week_runs_over_the_end_of_a_year() -> None:
    assert period_of("week", date(2027, 1, 1)) == days("2026-12-28", "2027-01-03")


@pytest.mark.parametrize(
    ("period", "before", "year_ago"),
    [
        # a month of 31 days, before it one of 28, and of 29 in a leap year
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")),
        (("2028-03-01", "2028-03-31"), ("2028-02-01", "2028-02-29"), ("2027-03-01", "2027-03-31")),
        (("2028-02-01", "2028-02-29"), ("2028-01-01", "2028-01-31"), ("2027-02-01", "2027-02-28")),
        (("2029-02-01", "2029-02-28"), ("2029-01-01", "2029-01-31"), ("2028-02-01", "2028-02-29")),
        # over the turn of the year
        (("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31"), ("2025-01-01", "2025-01-31")),
        (("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31"), ("2025-01-01", "2025-03-31")),
        (("2026-01-01", "2026-06-30"), ("2025-07-01", "2025-12-31"), ("2025-01-01", "2025-06-30")),
        (("2028-01-01", "2028-12-31"), ("2027-01-01", "2027-12-31"), ("2027-01-01", "2027-12-31")),
        # a day: the day before, and the same date, which has another weekday
        (("2028-02-29", "2028-02-29"), ("2028-02-28", "2028-02-28"), ("2027-02-28", "2027-02-28")),
        (("2026-01-01", "2026-01-01"), ("2025-12-31", "2025-12-31"), ("2025-01-01", "2025-01-01")),
        # a week: 52 weeks ago it had the same weekdays
        (("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15"), ("2025-11-17", "2025-11-23")),
        # any ten days
        (("2026-01-05", "2026-01-14"), ("2025-12-26", "2026-01-04"), ("2025-01-05", "2025-01-14")),
    ],
)
def test_what_a_period_is_compared_with(
    period: tuple[str, str], before: tuple[str, str], year_ago: tuple[str, str]
) -> None:
    assert days(*period).before() == days(*before)
    assert days(*period).year_ago() == days(*year_ago)


def test_periods_of_every_kind_follow_each_other_through_a_leap_year() -> None:
    for kind in KINDS:
        period = period_of(kind, date(2028, 12, 31))
        while period.first > date(2027, 12, 1):
            before = period.before()
            assert before.kind == kind
            assert (period.first - before.last).days == 1
            period = before


def test_every_day_of_a_period_is_in_it() -> None:
    found = list(days("2028-02-27", "2028-03-01").each_day())
    assert [day.day for day in found] == [27, 28, 29, 1]


def test_a_period_that_runs_backwards_is_refused_with_both_its_days() -> None:
    with pytest.raises(BadPeriod) as refused:
        asked_for(date(2026, 11, 2), date(2026, 11, 1), TODAY)
    assert refused.value.facts == {
        "problem": "backwards",
        "first": "2026-11-02",
        "last": "2026-11-01",
    }


def test_a_period_in_the_future_is_refused_but_one_that_goes_on_is_not() -> None:
    assert asked_for(date(2026, 11, 1), date(2026, 11, 30), TODAY).days == 30
    with pytest.raises(BadPeriod) as refused:
        asked_for(date(2026, 11, 23), date(2026, 11, 30), TODAY)
    assert refused.value.facts["problem"] == "future"


def test_a_period_that_nothing_can_be_compared_with_is_refused() -> None:
    with pytest.raises(BadPeriod):
        asked_for(date(1, 1, 1), date(1, 12, 31), TODAY)


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (date(900, 1, 1), date(2026, 11, 1), "too_early"),
        (date(1999, 12, 31), date(2026, 11, 1), "too_early"),
        (date(2026, 11, 1), date(9999, 12, 31), "too_late"),
        (date(2026, 11, 1), date(2027, 1, 4), "too_late"),
    ],
)
def test_a_period_far_from_today_is_refused(first: date, last: date, problem: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        asked_for(first, last, TODAY)
    assert refused.value.facts["problem"] == problem


def test_the_week_that_a_year_ends_in_may_be_asked_for() -> None:
    week = period_of("week", date(2026, 12, 30))
    assert week.last.year == 2027
    assert asked_for(week.first, week.last, date(2026, 12, 30)) == week
