"""Clocks that are set, midnight, and what time alone brings about."""

from __future__ import annotations

from datetime import date

from dispatch.showing import PAST_TICKET
from hall.model import Stage
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import CLOSED_AT_NOON, PIN, Clocks, with_setup
from tests.dispatch.screens import stranger


async def test_a_clock_set_back_an_hour_stops_nobody_and_falsifies_nothing(
    hall: OpenHall, staff: Staff, clocks: Clocks
) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    clocks.pass_(minutes=1)
    await staff.counter.ok("call_next")
    clocks.set_(hours=-1)
    await staff.counter.ok("start")
    clocks.pass_(minutes=1)
    await staff.counter.ok("finish", outcome="received")
    turn = hall.dispatcher.hall.known("A001").turn
    assert turn.clock_stepped
    assert turn.called_at is not None
    assert turn.started_at is not None
    assert turn.ended_at is not None
    assert turn.opened_at <= turn.called_at <= turn.started_at <= turn.ended_at


async def test_a_clock_set_forward_an_hour_stops_nobody_and_is_marked(
    hall: OpenHall, staff: Staff, clocks: Clocks
) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    clocks.set_(hours=1)
    await staff.counter.ok("call_next")
    await staff.counter.ok("finish", outcome="received")
    turn = hall.dispatcher.hall.known("A001").turn
    assert turn.stage is Stage.DONE
    assert turn.clock_stepped


async def test_a_clock_that_is_right_marks_nothing(
    hall: OpenHall, staff: Staff, clocks: Clocks
) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    clocks.pass_(hours=1)
    await staff.counter.ok("call_next")
    await staff.counter.ok("finish", outcome="received")
    assert not hall.dispatcher.hall.known("A001").turn.clock_stepped


async def test_a_screen_is_told_when_nothing_may_be_undone_any_more(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(with_setup(undo_within_s=0.2)) as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.ok("call_next")
        await staff.counter.ok("finish", outcome="received")
        await staff.counter.until(lambda: "undo" in staff.counter.view["may"])
        assert staff.counter.view["undo_until"] is not None
        clocks.pass_(seconds=0.2)
        await staff.counter.until(lambda: "undo" not in staff.counter.view["may"])
        assert staff.counter.view["undo_until"] is None


async def test_the_postponed_are_in_line_again_when_the_afternoon_begins(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(with_setup(hours=CLOSED_AT_NOON)) as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.ok("call_next")
        await staff.counter.ok("postpone")
        await staff.counter.until(lambda: staff.counter.view["held"])
        (held,) = staff.counter.view["held"]
        assert (held["number"], held["until"]) == ("A001", "2026-11-23T06:00:00Z")
        assert (await staff.counter.refused("call_next"))["reason"] == "nobody_waiting"
        clocks.pass_(hours=5)
        assert (await staff.counter.ok("call_next"))["ticket"] == "A001"


async def test_midnight_ends_the_day_for_those_who_wait_and_begins_another(
    hall: OpenHall, staff: Staff, enter: Enter, clocks: Clocks
) -> None:
    taken = [await staff.kiosk.ok("take_ticket", services=["CT01"]) for _ in range(2)]
    called = await staff.counter.ok("call_next")
    await staff.counter.ok("finish", outcome="received")
    holder = await enter(hall, "ticket", "phone", taken[1]["token"])
    clocks.pass_(days=1)
    next_day = await staff.kiosk.ok("take_ticket", services=["CT01"])
    assert next_day["ticket"] == "A001"
    assert hall.dispatcher.hall.day == date(2026, 11, 24)
    await staff.board.until(lambda: staff.board.view["calls"] == [])
    await holder.until(lambda: holder.view == PAST_TICKET)
    assert (await staff.counter.refused("call_next"))["reason"] == "counter_has_no_officer"
    await sign_in_and_open(staff)
    assert (await staff.counter.ok("call_next"))["call"] > called["call"]
    async with stranger(hall.url) as late:
        await late.hello("ticket", "phone", taken[1]["token"])
        assert await late.farewell() == "unknown_ticket"


async def sign_in_and_open(staff: Staff) -> None:
    await staff.counter.ok("sign_in", officer="lan", pin=PIN)
    await staff.counter.ok("open")


async def test_who_waits_at_the_end_of_the_day_is_left_over(
    hall: OpenHall, staff: Staff, clocks: Clocks
) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    clocks.pass_(hours=10)
    await staff.kiosk.ok("device_state", device="printer")
    await staff.manager.until(lambda: staff.manager.view["today"]["left_over"] == 1)
    assert hall.dispatcher.hall.known("A001").turn.stage is Stage.LEFT_OVER
    refused = await staff.kiosk.refused("take_ticket", services=["CT01"])
    assert refused["reason"] == "hall_closed"


async def test_a_citizen_who_does_not_come_is_put_back_by_the_clock_and_every_screen_sees_it(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(with_setup(no_show_after_s=0.3)) as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.ok("call_next")
        await staff.counter.until(lambda: staff.counter.view.get("ticket"))
        clocks.pass_(seconds=0.3)
        await staff.counter.until(lambda: not staff.counter.view.get("ticket"))
        assert hall.dispatcher.hall.known("A001").turn.stage is Stage.WAITING
        assert staff.counter.view["next"]["number"] == "A001"
