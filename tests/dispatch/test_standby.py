"""A standby file on another disk, while the hall is open: copied every moment, waited for never."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from config.values import Config
from records.copies import extent
from records.restore import restore
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import PIN, config
from tests.dispatch.http import get
from tests.dispatch.processes import report_processes
from tests.dispatch.screens import Screen
from tests.waiting import until

HALL = "an-binh"


@pytest.fixture
def standby(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder / "hall.db"


def doubled(standby: Path) -> Config:
    """A hall that keeps a standby file."""
    return replace(config(), server=replace(config().server, standby=standby, standby_every_s=0.1))


@asynccontextmanager
async def at_work(
    opened: OpenFor, enter: Enter, standby: Path
) -> AsyncIterator[tuple[OpenHall, Staff]]:
    async with opened(doubled(standby)) as hall:
        yield hall, await staffed(hall, enter)


def reaches(standby: Path, hall: OpenHall) -> bool:
    return standby.exists() and extent(standby, HALL).seq == hall.dispatcher.seq


def troubles(manager: Screen) -> dict[str, str]:
    return {one["device"]: one["trouble"] for one in manager.view["troubles"]}


async def warnings(hall: OpenHall) -> list[str]:
    status, body = await get(hall, "/health")
    assert status == 200
    found: list[str] = msgspec.json.decode(body)["warnings"]
    return found


async def test_what_happens_is_in_the_standby_file_a_moment_later(
    opened: OpenFor, enter: Enter, standby: Path
) -> None:
    async with at_work(opened, enter, standby) as (hall, staff):
        await until(lambda: reaches(standby, hall))
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await until(lambda: extent(standby, HALL).ticket == "A001")
        await staff.counter.ok("call_next")
        await until(lambda: reaches(standby, hall))
        while b"\nmotcua_standby_behind_events 0\n" not in (await get(hall, "/metrics"))[1]:
            pass  # the server is told a moment after the file has it


async def test_a_hall_goes_on_from_its_standby_file(
    opened: OpenFor, enter: Enter, standby: Path, database: str
) -> None:
    async with at_work(opened, enter, standby) as (hall, staff):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await until(lambda: reaches(standby, hall))
    for path in Path(database).parent.glob("hall.db*"):
        path.unlink()
    restored = restore(standby, Path(database), HALL, datetime.now(UTC))
    assert restored.extent.ticket == "A001"
    async with opened() as hall:
        assert hall.dispatcher.hall.issued == 1
        counter = await enter(hall, "counter", "counter-2")
        await counter.ok("sign_in", officer="minh", pin=PIN)
        await counter.ok("open")
        assert (await counter.ok("call_next"))["ticket"] == "A001"


async def test_a_share_that_is_away_is_told_and_caught_up_with_by_itself(
    opened: OpenFor, enter: Enter, standby: Path
) -> None:
    standby.parent.rmdir()
    async with at_work(opened, enter, standby) as (hall, staff):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await until(lambda: troubles(staff.manager) == {"standby": "no_folder"})
        assert await warnings(hall) == ["standby: no_folder"]
        standby.parent.mkdir()
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await until(lambda: troubles(staff.manager) == {})
        await until(lambda: reaches(standby, hall))


async def test_a_hall_does_not_wait_for_a_standby_that_hangs(
    opened: OpenFor, enter: Enter, standby: Path
) -> None:
    async with at_work(opened, enter, standby) as (hall, staff):
        await until(lambda: reaches(standby, hall))
        (process,) = report_processes()
        os.kill(process, signal.SIGSTOP)
        for _ in range(3):
            await staff.kiosk.ok("take_ticket", services=["CT01"])
        assert not reaches(standby, hall)
        os.kill(process, signal.SIGKILL)  # as the server does itself when it has waited enough
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await until(lambda: reaches(standby, hall))


async def test_a_standby_that_is_wanted_no_more_is_in_trouble_no_more(
    opened: OpenFor, enter: Enter, standby: Path
) -> None:
    standby.parent.rmdir()
    async with at_work(opened, enter, standby) as (hall, staff):
        await until(lambda: troubles(staff.manager) == {"standby": "no_folder"})
    async with opened() as hall:
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        await until(lambda: manager.view["troubles"] == [])
        assert await warnings(hall) == []
