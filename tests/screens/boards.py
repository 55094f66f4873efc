"""A running board, and the server's side of it, which speaks the wire's messages."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosedError

from display.app import build
from display.pane import BoardPane
from link.messages import (
    Announced,
    Answer,
    AnyDo,
    BoardCall,
    BoardView,
    CounterInfo,
    CounterShown,
    DeviceInfo,
    FieldWaiting,
    FromScreen,
    Request,
    Shown,
    Welcome,
)
from terminal.app import HallApp
from terminal.big_number import BigNumber
from tests.screens.conftest import NOW, screen_text, welcome
from tests.waiting import until

Settings = dict[str, str | int | float | bool | list[str]]
QUICK: Settings = {"show_call_s": 0.6, "moment_s": 0.1}
SLOW: Settings = {"show_call_s": 20}


class HallServer:
    """The server's side of a board: greets it, shows it views, and remembers what it announced."""

    def __init__(self, device: DeviceInfo, began_at: datetime) -> None:
        self.device, self.began_at, self._began = device, began_at, time.monotonic()
        self.away = False
        self.view = BoardView(calls=[], waiting=in_line(), counters=[])
        self.connections: set[ServerConnection] = set()
        self.announced: list[int] = []
        self.told: list[AnyDo] = []  # everything else
        self.rev = 0

    @property
    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=time.monotonic() - self._began)

    def welcome(self) -> Welcome:
        greeting = welcome("board-1", "display")
        greeting.now, greeting.device = self.now, self.device
        greeting.hall.counters = [
            CounterInfo(
                code=f"Q{number}",
                number=number,
                names={"vi": "Hộ tịch", "en": "Civil status"},
                zone={"vi": "Khu A", "en": "Zone A"},
                floor="1" if number < 3 else "",
            )
            for number in range(1, 13)
        ]
        return greeting

    async def board_came(self, connection: ServerConnection) -> None:
        if self.away:
            return
        await connection.recv()
        await self._send(connection, self.welcome())
        await self._send(connection, Shown(rev=self.rev, view=self.view))
        self.connections.add(connection)
        try:
            async for frame in connection:
                await self._take(connection, frame)
        except ConnectionClosedError:
            pass  # the test cut it
        finally:
            self.connections.discard(connection)

    async def call(self, *tickets: tuple[str, str], priority: bool = False) -> None:
        """Call these tickets to these counters; all of them in one view."""
        at = self.now
        calls, shown = self.view.calls, {one.counter: one for one in self.view.counters}
        for ticket, counter in tickets:
            number = calls[-1].call + 1 if calls else 401
            made = BoardCall(
                call=number, number=ticket, counter=counter, language="vi", at=at, priority=priority
            )
            calls = [*calls, made][-12:]
            shown[counter] = CounterShown(counter=counter, state="open", number=ticket)
        await self.show(calls=calls, counters=list(shown.values()))

    async def show(self, **changes: object) -> None:
        self.view = msgspec.structs.replace(self.view, **changes)
        self.rev += 1
        for connection in list(self.connections):
            await self._send(connection, Shown(rev=self.rev, view=self.view))

    def cut(self, *, away: bool = False) -> None:
        """Cut every connection; `away`: and be gone for newcomers, too."""
        self.away = away
        for connection in list(self.connections):
            connection.transport.abort()

    async def _take(self, connection: ServerConnection, frame: str | bytes) -> None:
        request = msgspec.json.decode(frame, type=FromScreen)
        assert isinstance(request, Request)
        match request.do:
            case Announced(call):
                self.announced.append(call)
            case do:
                self.told.append(do)
        await self._send(connection, Answer(id=request.id, ok={}))

    async def _send(self, connection: ServerConnection, message: msgspec.Struct) -> None:
        await connection.send(msgspec.json.encode(message).decode())


class Board:
    """A running board, and the hall's server that it is joined to."""

    def __init__(self, app: HallApp, hall: HallServer, port: int) -> None:
        self.app, self.hall, self.port = app, hall, port
        assert isinstance(app.pane, BoardPane)
        self.pane = app.pane

    @property
    def number(self) -> str | None:
        """The number on show, as it is drawn."""
        stage = self.app.query_one("#stage")
        return self.app.query_one("#number", BigNumber).text if stage.display else None

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def settled(self) -> None:
        """Wait until the screen has not changed for many looks in a row."""
        looks: list[str] = []

        def still() -> bool:
            looks.append(self.text)
            return len(looks) > 20 and len(set(looks[-20:])) == 1

        await until(still)


def in_line(first: int = 12) -> list[FieldWaiting]:
    return [FieldWaiting(field="A", waiting=first), FieldWaiting(field="C", waiting=5)]


def port_of(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])


@asynccontextmanager
async def board(
    settings: Settings = QUICK,
    *,
    size: tuple[int, int] = (80, 24),
    calls: list[BoardCall] | None = None,
    **device: Any,
) -> AsyncIterator[Board]:
    """A board that has its first view; `device` is what else its DeviceInfo says."""
    hall = HallServer(DeviceInfo("board-1", "display", None, settings, **device), NOW)
    hall.view.calls = calls or []
    async with serve(hall.board_came, "127.0.0.1", 0, close_timeout=0.2) as server:
        app = build(f"ws://127.0.0.1:{port_of(server)}", "board-1", "")
        async with app.run_test(size=size):
            running = Board(app, hall, port_of(server))
            await until(lambda: running.pane.live and hall.connections)
            await until(lambda: running.pane.showing.known is not None)
            yield running


def old_calls(many: int) -> list[BoardCall]:
    """Calls of the last hour, oldest first, every fifth with priority."""
    return [
        BoardCall(
            call=index + 1,
            number=f"{'AC'[index % 2]}{index + 1:03}",
            counter=f"Q{index % 12 + 1}",
            language="vi",
            at=NOW - timedelta(minutes=3 * (many - index)),
            priority=index % 5 == 3,
        )
        for index in range(many)
    ]
