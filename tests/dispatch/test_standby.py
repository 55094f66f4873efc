"""A standby file on another disk, while the hall is open: copied every moment, waited for never."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import msgspec
import pytest

import server
from config.values import Config
from dispatch.standby import Pace
from records.copies import extent
from records.restore import restore
from server import OpenHall
from tests.cli.commands import config_with, served
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import PIN, config
from tests.dispatch.http import get
from tests.dispatch.processes import report_processes
from tests.dispatch.screens import Screen
from tests.waiting import LOOK_S, PATIENCE_S, until, until_now

HALL = "an-binh"
HOLDER = """
import ctypes, sys
SEIZE = 0x4206
print(ctypes.CDLL(None).ptrace(SEIZE, int(sys.argv[1]), 0, 0), flush=True)
sys.stdin.read()
"""


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


async def caught_up(hall: OpenHall) -> None:
    """The server is told a moment after the file has it."""
    while b"\nmotcua_standby_behind_events 0\n" not in (await get(hall, "/metrics"))[1]:
        await asyncio.sleep(LOOK_S)  # or the process, which gives way to everybody, gets nowhere


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
        await caught_up(hall)


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


# --- A share that hangs --------------------------------------------------------------------------


@contextmanager
def hanging(file: Path) -> Iterator[None]:
    """Whoever opens the file waits, as on a share whose server is gone."""
    file.touch()
    heard = signal.signal(signal.SIGIO, signal.SIG_IGN)  # that somebody waits
    descriptor = os.open(file, os.O_RDWR)
    try:
        until_now(lambda: _leased(descriptor))
        yield
    finally:
        os.close(descriptor)
        signal.signal(signal.SIGIO, heard)


def _leased(descriptor: int) -> bool:
    """Nobody else may open it, if nobody else has it open."""
    with suppress(BlockingIOError):
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        return True
    return False


@contextmanager
def that_cannot_end(process: int) -> Iterator[None]:
    """A process that does not go away when it is killed, as one that a dead disk holds."""
    command = [sys.executable, "-c", HOLDER, str(process)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        try:
            if holder.stdout.readline() != b"0\n":
                pytest.skip("no process may hold another here")
            yield
        finally:
            holder.stdin.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "Pace", partial(Pace, within_s=3.0, retry_s=0.1))


@pytest.mark.usefixtures("impatient")
async def test_a_share_that_hangs_when_the_server_starts_is_told_soon(
    opened: OpenFor, enter: Enter, standby: Path
) -> None:
    with hanging(standby):
        async with at_work(opened, enter, standby) as (hall, staff):
            await until(lambda: troubles(staff.manager) == {"standby": "no_answer"})
            await staff.kiosk.ok("take_ticket", services=["CT01"])
            assert await warnings(hall) == ["standby: no_answer"]
            assert len(report_processes()) <= 1
        await until(lambda: not report_processes())


@pytest.mark.usefixtures("impatient")
async def test_a_share_that_answers_again_is_caught_up_with_by_itself(
    opened: OpenFor, enter: Enter, standby: Path
) -> None:
    async with at_work(opened, enter, standby) as (hall, staff):
        await caught_up(hall)
        with hanging(standby):
            await staff.kiosk.ok("take_ticket", services=["CT01"])
            await until(lambda: troubles(staff.manager) == {"standby": "no_answer"})
        await until(lambda: troubles(staff.manager) == {})
        await until(lambda: reaches(standby, hall))


@pytest.mark.usefixtures("impatient")
async def test_no_other_process_begins_beside_one_that_cannot_end(
    opened: OpenFor, enter: Enter, standby: Path
) -> None:
    async with at_work(opened, enter, standby) as (hall, staff):
        await caught_up(hall)
        (process,) = report_processes()
        with that_cannot_end(process), hanging(standby):
            await staff.kiosk.ok("take_ticket", services=["CT01"])
            await until(lambda: troubles(staff.manager) == {"standby": "no_answer"})
            for _ in range(20):
                await staff.kiosk.ok("take_ticket", services=["CT01"])
                assert [child.pid for child in active_children()] == [process]
        await until(lambda: troubles(staff.manager) == {})
        await until(lambda: reaches(standby, hall))
        assert len(active_children()) == 1


def test_a_server_ends_though_a_process_of_its_own_cannot(tmp_path: Path, standby: Path) -> None:
    path = config_with(tmp_path, ("[server]\n", f'[server]\nstandby = "{standby}"\n'))
    with served("--config", path, cwd=tmp_path) as serving:
        until_now(standby.exists)
        (process,) = report_processes(serving.process.pid)
        with that_cannot_end(process):
            os.kill(process, signal.SIGSTOP)
            serving.process.terminate()
            assert serving.process.wait(PATIENCE_S) == 0
