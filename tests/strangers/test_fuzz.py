"""Whatever strangers say: the server goes on, the hall does not change, and nothing is left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.cli.commands import ROOT
from tests.dispatch.screens import Json, screen
from tests.strangers.fuzz import bother, open_files
from tests.waiting import until

AT_ONCE = 8
SEED = int(os.environ.get("SEED", "1"))
LEAK_KB = 30_000  # what a process of Python may keep after a million frames


@dataclass(frozen=True)
class Hall:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def figure(self, name: str) -> float:
        with urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=20) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(f"motcua_{name} "):
                    return float(line.split()[1])
        raise AssertionError(name)

    def memory_kb(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def hall(folder: Path) -> Iterator[Hall]:
    log = folder / "server.log"
    command = [sys.executable, "-m", "tests.strangers.hall_to_fuzz", str(folder / "hall.db")]
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, log.read_text()
            yield Hall(process, url, log)
        finally:
            process.kill()


async def ticket(hall: Hall) -> str:
    """The token of a ticket: enough to be let in, and to do nothing."""
    async with screen(hall.url, "kiosk", "kiosk-1") as kiosk:
        taken: Json = await kiosk.ok("take_ticket", services=["CT01"])
        return str(taken["token"])


async def seen(hall: Hall) -> tuple[Json, Json]:
    """What the board and the manager's screen are shown."""
    async with (
        screen(hall.url, "display", "board-1") as board,
        screen(hall.url, "counter", "counter-1") as counter,
    ):
        return board.view, counter.view


def quiet(hall: Hall) -> bool:
    """Only the connection that asks is there."""
    return hall.figure("connections") == 1


async def nothing_comes_of(frames: int, folder: Path) -> None:
    with hall(folder) as opened:
        token = await ticket(opened)
        await bother(opened.port, SEED + 1, token, 2000, AT_ONCE)  # warm
        await until(lambda: quiet(opened))
        before, events = await seen(opened), opened.figure("last_event")
        files, memory = open_files(opened.process.pid), opened.memory_kb()
        told = await bother(opened.port, SEED, token, frames, AT_ONCE)
        await until(lambda: quiet(opened))
        await until(lambda: open_files(opened.process.pid) <= files)
        assert await seen(opened) == before
        assert opened.figure("last_event") == events
        assert opened.memory_kb() - memory < LEAK_KB
        assert opened.process.poll() is None
        assert "Traceback" not in opened.log.read_text(), opened.log.read_text()[-3000:]
        assert min(told.values()) > 0
        grown = opened.memory_kb() - memory
        print(f"seed {SEED}: {sum(told.values()):,} frames, memory {grown:+,} kB; {dict(told)}")


async def test_nothing_comes_of_what_strangers_say(tmp_path: Path) -> None:
    await nothing_comes_of(15_000, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_nothing_comes_of_a_million_frames(tmp_path: Path) -> None:
    await nothing_comes_of(int(os.environ.get("FRAMES", "1000000")), tmp_path)
