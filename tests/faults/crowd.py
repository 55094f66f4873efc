"""Thousands of screens at once: ten thousand stay, half of them come back in one moment, some stop
reading; and how long somebody at work waits for an answer meanwhile. The server is a process of its
own, the crowd two, which leave the processors to whoever needs them: they stand for other machines.
Beside it the same with a server that does nothing but answer: what this machine and the library
cost by themselves.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import uvloop
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.child import begin
from benchmarks.served import Size, cpu_s, officer_at, served
from load.calibrate import percentile
from load.wire import HOST, Wire

PROCESSES: Final = 2
TOGETHER: Final = 24  # of each process, that come in when there is no hurry
MODEST: Final = 19  # how nice the crowd is...
MANY: Final = 500  # ...when it is one
QUESTIONS: Final = 600  # timed at least, in each state of the hall
BETWEEN_S: Final = 0.01
STALLED: Final = 25  # of each process
RETRY_S: Final = (0.1, 2.0)  # as the screens' own link waits
PATIENCE_S: Final = 300.0


class Crowd:
    """So many boards in a process of their own, told what to do through a pipe."""

    def __init__(self, numbers: range, port: int) -> None:
        self._numbers, self._port = numbers, port
        self._wires: dict[int, Wire] = {}
        self._seeing: dict[int, asyncio.Event] = {}
        self._chance = Random(numbers.start)

    async def come(self, numbers: range, together: int) -> None:
        """All of these, so many at a time; each tries until it is shown something."""
        room = asyncio.Semaphore(together)

        async def one(number: int) -> None:
            async with room:
                await self._come(number)

        await asyncio.gather(*(one(number) for number in numbers))

    async def come_back(self, count: int) -> None:
        """So many connections break in one moment, and all are back as soon as may be."""
        numbers = self._numbers[:count]
        for number in numbers:
            self._wires[number].close()
        await self.come(numbers, count)

    def stop_reading(self) -> None:
        """Some of them take nothing more from the line."""
        for number in self._numbers[:STALLED]:
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


def _live(numbers: range, port: int, told: Connection) -> None:
    async def until_killed() -> None:
        crowd, loop = Crowd(numbers, port), asyncio.get_running_loop()
        orders: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
        loop.add_reader(told.fileno(), lambda: orders.put_nowait(told.recv()))
        while True:
            match await orders.get():
                case "come", _:
                    await crowd.come(numbers, TOGETHER)
                case "come back", count:
                    await crowd.come_back(count)
                case _:
                    crowd.stop_reading()
            told.send(time.perf_counter())

    begin()
    os.nice(MODEST if len(numbers) >= MANY else 0)
    uvloop.run(until_killed())


class Others:
    """The whole crowd, as seen by whoever tells it what to do."""

    def __init__(self, told: list[Connection]) -> None:
        self._told = told
        self._since = 0.0

    def tell(self, order: str, count: int = 0) -> None:
        """`count`: how many of them are to do it."""
        self._since = time.perf_counter()
        for told in self._told:
            told.send((order, count // len(self._told)))

    def are_done(self) -> bool:
        return all(told.poll() for told in self._told)

    def took_s(self) -> float:
        """Wait until they have done it; how long they took."""
        ended = []
        for told in self._told:
            assert told.poll(PATIENCE_S), "the crowd did not do what it was told"
            ended.append(told.recv())
        return float(max(ended)) - self._since


@contextmanager
def crowd(port: int, count: int) -> Iterator[Others]:
    """So many boards, to be told what to do."""
    with ExitStack() as processes:
        told = []
        for place in range(PROCESSES):
            ours, theirs = Pipe()
            numbers = range(place * count // PROCESSES, (place + 1) * count // PROCESSES)
            arguments = (numbers, port, theirs)
            process = get_context("spawn").Process(target=_live, args=arguments, daemon=True)
            process.start()
            processes.callback(process.join)
            processes.callback(process.kill)
            told.append(ours)
        yield Others(told)


# --- What somebody at work notices ----------------------------------------------------------------


async def answer_times(
    port: int, number: int, questions: int, until: Others | None = None
) -> list[float]:
    """Milliseconds from question to durable answer, one after the other: so many at least, and
    until the crowd has done what it was told.
    """
    officer = await officer_at(port, number)
    times: list[float] = []
    while len(times) < questions or (until is not None and not until.are_done()):
        since = time.perf_counter()
        await officer.ask({"kind": "recall"})  # nobody is there: refused, and written down
        times.append(1000 * (time.perf_counter() - since))
        await asyncio.sleep(BETWEEN_S)
    officer.wire.close()
    return times


def crowded(count: int, back: int, questions: int = QUESTIONS) -> dict[str, float]:
    """p50 and p99 in milliseconds of an officer's answers, by what the others do; and seconds.

    `count` are there, of whom `back` lose their connections in one moment.
    """
    found: dict[str, float] = {}
    with TemporaryDirectory() as folder, served(Path(folder), Size(4, 1, count)) as hall:
        note(found, "alone", asyncio.run(answer_times(hall.port, 1, questions)))
        with crowd(hall.port, count) as others:
            others.tell("come")
            found["all there after, s"] = others.took_s()
            note(found, "all there", asyncio.run(answer_times(hall.port, 2, questions)))
            before_s = hall.cpu_s()
            others.tell("come back", back)
            times = asyncio.run(answer_times(hall.port, 3, questions, others))
            note(found, "many come back", times)
            found["all back after, s"] = others.took_s()
            found["processor for one of them, ms"] = 1000 * (hall.cpu_s() - before_s) / back
            others.tell("stop reading")
            others.took_s()
            note(found, "some do not read", asyncio.run(answer_times(hall.port, 4, questions)))
            found["server, MB"] = hall.memory_mb()
    return found


def note(found: dict[str, float], what: str, times: list[float]) -> None:
    found[f"{what}: p50"], found[f"{what}: p99"] = percentile(times, 50), percentile(times, 99)


# --- The floor ------------------------------------------------------------------------------------


def crowded_floor(count: int, back: int, questions: int = QUESTIONS) -> dict[str, float]:
    """The same of a server that knows no hall, writes nothing down and limits nobody."""
    found: dict[str, float] = {}
    with bare() as (port, pid), crowd(port, count) as others:
        others.tell("come")
        others.took_s()
        note(found, "all there", asyncio.run(answer_times(port, 2, questions)))
        before_s = cpu_s(pid)
        others.tell("come back", back)
        note(found, "many come back", asyncio.run(answer_times(port, 3, questions, others)))
        found["all back after, s"] = others.took_s()
        found["processor for one of them, ms"] = 1000 * (cpu_s(pid) - before_s) / back
    return found


@contextmanager
def bare() -> Iterator[tuple[int, int]]:
    """Its port and its process."""
    ours, theirs = Pipe()
    process = get_context("spawn").Process(target=_answer_all, args=(theirs,), daemon=True)
    process.start()
    with ExitStack() as ending:
        ending.callback(process.join)
        ending.callback(process.kill)
        assert ours.poll(PATIENCE_S), "nobody listens"
        assert process.pid is not None
        yield ours.recv(), process.pid


def _answer_all(told: Connection) -> None:
    async def show(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await connection.recv()
            await connection.send('{"type":"welcome"}')
            await connection.send('{"type":"view"}')
            async for _ in connection:
                await connection.send('{"type":"answer","ok":{}}')

    async def until_killed() -> None:
        with socket.create_server((HOST, 0)) as door:
            async with serve(show, sock=door, compression=None) as server:
                told.send(server.sockets[0].getsockname()[1])
                await asyncio.Event().wait()

    begin()
    uvloop.run(until_killed())
