"""A bad line between screens and their server: whole messages come late, twice, or not at all, and
connections break, or stay and carry nothing. Speaks the websocket protocol on both sides.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random
from typing import Any, Final

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.faults.network import FAIR_WEATHER, Weather

BAD: Final = Weather(lost=0.01, doubled=0.05, takes_s=0.05)


class Line:
    """Whatever a screen connects to instead of the server itself."""

    def __init__(self, to_url: Callable[[], str], chance: Random, seen: Counter[str]) -> None:
        self.weather = BAD
        self._to_url, self._chance, self._seen = to_url, chance, seen
        self._flows = asyncio.Event()
        self._flows.set()
        self._late: set[asyncio.Task[None]] = set()
        self._ends: set[Connection] = set()
        self._server: Server | None = None

    async def open(self) -> None:
        self._server = await serve(self._join, "127.0.0.1", 0, compression=None, ping_interval=None)

    @property
    def url(self) -> str:
        assert self._server is not None
        host, port = next(iter(self._server.sockets)).getsockname()
        return f"ws://{host}:{port}/"

    async def close(self) -> None:
        self.weather = FAIR_WEATHER
        self._flows.set()
        self.pull()
        if self._server is not None:
            self._server.close(close_connections=False)
            self.pull()

    def pull(self) -> None:
        """Every connection breaks, and what was on its way is lost."""
        self._seen["line pulled"] += 1
        for end in self._ends:
            end.transport.abort()

    async def stick(self, for_s: float) -> None:
        """Every connection stays, new ones are made, and nothing comes through."""
        self._seen["line stuck"] += 1
        self._flows.clear()
        await asyncio.sleep(for_s)
        self._flows.set()

    async def _join(self, near: ServerConnection) -> None:
        try:
            async with connect(
                self._to_url(), compression=None, proxy=None, ping_interval=None
            ) as far:
                self._ends |= {near, far}
                ways = [
                    asyncio.create_task(self._carry(near, far, asking=True)),
                    asyncio.create_task(self._carry(far, near, asking=False)),
                ]
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)
                    self._ends -= {near, far}
                    near.transport.abort()
                    far.transport.abort()
        except OSError:
            near.transport.abort()  # nobody is there

    async def _carry(self, source: Connection, to: Connection, *, asking: bool) -> None:
        """Message after message; a screen's requests may overtake each other, views may not."""
        first = True  # a hello is said once, before everything else, and so is its answer
        with suppress(ConnectionClosed):
            async for message in source:
                await self._flows.wait()
                await asyncio.sleep(self._delay_s())
                if first:
                    first = False
                    await to.send(message, text=True)
                elif self._happens("messages lost", self.weather.lost):
                    return  # and with it the connection: the network does not lose one alone
                elif asking and self._happens("overtaken", self.weather.doubled):
                    self._begin(self._send_late(to, message))
                else:
                    for _ in range(1 + self._happens("messages doubled", self.weather.doubled)):
                        await to.send(message, text=True)

    async def _send_late(self, to: Connection, message: str | bytes) -> None:
        await asyncio.sleep(2 * self._delay_s())
        with suppress(ConnectionClosed):
            await to.send(message, text=True)

    def _delay_s(self) -> float:
        return self._chance.random() ** 3 * self.weather.takes_s

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _happens(self, what: str, share: float) -> bool:
        happens = self._chance.random() < share
        self._seen[what] += happens
        return happens
