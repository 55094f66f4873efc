"""The reconnecting client against real websocket servers that misbehave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from link.client import MAX_UNANSWERED, Link, NoAnswer, TooManyUnanswered
from link.messages import (
    Answer,
    BoardView,
    CallNext,
    DeviceInfo,
    FromScreen,
    Goodbye,
    HallInfo,
    Hello,
    Request,
    Shown,
    Welcome,
)
from tests.waiting import PATIENCE_S, until

HELLO = Hello(protocol=1, role="display", device="board-1")
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)

Handler = Callable[[ServerConnection], Awaitable[None]]


class Screen:
    """A link with a record of what it told."""

    def __init__(self, port: int) -> None:
        self.views: list[object] = []
        self.online: list[bool] = []
        self.goodbyes: list[str] = []
        self.link = Link(
            f"ws://127.0.0.1:{port}",
            HELLO,
            on_welcome=lambda welcome: None,
            on_view=self.views.append,
            on_online=lambda online, why: self.online.append(online),
            on_goodbye=lambda goodbye: self.goodbyes.append(goodbye.reason),
        )


@asynccontextmanager
async def running(port: int) -> AsyncIterator[Screen]:
    screen = Screen(port)
    task = asyncio.create_task(screen.link.run())
    try:
        yield screen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def served(handler: Handler, port: int = 0) -> AsyncIterator[Server]:
    async with serve(handler, "127.0.0.1", port, close_timeout=0.2) as server:
        yield server


def port_of(server: Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port


def hall() -> HallInfo:
    empty: dict[str, Any] = {
        field.name: {dict: {}, list: [], float: 0.0, int: 5, str: "x", bool: False}[
            getattr(field.type, "__origin__", field.type)
        ]
        for field in msgspec.structs.fields(HallInfo)
    }
    return HallInfo(**empty)


async def tell(connection: ServerConnection, message: object) -> None:
    await connection.send(msgspec.json.encode(message).decode())


async def greet(connection: ServerConnection) -> None:
    hello = msgspec.json.decode(await connection.recv(), type=FromScreen)
    assert hello == HELLO
    who = DeviceInfo(device="board-1", role="display")
    await tell(connection, Welcome(protocol=1, hall=hall(), now=NOW, device=who))


async def hear(connection: ServerConnection) -> Request:
    request = msgspec.json.decode(await connection.recv(), type=FromScreen)
    assert isinstance(request, Request)
    return request


async def answer_everything(connection: ServerConnection) -> None:
    await greet(connection)
    while True:
        request = await hear(connection)
        await tell(connection, Answer(id=request.id, ok={}))
        await tell(connection, Answer(id=request.id, ok={"twice": True}))


async def test_a_request_whose_answer_was_lost_is_repeated_under_the_same_id() -> None:
    heard: list[list[str]] = []

    async def deaf_twice(connection: ServerConnection) -> None:
        await greet(connection)
        ids = [(await hear(connection)).id for _ in range(3)]
        heard.append(ids)
        if len(heard) < 3:
            connection.transport.abort()
        for request_id in ids:
            await tell(connection, Answer(id=request_id, ok={"id": request_id}))
        await connection.wait_closed()

    async with served(deaf_twice) as server, running(port_of(server)) as screen:
        answers = await asyncio.gather(*(screen.link.ask(CallNext()) for _ in range(3)))
    assert heard[0] == heard[1] == heard[2]
    assert [answer.id for answer in answers] == heard[0]
    assert len(set(heard[0])) == 3


async def test_in_a_rehearsal_a_screen_s_time_passes_as_fast_as_the_hall_s() -> None:
    async def hurried(connection: ServerConnection) -> None:
        await connection.recv()
        who = DeviceInfo(device="board-1", role="display")
        welcome = Welcome(protocol=1, hall=hall(), now=NOW, device=who, pace=36_000.0)
        await tell(connection, welcome)
        await connection.wait_closed()

    async with served(hurried) as server, running(port_of(server)) as screen:
        await until(lambda: screen.link.now() > NOW + timedelta(hours=1))
        assert screen.link.now() < NOW + timedelta(days=30)


async def test_a_server_that_went_away_and_came_back_is_found_again() -> None:
    async with served(answer_everything) as server:
        port = port_of(server)
        async with running(port) as screen:
            await screen.link.ask(CallNext())
            server.close()
            await until(lambda: screen.online == [True, False])
            asked = asyncio.create_task(screen.link.ask(CallNext()))
            await server.wait_closed()
            async with served(answer_everything, port):
                assert (await asked).ok == {}
                assert screen.online[-3:] == [True, False, True]


async def test_a_server_that_closes_at_once_is_not_stormed() -> None:
    connections = 0

    async def slam(connection: ServerConnection) -> None:
        nonlocal connections
        connections += 1

    async with served(slam) as server, running(port_of(server)) as screen:
        began = time.monotonic()
        await until(lambda: connections >= 3)
        # Delays of 0.1 and 0.2 s, each shortened by a quarter at most.
        assert time.monotonic() - began >= 0.225
        assert screen.online == [False]


@pytest.mark.parametrize("reason", ["taken_over", "bad_token", "protocol", "wrong_role"])
async def test_a_final_goodbye_ends_the_link_and_whoever_waits_on_it(reason: str) -> None:
    async def send_away(connection: ServerConnection) -> None:
        await greet(connection)
        await hear(connection)
        await tell(connection, Goodbye(reason=reason))

    async with served(send_away) as server:
        screen = Screen(port_of(server))
        asked = asyncio.create_task(screen.link.ask(CallNext()))
        await asyncio.wait_for(screen.link.run(), PATIENCE_S)
        with pytest.raises(NoAnswer, match=reason):
            await asked
        with pytest.raises(NoAnswer, match=reason):
            await screen.link.ask(CallNext())
    assert screen.goodbyes == [reason]
    assert screen.online == [True, False]


async def test_a_server_that_only_restarts_is_awaited() -> None:
    was_online = asyncio.Event()

    async def restart_once(connection: ServerConnection) -> None:
        await greet(connection)
        if not was_online.is_set():
            await tell(connection, Goodbye(reason="restart"))
        await connection.wait_closed()

    async with served(restart_once) as server, running(port_of(server)) as screen:
        await until(lambda: screen.online[-2:] == [True, False])
        was_online.set()
        await until(lambda: screen.online[-3:] == [True, False, True])
    assert screen.goodbyes == []


@pytest.mark.parametrize("garbage", ["{", '{"type":"view"}', "[" * 100_000, "\u0000"])
async def test_a_server_that_talks_garbage_is_tried_again(garbage: str) -> None:
    was_online = asyncio.Event()

    async def babble_once(connection: ServerConnection) -> None:
        await greet(connection)
        if not was_online.is_set():
            await connection.send(garbage)
        await connection.wait_closed()

    async with served(babble_once) as server, running(port_of(server)) as screen:
        await until(lambda: screen.online[-2:] == [True, False])
        was_online.set()
        await until(lambda: screen.online[-3:] == [True, False, True])


async def test_a_http_error_or_a_stranger_on_the_port_does_not_end_the_link() -> None:
    replies = [b"HTTP/1.1 401 Unauthorized\r\n\r\n", b"HTTP/1.1 503 Busy\r\n\r\n", b"SSH-2.0\r\n"]

    async def strange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(replies.pop() if replies else b"")
        writer.close()

    async with await asyncio.start_server(strange, "127.0.0.1", 0) as stranger:
        port = stranger.sockets[0].getsockname()[1]
        async with running(port) as screen:
            await until(lambda: not replies)
            stranger.close()
            async with served(answer_everything, port):
                await until(lambda: screen.online == [False, True])


async def test_a_request_given_up_is_not_repeated() -> None:
    heard: list[str] = []

    async def listen(connection: ServerConnection) -> None:
        await greet(connection)
        while True:
            heard.append((await hear(connection)).id)

    async with served(listen) as server:
        screen = Screen(port_of(server))
        with pytest.raises(NoAnswer):
            await screen.link.ask(CallNext(), patience_s=0.01)
        asked = asyncio.create_task(screen.link.ask(CallNext()))
        run = asyncio.create_task(screen.link.run())
        await until(lambda: heard)
        run.cancel()
        with pytest.raises(NoAnswer):
            await asked
    assert len(heard) == 1


async def test_no_more_requests_are_taken_than_the_limit() -> None:
    screen = Screen(port=1)
    waiting = [asyncio.create_task(screen.link.ask(CallNext())) for _ in range(MAX_UNANSWERED)]
    await asyncio.wait(waiting, timeout=0)
    with pytest.raises(TooManyUnanswered):
        await screen.link.ask(CallNext())
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    with pytest.raises(NoAnswer):
        await screen.link.ask(CallNext(), patience_s=0)


async def test_views_arrive_and_the_clock_is_the_servers() -> None:
    board = BoardView(calls=[], waiting=[], counters=[], notice="Xin chào")

    async def show(connection: ServerConnection) -> None:
        await greet(connection)
        await tell(connection, Shown(rev=1, view=board))
        await connection.wait_closed()

    async with served(show) as server, running(port_of(server)) as screen:
        await until(lambda: screen.views)
        assert screen.views == [board]
        assert NOW <= screen.link.now() < NOW + timedelta(hours=1)
