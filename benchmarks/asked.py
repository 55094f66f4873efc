"""What a request takes from asking to its durable answer, and until the last board has the view.

    python -m benchmarks.asked [--boards 200] [--visits 300]

A real server with real records on the disk of the temporary folder; whoever asks and looks on is
another process on this machine. Left out: painting, and the network.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, gettempdir
from typing import Final, NamedTuple

from benchmarks.boards import crowd
from benchmarks.served import Size, kiosk_at, officer_at, served
from load.calibrate import heading, percentile, table
from load.wire import Asking

SERVICE: Final = "CT01"
WARM_UP: Final = 20  # visits that are not counted
REST_S: Final = 0.02  # between two requests: each is alone


class Times(NamedTuple):
    """Milliseconds: of every request to its answer, and of every call to the last board."""

    answered: list[float]
    shown: list[float]


async def measured(port: int, boards: Connection, visits: int, rest_s: float = REST_S) -> Times:
    """One request after the other while so many boards look on. `rest_s`: after each."""
    times = Times([], [])
    kiosk, officer = await kiosk_at(port), await officer_at(port, 1)
    for n in range(WARM_UP + visits):
        if n == WARM_UP:
            times = Times([], [])
        await one_visit(kiosk, officer, boards, times, rest_s)
    return times


async def one_visit(
    kiosk: Asking, officer: Asking, boards: Connection, times: Times, rest_s: float
) -> None:
    await timed(kiosk, times, rest_s, "take_ticket", services=[SERVICE])
    began = time.perf_counter()
    call = await timed(officer, times, rest_s, "call_next")
    boards.send(call["call"])
    shown: float = await asyncio.to_thread(boards.recv)
    times.shown.append(1000 * (shown - began))
    await timed(officer, times, rest_s, "start")
    await timed(officer, times, rest_s, "finish", outcome="accepted")


async def timed(
    who: Asking, times: Times, rest_s: float, kind: str, **more: object
) -> dict[str, object]:
    began = time.perf_counter()
    ok = await who.ok(kind, **more)
    times.answered.append(1000 * (time.perf_counter() - began))
    await asyncio.sleep(rest_s)
    return ok


def times_with(boards: int, visits: int, rest_s: float = REST_S) -> Times:
    """In a hall of its own."""
    with (
        TemporaryDirectory() as folder,
        served(Path(folder), Size(boards=boards)) as hall,
        crowd(hall.port, boards) as looking_on,
    ):
        return asyncio.run(measured(hall.port, looking_on, visits, rest_s))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asked", description=__doc__)
    parser.add_argument("--boards", type=int, nargs="+", default=[200])
    parser.add_argument("--visits", type=int, default=300)
    asked = parser.parse_args(arguments)
    print(heading(Path(gettempdir())), flush=True)
    rows = []
    for boards in asked.boards:
        times = times_with(boards, asked.visits)
        for what, values in zip(("answered", "last board"), times, strict=True):
            rows.append((what, boards, median(values), percentile(values, 99), max(values)))
    print(table(["ms until", "boards", "p50", "p99", "worst"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
