"""What can be pulled from a kiosk: its printer's cable and power, and its way to the server.

Pulls nothing by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tests.hardware.fake_printer import FakePrinter, Mechanism, NetworkPrinter, SerialPrinter

AT_ONCE: Final = 4096  # bytes a printer takes in a tick: a ticket is some time under way
CHUNK: Final = 65_536


class Roll(Mechanism):
    """A mechanism whose paper stays where it is when power goes: half a ticket hangs out of it."""

    def power_cut(self) -> None:
        page, pictures = self._page, self._pictures
        super().power_cut()
        self._page, self._pictures = page, pictures


class Pullable(FakePrinter):
    """A printer with which something may happen after so many bytes: in the middle of a ticket."""

    def __init__(self) -> None:
        super().__init__()
        self.mechanism = Roll()
        self.at_once = AT_ONCE
        self.unplugged = False  # what is said then, nobody hears
        self.after: tuple[int, Callable[[], None]] | None = None  # bytes, and what happens then

    def receive(self) -> bytes:
        data = super().receive()
        if self.unplugged:
            return b""
        if self.after is None:
            return data
        left, happens = self.after
        if len(data) < left:
            self.after = (left - len(data), happens)
            return data
        self.after = None
        happens()
        return data[:left]

    def send(self, data: bytes) -> None:
        if not self.unplugged:
            super().send(data)


class PrinterOnSocket(Pullable, NetworkPrinter):
    """Behind a `Cable`."""


class PrinterOnLine(Pullable, SerialPrinter):
    """At the end of a line: unplugged, what is written there goes nowhere, and nobody is told."""


class Cable:
    """A way to a port of this machine. Pulled, its connections are reset, and so is each new one;
    stuck, they stay, and nothing comes through until it is plugged in again.
    """

    def __init__(self) -> None:
        self.to_port = 0
        self.port = 0
        self.pulled = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._joined: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for joined in self._joined:
            joined.cancel()
        await asyncio.gather(*self._joined, return_exceptions=True)

    def pull(self) -> None:
        self.pulled = True
        self._reset()

    def stick(self) -> None:
        self._flows.clear()

    def plug(self) -> None:
        if not self._flows.is_set():
            self._reset()
        self.pulled = False
        self._flows.set()

    @property
    def whole(self) -> bool:
        return not self.pulled and self._flows.is_set()

    def _reset(self) -> None:
        for end in self._ends:
            end.transport.abort()

    def _accept(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        joined = asyncio.create_task(self._join(near, back))
        self._joined.add(joined)
        joined.add_done_callback(self._joined.discard)

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        ends = [back]
        self._ends.add(back)
        try:
            if not self.pulled:
                await self._flows.wait()
                far, forth = await asyncio.open_connection("127.0.0.1", self.to_port)
                ends.append(forth)
                self._ends.add(forth)
                await self._carry_both(near, back, far, forth)
        except OSError:
            pass  # nobody is there
        finally:
            for end in ends:
                self._ends.discard(end)
                end.transport.abort()

    async def _carry_both(
        self,
        near: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        far: asyncio.StreamReader,
        forth: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(self._carry(near, forth)),
            asyncio.create_task(self._carry(far, back)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(CHUNK):
                await self._flows.wait()
                to.write(chunk)
                await to.drain()
