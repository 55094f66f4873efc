"""A server that gives back whatever comes: how long a message takes there and back is part of the
calibration, and how many it takes in a second is the floor of every request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from statistics import median
from typing import Final, NamedTuple

import uvloop
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.child import begin
from load.wire import HOST, Wire

ECHOES: Final = 300
MESSAGE: Final = b"x" * 200  # about as long as a request


class Echo(NamedTuple):
    """Its process, which listens."""

    port: int
    pid: int


def round_trip_ms(rest_s: float = 0.0) -> float:
    """The median of a websocket echo in another process. `rest_s`: before each."""
    with echoing() as echo:
        return asyncio.run(_measured(echo.port, rest_s))


@contextmanager
def echoing() -> Iterator[Echo]:
    """The server, until the end."""
    ours, theirs = Pipe()
    process = get_context("spawn").Process(target=_echo, args=(theirs,), daemon=True)
    process.start()
    try:
        assert process.pid is not None
        yield Echo(ours.recv(), process.pid)
    finally:
        process.kill()
        process.join()


async def _measured(port: int, rest_s: float) -> float:
    loop, times = asyncio.get_running_loop(), list[float]()
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    _, wire = await loop.create_connection(lambda: Wire(MESSAGE, heard.put_nowait), HOST, port)
    await heard.get()
    for _ in range(ECHOES):
        await asyncio.sleep(rest_s)
        began = time.perf_counter()
        wire.send(MESSAGE)
        await heard.get()
        times.append(1000 * (time.perf_counter() - began))
    wire.close()
    return median(times)


def _echo(told: Connection) -> None:
    async def back(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async def until_killed() -> None:
        async with serve(back, HOST, 0, compression=None) as server:
            told.send(next(iter(server.sockets)).getsockname()[1])
            await asyncio.Event().wait()

    begin()
    uvloop.run(until_killed())
