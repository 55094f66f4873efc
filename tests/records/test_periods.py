"""A range of dates as whole years, months and days."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from records.cells import KEYS, TOGETHER
from records.periods import DAY, Run, beginning, covering, end, months

days = st.dates(date(2016, 1, 1), date(2027, 12, 31))


def dates(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


@given(days, days)
def test_what_covers_a_range_adds_up_to_each_of_its_days_once(one: date, other: date) -> None:
    first, last = sorted([one, other])
    counted: Counter[date] = Counter()
    for run in covering(first, last):
        assert run.first == beginning(run.period, run.first)
        assert run.last == end(run.period, run.last)
        for day in dates(run.first, run.last):
            counted[day] += run.sign
    assert +counted == Counter(dates(first, last))
    assert not -counted


@given(days, days)
def test_it_takes_no_more_pieces_than_whole_years_and_fifty_others(one: date, other: date) -> None:
    first, last = sorted([one, other])
    pieces = Counter[str]()
    for run in covering(first, last):
        pieces[run.period] += run.length
    assert pieces["day"] <= 2 * 16
    assert pieces["month"] <= 2 * 7
    assert pieces["year"] <= last.year - first.year + 1


def test_a_whole_year_is_one_piece_and_the_most_of_one_is_the_year_without_the_rest() -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert covering(*year) == [Run("year", *year)]
    assert covering(date(2026, 1, 3), year[1]) == [
        Run("year", *year),
        Run("day", date(2026, 1, 1), date(2026, 1, 2), -1),
    ]


def test_a_range_that_ends_before_it_begins_has_nothing() -> None:
    assert covering(date(2026, 2, 1), date(2026, 1, 31)) == []
    assert list(months(date(2026, 2, 1), date(2026, 1, 31))) == []


@given(days, st.integers(0, 400))
def test_the_months_of_a_range_have_each_of_its_days_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = [day for since, until in months(first, last) for day in dates(since, until)]
    assert found == dates(first, last)


def test_every_way_to_tell_turns_apart_is_counted_once() -> None:
    assert sorted(by for together in TOGETHER for by in together) == sorted(KEYS)
