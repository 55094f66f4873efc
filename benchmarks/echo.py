"""How long a message takes to another process and back: part of the calibration."""

from __future__ import annotations

import asyncio
import time
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from statistics import median
from typing import Final

from websockets.asyncio.server import ServerConnection, serve

from benchmarks.child import begin
from load.wire import HOST, Wire

ECHOES: Final = 300
MESSAGE: Final = b"x" * 200  # about as long as a request


def round_trip_ms(rest_s: float = 0.0) -> float:
    """The median of a websocket echo in another process. `rest_s`: before each."""
    ours, theirs = Pipe()
    process = get_context("spawn").Process(target=_echo, args=(theirs,), daemon=True)
    process.start()
    try:
        return asyncio.run(_measured(ours.recv(), rest_s))
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
    asyncio.run(until_killed())
