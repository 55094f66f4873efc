"""How many durable requests a second a hall carries out when everybody asks at once.

    python -m benchmarks.throughput [--seconds 8]

A real server with real records; 32 kiosks and 96 counters, each asking for the next thing as soon
as it is answered, and boards that look on; they share the machine with the server. Refusals
(nobody waits) are not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final, NamedTuple

from benchmarks import echo
from benchmarks.asked import SERVICE
from benchmarks.boards import crowd
from benchmarks.served import Served, Size, cpu_s, kiosk_at, officer_at, served
from load.calibrate import heading, table
from load.wire import HOST, Asking, Wire

KIOSKS: Final = 32
COUNTERS: Final = 96
WARM_UP_S: Final = 2.0
NOBODY_S: Final = 0.01  # a counter without a citizen looks again
VISIT: Final = ({"kind": "call_next"}, {"kind": "start"}, {"kind": "finish", "outcome": "accepted"})


class Rate(NamedTuple):
    """Requests a second, and microseconds of the processor for each: of all the server's threads,
    and of the clients.
    """

    per_s: float
    server_us: float
    clients_us: float


class Tally:
    """Requests carried out since it was last asked."""

    def __init__(self) -> None:
        self.done = 0


async def tickets(kiosk: Asking, tally: Tally) -> None:
    while True:
        await kiosk.ok("take_ticket", services=[SERVICE])
        tally.done += 1


async def visits(officer: Asking, tally: Tally) -> None:
    while True:
        for do in VISIT:
            if "refused" in await officer.ask(do):
                await asyncio.sleep(NOBODY_S)
                break
            tally.done += 1


async def echoes(port: int, tally: Tally) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_connection(lambda: Wire(echo.MESSAGE, heard.put_nowait), HOST, port)
    while True:
        await heard.get()
        tally.done += 1
        wire.send(echo.MESSAGE)


async def measured(hall: Served, seconds: float) -> Rate:
    """Everybody asks for so long."""
    tally, port = Tally(), hall.port
    kiosks = [await kiosk_at(port, n) for n in range(1, KIOSKS + 1)]
    officers = [await officer_at(port, n) for n in range(1, COUNTERS + 1)]
    asking = [tickets(kiosk, tally) for kiosk in kiosks]
    asking += [visits(officer, tally) for officer in officers]
    return await rate_of(asking, tally, hall.pid, seconds)


async def rate_of(
    asking: list[Coroutine[None, None, None]], tally: Tally, server: int, seconds: float
) -> Rate:
    """Of those who ask at the same time. `server`: its process."""
    working = [asyncio.create_task(one) for one in asking]
    await asyncio.sleep(WARM_UP_S)
    done, began = tally.done, time.perf_counter()
    server_s, clients_s = cpu_s(server), time.process_time()
    await asyncio.wait(working, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    done, took_s = tally.done - done, time.perf_counter() - began
    server_s, clients_s = cpu_s(server) - server_s, time.process_time() - clients_s
    for task in working:
        task.cancel()
    for error in await asyncio.gather(*working, return_exceptions=True):
        if isinstance(error, Exception):
            raise error
    return Rate(done / took_s, 1e6 * server_s / done, 1e6 * clients_s / done)


def rate_with(boards: int, seconds: float) -> Rate:
    """In a hall of its own."""
    size = Size(COUNTERS, KIOSKS, boards)
    with (
        TemporaryDirectory() as folder,
        served(Path(folder), size) as hall,
        crowd(hall.port, boards),
    ):
        return asyncio.run(measured(hall, seconds))


def bare_rate(seconds: float) -> Rate:
    """Of a server that gives back what comes, and decides, writes and shows nothing."""

    async def all_at_once(server: echo.Echo) -> Rate:
        tally = Tally()
        asking = [echoes(server.port, tally) for _ in range(KIOSKS + COUNTERS)]
        return await rate_of(asking, tally, server.pid, seconds)

    with echo.echoing() as server:
        return asyncio.run(all_at_once(server))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description=__doc__)
    parser.add_argument("--boards", type=int, nargs="+", default=[1, 200])
    parser.add_argument("--seconds", type=float, default=8.0)
    asked = parser.parse_args(arguments)
    print(heading(Path(gettempdir())), flush=True)
    rows = [(boards, *rate_with(boards, asked.seconds)) for boards in asked.boards]
    print(table(["boards", "requests/s", "server, us each", "clients"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
