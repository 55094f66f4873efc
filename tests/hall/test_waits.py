"""How long it may take until it is one's turn, in small halls worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from hall import commands as c
from hall.desk_times import Desk, Experience, rest_after
from hall.model import FIRST, Counter, Group, Hall, Setup
from hall.order import place_of
from hall.waits import Forecast, Told, forecast, people_before, runs_past_closing, told
from tests.hall.halls import SERVICES, SETUP, after, local, opened, take

NOW = local("08:00")
MINUTE = 60.0
# Certified copies take 6 minutes, births 15, land 20: always, the walk to the counter included.
EXACT = Experience(
    desks={
        ("CT01", None): Desk(6 * MINUTE, 0.0),
        ("CT02", None): Desk(8 * MINUTE, 0.0),
        ("HT01", None): Desk(15 * MINUTE, 0.0),
        ("DD01", None): Desk(20 * MINUTE, 0.0),
    }
)
ELDERLY = Group(code="elderly", head_start_s=1800.0)
MERIT = Group(code="merit", head_start_s=FIRST)
PREGNANT = Group(code="pregnant", interleaved=True)
PRIORITY = {group.code: group for group in (ELDERLY, MERIT, PREGNANT)}


def with_counters(**services: str) -> Setup:
    """`CT01+600`: it only helps out there, ten minutes later."""
    counters = {}
    for code, served in services.items():
        lags = (one.partition("+") for one in served.split())
        lag = {service: float(seconds or 0) for service, _, seconds in lags}
        counters[code] = Counter(code=code, lag=lag)
    return replace(SETUP, counters=counters, groups=PRIORITY, interleave=2)


def many(hall: Hall, *services: str, at: datetime | None = None) -> Hall:
    return after(hall, *(take(service) for service in services), at=at or hall.at)


def minutes(foreseen: Forecast, *numbers: str) -> list[float | None]:
    """What is expected of tickets by number, and of newcomers by service."""
    known = {number: wait.expected_s for number, wait in foreseen.waiting.items()}
    waits = (known[one] if one in known else foreseen.newcomer(one).expected_s for one in numbers)
    return [None if wait is None else round(wait / MINUTE, 6) for wait in waits]


def test_people_at_one_counter_wait_for_all_before_them() -> None:
    hall = many(opened(with_counters(q1="CT01 HT01")), "CT01", "HT01", "CT01")
    waits = minutes(forecast(hall, NOW, EXACT), "A001", "C001", "A002", "CT01", "HT01", "DD01")
    assert waits == [0, 6, 21, 27, 27, None]


def test_two_counters_share_the_line_and_whoever_is_free_first_calls() -> None:
    hall = many(opened(with_counters(q1="CT01", q2="CT01 HT01")), "HT01", "CT01", "CT01", "CT01")
    # q1 calls A001, A002, A003 at 0, 6, 12; q2 has the birth until 15, and q1 is free at 18
    waits = minutes(forecast(hall, NOW, EXACT), "C001", "A001", "A002", "A003", "CT01", "HT01")
    assert waits == [0, 0, 6, 12, 15, 15]


def test_a_counter_that_only_helps_out_serves_its_own_first() -> None:
    hall = opened(with_counters(q1="HT01", q2="CT01 HT01+600"))
    hall = many(hall, "HT01", "HT01", "CT01", "CT01")
    # q1: C001 at 0. q2, which sees births ten minutes later: A001 at 0, A002 at 6, C002 at 12
    waits = minutes(forecast(hall, NOW, EXACT), "C001", "A001", "A002", "C002", "HT01")
    assert waits == [0, 0, 6, 12, 15]


def test_a_head_start_puts_newcomers_before_those_who_have_not_waited_so_long() -> None:
    hall = many(opened(with_counters(q1="CT01")), "CT01", "CT01")
    foreseen = forecast(hall, local("08:20"), EXACT)
    assert foreseen.newcomer("CT01", "elderly").expected_s == 0.0
    assert foreseen.newcomer("CT01").expected_s == 12 * MINUTE
    foreseen = forecast(hall, local("08:40"), EXACT)  # they have waited more than half an hour
    assert foreseen.newcomer("CT01", "elderly").expected_s == 12 * MINUTE
    assert foreseen.newcomer("CT01", "merit").expected_s == 0.0


def test_an_interleaved_group_goes_first_once_in_so_many_ordinary_turns() -> None:
    hall = opened(with_counters(q1="CT01"))
    pregnant = [take("CT01", group="pregnant")] * 2
    hall = after(many(hall, *["CT01"] * 4), *pregnant, at=NOW)
    order = ["A005", "A001", "A002", "A006", "A003", "A004"]
    assert minutes(forecast(hall, NOW, EXACT), *order) == [0, 6, 12, 18, 24, 30]


def test_a_ticket_sent_to_one_counter_waits_for_that_one_unless_it_is_closed() -> None:
    hall = opened(with_counters(q1="CT01 HT01", q2="CT01 HT01"))
    hall = after(hall, take("HT01"), take("HT01"), take("HT01"), at=NOW)
    hall = after(hall, c.CallNext("q1"), c.CallNext("q2"), c.Start("q1"), at=NOW)
    hall = after(hall, c.Transfer("q1", "CT01", "q2"), at=NOW)
    # q1 calls C003; q2 has C002 until 15 and then the one that was sent there
    assert minutes(forecast(hall, NOW, EXACT), "C003", "C001") == [0, 15]
    hall = after(hall, c.Finish("q2", "received"), c.Close("q2"), at=NOW)
    assert minutes(forecast(hall, NOW, EXACT), "C001", "C003") == [0, 6]


def test_those_at_the_counters_count_with_what_is_left_of_them() -> None:
    hall = after(opened(with_counters(q1="HT01")), take("HT01"), c.CallNext("q1"), at=NOW)
    assert minutes(forecast(hall, local("08:01"), EXACT), "HT01") == [14]
    hall = after(hall, c.Start("q1"), at=local("08:01"))  # the walk took half a minute
    assert minutes(forecast(hall, local("08:10"), EXACT), "HT01") == [5.5]
    assert minutes(forecast(hall, local("08:45"), EXACT), "HT01") == [0]


def test_a_service_that_has_lasted_long_goes_on_for_longer_than_a_new_one_has_left() -> None:
    usual = Desk(600.0, 330.0)
    assert rest_after(usual, 0.0) == usual
    rests = [rest_after(usual, minutes_ * MINUTE).mean_s for minutes_ in (0, 5, 10, 30)]
    # E(X - t | X > t) of this lognormal, by numerical integration
    assert rests == pytest.approx([600.0, 358.0, 305.4, 364.5], abs=0.1)
    assert rest_after(usual, 86400.0) == usual  # nobody ever took a day: nothing is known


def test_a_pause_is_expected_to_end_and_a_closed_counter_is_not_there() -> None:
    hall = many(opened(with_counters(q1="CT01", q2="CT01")), *["CT01"] * 3)
    paused = after(hall, c.Pause("q2", "meeting"), at=NOW)
    waits = minutes(forecast(paused, NOW, EXACT), "A001", "A002", "A003", "CT01")
    assert waits == [0, 6, 12, 15]  # q2 is expected back at 15
    closed = after(paused, c.Close("q2"), at=NOW)
    assert minutes(forecast(closed, NOW, EXACT), "A003", "CT01") == [12, 18]
    nobody = after(closed, c.Close("q1"), at=NOW)
    foreseen = forecast(nobody, NOW, EXACT)
    assert minutes(foreseen, "A001", "CT01") == [None, None]
    assert foreseen.newcomer("CT01").told is None


def test_who_does_not_come_costs_less_time() -> None:
    hall = many(opened(with_counters(q1="HT01")), "HT01")
    missing = replace(EXACT, no_show_share=0.5, no_show_s=2 * MINUTE)
    assert minutes(forecast(hall, NOW, missing), "HT01") == [8.5]


def test_a_counter_s_own_time_counts_before_the_hall_s_and_the_hall_s_before_the_catalogue_s() -> (
    None
):
    hall = many(opened(with_counters(q1="CT01")), "CT01")
    own = replace(EXACT, desks={**EXACT.desks, ("CT01", "q1"): Desk(180.0, 0.0)})
    expected = [forecast(hall, NOW, known) for known in (own, EXACT, Experience())]
    assert [minutes(one, "CT01") for one in expected] == [[3], [6], [7.5]]  # 7, and the walk


def test_before_opening_the_wait_begins_with_the_session() -> None:
    hall = many(opened(with_counters(q1="CT01"), at=local("07:00")), "CT01")
    assert minutes(forecast(hall, local("07:00"), EXACT), "A001", "CT01") == [30, 36]
    assert minutes(forecast(hall, local("11:30"), EXACT), "A001", "CT01") == [90, 96]
    assert minutes(forecast(hall, local("18:00"), EXACT), "A001", "CT01") == [0, 6]


def test_before_a_session_the_counters_that_usually_open_with_it_count_as_open() -> None:
    hall = after(opened(with_counters(q1="CT01", q2="CT01", q3="CT01")), c.Close("q1"), at=NOW)
    hall = after(hall, c.Close("q2"), c.Close("q3"), at=NOW)
    hall = many(hall, *["CT01"] * 4, at=local("10:00"))
    usual = replace(EXACT, openings={time(13): frozenset({"q1", "q2"})})
    waits = minutes(forecast(hall, local("12:00"), usual), "A001", "A002", "A003", "CT01")
    assert waits == [60, 60, 66, 72]
    assert minutes(forecast(hall, local("07:00"), usual), "CT01") == [None]  # of another session
    assert minutes(forecast(hall, local("13:00"), usual), "CT01") == [None]  # they are not there


def test_nobody_in_line_needs_no_estimate() -> None:
    foreseen = forecast(opened(), NOW, Experience())
    assert foreseen.newcomer("CT01").told == Told(0, 300)


@pytest.mark.parametrize(
    ("expected_min", "spread_min", "later_min", "wait"),
    [
        (0, 0, 0, (0, 5)),
        (0, 4, 0, (0, 5)),  # no service has gone before, but one is nearly over
        (7, 4, 0, (0, 15)),  # exp(1.805 -+ 0.531): 3.6-10.3
        (30, 6, 0, (20, 40)),  # exp(3.382 -+ 0.198): 24.1-35.9
        (60, 6, 0, (50, 70)),  # exp(4.089 -+ 0.0998): 54.0-66.0
        (7, 4, 30, (30, 45)),
        (0, 0, 30, (30, 35)),
    ],
)
def test_a_wait_is_told_from_to_in_steps_of_five_minutes(
    expected_min: float, spread_min: float, later_min: float, wait: tuple[int, int]
) -> None:
    span = told(expected_min * MINUTE, spread_min * MINUTE, later_min * MINUTE)
    assert (span.low_s / 60, span.high_s / 60) == wait


def test_services_of_one_field_are_told_together() -> None:
    hall = opened(with_counters(q1="CT01", q2="CT02"))
    hall = many(hall, *["CT01"] * 5, "HT01")
    foreseen = forecast(hall, NOW, EXACT)
    field = [SERVICES["CT01"], SERVICES["CT02"]]
    assert foreseen.of_field(field) == Told(0, 2100)  # CT02 at once; CT01 after 30 minutes
    assert foreseen.newcomer("CT01").told == Told(1500, 2100)
    assert foreseen.of_field([SERVICES["HT01"]]) is None


def test_a_ticket_that_came_after_the_forecast_is_told_what_newcomers_are() -> None:
    hall = many(opened(with_counters(q1="CT01")), *["CT01"] * 3)
    foreseen = forecast(hall, NOW, EXACT)
    hall = many(hall, "CT01")
    assert foreseen.of(hall.known("A004")) == foreseen.newcomer("CT01")
    assert foreseen.of(hall.known("A002")).expected_s == 6 * MINUTE


def test_a_ticket_carries_what_its_holder_was_told_and_how_many_stand_before_it() -> None:
    hall = opened(with_counters(q1="CT01 CT02 HT01"))
    hall = many(hall, "CT01", "HT01", "CT02")
    hall = after(hall, replace(take("CT01"), told=Told(1200, 2400)), at=NOW)
    last = hall.known("A003")
    assert (last.told_low_s, last.told_high_s) == (1200, 2400)
    assert ahead(hall, "A003") == 2  # the birth is of another field


def test_who_goes_first_stands_before_the_others() -> None:
    hall = many(opened(with_counters(q1="CT01")), "CT01", "CT01")
    groups = ("elderly", "pregnant", "merit")
    hall = after(hall, *(take("CT01", group=group) for group in groups), at=NOW)
    numbers = ["A005", "A003", "A001", "A002", "A004"]
    # merit, elderly, the ordinary: whoever is pregnant stands before all of them, in another line
    assert [ahead(hall, number) for number in numbers] == [1, 2, 3, 4, 0]


def ahead(hall: Hall, number: str) -> int:
    return people_before(hall, *place_of(hall, hall.known(number)))


def test_the_wait_may_run_past_the_end_of_the_session_but_not_past_one_that_is_over() -> None:
    wait = Told(1200, 2400)
    assert runs_past_closing(opened(), wait, local("10:51"))
    assert not runs_past_closing(opened(), wait, local("10:50"))
    assert not runs_past_closing(opened(), wait, local("17:30"))
    assert not runs_past_closing(opened(), None, local("11:00"))
