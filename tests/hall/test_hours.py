"""When the hall works: against cases worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall import hours
from hall.model import Service
from tests.hall.halls import AFTERNOON, HOURS, MONDAY, MORNING, SERVICES, local

FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)
TUESDAY, NEXT_MONDAY = date(2026, 11, 24), date(2026, 11, 30)
HOLIDAY = replace(HOURS, holidays=frozenset({TUESDAY}))
MINUTE = 60.0


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        (local("08:00"), local("08:20"), 20),
        (local("07:00"), local("07:40"), 10),  # before opening
        (local("06:00"), local("07:30"), 0),
        (local("11:20"), local("13:10"), 20),  # lunch
        (local("11:40"), local("12:50"), 0),  # within lunch
        (local("16:50"), local("18:30"), 10),  # after closing
        (local("08:00"), local("16:00"), 390),  # 3.5 h and 3 h
        (local("16:50"), local("07:45", TUESDAY), 25),  # over midnight
        (local("16:50", FRIDAY), local("07:45", NEXT_MONDAY), 25),  # over a weekend
        (local("08:20"), local("08:00"), 0),  # a booked slot still to come
    ],
)
def test_a_wait_counts_while_the_hall_serves(
    since: datetime, until: datetime, minutes: float
) -> None:
    assert hours.open_wait_s(HOURS, since, until) == minutes * MINUTE


def test_a_holiday_is_no_waiting_time() -> None:
    wait_s = hours.open_wait_s(HOLIDAY, local("16:50"), local("07:45", date(2026, 11, 25)))
    assert wait_s == 25 * MINUTE


@given(st.lists(st.integers(0, 14 * 86400), min_size=3, max_size=3))
def test_waits_add_up_and_are_never_longer_than_the_time_that_passed(after_s: list[int]) -> None:
    first, middle, last = (local("00:00") + timedelta(seconds=s) for s in sorted(after_s))
    whole = hours.open_wait_s(HOLIDAY, first, last)
    parts = hours.open_wait_s(HOLIDAY, first, middle) + hours.open_wait_s(HOLIDAY, middle, last)
    assert whole == pytest.approx(parts)
    assert 0 <= whole <= (last - first).total_seconds()


def test_the_business_day_is_the_hall_s_own_date() -> None:
    just_before, midnight = local("23:59:59"), local("00:00", TUESDAY)
    assert just_before.date() == midnight.date() == MONDAY  # both on Monday in Greenwich
    assert hours.business_day(HOURS, just_before) == MONDAY
    assert hours.business_day(HOURS, midnight) == TUESDAY
    assert hours.midnight_after(HOURS, MONDAY) == midnight


def test_a_special_day_goes_before_a_holiday_and_a_holiday_before_the_week() -> None:
    special = replace(HOLIDAY, special={TUESDAY: (MORNING,)})
    assert hours.sessions(HOURS, TUESDAY) == (MORNING, AFTERNOON)
    assert hours.sessions(HOLIDAY, TUESDAY) == ()
    assert hours.sessions(special, TUESDAY) == (MORNING,)


@pytest.mark.parametrize(
    ("now", "closing_of_session", "serves_next"),
    [
        (local("06:00"), local("11:30"), local("07:30")),
        (local("08:00"), local("11:30"), local("08:00")),
        (local("11:30"), local("17:00"), local("13:00")),
        (local("17:00"), None, None),
        (local("10:00", SATURDAY), None, None),
    ],
)
def test_the_session_that_runs_or_comes_next(
    now: datetime, closing_of_session: datetime | None, serves_next: datetime | None
) -> None:
    assert hours.session_end(HOURS, now) == closing_of_session
    assert hours.serving_next(HOURS, now) == serves_next


def test_the_day_closes_with_its_last_session_if_it_has_one() -> None:
    assert hours.closing(HOURS, MONDAY) == local("17:00")
    assert hours.closing(HOURS, SATURDAY) is None


@pytest.mark.parametrize(
    ("now", "opens_at"),
    [
        (local("06:00"), local("07:00")),
        (local("07:00"), local("13:00")),
        (local("12:00"), local("13:00")),
        (local("17:00"), local("07:00", date(2026, 11, 25))),
        (local("17:00", FRIDAY), local("07:00", NEXT_MONDAY)),
    ],
)
def test_numbers_are_given_again_when_the_next_window_opens(
    now: datetime, opens_at: datetime
) -> None:
    assert hours.issues_next(HOLIDAY, SERVICES["CT01"], now) == opens_at


def test_a_limit_ends_with_the_day_not_with_the_session() -> None:
    assert hours.issues_next_day(HOURS, SERVICES["CT01"], local("08:00")) == local("07:00", TUESDAY)


def test_a_hall_that_is_shut_for_longer_than_a_month_does_not_say_when_it_opens() -> None:
    never = replace(HOURS, week=((),) * 7)
    assert hours.issues_next(never, SERVICES["CT01"], local("08:00")) is None
    assert not hours.issuing_now(never, SERVICES["CT01"], local("08:00"))


def test_a_window_begins_with_its_first_second_and_is_over_with_its_last() -> None:
    service = Service(code="X1", field="X", mean_s=60, issuing=((time(8), time(9)),))
    open_at = [
        hours.issuing_now(HOURS, service, local(clock))
        for clock in ("07:59:59", "08:00:00", "08:59:59", "09:00:00")
    ]
    assert open_at == [False, True, True, False]


def test_a_services_own_weekdays_count_only_when_the_hall_works() -> None:
    service = replace(SERVICES["DD01"], weekdays=frozenset({1, 5}))  # Tuesday, Saturday
    assert hours.issuing_windows(HOURS, service, MONDAY) == ()
    assert hours.issuing_windows(HOURS, service, SATURDAY) == ()
    assert len(hours.issuing_windows(HOURS, service, TUESDAY)) == 2


def test_the_boundaries_of_a_day_are_all_moments_when_something_opens_or_closes() -> None:
    own = replace(SERVICES["CT01"], issuing=((time(8), time(9)),))
    clocks = ["07:00", "07:30", "08:00", "09:00", "11:00", "11:30", "13:00", "16:30", "17:00"]
    found = hours.boundaries(HOURS, (own, SERVICES["HT01"]), MONDAY)
    assert found == [local(clock) for clock in clocks]
