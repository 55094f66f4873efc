"""Thousands of screens at once: all come back in one moment, many stop reading, ten thousand stay;
and how long somebody at work waits for an answer meanwhile. The server is a process of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from benchmarks.served import Size, officer_at, served
from load.calibrate import percentile
from load.wire import HOST, Wire

TOGETHER: Final = 48  # that come in when there is no hurry
QUESTIONS: Final = 300  # timed at least, in each state of the hall
BETWEEN_S: Final = 0.01
STALLED: Final = 50
RETRY_S: Final = (0.1, 2.0)  # as the screens' own link waits
PATIENCE_S: Final = 300.0


class Crowd:
    """So many boards in a process of their own, told what to do through a pipe."""

    def __init__(self, count: int, port: int) -> None:
        self._count, self._port = count, port
        self._wires: dict[int, Wire] = {}
        self._seeing: dict[int, asyncio.Event] = {}
        self._chance = Random(count)

    async def come(self, together: int) -> None:
        """Everybody, so many at a time; each tries until it is shown something."""
        room = asyncio.Semaphore(together)

        async def one(number: int) -> None:
            async with room:
                await self._come(number)

        await asyncio.gather(*(one(number) for number in range(self._count)))

    async def come_back(self) -> None:
        """Every connection breaks in one moment, and everybody is back as soon as may be."""
        for wire in self._wires.values():
            wire.close()
        await self.come(self._count)

    def stop_reading(self) -> None:
        """Some of them take nothing more from the line."""
        for number in range(min(STALLED, self._count)):
            transport = self._wires[number]._transport
            assert transport is not None
            transport.pause_reading()

    async def _connected(self, number: int, seen: asyncio.Event) -> Wire:
        made = partial(_listening, number, seen)
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(made, HOST, self._port)
        return wire

    async def _come(self, number: int) -> None:
        delay_s, longest_s = RETRY_S
        while True:
            seen = self._seeing[number] = asyncio.Event()
            with suppress(OSError, TimeoutError):
                wire = self._wires[number] = await self._connected(number, seen)
                waiting = asyncio.ensure_future(seen.wait())
                await asyncio.wait([waiting, wire.gone], return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if seen.is_set():
                    return
            await asyncio.sleep(delay_s * self._chance.uniform(0.5, 1.5))
            delay_s = min(2 * delay_s, longest_s)


def _listening(number: int, seen: asyncio.Event) -> Wire:
    return Wire(_hello(number), lambda data: _see(seen, data))


def _hello(number: int) -> bytes:
    device = {"role": "display", "device": f"board-{number + 1}", "token": ""}
    return msgspec.json.encode({"type": "hello", "protocol": 1, **device})


def _see(seen: asyncio.Event, data: bytes) -> None:
    if data.startswith(b'{"type":"view"'):
        seen.set()


def _live(count: int, port: int, told: Connection) -> None:
    async def until_killed() -> None:
        crowd, loop = Crowd(count, port), asyncio.get_running_loop()
        orders: asyncio.Queue[str] = asyncio.Queue()
        loop.add_reader(told.fileno(), lambda: orders.put_nowait(told.recv()))
        while True:
            order = await orders.get()
            if order == "come":
                await crowd.come(TOGETHER)
            elif order == "come back":
                await crowd.come_back()
            else:
                crowd.stop_reading()
            told.send(time.perf_counter())

    asyncio.run(until_killed())


@contextmanager
def crowd(port: int, count: int) -> Iterator[Connection]:
    """Send it an order; it says when it is done."""
    ours, theirs = Pipe()
    process = get_context("spawn").Process(target=_live, args=(count, port, theirs))
    process.start()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


# --- What somebody at work notices ----------------------------------------------------------------


async def answer_times(
    port: int, number: int, questions: int, until: Connection | None = None
) -> list[float]:
    """Milliseconds from question to durable answer, one after the other: so many at least, and
    until the crowd has done what it was told.
    """
    officer = await officer_at(port, number)
    times: list[float] = []
    while len(times) < questions or (until is not None and not until.poll()):
        since = time.perf_counter()
        await officer.ask({"kind": "recall"})  # nobody is there: refused, and written down
        times.append(1000 * (time.perf_counter() - since))
        await asyncio.sleep(BETWEEN_S)
    officer.wire.close()
    return times


def crowded(count: int, questions: int = QUESTIONS) -> dict[str, float]:
    """p50 and p99 in milliseconds of an officer's answers, by what the others do; and seconds."""
    found: dict[str, float] = {}
    with TemporaryDirectory() as folder, served(Path(folder), Size(4, 1, count)) as hall:
        _note(found, "alone", asyncio.run(answer_times(hall.port, 1, questions)))
        with crowd(hall.port, count) as others:
            found["all there after, s"] = _told(others, "come")
            _note(found, "all there", asyncio.run(answer_times(hall.port, 2, questions)))
            since = time.perf_counter()
            others.send("come back")
            _note(
                found, "all come back", asyncio.run(answer_times(hall.port, 3, questions, others))
            )
            found["all back after, s"] = others.recv() - since
            _told(others, "stop reading")
            _note(found, "some do not read", asyncio.run(answer_times(hall.port, 4, questions)))
        found["server, MB"] = hall.memory_mb()
    return found


def _told(others: Connection, order: str) -> float:
    since = time.perf_counter()
    others.send(order)
    assert others.poll(PATIENCE_S), f"the crowd did not {order}"
    ended: float = others.recv()
    return ended - since


def _note(found: dict[str, float], what: str, times: list[float]) -> None:
    found[f"{what}: p50"], found[f"{what}: p99"] = percentile(times, 50), percentile(times, 99)
