"""What time alone brings about, and when the hall wants to be asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hall import commands as c
from hall import events as e
from hall.model import Hall, empty_hall
from hall.tick import next_due, tick
from tests.hall.halls import HOURS, MONDAY, SETUP, after, local, opened, take

TUESDAY = MONDAY + timedelta(days=1)


def at(hall: Hall, now: datetime) -> Hall:
    return after(hall, c.Tick(), at=now)


def test_a_hall_without_a_day_wants_to_be_asked_at_once() -> None:
    assert next_due(empty_hall(SETUP), local("08:00")) == local("08:00")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("06:00", "07:00"),  # numbers are given
        ("07:00", "07:30"),  # officers serve
        ("08:00", "11:00"),
        ("11:00", "11:30"),
        ("11:30", "13:00"),
        ("13:00", "15:00"),  # same-day results are over
        ("15:00", "16:30"),
        ("16:30", "17:00"),
        ("17:00", "18:00"),  # those still waiting are left over
    ],
)
def test_the_hall_is_asked_whenever_something_opens_or_closes(now: str, due: str) -> None:
    assert next_due(at(empty_hall(SETUP), local(now)), local(now)) == local(due)


def test_a_closed_hall_is_asked_at_midnight() -> None:
    hall = at(empty_hall(SETUP), local("18:00"))
    assert hall.closed
    assert next_due(hall, hall.at) == local("00:00", TUESDAY)


def test_a_day_without_sessions_is_over_at_midnight() -> None:
    holiday = replace(SETUP, hours=replace(HOURS, holidays=frozenset({MONDAY})))
    hall = at(empty_hall(holiday), local("08:00"))
    assert not hall.closed
    # Same-day results are over at three even then.
    assert next_due(hall, local("15:00")) == local("00:00", TUESDAY)


def test_a_called_citizen_is_missed_no_moment_too_early() -> None:
    hall = after(opened(), take(), c.CallNext("1"), at=local("08:00"))
    assert next_due(hall, hall.at) == local("08:02")
    assert tick(hall, local("08:01:59")) == ()
    assert tick(hall, local("08:02")) == (e.NoShow("A001", "1", put_back=True, by_clock=True),)


def test_a_server_started_after_work_opens_the_day_and_ends_it() -> None:
    hall = empty_hall(SETUP)
    (first,) = tick(hall, local("20:00"))
    assert first == e.DayOpened(MONDAY)
    hall = at(hall, local("20:00"))
    assert hall.closed
    assert hall.day == MONDAY
    assert tick(hall, local("23:59:59")) == ()


def test_what_outlives_the_night_comes_along_with_the_day() -> None:
    hall = after(
        opened(),
        take(),
        c.CallNext("1"),
        c.SetNotice("Xin chào"),
        c.ReportDevice("printer", "no_paper"),
        c.ReportDevice("plate"),
        c.SetService("HT01", open=False),
        at=local("08:00"),
    )
    hall = at(hall, local("07:00", TUESDAY))
    assert (hall.call, hall.calls, hall.notice) == (1, (), "Xin chào")
    assert {code: state.trouble for code, state in hall.devices.items()} == {"printer": "no_paper"}
    assert hall.closed_services == frozenset()
    assert hall.tickets == {}
