"""A disk that takes no more, and a bug in the rules: nothing is promised that is not kept."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from hall.model import Hall
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import with_setup
from tests.dispatch.http import get
from tests.dispatch.screens import Screen, new_id
from tests.waiting import PATIENCE_S


@contextmanager
def files_that_cannot_grow() -> Iterator[None]:
    """Every write of this process to a file fails meanwhile, as on a broken disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Take the room that is left."""
    with (disk / "filler").open("ab", buffering=0) as filler:
        for size in (65536, 4096):
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                continue


async def not_recorded(screens: Staff) -> list[str]:
    """Every kind of screen asks for something, and none of it is written down."""
    ids = [new_id() for _ in range(3)]
    asked = [
        await screens.kiosk.ask("take_ticket", ids[0], services=["CT01"]),
        await screens.counter.ask("pause", ids[1], reason="lunch"),
        await screens.manager.ask("notice", ids[2], text="Xin chờ"),
    ]
    assert [answer["refused"] for answer in asked] == [{"reason": "not_recorded"}] * 3
    return ids


async def unhealthy(hall: OpenHall) -> str:
    """What /health complains of."""
    status, body = await get(hall, "/health")
    assert status == 503
    (reason,) = msgspec.json.decode(body)["reasons"]
    return str(reason)


async def healthy(hall: OpenHall) -> None:
    """Wait until /health has nothing to complain of."""
    async with asyncio.timeout(PATIENCE_S):
        while (await get(hall, "/health"))[0] != 200:
            pass


async def asked_again(screen: Screen, request_id: str) -> list[bytes]:
    """Repeat a request twice; every answer it ever got."""
    for _ in range(2):
        await screen.ask("take_ticket", request_id, services=["CT01"])
    return screen.answers(request_id)


async def test_a_disk_that_takes_nothing_changes_nothing_and_is_used_again_when_it_does(
    hall: OpenHall, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.dispatcher.PROBE_S", 0.02)
    before = hall.dispatcher.hall
    with files_that_cannot_grow():
        ids = await not_recorded(staff)
        assert (await unhealthy(hall)).startswith("not_recorded: io_error")
        assert hall.dispatcher.hall is before
    await healthy(hall)
    await is_carried_out_once(hall, staff.kiosk, ids[0], before)


async def test_a_full_disk_is_named_and_used_again_when_there_is_room(
    opened: OpenFor, enter: Enter, small_disk: Path, database: str
) -> None:
    os.symlink(small_disk / "hall.db", database)
    async with opened() as hall:
        staff = await staffed(hall, enter)
        before, asked = hall.dispatcher.hall, new_id()
        fill(small_disk)
        while "ok" in await staff.manager.ask("notice", text=str(new_id())):
            fill(small_disk)
            before = hall.dispatcher.hall
        assert (await unhealthy(hall)).startswith("not_recorded: disk_full")
        (small_disk / "filler").unlink()
        await healthy(hall)
        await staff.kiosk.ok("take_ticket", asked, services=["CT01"])
        await is_carried_out_once(hall, staff.kiosk, asked, before)


async def is_carried_out_once(hall: OpenHall, kiosk: Screen, asked: str, before: Hall) -> None:
    """However often it is repeated, and nothing else came in between."""
    answers = await asked_again(kiosk, asked)
    granted = {answer for answer in answers if b'"ok"' in answer}
    assert len(granted) == 1
    assert answers[-2:] == list(granted) * 2
    assert hall.dispatcher.hall.issued == before.issued + 1


async def test_a_bug_in_the_rules_hurts_only_who_met_it(
    opened: OpenFor, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(with_setup(jump_reasons=None)) as hall:
        staff = await staffed(hall, enter)
        taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
        wish = {"kind": "call_ticket", "ticket": "A001", "reason": "urgent"}
        await staff.counter.send({"type": "request", "id": (broken := new_id()), "do": wish})
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.until(lambda: staff.counter.answers(broken))
        assert staff.counter.of_type("answer")[-1]["refused"] == {"reason": "server_error"}
        assert (await staff.counter.ok("call_next"))["ticket"] == "A001"
        assert "CallTicket of counter-1" in caplog.text
        assert taken["token"] not in caplog.text
        assert not hall.running.done()
