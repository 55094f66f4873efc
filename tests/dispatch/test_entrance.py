"""Who knocks and is let in: over real sockets, onto a porch whose room a test sets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest
import uvloop

from dispatch.entrance import Entrances, listen
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

    @property
    def sends_at_once(self) -> bool:
        """No small message is kept back until the one before it has arrived."""
        own = self.transport.get_extra_info("socket")
        return bool(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


@contextmanager
def knocking(port: int, many: int) -> Iterator[None]:
    with ExitStack() as closing:
        for _ in range(many):
            closing.enter_context(socket.create_connection((HOST, port), 5))
        yield


@asynccontextmanager
async def listening(room: Room) -> AsyncIterator[Entrances]:
    entrances = await listen(room.guest, HOST, 0, room)
    yield entrances
    entrances.close()
    await entrances.wait_closed()


def port_of(entrances: Entrances) -> int:
    return int(entrances.sockets[0].getsockname()[1])


async def test_all_who_knock_at_once_come_in() -> None:
    room = Room(100)
    async with listening(room) as entrances:
        with knocking(port_of(entrances), 60):
            await until(lambda: len(room.inside) == 60)
        await until(lambda: not room.inside)


async def test_without_room_they_wait_before_the_door_and_nobody_is_turned_away() -> None:
    room = Room(3)
    async with listening(room) as entrances:
        with knocking(port_of(entrances), 10):
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
    async with listening(room) as entrances:
        port = port_of(entrances)
        with knocking(port, 1):
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
    async with listening(room) as entrances:
        port = port_of(entrances)
        with knocking(port, 1):
            await until(lambda: len(room.inside) == 1)
            entrances.close()
            assert not entrances.is_serving()
            with pytest.raises(ConnectionRefusedError), knocking(port, 1):
                pass
            assert len(room.inside) == 1
        await until(lambda: not room.inside)


async def test_an_address_that_is_taken_is_an_error_and_leaves_no_socket() -> None:
    room = Room(1)
    async with listening(room) as entrances:
        with pytest.raises(OSError, match="in use"):
            await listen(room.guest, HOST, port_of(entrances), room)


@pytest.mark.parametrize("factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_every_loop_lets_in_one_after_the_other(
    factory: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def all_come_in() -> None:
        room = Room(5)
        async with listening(room) as entrances:
            with knocking(port_of(entrances), 20):
                await until(lambda: len(room.inside) == 5)
                room.places = 20
                await until(lambda: len(room.inside) == 20)
                assert all(guest.sends_at_once for guest in room.inside)
            await until(lambda: not room.inside)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(all_come_in())
