"""A paired manager's screen is told of the hall only while somebody is signed in there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from config.pins import hash_pin, pin_is_right
from config.values import Config, SignIn
from dispatch.registry import Hashing, Registry
from records.engine import connect
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff
from tests.dispatch.halls import EIGHT, PIN, SETUP, Clocks, config
from tests.dispatch.screens import Screen


@pytest.fixture
def registry(database: str, hall: OpenHall) -> Iterator[Registry]:
    """What a command beside the running server does its work with."""
    engine = connect(database)
    yield Registry(engine, engine, SETUP.hall, Hashing(hash_pin, pin_is_right))
    engine.dispose()


def nothing_of_the_hall(screen: Screen) -> bool:
    """Nobody's code, no number of people, no screen's name in any view."""
    said = [frame for frame in screen.frames if b'"view"' in frame[:20]]
    lists = ("counters", "fields", "troubles", "closed_services")
    closed = [msgspec.json.decode(frame)["view"] for frame in said]
    return bool(closed) and all(
        view["closed"] and not any(view[one] for one in lists) and not any(view["today"].values())
        for view in closed
    )


async def until_closed(manager: Screen) -> None:
    await manager.until(lambda: manager.view.get("closed"))


async def test_a_managers_screen_is_told_nothing_until_somebody_signs_in(
    staff: Staff, hall: OpenHall, enter: Enter, opened: OpenFor
) -> None:
    await staff.manager.ok("sign_out")
    stolen = await enter(hall, "manager", "manager-1")
    for _ in range(3):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    await stolen.refused("sign_in", officer="hoa", pin="000000")
    await stolen.refused("notice", text="?")
    assert nothing_of_the_hall(stolen)
    await stolen.ok("sign_in", officer="hoa", pin=PIN)
    assert stolen.view["today"]["issued"] == 3  # there before the answer
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    await stolen.until(lambda: stolen.view["today"]["issued"] == 4)


async def test_the_view_goes_with_whoever_was_signed_in(staff: Staff) -> None:
    await staff.manager.ok("sign_out")
    assert staff.manager.view["closed"]
    await staff.manager.ok("sign_in", officer="thu", pin=PIN)
    assert "closed" not in staff.manager.view


async def test_a_suspended_managers_screen_is_told_nothing_more(
    staff: Staff, registry: Registry
) -> None:
    registry.suspend("hoa", "command:root", EIGHT)
    await until_closed(staff.manager)
    heard = len(staff.manager.heard)
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.manager.refused("notice", text="?")
    assert [one["type"] for one in staff.manager.heard[heard:]] == ["answer"]


def forgetful() -> Config:
    """The small hall, which forgets a manager after ten minutes without a key."""
    devices = dict(config().devices)
    devices["manager-1"] = msgspec.structs.replace(
        devices["manager-1"], settings={"lock_after_min": 10}
    )
    return replace(config(), devices=devices, sign_in=SignIn(6, 0))


async def test_a_screen_that_was_left_alone_is_told_nothing_more(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(forgetful()) as hall:
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        assert "closed" not in manager.view
        clocks.pass_(minutes=10)
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        await kiosk.ok("take_ticket", services=["CT01"])
        await until_closed(manager)
        assert manager.view["today"]["issued"] == 0


async def test_whoever_comes_back_meanwhile_is_shown_the_hall_at_once(
    staff: Staff, hall: OpenHall, enter: Enter
) -> None:
    again = await enter(hall, "manager", "manager-1")
    assert "closed" not in again.view
    assert await staff.manager.farewell() == "taken_over"
