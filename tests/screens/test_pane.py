"""A pane between its messages and the screen."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static
from websockets.asyncio.server import ServerConnection, serve

from link.messages import Answer, AnyDo, BoardView, CallNext, Goodbye, Hello, Shown
from terminal.app import CONTRAST, DARK, LIGHT, HallApp, contrast, hall_theme
from terminal.pane import LinkEnded, OnlineChanged, Pane, ViewChanged, Welcomed
from tests.screens.conftest import NOW, screen_text, welcome
from tests.waiting import until


class NoticePane(Pane[BoardView]):
    """The smallest pane that shows something: the hall's name and the notice."""

    BINDINGS = [Binding("n", "next")]  # noqa: RUF012

    def __init__(self, *, offline: str = "line") -> None:
        super().__init__()
        self.OFFLINE = offline  # type: ignore[assignment, misc]
        self.shown: list[tuple[str, bool]] = []
        self.told: list[str] = []

    def content(self) -> ComposeResult:
        yield Static(self.words.name(self.hall.names), markup=False)
        yield Static(id="notice", markup=False)

    def view_changed(self, view: BoardView, before: BoardView | None) -> None:
        self.shown.append((view.notice, before is None))
        self.query_one("#notice", Static).update(view.notice)

    def action_next(self) -> None:
        self.request(CallNext(), self.take)

    def take(self, answer: Answer) -> None:
        self.told.append(self.refusal(answer.refused or {}))


class Leaf(Static):
    """Says when it has gone."""

    def __init__(self, gone: asyncio.Event) -> None:
        super().__init__(id="leaf")
        self._gone = gone

    def on_unmount(self) -> None:
        self._gone.set()


class Page(Vertical):
    """Writes on its leaf, at a moment when that has just gone."""

    def compose(self) -> ComposeResult:
        self._gone = asyncio.Event()
        yield Leaf(self._gone)

    def on_mount(self) -> None:
        self.run_worker(self._write())

    async def _write(self) -> None:
        await self._gone.wait()
        self.query_one("#leaf", Leaf).update("too late")


class PagePane(NoticePane):
    def content(self) -> ComposeResult:
        yield from super().content()
        if self.words.language == "vi":
            yield Page()


def board(notice: str) -> ViewChanged:
    return ViewChanged(BoardView(calls=[], waiting=[], counters=[], notice=notice))


async def bring_to_life(pane: Pane[BoardView], notice: str = "Xin chào") -> None:
    pane.post_message(Welcomed(welcome("board-1", "display")))
    pane.post_message(OnlineChanged(True))
    pane.post_message(board(notice))
    await until(lambda: pane.live)


async def test_a_pane_shows_its_hall_and_view(screen: SnapshotAssertion) -> None:
    app = HallApp(pane := NoticePane())
    async with app.run_test(size=(60, 8)) as pilot:
        await bring_to_life(pane)
        await pilot.pause()
        assert screen_text(app) == screen


async def test_of_many_views_only_the_newest_need_be_shown() -> None:
    app = HallApp(pane := NoticePane())
    async with app.run_test(size=(60, 8)):
        await bring_to_life(pane, "0")
        for count in range(1, 100):
            pane.post_message(board(str(count)))
        await until(lambda: pane.shown[-1][0] == "99")
    assert len(pane.shown) < 10


async def test_a_language_chosen_at_run_time_changes_every_word() -> None:
    app = HallApp(pane := NoticePane())
    async with app.run_test(size=(60, 8)):
        await bring_to_life(pane)
        await until(lambda: "Bộ phận Một cửa" in screen_text(app))
        app.language = "en"
        await until(lambda: "One-stop hall" in screen_text(app))
        assert "Xin chào" in screen_text(app)
        assert pane.has_focus_within
    assert pane.shown[-1] == ("Xin chào", True)


async def test_what_a_page_is_doing_ends_before_its_parts_go() -> None:
    app = HallApp(pane := PagePane())
    async with app.run_test(size=(60, 8)):
        await bring_to_life(pane)
        app.language = "en"
        await until(lambda: "One-stop hall" in screen_text(app))


async def test_a_public_screen_without_a_server_says_so_and_takes_no_key(
    screen: SnapshotAssertion,
) -> None:
    app = HallApp(pane := NoticePane(offline="full"))
    async with app.run_test(size=(72, 14)) as pilot:
        await bring_to_life(pane)
        pane.post_message(OnlineChanged(False))
        await until(lambda: not pane.live)
        await pilot.press("n")
        await pilot.pause()
        assert screen_text(app) == screen
        assert pane.told == []
        pane.post_message(OnlineChanged(True))
        await until(lambda: "Xin chào" in screen_text(app))


async def test_a_staff_screen_without_a_server_keeps_its_content_above_a_line() -> None:
    app = HallApp(pane := NoticePane())
    async with app.run_test(size=(60, 8)):
        await bring_to_life(pane)
        pane.post_message(OnlineChanged(False))
        await until(lambda: "Mất kết nối" in screen_text(app))
        await until(lambda: "Xin chào" in screen_text(app))


async def test_a_screen_thrown_out_says_what_to_do(screen: SnapshotAssertion) -> None:
    app = HallApp(pane := NoticePane())
    async with app.run_test(size=(72, 14)) as pilot:
        await bring_to_life(pane)
        pane.post_message(LinkEnded(Goodbye(reason="taken_over")))
        await until(lambda: pane.goodbye)
        await pilot.pause()
        assert screen_text(app) == screen


async def test_a_refusal_reaches_whoever_asked_with_names_for_codes() -> None:
    async def refuse(do: AnyDo, *, patience_s: float | None = None, **_: object) -> Answer:
        return Answer(id="", refused={"reason": "not_served_here", "service": "HT01"})

    app = HallApp(pane := NoticePane())
    async with app.run_test() as pilot:
        await bring_to_life(pane)
        pane.ask, pane.now = refuse, lambda: NOW
        await pilot.press("n")
        await until(lambda: pane.told)
    assert pane.told == ["Quầy này không tiếp nhận thủ tục “Đăng ký khai sinh”."]


async def test_a_request_without_an_answer_ends_in_a_polite_sentence() -> None:
    app = HallApp(pane := NoticePane())
    async with app.run_test() as pilot:
        await bring_to_life(pane)
        await pilot.press("n")
        await until(lambda: pane.told)
    assert pane.told == ["Máy chủ chưa trả lời. Xin vui lòng thử lại sau ít phút."]


async def test_markup_in_data_is_only_text() -> None:
    app = HallApp(pane := NoticePane())
    async with app.run_test(size=(60, 8)):
        await bring_to_life(pane, "[/nope] [red]x[/]")
        await until(lambda: "[/nope] [red]x[/]" in screen_text(app))


async def test_only_a_screen_that_may_quit_quits() -> None:
    locked, free = HallApp(NoticePane()), HallApp(NoticePane(), may_quit=True)
    async with locked.run_test() as pilot:
        await pilot.press("ctrl+q", "ctrl+c", "ctrl+p", "escape")
        assert locked.is_running
        assert not locked._exit
    async with free.run_test() as pilot:
        await pilot.press("ctrl+q")
        assert free._exit


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_text_keeps_a_contrast_of_seven_to_one(palette: dict[str, str]) -> None:
    grounds = ("background", "surface", "panel")
    texts = [name for name in palette if name not in grounds]
    poor = [(t, g) for t in texts for g in grounds if contrast(palette[t], palette[g]) < CONTRAST]
    assert poor == []


def test_the_halls_colours_are_used_where_text_stays_readable() -> None:
    theme = hall_theme({"primary": "#ffee88", "accent": "#123456", "error": "red"}, dark=True)
    assert (theme.primary, theme.accent, theme.error) == ("#ffee88", DARK["accent"], DARK["error"])


async def test_a_screen_wears_the_colours_of_the_hall_that_welcomes_it() -> None:
    app = HallApp(pane := NoticePane())
    async with app.run_test():
        greeting = welcome("board-1", "display")
        greeting.hall.colours = {"background": "#000011"}
        pane.post_message(Welcomed(greeting))
        await until(lambda: pane.styles.background.hex == "#000011")


def test_the_clock_of_a_pane_without_a_link_is_the_machines() -> None:
    before = datetime.now(UTC)
    assert before <= NoticePane().now() <= datetime.now(UTC)


async def test_a_pane_joined_to_a_real_server_lives_and_survives_its_restart() -> None:
    there = asyncio.Event()
    there.set()

    async def serve_board(connection: ServerConnection) -> None:
        await connection.recv()
        await there.wait()
        shown = Shown(rev=1, view=BoardView(calls=[], waiting=[], counters=[], notice="Mời vào"))
        for message in (welcome("board-1", "display"), shown):
            await connection.send(msgspec.json.encode(message).decode())
        await connection.wait_closed()

    async with serve(serve_board, "127.0.0.1", 0, close_timeout=0.2) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        hello = Hello(protocol=1, role="display", device="board-1")
        app = HallApp(NoticePane(), server=f"ws://127.0.0.1:{port}", hello=hello)
        async with app.run_test(size=(60, 8)):
            await until(lambda: "Mời vào" in screen_text(app))
            there.clear()
            next(iter(server.connections)).transport.abort()
            await until(lambda: "Mất kết nối" in screen_text(app))
            there.set()
            await until(lambda: "Mất kết nối" not in screen_text(app))
