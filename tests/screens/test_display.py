"""The hall's board joined to a real server that speaks the wire's messages."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion
from textual.app import App, ComposeResult
from textual.strip import Strip
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosedError

from display.app import build
from display.pane import BoardPane
from display.rows import Field, Rows, waiting
from link.messages import (
    Announced,
    Answer,
    BoardCall,
    BoardView,
    CounterInfo,
    CounterShown,
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

    def __init__(self, settings: Settings, began_at: datetime) -> None:
        self.settings, self.began_at, self._began = settings, began_at, time.monotonic()
        self.away = False
        self.view = BoardView(calls=[], waiting=_waiting(), counters=[])
        self.connections: set[ServerConnection] = set()
        self.announced: list[int] = []
        self.rev = 0

    @property
    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=time.monotonic() - self._began)

    def welcome(self) -> Welcome:
        greeting = welcome("board-1", "display")
        greeting.now = self.now
        greeting.device.settings = self.settings
        greeting.hall.counters = [
            CounterInfo(
                code=f"Q{number}",
                number=number,
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
        assert isinstance(request.do, Announced)
        self.announced.append(request.do.call)
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


def _waiting(first: int = 12) -> list[FieldWaiting]:
    return [FieldWaiting(field="A", waiting=first), FieldWaiting(field="C", waiting=5)]


def port_of(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])


@asynccontextmanager
async def board(
    settings: Settings = QUICK,
    *,
    size: tuple[int, int] = (80, 24),
    calls: list[BoardCall] | None = None,
) -> AsyncIterator[Board]:
    """A board that has its first view."""
    hall = HallServer(settings, NOW)
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


async def test_a_call_is_shown_huge_and_reported_once() -> None:
    async with board() as b:
        await b.hall.call(("A105", "Q3"))
        await until(lambda: b.number == "A105")
        await until(lambda: b.hall.announced == [401])
        await b.hall.show(waiting=_waiting(11))
        await until(lambda: " 11" in b.text)
        await until(lambda: b.number is None)
        assert b.hall.announced == [401]


async def test_calls_of_one_moment_are_shown_and_reported_one_after_the_other() -> None:
    async with board() as b:
        await b.hall.call(("A105", "Q1"), ("C002", "Q2"), ("A106", "Q3"))
        await until(lambda: b.number == "A105")
        await until(lambda: b.number == "C002")
        await until(lambda: b.number == "A106")
        await until(lambda: b.hall.announced == [401, 402, 403])


async def test_twenty_old_calls_in_the_first_view_are_not_announced() -> None:
    async with board(calls=old_calls(20)) as b:
        await b.hall.call(("A021", "Q1"))
        await until(lambda: b.number == "A021")
        await until(lambda: b.hall.announced)
        assert b.hall.announced == [21]


async def test_a_board_without_its_server_says_since_when_and_comes_back_by_itself() -> None:
    async with board(SLOW) as b:
        await b.hall.call(("A105", "Q3"))
        await until(lambda: b.number == "A105")
        b.hall.cut(away=True)
        await until(lambda: b.number is None)
        await until(lambda: "Tạm mất kết nối, thông tin lúc 08:30" in b.text)
        b.hall.away = False
        await until(lambda: b.hall.connections and "Tạm mất" not in b.text)
        await b.hall.call(("A106", "Q4"))
        await until(lambda: "A106" in [call.number for call in b.pane.showing.upcoming])
        assert b.number == "A105"


async def test_calls_made_while_the_server_was_lost_are_shown_only_if_they_are_fresh() -> None:
    async with board(SLOW) as b:
        b.hall.began_at += timedelta(hours=1)
        made = [
            BoardCall(call=1, number="A001", counter="Q1", language="vi", at=NOW),
            BoardCall(
                call=2,
                number="A002",
                counter="Q2",
                language="vi",
                at=b.hall.now - timedelta(seconds=5),
            ),
        ]
        b.hall.view = msgspec.structs.replace(b.hall.view, calls=made)
        b.hall.cut()
        await until(lambda: b.number == "A002")
        await until(lambda: b.hall.announced == [2])


class CountedRows(Rows):
    """Rows that remember which of them were painted."""

    painted: list[int]

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)


async def test_only_rows_that_changed_are_painted_again() -> None:
    class Waiting(App[None]):
        def compose(self) -> ComposeResult:
            widget = CountedRows()
            widget.painted = []
            yield widget

    def fields(second: int) -> list[Field]:
        return [Field("A", "Hộ tịch", 12), Field("C", "Chứng thực", second)]

    app = Waiting()
    async with app.run_test(size=(30, 4)) as pilot:
        rows = app.query_one(CountedRows)
        rows.show(waiting("ĐANG CHỜ", fields(5)))
        await pilot.pause()
        await until(lambda: "5" in screen_text(app))
        rows.painted.clear()
        rows.show(waiting("ĐANG CHỜ", fields(6)))
        await pilot.pause()
        await until(lambda: rows.painted)
        assert set(rows.painted) == {2}


async def test_names_change_their_language_where_two_stand_on_the_board() -> None:
    async with board() as b:
        await until(lambda: "Hộ tịch" in b.text and "ĐANG CHỜ · WAITING" in b.text)
        b.pane._names_in_next_language()
        await until(lambda: "Civil status" in b.text and "One-stop hall" in b.text)


async def test_a_board_in_one_language_has_no_word_of_another() -> None:
    async with board({**QUICK, "languages": ["vi"]}) as b:
        await until(lambda: "ĐANG CHỜ" in b.text)
        b.pane._names_in_next_language()
        assert "WAITING" not in b.text
        assert "Hộ tịch" in b.text


async def test_markup_in_a_notice_is_only_text() -> None:
    async with board() as b:
        await b.hall.show(notice="[/nope] [red]Mời vào[/]")
        await until(lambda: "[/nope] [red]Mời vào[/]" in b.text)


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (67, 120)], ids=str)
@pytest.mark.parametrize("called", [True, False], ids=["call", "idle"])
async def test_a_board_in_every_shape(
    size: tuple[int, int], called: bool, screen: SnapshotAssertion
) -> None:
    async with board(SLOW, size=size, calls=old_calls(12)) as b:
        await b.hall.show(notice="Thứ Sáu, ngày 27/11 Bộ phận Một cửa làm việc đến 16:00.")
        await until(lambda: "27/11" in b.text)
        if called:
            await b.hall.call(("A105", "Q2"), priority=True)
            await until(lambda: b.number == "A105" and "ƯU TIÊN · PRIORITY" in b.text)
        await b.settled()
        assert b.text == screen


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (240, 67)], ids=str)
async def test_a_board_on_a_strange_terminal_still_shows_the_number(size: tuple[int, int]) -> None:
    async with board(SLOW, size=size, calls=old_calls(12)) as b:
        await b.hall.call(("A105", "Q2"))
        await until(lambda: b.number == "A105")
        await until(lambda: b.hall.announced == [13])
        await until(lambda: b.app.query_one("#number", BigNumber).size.height > 0)
