"""Boards that look on: when the last of them was shown a call. They paint nothing."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Final

import msgspec
import uvloop

from benchmarks.child import begin
from link.client import FIRST_DELAY_S, LONGEST_DELAY_S
from load.wire import HOST, Wire

TOGETHER: Final = 32  # boards that come at once: a door lets in 50 strangers
PATIENCE_S: Final = 60.0
LOOK_S: Final = 0.005
CALL: Final = b'"call":'


class Boards:
    """So many boards, each with a connection of its own."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._shown = [-1] * count  # the newest call on each; -1: it was shown nothing yet
        self._wires: list[Wire | None] = [None] * count
        self._wanted, self._missing = 0, 0
        self._all = asyncio.Event()
        self._at = [0.0] * count  # when, on the clock of `time.perf_counter`

    async def join(self, port: int) -> None:
        """Come in, a few at a time, and wait until each has its first view."""
        for first in range(0, self._count, TOGETHER):
            numbers = range(first, min(first + TOGETHER, self._count))
            await asyncio.gather(*(self._come(number, port) for number in numbers))
            await self._until(numbers, 0)

    async def shown(self, call: int) -> float:
        """When the last board was shown this call, on the clock of `time.perf_counter`."""
        return await self._until(range(self._count), call)

    async def come_again(self, port: int) -> float:
        """When every board that lost the server shows the hall again."""
        wires = [wire for wire in self._wires if wire is not None]
        await asyncio.wait([wire.gone for wire in wires])
        self._shown = [-1] * self._count
        await asyncio.gather(*(self._again(number, port) for number in range(self._count)))
        return await self._until(range(self._count), 0)

    async def _again(self, number: int, port: int) -> None:
        """Try until there is a view; a server that is full sends us away, and we come again."""
        delay_s = FIRST_DELAY_S
        while self._shown[number] < 0:
            await asyncio.sleep(delay_s * random.uniform(0.75, 1.25))
            delay_s = min(2 * delay_s, LONGEST_DELAY_S)
            with suppress(OSError):
                await self._come(number, port)
                await self._first_view_or_end(number)

    async def _first_view_or_end(self, number: int) -> None:
        wire = self._wires[number]
        assert wire is not None
        while self._shown[number] < 0 and not wire.gone.done():  # noqa: ASYNC110 - or it ended
            await asyncio.sleep(LOOK_S)

    async def _come(self, number: int, port: int) -> None:
        device = {"role": "display", "device": f"board-{number + 1}", "token": ""}
        hello = msgspec.json.encode({"type": "hello", "protocol": 1, **device})
        _, self._wires[number] = await asyncio.get_running_loop().create_connection(
            lambda: Wire(hello, lambda data: self._see(number, data)), HOST, port
        )

    def _see(self, number: int, data: bytes) -> None:
        if not data.startswith(b'{"type":"view"'):
            return
        at = data.rfind(CALL)
        call = int(data[at + len(CALL) : data.index(b",", at)]) if at > 0 else 0
        if self._shown[number] < self._wanted <= call:
            self._missing -= 1
            if not self._missing:
                self._all.set()
        self._shown[number], self._at[number] = call, time.perf_counter()

    async def _until(self, numbers: range, call: int) -> float:
        self._wanted = call
        self._missing = sum(self._shown[number] < call for number in numbers)
        self._all.clear()
        if self._missing:
            async with asyncio.timeout(PATIENCE_S):
                await self._all.wait()
        return max(self._at[number] for number in numbers)


# --- In a process of their own, so that whoever asks is not kept waiting by them -----------------


@contextmanager
def crowd(port: int, count: int) -> Iterator[Connection]:
    """So many boards in another process. Send it a call, and receive when the last one had it.

    None in place of a call: the server is about to go, and they come back as screens do.
    """
    ours, theirs = Pipe()
    arguments = (port, count, theirs)
    process = get_context("spawn").Process(target=_look_on, args=arguments, daemon=True)
    process.start()
    theirs.close()  # so that its end is heard here
    try:
        ours.recv()
        yield ours
    finally:
        process.kill()
        process.join()


def _look_on(port: int, count: int, asked: Connection) -> None:
    async def until_killed() -> None:
        boards, loop = Boards(count), asyncio.get_running_loop()
        await boards.join(port)
        calls: asyncio.Queue[int | None] = asyncio.Queue()
        loop.add_reader(asked.fileno(), lambda: calls.put_nowait(asked.recv()))
        asked.send(0.0)
        while True:
            call = await calls.get()
            again = boards.come_again(port) if call is None else boards.shown(call)
            asked.send(await again)

    begin()
    uvloop.run(until_killed())  # quicker: what is measured is the server
