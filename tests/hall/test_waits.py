"""What the citizen is told of the wait: worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hall import commands as c
from hall.model import Counter, Hall, Setup
from hall.waits import FieldLoad, Wait, runs_past_closing, told, wait_of, wait_of_newcomer
from tests.hall.halls import SERVICES, SETUP, after, local, opened, take

NOW = local("08:00")
CT01, HT01 = SERVICES["CT01"], SERVICES["HT01"]  # 7 and 14 minutes


def with_counters(**services: str) -> Setup:
    counters = {
        code: Counter(code=code, lag=dict.fromkeys(served.split(), 0.0))
        for code, served in services.items()
    }
    return replace(SETUP, counters=counters)


def many(hall: Hall, *services: str) -> Hall:
    return after(hall, *(take(service) for service in services), at=hall.at)


@pytest.mark.parametrize(
    ("load", "opens_in_s", "wait"),
    [
        (FieldLoad(0, 0.0, 1.0), 0.0, Wait(0, 0, 300)),
        (FieldLoad(0, 0.0, 0.0), 0.0, Wait(0)),  # nobody serves it
        (FieldLoad(1, 420.0, 1.0), 0.0, Wait(1, 300, 600)),  # 7 min: 5.6-9.1
        (FieldLoad(4, 1800.0, 1.0), 0.0, Wait(4, 1200, 2400)),  # 30 min: 24-39
        (FieldLoad(4, 1800.0, 2.0), 0.0, Wait(4, 600, 1200)),  # 15 min: 12-19.5
        (FieldLoad(4, 1800.0, 0.5), 0.0, Wait(4, 2700, 4800)),  # 60 min: 48-78
        (FieldLoad(0, 0.0, 1.0), 1800.0, Wait(0, 1200, 2400)),  # the doors open in half an hour
        (FieldLoad(1, 10.0, 1.0), 0.0, Wait(1, 0, 300)),
    ],
)
def test_the_wait_is_told_in_steps_of_five_minutes(
    load: FieldLoad, opens_in_s: float, wait: Wait
) -> None:
    assert told(load, opens_in_s) == wait


def test_a_counter_with_two_fields_waiting_is_half_a_counter_for_each() -> None:
    both = with_counters(q1="CT01 HT01")
    assert wait_of_newcomer(many(opened(both), "CT01"), CT01, NOW) == Wait(1, 300, 600)
    # 7 minutes of work by half a counter: 14 minutes, told as 10 to 20.
    assert wait_of_newcomer(many(opened(both), "CT01", "HT01"), CT01, NOW) == Wait(1, 600, 1200)


def test_only_open_counters_count() -> None:
    hall = many(opened(with_counters(q1="CT01", q2="CT01")), *["CT01"] * 4)
    assert wait_of_newcomer(hall, CT01, NOW) == Wait(4, 600, 1200)  # 14 min by two
    hall = after(hall, c.Pause("q2", "meeting"), at=NOW)
    assert wait_of_newcomer(hall, CT01, NOW) == Wait(4, 1200, 2400)  # 28 min by one
    hall = after(hall, c.Close("q1"), at=NOW)
    assert wait_of_newcomer(hall, CT01, NOW) == Wait(4)


def test_what_is_left_of_a_service_counts_until_its_mean_is_over() -> None:
    hall = after(opened(with_counters(q1="HT01")), take("HT01"), c.CallNext("q1"), at=NOW)
    assert wait_of_newcomer(hall, HT01, NOW) == Wait(0, 600, 1200)  # 14 min: 11.2-18.2
    hall = after(hall, c.Start("q1"), at=NOW)
    assert wait_of_newcomer(hall, HT01, local("08:10")) == Wait(0, 0, 300)  # 4 min
    assert wait_of_newcomer(hall, HT01, local("09:00")) == Wait(0, 0, 300)


def test_before_opening_and_over_lunch_the_closed_time_is_added() -> None:
    hall = opened(at=local("07:00"))
    assert wait_of_newcomer(hall, CT01, local("07:00")) == Wait(0, 1200, 2400)  # 30 min
    assert wait_of_newcomer(hall, CT01, local("11:30")) == Wait(0, 4200, 7200)  # 90: 72-117


def test_a_waiting_ticket_is_told_of_those_before_it_only() -> None:
    hall = many(opened(), *["CT01"] * 5)
    waits = [wait_of(hall, hall.known(f"A00{number}"), NOW) for number in (1, 3, 5)]
    assert waits == [Wait(0, 0, 300), Wait(2, 600, 1200), Wait(4, 1200, 2400)]


def test_the_wait_may_run_past_the_end_of_the_session_but_not_past_one_that_is_over() -> None:
    wait = Wait(3, 1200, 2400)
    assert runs_past_closing(opened(), wait, local("10:51"))
    assert not runs_past_closing(opened(), wait, local("10:50"))
    assert not runs_past_closing(opened(), wait, local("17:30"))
    assert not runs_past_closing(opened(), Wait(3), local("11:00"))


def test_a_ticket_carries_what_its_holder_was_told() -> None:
    hall = many(opened(), *["CT01"] * 5)
    last = hall.known("A005")
    assert (last.told_low_s, last.told_high_s) == (1200, 2400)
