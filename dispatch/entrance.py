"""Whoever knocks is let onto the porch one after the other, in turn, and when there is room.

Until then they stand in the system's queue, which costs nothing, and nobody is turned away whom the
next moment has a place for.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Final, Protocol

BEFORE_THE_DOOR: Final = 1024  # who may stand in the system's queue
LOOK_AGAIN_S: Final = 0.005  # whether there is room now
NO_FILES_S: Final = 1.0  # until this process may open some again

log = logging.getLogger(__name__)


class Turns(Protocol):
    """What is asked of the porch."""

    def has_room(self) -> bool: ...
    def in_turn(self, work: Callable[[], None]) -> None: ...


class Entrance:
    """One listening socket. `made`: what becomes of a connection."""

    def __init__(
        self, door: socket.socket, made: Callable[[], asyncio.Protocol], porch: Turns
    ) -> None:
        self._door, self._made, self._porch = door, made, porch
        self._loop = asyncio.get_running_loop()
        self._coming: set[asyncio.Task[object]] = set()
        self._closed = False

    def open(self) -> None:
        if not self._closed:
            self._loop.add_reader(self._door, self._knocked)

    def close(self) -> None:
        self._closed = True
        self._loop.remove_reader(self._door)
        self._door.close()

    def _knocked(self) -> None:
        """Let one in if there is room. Who is in is counted before the door opens again."""
        self._loop.remove_reader(self._door)
        if not self._porch.has_room():
            self._loop.call_later(LOOK_AGAIN_S, self.open)
            return
        try:
            one = self._door.accept()[0]
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            self._porch.in_turn(self.open)  # they have gone
        except OSError as error:
            log.error("nobody can be let in: %s", error)  # noqa: TRY400 - the system's fault
            self._loop.call_later(NO_FILES_S, self.open)
        else:
            self._let_in(one)

    def _let_in(self, one: socket.socket) -> None:
        one.setblocking(False)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a view waits for no other
        coming = self._loop.create_task(self._connect(one))
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)

    async def _connect(self, one: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._made, one)
        except OSError as error:
            log.debug("gone before the porch: %s", error)
            one.close()
        self._porch.in_turn(self.open)


class Entrances:
    """All listening sockets of a server, in place of what the loop makes of them: it would accept
    all who knock before anybody else has a turn.
    """

    def __init__(
        self, doors: Iterable[socket.socket], made: Callable[[], asyncio.Protocol], porch: Turns
    ) -> None:
        self.sockets = tuple(doors)
        self._loop = asyncio.get_running_loop()
        self._entrances = [Entrance(door, made, porch) for door in self.sockets]
        self._serving = True
        for entrance in self._entrances:
            entrance.open()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def is_serving(self) -> bool:
        return self._serving

    def close(self) -> None:
        """Nobody comes in any more; who is in may stay."""
        if self._serving:
            self._serving = False
            for entrance in self._entrances:
                entrance.close()

    async def wait_closed(self) -> None:
        """It is closed at once."""


async def listen(
    made: Callable[[], asyncio.Protocol], host: str, port: int, porch: Turns
) -> Entrances:
    """Listen at every address that the host has. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    with ExitStack() as closing:
        doors = []
        for family, address in dict.fromkeys((family, address) for family, *_, address in found):
            door = socket.create_server(address, family=family, backlog=BEFORE_THE_DOOR)
            closing.callback(door.close)
            door.setblocking(False)
            doors.append(door)
        closing.pop_all()
    return Entrances(doors, made, porch)
