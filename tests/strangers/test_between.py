"""Access is taken away in the very moment between looking it up and being let in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.registry import Registry
from link.messages import Role
from records.engine import connect
from records.pairing import pair
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor
from tests.dispatch.halls import EIGHT, PIN, SETUP
from tests.dispatch.screens import stranger
from tests.waiting import until


def held_up(monkeypatch: pytest.MonkeyPatch, name: str, meanwhile: Callable[[], object]) -> None:
    """After the registry's thread has looked, and before the loop hears of it, do this once."""
    looked_up: Any = getattr(Registry, name)
    done: list[bool] = []

    def slowly(registry: Registry, *asked: Any) -> Any:
        found = looked_up(registry, *asked)
        if not done:
            done.append(True)
            meanwhile()
        return found

    monkeypatch.setattr(Registry, name, slowly)


def seen_by(hall: OpenHall, loop: asyncio.AbstractEventLoop, change: str, of: str) -> None:
    """The change is in the records, and the server has looked."""
    heard = asyncio.run_coroutine_threadsafe(_hear(hall, change, of), loop)
    heard.result(timeout=30)


async def _hear(hall: OpenHall, change: str, of: str) -> None:
    hall.access.on_change(change, of)


async def test_a_device_that_is_unpaired_while_it_says_hello_is_not_let_in(
    opened: OpenFor, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as hall:
        engine = connect(database)
        token, loop = (
            pair(engine, SETUP.hall, "kiosk-1", EIGHT, "kiosk"),
            asyncio.get_running_loop(),
        )
        registry = Registry(engine, engine, SETUP.hall, None)  # type: ignore[arg-type]

        def unpaired() -> None:
            registry.unpair("kiosk-1", "command:root", EIGHT)
            seen_by(hall, loop, "unpaired", "kiosk-1")

        held_up(monkeypatch, "standing", unpaired)
        async with stranger(hall.url) as kiosk:
            await kiosk.hello("kiosk", "kiosk-1", token)
            assert await kiosk.farewell() == "unpaired"
        engine.dispose()


PLACES: list[tuple[Role, str, str]] = [
    ("counter", "counter-1", "lan"),
    ("manager", "manager-1", "hoa"),
]


@pytest.mark.parametrize("place", PLACES)
async def test_an_account_that_is_suspended_while_it_signs_in_does_not_sit_down(
    hall: OpenHall,
    enter: Enter,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[Role, str, str],
) -> None:
    engine, loop = connect(database), asyncio.get_running_loop()
    registry = Registry(engine, engine, SETUP.hall, None)  # type: ignore[arg-type]
    role, device, officer = place
    screen = await enter(hall, role, device)

    def suspended() -> None:
        registry.suspend(officer, "command:root", EIGHT)
        seen_by(hall, loop, "suspended", officer)

    held_up(monkeypatch, "is_suspended", suspended)
    assert await screen.refused("sign_in", officer=officer, pin=PIN) == {"reason": "suspended"}
    assert hall.dispatcher.hall.staffing["Q1"].officer is None
    assert hall.doors._sittings.managers() == {}
    await until(registry.suspended)
    engine.dispose()
