"""The kiosk against real websocket servers that lose answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from kiosk.asking import STALE_S, Asking
from link.messages import Answer, FromScreen, Request, Shown, TakeTicket
from tests.screens.kiosk_halls import LOW, Kiosk, greeting, taken, view
from tests.waiting import until


class Server:
    """Greets and listens; answers only while `answers`, and lets nobody in while `away`."""

    def __init__(self) -> None:
        self.answers, self.away = True, False
        self.heard: list[Request] = []
        self.connections: list[ServerConnection] = []

    async def serve(self, connection: ServerConnection) -> None:
        await connection.recv()
        if self.away:
            return
        self.connections.append(connection)
        await self.tell(connection, greeting())
        await self.tell(connection, Shown(rev=1, view=view()))
        with suppress(ConnectionClosed):
            while True:
                await self.hear(connection)

    async def hear(self, connection: ServerConnection) -> None:
        request = msgspec.json.decode(await connection.recv(), type=FromScreen)
        assert isinstance(request, Request)
        assert isinstance(request.do, TakeTicket)
        self.heard.append(request)
        if self.answers:
            await self.tell(connection, Answer(id=request.id, ok=taken(request.do)))

    async def tell(self, connection: ServerConnection, message: object) -> None:
        await connection.send(msgspec.json.encode(message).decode())

    def hang_up(self) -> None:
        self.connections[-1].transport.abort()


@asynccontextmanager
async def joined() -> AsyncIterator[tuple[Server, Kiosk]]:
    """A kiosk at its start page, built as the command builds it."""
    server = Server()
    async with serve(server.serve, "127.0.0.1", 0, close_timeout=0.2) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        one = Kiosk(server=f"ws://127.0.0.1:{port}/")
        async with one.app.run_test(size=LOW) as one.pilot:
            await one.see("Mời Quý khách chọn lĩnh vực")
            await one.see("Chứng thực")
            yield server, one


async def test_an_answer_that_was_lost_comes_after_the_reconnect_as_one_ticket() -> None:
    async with joined() as (server, one):
        server.answers = False
        await one.press("1 1")
        await one.see("Máy đang lấy số cho Quý khách.")
        await until(lambda: server.heard)
        one.seconds += 600
        server.hang_up()
        await one.see("Máy đang tạm mất kết nối")
        server.answers = True
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        assert {request.id for request in server.heard} == {server.heard[0].id}
        assert len(server.heard) == 2
        await one.wait(19)
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        await one.wait(1)
        await one.see("Mời Quý khách chọn lĩnh vực")


async def test_nothing_pressed_while_an_answer_is_due_does_anything() -> None:
    async with joined() as (server, one):
        server.answers = False
        await one.press("1 1")
        await until(lambda: server.heard)
        await one.press("1 0 enter 9 * 2")
        await one.wait(3600)
        await one.see("Máy đang lấy số cho Quý khách.")
        assert len(server.heard) == 1


async def test_a_kiosk_without_a_server_takes_no_touch_and_comes_back_by_itself() -> None:
    async with joined() as (server, one):
        server.away = True
        server.hang_up()
        await one.see("Máy đang tạm mất kết nối")
        await one.press("1 1")
        server.away = False
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert server.heard == []


async def test_a_kiosk_started_in_english_greets_in_english() -> None:
    server = Server()
    async with serve(server.serve, "127.0.0.1", 0, close_timeout=0.2) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        one = Kiosk(server=f"ws://127.0.0.1:{port}/", language="en")
        async with one.app.run_test(size=LOW) as one.pilot:
            await one.see("What have you come for?")
            await one.press("*")
            await one.see("Mời Quý khách chọn lĩnh vực")
            await one.wait(46)
            await one.see("What have you come for?")


async def test_a_kiosk_that_lost_its_power_shows_the_number_it_had_asked_for(
    tmp_path: Path,
) -> None:
    server = Server()
    server.answers = False
    async with serve(server.serve, "127.0.0.1", 0, close_timeout=0.2) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        url = f"ws://127.0.0.1:{port}/"
        before = Kiosk(server=url, kept_in=tmp_path)
        async with before.app.run_test(size=LOW) as before.pilot:
            await before.see("Chứng thực")
            await before.press("1 1")
            await until(lambda: server.heard)
        server.answers = True
        after = Kiosk(server=url, kept_in=tmp_path)
        async with after.app.run_test(size=LOW) as after.pilot:
            await after.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        assert len({request.id for request in server.heard}) == 1
        later = Kiosk(server=url, kept_in=tmp_path)
        async with later.app.run_test(size=LOW) as later.pilot:
            await later.see("Chứng thực")
        assert len(server.heard) == 2


async def test_what_was_asked_long_ago_is_not_asked_again(tmp_path: Path) -> None:
    asking = Asking(tmp_path / "kiosk-1.asking.json")
    asking.remember("0" * 36, TakeTicket(["CT01"], person="a" * 64))
    assert b"aaaa" not in asking.file.read_bytes()
    old = msgspec.json.decode(asking.file.read_bytes())
    asking.file.write_bytes(msgspec.json.encode({**old, "at": old["at"] - STALE_S - 1}))
    assert asking.unanswered() is None
    asking.file.write_text("no JSON")
    assert asking.unanswered() is None
    asking.forget()
    assert asking.unanswered() is None
