"""How long a hall is gone when its server is killed: until it listens again with its state, and
until every board shows it again.

    python -m benchmarks.recovery [--kills 5] [--boards 200]

A real server with a morning of 250 visits in its records, killed as by a power cut and started
again at once, as a supervisor does. Left out: how long the supervisor takes to notice.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import NamedTuple

from benchmarks.asked import SERVICE
from benchmarks.boards import crowd
from benchmarks.served import Served, Size, kiosk_at, officer_at, served
from load.calibrate import heading, table

VISITS = 250


class Gone(NamedTuple):
    """Seconds from the kill."""

    listening: float
    all_current: float


async def a_morning(port: int) -> None:
    """So many people come, are served and go."""
    kiosk, officer = await kiosk_at(port), await officer_at(port, 1)
    for _ in range(VISITS):
        await kiosk.ok("take_ticket", services=[SERVICE])
        await officer.ok("call_next")
        await officer.ok("start")
        await officer.ok("finish", outcome="accepted")


def one_kill(hall: Served, boards: Connection) -> Gone:
    boards.send(None)  # from now on: come again as soon as you can
    began = time.perf_counter()
    hall.kill()
    hall.start()
    hall.up()
    listening = time.perf_counter() - began
    current: float = boards.recv()
    return Gone(listening, current - began)


def gone(kills: int, boards: int) -> list[Gone]:
    with (
        TemporaryDirectory() as folder,
        served(Path(folder), Size(boards=boards)) as hall,
        crowd(hall.port, boards) as looking_on,
    ):
        asyncio.run(a_morning(hall.port))
        return [one_kill(hall, looking_on) for _ in range(kills)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recovery", description=__doc__)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--boards", type=int, default=200)
    asked = parser.parse_args(arguments)
    print(heading(Path(gettempdir())), flush=True)
    print(table(["listens again, s", "all boards current, s"], gone(asked.kills, asked.boards)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
