"""Who knocks and is let in: over real sockets, onto a porch whose room a test sets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from dispatch.entrance import entrances
from tests.waiting import until

HOST: Final = "127.0.0.1"


@dataclass(eq=False)
class Room:
    """For so many."""

    places: int
    inside: list[Guest] = field(default_factory=list)

    def has_room(self) -> bool:
        return len(self.inside) < self.places

    def in_turn(self, work: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(work)

    def guest(self) -> Guest:
        return Guest(self)


@dataclass(eq=False)
class Guest(asyncio.Protocol):
    room: Room

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert self.room.has_room()
        self.transport = transport
        self.room.inside.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.room.inside.remove(self)


@contextmanager
def knocking(port: int, many: int) -> Iterator[None]:
    with ExitStack() as closing:
        for _ in range(many):
            closing.enter_context(socket.create_connection((HOST, port), 5))
        yield


async def listening(room: Room) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(room.guest, HOST, 0, backlog=1)


async def test_all_who_knock_at_once_come_in() -> None:
    room = Room(100)
    async with await listening(room) as server:
        with entrances(server.sockets, room.guest, room):
            with knocking(server.sockets[0].getsockname()[1], 60):
                await until(lambda: len(room.inside) == 60)
            await until(lambda: not room.inside)


async def test_without_room_they_wait_before_the_door_and_nobody_is_turned_away() -> None:
    room = Room(3)
    async with await listening(room) as server:
        with (
            entrances(server.sockets, room.guest, room),
            knocking(server.sockets[0].getsockname()[1], 10),
        ):
            for came in range(3, 10):
                await until(lambda: len(room.inside) == room.places)
                assert room.places == came
                room.places += 1
            await until(lambda: len(room.inside) == 10)
            for guest in room.inside:
                guest.transport.close()
            await until(lambda: not room.inside)


async def test_whoever_has_gone_again_before_their_turn_keeps_nobody_out() -> None:
    room = Room(0)
    async with await listening(room) as server:
        port = server.sockets[0].getsockname()[1]
        with entrances(server.sockets, room.guest, room), knocking(port, 1):
            with knocking(port, 5):
                pass
            room.places = 100
            with knocking(port, 1):
                await until(lambda: len(room.inside) == 2)
        for guest in room.inside:
            guest.transport.close()
        await until(lambda: not room.inside)


async def test_nobody_comes_in_any_more_once_it_is_closed() -> None:
    room = Room(100)
    async with await listening(room) as server:
        port = server.sockets[0].getsockname()[1]
        with entrances(server.sockets, room.guest, room), knocking(port, 1):
            await until(lambda: len(room.inside) == 1)
        with knocking(port, 1):
            await until(lambda: not room.inside)
            for _ in range(10):
                await asyncio.sleep(0)
            assert room.inside == []
