"""The least that it takes to tell so many boards: one bare system call for each, and nothing else.

    python -m benchmarks.sends [--boards 1000 5000 10000]

One process writes a message as long as a board's view to so many sockets, another takes them all.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import time
from contextlib import ExitStack
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Final

import uvloop

from benchmarks.child import allow_many_files, begin
from load.calibrate import heading, percentile, table
from load.wire import HOST

MESSAGE: Final = b"x" * 2_540  # as long as the view of a board
ROUNDS: Final = 20
REST_S: Final = 0.02  # before each
TOGETHER: Final = 32  # come at once


class Takers:
    """The boards' ends: what came to all of them together."""

    def __init__(self, count: int, told: Connection) -> None:
        self._whole, self._told = count * len(MESSAGE), told
        self._came = 0  # bytes

    def came(self, data: bytes) -> None:
        self._came += len(data)
        if self._came == self._whole:
            self._came = 0
            self._told.send(time.perf_counter())


class Taker(asyncio.Protocol):
    """One of them."""

    def __init__(self, all_of_them: Takers) -> None:
        self._all = all_of_them

    def data_received(self, data: bytes) -> None:
        self._all.came(data)


def bare_ms(count: int) -> list[float]:
    """Milliseconds from the first of so many writes until the last of them was taken in."""
    allow_many_files()
    ours, theirs = Pipe()
    with ExitStack() as stack:
        door = stack.enter_context(socket.create_server((HOST, 0)))
        arguments = (door.getsockname()[1], count, theirs)
        process = get_context("spawn").Process(target=_take, args=arguments, daemon=True)
        process.start()
        stack.callback(process.join)
        stack.callback(process.kill)
        sockets = [stack.enter_context(door.accept()[0]) for _ in range(count)]
        ours.recv()
        return [_round(sockets, ours) for _ in range(ROUNDS)]


def _round(sockets: list[socket.socket], taken: Connection) -> float:
    time.sleep(REST_S)
    began = time.perf_counter()
    for one in sockets:
        one.send(MESSAGE)
    at: float = taken.recv()
    return 1000 * (at - began)


def _take(port: int, count: int, told: Connection) -> None:
    async def until_killed() -> None:
        takers, loop = Takers(count, told), asyncio.get_running_loop()
        for first in range(0, count, TOGETHER):
            some = range(first, min(first + TOGETHER, count))
            await asyncio.gather(
                *(loop.create_connection(lambda: Taker(takers), HOST, port) for _ in some)
            )
        told.send(0.0)
        await asyncio.Event().wait()

    begin()
    uvloop.run(until_killed())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sends", description=__doc__)
    parser.add_argument("--boards", type=int, nargs="+", default=[1_000, 5_000, 10_000])
    asked = parser.parse_args(arguments)
    print(heading(Path(gettempdir())), flush=True)
    rows = []
    for count in asked.boards:
        times = bare_ms(count)
        rows.append((count, median(times), percentile(times, 99), 1000 * median(times) / count))
    print(table(["boards", "ms to the last", "p99", "us each"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
