"""A whole server of a small hall, in this process: real websockets, a real SQLite file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from config.values import Config
from dispatch.limits import NO_HURRY, Limits
from link.messages import Role
from server import OpenHall, open_hall
from tests.dispatch.halls import PIN, Clocks, config
from tests.dispatch.screens import Screen, screen

# No test is slow because of its limits.
QUICK = replace(NO_HURRY, hello_within_s=30.0, goodbye_within_s=30.0)

OpenFor = Callable[..., AbstractAsyncContextManager[OpenHall]]
Enter = Callable[..., Awaitable[Screen]]


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "hall.db")


@pytest.fixture
def opened(database: str, clocks: Clocks) -> OpenFor:
    """Opens the hall; again and again on the same records, if a test likes."""

    @asynccontextmanager
    async def open_(
        described: Config | None = None, *, host: str = "127.0.0.1", limits: Limits = QUICK
    ) -> AsyncIterator[OpenHall]:
        described, timekeeper = described or config(), clocks.new_timekeeper()
        async with open_hall(described, database, host, 0, timekeeper, limits=limits) as hall:
            yield hall

    return open_


@pytest.fixture
async def hall(opened: OpenFor) -> AsyncIterator[OpenHall]:
    """An open hall."""
    async with opened() as hall:
        yield hall


@pytest.fixture
async def enter() -> AsyncIterator[Enter]:
    """`await enter(hall, "kiosk", "kiosk-1")` is a screen that stays until the test ends."""
    async with AsyncExitStack() as stack:

        async def one_more(hall: OpenHall, role: Role, device: str, token: str = "") -> Screen:
            return await stack.enter_async_context(screen(hall.url, role, device, token))

        yield one_more


@dataclass(frozen=True)
class Staff:
    """A kiosk, a counter with an officer, a board and a signed-in manager."""

    kiosk: Screen
    counter: Screen
    board: Screen
    manager: Screen


@pytest.fixture
async def staff(hall: OpenHall, enter: Enter) -> Staff:
    """One screen of each kind, all at work."""
    return await staffed(hall, enter)


async def staffed(hall: OpenHall, enter: Enter) -> Staff:
    kiosk = await enter(hall, "kiosk", "kiosk-1")
    counter = await enter(hall, "counter", "counter-1")
    board = await enter(hall, "display", "board-1")
    manager = await enter(hall, "manager", "manager-1")
    await counter.ok("sign_in", officer="lan", pin=PIN)
    await counter.ok("open")
    await manager.ok("sign_in", officer="hoa", pin=PIN)
    return Staff(kiosk, counter, board, manager)
