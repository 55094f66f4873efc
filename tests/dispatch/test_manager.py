"""What the manager sends reaches the counters, and what is not well reaches the manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hall.model import AlarmLimits
from link.messages import DeviceInfo
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import CLOSED_AT_NOON, PIN, Clocks, config, with_setup
from tests.dispatch.screens import Screen
from tests.waiting import until

NOTHING_SILENT = {
    "kiosk-1": DeviceInfo("kiosk-1", "kiosk"),
    "counter-1": DeviceInfo("counter-1", "counter", "Q1"),
    "board-1": DeviceInfo("board-1", "display"),
    "zone-1": DeviceInfo("zone-1", "display", counters=["Q2"]),
    "manager-1": DeviceInfo("manager-1", "manager"),
}


def alarms(manager: Screen) -> list[str]:
    return [alarm["alarm"] for alarm in manager.view["alarms"]]


def screens(manager: Screen) -> dict[str, tuple[bool, str | None]]:
    return {one["device"]: (one["online"], one["since"]) for one in manager.view["screens"]}


# --- What the manager does -----------------------------------------------------------------------


async def test_a_word_to_a_counter_is_shown_there_until_it_is_read(staff: Staff) -> None:
    sent = await staff.manager.ok("send_word", text="  Quầy 1 nghỉ\u0007 sớm nhé ", counter="Q1")
    assert sent == {"word": 1, "counters": ["Q1"]}
    await staff.counter.until(lambda: staff.counter.view["sent_words"])
    (word,) = staff.counter.view["sent_words"]
    assert word == {"word": 1, "text": "Quầy 1 nghỉ sớm nhé", "at": "2026-11-23T01:00:00Z"}
    await staff.counter.ok("read_word", word=1)
    await staff.counter.until(lambda: not staff.counter.view["sent_words"])


async def test_a_word_to_everybody_reaches_those_who_are_signed_in(staff: Staff) -> None:
    assert await staff.manager.ok("send_word", text="Họp") == {"word": 1, "counters": ["Q1"]}
    refused = await staff.manager.refused("send_word", text="Họp", counter="Q2")
    assert refused == {"reason": "counter_has_no_officer", "counter": "Q2"}
    assert await staff.manager.refused("send_word", text="\u200b") == {"reason": "nothing_said"}


async def test_a_ticket_moved_while_it_waits_is_called_where_it_was_sent(staff: Staff) -> None:
    for _ in range(2):
        await staff.kiosk.ok("take_ticket", services=["HT01"])
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    move = {"ticket": "A001", "reason": "urgent", "service": "HT01"}
    assert await staff.manager.ok("move_ticket", **move) == {"ticket": "A001"}
    assert (await staff.manager.refused("move_ticket", **move))["reason"] == "same_service"
    called = [await staff.counter.ok("call_next")]
    await staff.counter.ok("finish", outcome="received")
    await staff.counter.ok("call_next")
    await staff.counter.ok("finish", outcome="received")
    called.append(await staff.counter.ok("call_next"))
    assert [(one["ticket"], one["service"]) for one in called] == [
        ("C001", "HT01"),
        ("A001", "HT01"),
    ]


async def test_an_alarm_comes_with_time_is_seen_and_ends_when_its_cause_does(
    staff: Staff, clocks: Clocks
) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    clocks.pass_(minutes=15)
    await staff.kiosk.ok("device_state", device="printer")
    await staff.manager.until(lambda: alarms(staff.manager) == ["wait_over_target:A"])
    await staff.manager.ok("acknowledge", alarm="wait_over_target:A")
    await staff.manager.until(lambda: staff.manager.view["alarms"][0]["acknowledged_at"])
    await staff.counter.ok("call_next")
    await staff.manager.until(lambda: not alarms(staff.manager))
    refused = await staff.manager.refused("acknowledge", alarm="wait_over_target:A")
    assert refused["reason"] == "unknown_alarm"


async def test_alarms_that_were_seen_are_so_after_a_restart(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened() as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        clocks.pass_(minutes=31)
        await staff.kiosk.ok("device_state", device="printer")
        await staff.manager.ok("acknowledge", alarm="wait_over_limit:A")
        before = hall.dispatcher.hall.alarms
    async with opened() as hall:
        assert hall.dispatcher.hall.alarms == before
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        shown = {one["kind"]: one["acknowledged_at"] for one in manager.view["alarms"]}
        assert shown == {"wait_over_limit": "2026-11-23T01:31:00Z", "wait_over_target": None}


# --- What was spoken -----------------------------------------------------------------------------


async def test_every_loudspeaker_says_what_it_spoke_and_no_call_that_was_not_made(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    other = await enter(hall, "display", "board-2")
    await staff.board.ok("spoken", call=1, at="2026-11-23T08:00:00+07:00")
    await other.ok("spoken", call=1, at="2026-11-23T08:00:00+07:00", skipped="muted")
    refused = await other.refused("spoken", call=2, at="2026-11-23T08:00:00+07:00")
    assert refused == {"reason": "unknown_call", "call": 2}


# --- Boards of some counters ---------------------------------------------------------------------


async def test_the_board_of_some_counters_has_their_calls_alone(
    opened: OpenFor, enter: Enter
) -> None:
    async with opened(replace(config(), devices=NOTHING_SILENT)) as hall:
        staff = await staffed(hall, enter)
        zone = await enter(hall, "display", "zone-1")
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.ok("call_next")
        await staff.board.until(lambda: staff.board.view["calls"])
        await staff.manager.ok("notice", text="Xin chào")
        await zone.until(lambda: zone.view["notice"] == "Xin chào")
        assert zone.view["calls"] == []
        assert [one["counter"] for one in zone.view["counters"]] == ["Q2"]
        assert [one["field"] for one in zone.view["waiting"]] == ["A"]


# --- Who is there --------------------------------------------------------------------------------


@pytest.fixture
def watched(opened: OpenFor) -> Callable[..., Any]:
    """A hall of few screens, whose kiosk and board may be away for a minute."""

    def open_(**rules: object) -> Any:
        described = with_setup(alarms=AlarmLimits(silent_s=60), **rules)
        few = {code: one for code, one in NOTHING_SILENT.items() if code != "zone-1"}
        return opened(replace(described, devices=few))

    return open_


async def test_a_kiosk_that_goes_away_is_silent_after_a_minute_until_it_is_back(
    watched: Callable[..., Any], enter: Enter, clocks: Clocks
) -> None:
    async with watched() as hall:
        staff = await staffed(hall, enter)
        here = (True, "2026-11-23T01:00:00Z")
        await staff.manager.until(lambda: screens(staff.manager)["board-1"] == here)
        assert screens(staff.manager)["kiosk-1"] == here
        await staff.kiosk.connection.close()
        gone = (False, "2026-11-23T01:00:00Z")
        await staff.manager.until(lambda: screens(staff.manager)["kiosk-1"] == gone)
        clocks.pass_(seconds=59)
        await staff.manager.ok("notice", text="59")
        assert alarms(staff.manager) == []
        clocks.pass_(seconds=1)
        await staff.manager.ok("notice", text="60")
        await staff.manager.until(lambda: alarms(staff.manager) == ["screen_silent:kiosk-1"])
        await staff.counter.until(lambda: staff.counter.view["troubles"])
        assert staff.counter.view["troubles"][0]["trouble"] == "silent"
        await enter(hall, "kiosk", "kiosk-1")
        await staff.manager.until(lambda: not alarms(staff.manager))
        await staff.counter.until(lambda: not staff.counter.view["troubles"])


async def test_nobody_misses_a_kiosk_while_the_hall_is_closed_or_a_screen_that_officers_have(
    watched: Callable[..., Any], enter: Enter, clocks: Clocks
) -> None:
    async with watched(hours=CLOSED_AT_NOON) as hall:
        staff = await staffed(hall, enter)
        clocks.pass_(hours=3, minutes=29, seconds=30)  # half a minute before noon
        await staff.kiosk.connection.close()
        await staff.counter.connection.close()
        await until(lambda: not hall.dispatcher.hall.closed)
        clocks.pass_(hours=1)
        await staff.manager.ok("notice", text="noon")
        assert alarms(staff.manager) == []
        clocks.pass_(minutes=30, seconds=89)  # the afternoon begins: one minute later it is missed
        await staff.manager.ok("notice", text="one minute past one, but for a second")
        assert alarms(staff.manager) == []
        clocks.pass_(seconds=1)
        await staff.manager.ok("notice", text="one minute past one")
        await staff.manager.until(lambda: alarms(staff.manager) == ["screen_silent:kiosk-1"])


async def test_a_kiosk_that_never_came_is_missed_and_one_that_is_none_any_more_is_forgotten(
    watched: Callable[..., Any], opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with watched() as hall:
        board = await enter(hall, "display", "board-1")
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        await manager.until(lambda: screens(manager)["kiosk-1"] == (False, None))
        clocks.pass_(minutes=1)
        await board.ok("device_state", device="plate")
        await manager.until(lambda: alarms(manager) == ["screen_silent:kiosk-1"])
    without = {code: one for code, one in NOTHING_SILENT.items() if code != "kiosk-1"}
    async with opened(replace(config(), devices=without)) as hall:
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        await manager.until(lambda: not alarms(manager))


async def test_no_screen_can_say_that_another_is_silent(staff: Staff) -> None:
    await staff.kiosk.ok("device_state", device="board-1", trouble="silent")
    await staff.manager.until(lambda: staff.manager.view["troubles"])
    assert [one["device"] for one in staff.manager.view["troubles"]] == ["kiosk-1/board-1"]
