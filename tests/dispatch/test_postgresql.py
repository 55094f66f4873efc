"""A hall on PostgreSQL whose backends or server are killed, or stand still: nobody is
promised anything meanwhile, it is said in words, and all goes on by itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from unittest.mock import ANY

import psycopg
import pytest
from sqlalchemy import make_url

from records.engine import connect, own
from records.errors import AlreadyRunning
from server import OpenHall, open_hall
from tests.dispatch.conftest import QUICK, Enter, Staff, staffed
from tests.dispatch.halls import Clocks, config
from tests.dispatch.http import get
from tests.dispatch.screens import new_id
from tests.records.conftest import _as_whom, _postgresql_programs, _run, cluster, new_database
from tests.waiting import until, until_now

__all__ = ["cluster", "new_database"]


@pytest.fixture(autouse=True)
def its_keys_lie_in_a_folder_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the records there is none."""
    monkeypatch.chdir(tmp_path)


@asynccontextmanager
async def at_work(
    database: str, clocks: Clocks, enter: Enter
) -> AsyncIterator[tuple[OpenHall, Staff]]:
    timekeeper = clocks.new_timekeeper()
    async with open_hall(config(), database, "127.0.0.1", 0, timekeeper, limits=QUICK) as hall:
        yield hall, await staffed(hall, enter)


def of_database(cluster: Path, database: str) -> list[int]:
    """The backends that serve it."""
    name = make_url(database).database
    with psycopg.connect(host=str(cluster), user="postgres", autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s", [name]
        ).fetchall()
    return [pid for (pid,) in rows]


async def taken(staff: Staff, request: str) -> str:
    """A number, asked for under the same id until it is given."""
    while True:
        answer = await staff.kiosk.ask("take_ticket", request, services=["CT01"])
        if "ok" in answer:
            return str(answer["ok"]["ticket"])
        assert answer["refused"] == {"reason": "not_recorded"}


def written(cluster: Path, database: str) -> list[tuple[str]]:
    name = make_url(database).database
    with psycopg.connect(host=str(cluster), dbname=name, user="postgres") as connection:
        return connection.execute(
            "SELECT ticket FROM events WHERE kind = 'TicketTaken' ORDER BY seq"
        ).fetchall()


def children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(one) for one in found.split()]


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except OSError:
        return False


def kill_the_server(cluster: Path) -> None:
    """The postmaster and all that it started, at once."""
    first = int((cluster / "db" / "postmaster.pid").read_text(encoding="ascii").split()[0])
    all_of_them = (first, *children(first))
    for process in all_of_them:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    until_now(lambda: not any(lives(process) for process in all_of_them))


def start_again(cluster: Path) -> None:
    programs = _postgresql_programs()
    assert programs is not None
    for left in (cluster / "db" / "postmaster.pid", *cluster.glob(".s.PGSQL.*.lock")):
        left.unlink()  # where nobody collects the dead, they would count as alive
    options = f"-k {cluster} -c listen_addresses= -c fsync=off"
    command = ("-D", cluster / "db", "-l", cluster / "log", "-o", options, "-w", "start")
    _run(programs / "pg_ctl", *command, user=_as_whom(cluster))


async def test_a_killed_backend_costs_nothing_that_was_promised(
    cluster: Path, new_database: str, clocks: Clocks, enter: Enter
) -> None:
    async with at_work(new_database, clocks, enter) as (hall, staff):
        numbers = [await taken(staff, new_id())]
        for _ in range(3):
            for backend in of_database(cluster, new_database):
                with suppress(ProcessLookupError):
                    os.kill(backend, signal.SIGKILL)
            numbers.append(await taken(staff, new_id()))
        assert numbers == ["A001", "A002", "A003", "A004"]
        assert hall.dispatcher.hall.issued == 4
    assert written(cluster, new_database) == [(number,) for number in numbers]


async def test_a_killed_server_is_told_of_and_waited_for(
    cluster: Path, new_database: str, clocks: Clocks, enter: Enter
) -> None:
    async with at_work(new_database, clocks, enter) as (hall, staff):
        assert await taken(staff, new_id()) == "A001"
        kill_the_server(cluster)
        try:
            again = new_id()
            refused = await staff.kiosk.ask("take_ticket", again, services=["CT01"])
            assert refused["refused"] == {"reason": "not_recorded"}
            assert await get(hall, "/health") == (503, ANY)
        finally:
            start_again(cluster)
        assert await taken(staff, again) == "A002"
        assert (await get(hall, "/health"))[0] == 200
        second = connect(new_database)
        with pytest.raises(AlreadyRunning), own(second, hall.dispatcher.hall.setup.hall):
            pass
        second.dispose()
    assert written(cluster, new_database) == [("A001",), ("A002",)]


async def test_a_server_that_stands_still_is_told_of_and_waited_for(
    cluster: Path, new_database: str, clocks: Clocks, enter: Enter
) -> None:
    async with at_work(new_database, clocks, enter) as (hall, staff):
        assert await taken(staff, new_id()) == "A001"
        backends = of_database(cluster, new_database)
        for backend in backends:
            os.kill(backend, signal.SIGSTOP)
        try:
            asking = asyncio.create_task(taken(staff, new_id()))
            await until(lambda: hall.dispatcher._in_thread_since_s is not None)
            clocks.pass_(seconds=6)
            assert (await get(hall, "/health"))[0] == 503
            assert not asking.done()
        finally:
            for backend in backends:
                os.kill(backend, signal.SIGCONT)
        assert await asking == "A002"
