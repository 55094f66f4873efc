"""When alarms begin, who wants to know, and that looking for them costs next to nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hall import commands as c
from hall import events as e
from hall.alarms import begins, changes
from hall.commands import Command
from hall.hours import open_wait_reached
from hall.model import AlarmLimits, Hall
from hall.tick import next_due, tick
from tests.hall.crowd import crowded
from tests.hall.halls import MONDAY, SETUP, after, local, opened, take

NEVER = AlarmLimits(pause_s=0, service_factor=0, service_s=0, mean_from=0, silent_s=0)


def at(hall: Hall, now: datetime) -> Hall:
    return after(hall, c.Tick(), at=now)


def alarms_of(hall: Hall, now: datetime) -> list[str]:
    """Those of the hall once everything due has happened."""
    hall = at(hall, now)
    return list(after(hall, c.Tick(), at=now).alarms)


@pytest.mark.parametrize(
    ("commands", "due"),
    [
        ([take()], "08:15"),
        ([take(), c.CallNext("1"), c.Start("1")], "08:14"),  # twice the seven minutes of CT01
        ([c.Pause("1", "lunch")], "08:15"),
    ],
)
def test_the_hall_is_asked_when_an_alarm_begins_and_not_a_moment_before(
    commands: list[Command], due: str
) -> None:
    hall = after(opened(), *commands, at=local("08:00"))
    while (asked := next_due(hall, hall.at)) < local(due):
        assert alarms_of(hall, asked) == []
        hall = at(hall, asked) if tick(hall, asked) else replace(hall, at=asked)
    assert asked == local(due)
    assert alarms_of(hall, local(due) - timedelta(microseconds=1)) == []
    assert len(alarms_of(hall, local(due))) == 1


def test_a_server_that_was_away_raises_what_began_meanwhile_with_how_long_it_was() -> None:
    hall = after(opened(), take(), at=local("08:00"))
    raised = [event for event in tick(hall, local("09:00")) if isinstance(event, e.AlarmRaised)]
    told = [(one.alarm_kind, one.of, one.number, one.value_s) for one in raised]
    assert told == [
        ("wait_over_target", "A", "A001", 3600.0),
        ("wait_over_limit", "A", "A001", 3600.0),
    ]


def test_nought_in_the_limits_means_never() -> None:
    quiet = opened(replace(SETUP, alarms=NEVER))
    hall = after(quiet, take(), c.CallNext("1"), c.Start("1"), at=local("08:00"))
    assert alarms_of(hall, local("10:00")) == []
    hall = after(hall, c.Finish("1", "received"), c.Pause("1", "lunch"), at=local("10:00"))
    assert alarms_of(hall, local("11:00")) == []


def test_an_alarm_that_is_acknowledged_stays_until_it_is_over() -> None:
    hall = at(after(opened(), take(), at=local("08:00")), local("08:20"))
    hall = after(hall, c.Acknowledge("wait_over_target:A"), at=local("08:21"))
    assert hall.alarms["wait_over_target:A"].acknowledged_at == local("08:21")
    assert changes(hall, local("08:22")) == ()
    hall = after(hall, c.CallNext("1"), at=local("08:23"))
    assert tick(hall, hall.at) == (e.AlarmCleared("wait_over_target:A"),)


def test_alarms_end_with_the_work_and_only_troubles_are_there_the_next_day() -> None:
    hall = after(opened(), take(), c.ReportDevice("kiosk-1/printer", "no_paper"), at=local("16:00"))
    assert alarms_of(hall, local("16:30")) == [
        "device_trouble:kiosk-1/printer",
        "wait_over_target:A",
        "wait_over_limit:A",
    ]
    assert alarms_of(hall, local("18:30")) == ["device_trouble:kiosk-1/printer"]
    tomorrow = MONDAY + timedelta(days=1)
    assert alarms_of(hall, local("07:30", tomorrow)) == ["device_trouble:kiosk-1/printer"]


def test_a_wait_is_reached_over_noon_after_the_closed_hours() -> None:
    windows = [(local("07:30"), local("11:30")), (local("13:00"), local("17:00"))]
    assert open_wait_reached(windows, local("07:00"), 600) == local("07:40")
    assert open_wait_reached(windows, local("11:20"), 600) == local("11:30")
    assert open_wait_reached(windows, local("11:25"), 600) == local("13:05")
    assert open_wait_reached(windows, local("12:00"), 600) == local("13:10")
    assert open_wait_reached(windows, local("16:55"), 600) is None
    assert open_wait_reached(windows, local("17:30"), 600) is None


def test_looking_for_alarms_in_a_crowded_hall_takes_no_time() -> None:
    hall, before = crowded(), time.process_time()
    for _ in range(50):
        assert len(list(begins(hall))) == 3 * 2 + 60
    assert (time.process_time() - before) / 50 < 0.01
