"""Strangers at a server in a process of its own: whatever they say, it goes on, the hall does not
change, and nothing is left of them.

    python -m tests.strangers.hostile --frames 1000000
"""

from __future__ import annotations

import argparse
import asyncio
import math
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import urlopen

from tests.cli.commands import ROOT
from tests.dispatch.screens import Json, screen
from tests.strangers.fuzz import bother, open_files
from tests.waiting import until

WARM_UP: Final = 20_000  # as many as fill whatever is remembered
LEAST_TAKEN: Final = 0.8  # of what was said: the others came with the end of a connection
LEAK_KB: Final = 10_000
# Four more connections to the records, each the file and its log: one is opened, and kept in its
# pool, when more threads than ever before read or write in the same moment.
OPENED_LATER: Final = 8


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

    def processor_s(self) -> float:
        """So long it was at work, on all cores, in all."""
        schedules = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text().split()[0]) for one in schedules) / 1e9


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of it, where nothing bad did."""

    frames: int  # that were said
    taken: int  # requests among them that the server took
    kinds: Counter[str]
    seconds: float
    processor_s: float  # of the server
    grown_kb: int

    def __str__(self) -> str:
        return (
            f"{self.frames:,} frames of {len(self.kinds)} kinds in {self.seconds:.0f} s, of which"
            f" {self.taken:,} requests were answered; the server worked {self.processor_s:.0f} s"
            f" and grew by {self.grown_kb:+,} kB; {dict(self.kinds)}"
        )


def hostile(frames: int, seed: int = 1, seconds: float = math.inf) -> Found:
    """Say so much to a hall of its own, but no longer than that. Raises AssertionError if it minds:
    a crash, a traceback, an event more, another view, a descriptor or much memory kept."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(nothing_comes_of(frames, Path(folder), seed, seconds))


async def nothing_comes_of(
    frames: int, folder: Path, seed: int, seconds: float = math.inf
) -> Found:
    with hall(folder) as opened:
        token = await ticket(opened)
        await bother(opened.port, seed + 1, token, WARM_UP)
        await until(lambda: quiet(opened))
        before, events = await seen(opened), opened.figure("last_event")
        files, memory = open_files(opened.process.pid), opened.memory_kb()
        took, worked_s = opened.figure("requests_total"), opened.processor_s()
        began_s = time.monotonic()
        told = await bother(opened.port, seed, token, frames, seconds=seconds)
        await until(lambda: quiet(opened))
        await until(lambda: open_files(opened.process.pid) <= files + OPENED_LATER)
        found = Found(
            frames=told.total(),
            taken=int(opened.figure("requests_total") - took),
            kinds=told,
            seconds=time.monotonic() - began_s,
            processor_s=opened.processor_s() - worked_s,
            grown_kb=opened.memory_kb() - memory,
        )
        assert await seen(opened) == before
        assert opened.figure("last_event") == events
        assert found.grown_kb < LEAK_KB, found
        assert found.taken > LEAST_TAKEN * told["requests"], found
        assert opened.process.poll() is None
        assert "Traceback" not in opened.log.read_text(), opened.log.read_text()[-3000:]
        return found


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
    """What the board and a counter are shown."""
    async with (
        screen(hall.url, "display", "board-1") as board,
        screen(hall.url, "counter", "counter-1") as counter,
    ):
        return board.view, counter.view


def quiet(hall: Hall) -> bool:
    """Only the connection that asks is there."""
    return hall.figure("connections") == 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.strangers.hostile", description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(hostile(chosen.frames, chosen.seed))


if __name__ == "__main__":
    main()
