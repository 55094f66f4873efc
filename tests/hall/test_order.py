"""Whose turn it is, where the scenarios do not show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall import commands as c
from hall.model import FIRST, Because, Counter, Group, Place, QueueKey, Setup
from hall.order import because, count_for, joined, left, next_turn, oldest_s, overtaken, place_of
from tests.hall.halls import SETUP, after, local, opened, take

NOW = local("08:00")
places = st.builds(
    lambda early, queued, order: Place(queued - early, queued, order, f"A{order + 1:03d}"),
    st.sampled_from([0.0, 600.0, FIRST]),
    st.integers(0, 5).map(float),
    st.integers(0, 999),
)


def with_groups(*groups: Group, **lag: float) -> Setup:
    counters = {"1": Counter(code="1", lag=lag)} if lag else SETUP.counters
    return replace(SETUP, groups={group.code: group for group in groups}, counters=counters)


@given(st.lists(places, unique_by=lambda place: place.number, max_size=20), st.randoms())
def test_a_queue_stays_in_order_however_people_come_and_go(
    everybody: list[Place], chance: Random
) -> None:
    queue: tuple[Place, ...] = ()
    for place in everybody:
        queue = joined(queue, place)
        assert list(queue) == sorted(queue)
    chance.shuffle(everybody)
    for place in everybody:
        queue = left(queue, place)
        assert list(queue) == sorted(queue)
    assert queue == ()


def test_nobody_who_is_not_in_a_queue_leaves_it() -> None:
    with pytest.raises((AssertionError, IndexError)):
        left((), Place(0.0, 0.0, 0, "A001"))


@settings(deadline=None)
@given(st.lists(places, unique_by=lambda place: place.order, max_size=20), st.integers(0, 19))
def test_who_is_oldest_and_whom_a_call_overtakes_is_as_if_everybody_were_looked_at(
    everybody: list[Place], nth: int
) -> None:
    queue = tuple(sorted(everybody))
    arrived = [place[1:4] for place in queue]
    assert oldest_s([queue]) == min((queued_at for queued_at, _, _ in arrived), default=inf)
    hall = after(opened(), take(), at=NOW)
    hall, somebody = replace(hall, queues={QueueKey("CT01", False): queue}), hall.known("A001")
    for called in queue[nth:]:
        queued_at = datetime.fromtimestamp(called.queued_at, UTC)
        turns = (replace(somebody.turn, queued_at=queued_at),)
        ticket, mine = replace(somebody, order=called.order, turns=turns), called[1:3]
        passed = overtaken(hall, hall.setup.counters["1"], ticket)
        assert sorted(passed) == sorted(one for one in arrived if one[:2] < mine)


def test_interleaved_groups_stand_in_a_line_of_their_own() -> None:
    setup = with_groups(Group(code="pregnant", interleaved=True), Group(code="elderly"))
    hall = after(
        opened(setup), take(), take(group="pregnant"), take(group="elderly"), at=local("08:00")
    )
    lines = {key: [place.number for place in queue] for key, queue in hall.queues.items()}
    assert lines == {
        QueueKey("CT01", False): ["A001", "A003"],
        QueueKey("CT01", True): ["A002"],
    }
    assert count_for(hall, "CT01") == 3


def test_a_head_start_is_taken_off_the_time_of_arrival_only() -> None:
    hall = after(
        opened(with_groups(Group(code="elderly", head_start_s=1800.0))),
        take(group="elderly"),
        at=NOW,
    )
    _, place = place_of(hall, hall.known("A001"))
    assert (place.queued_at, place.queued_at - place.turn_time) == (NOW.timestamp(), 1800.0)


def test_those_who_always_go_first_do_so_where_a_counter_only_helps_out_too() -> None:
    setup = with_groups(Group(code="merit", head_start_s=FIRST), CT01=0.0, HT01=3600.0)
    hall = after(opened(setup), take("CT01"), take("HT01", group="merit"), at=NOW)
    chosen = next_turn(hall, "1")
    assert chosen is not None
    assert (chosen[0].number, chosen[1]) == ("C001", Because("priority_first", 1, "A001"))


def test_a_counter_sees_nobody_it_does_not_serve() -> None:
    hall = after(opened(with_groups(HT01=0.0)), take("CT01"), at=NOW)
    assert next_turn(hall, "1") is None


def test_people_of_one_moment_go_in_the_order_of_their_numbers() -> None:
    hall = after(opened(), take("HT01"), take("CT01"), take("HT01"), at=NOW)
    called = []
    for _ in range(3):
        hall = after(hall, c.CallNext("1"), c.Finish("1", "received"), at=NOW)
        called.append(hall.staffing["1"].finished)
    assert called == ["C001", "A001", "C002"]


def test_why_looks_only_at_those_who_could_have_been_called_instead() -> None:
    hall = after(opened(with_groups(CT01=0.0)), take("HT01"), take(), take(), at=NOW)
    assert because(hall, "1", hall.known("A002")) == Because("own_service_first", 1, "A001")
    assert because(hall, "1", hall.known("A002"), reason="urgent") == Because(
        "chosen", 1, "A001", "urgent"
    )


def test_a_ticket_that_was_parked_keeps_the_reason_of_its_own_call() -> None:
    """Or else holding it would hide that it was called out of order."""
    called = (take("CT01"), take("CT01"), c.CallTicket("1", "A002", "urgent"), c.Start("1"))
    hall = after(opened(), *called, c.Hold("1", "form"), c.Resume("1", "A002"), at=NOW)
    assert hall.known("A002").turn.because == Because("chosen", 1, "A001", "urgent")
