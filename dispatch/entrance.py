"""Whoever knocks is let onto the porch one after the other, in turn, and when there is room.

Until then they stand in the system's queue, which costs nothing, and nobody is turned away whom the
next moment has a place for.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
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
            self._let_in(self._door.accept()[0])
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            pass  # they have gone
        except OSError as error:
            log.error("nobody can be let in: %s", error)  # noqa: TRY400 - the system's fault
            self._loop.call_later(NO_FILES_S, self.open)
            return
        self._porch.in_turn(self.open)

    def _let_in(self, one: socket.socket) -> None:
        one.setblocking(False)
        coming = self._loop.create_task(self._connect(one))
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)

    async def _connect(self, one: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._made, one)
        except OSError as error:
            log.debug("gone before the porch: %s", error)
            one.close()


@contextmanager
def entrances(
    doors: Iterable[socket.socket], made: Callable[[], asyncio.Protocol], porch: Turns
) -> Iterator[None]:
    """Let those in who knock at these, in place of the loop. A loop that will not have that, as
    uvloop, goes on accepting whoever comes.
    """
    loop = asyncio.get_running_loop()
    with ExitStack() as closing:
        for door in doors:
            same = socket.socket(fileno=os.dup(door.fileno()))
            same.listen(BEFORE_THE_DOOR)
            same.setblocking(False)
            if not loop.remove_reader(door):
                same.close()
                continue
            entrance = Entrance(same, made, porch)
            closing.callback(entrance.close)
            entrance.open()
        yield
