"""The hall's board joined to a real server that speaks the wire's messages."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion
from textual.app import App, ComposeResult
from textual.strip import Strip

from display import stage
from display.rows import Field, Rows, waiting
from link.messages import BoardCall
from terminal.big_number import BigNumber
from tests.screens.boards import QUICK, SLOW, board, in_line, old_calls
from tests.screens.conftest import NOW, screen_text
from tests.waiting import until


async def test_a_call_is_shown_huge_and_reported_once() -> None:
    async with board() as b:
        await b.hall.call(("A105", "Q3"))
        await until(lambda: b.number == "A105")
        await until(lambda: b.hall.announced == [401])
        await b.hall.show(waiting=in_line(11))
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


async def test_a_new_call_flashes_slower_than_harms_anybody_and_then_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert 1 / (2 * stage.FLASH_S) <= 3  # flashes a second
    monkeypatch.setattr(stage, "FLASH_S", 0.05)
    async with board(SLOW) as b:
        banner = b.app.query_one(stage.Banner)
        await b.hall.call(("A105", "Q3"))
        await until(lambda: banner.has_class("-dimmed"))
        await until(lambda: not banner.flashes)
        assert not banner.has_class("-dimmed")


class CountedRows(Rows):
    """Rows that remember which of them were painted."""

    lines: list[int]

    def render_line(self, y: int) -> Strip:
        self.lines.append(y)
        return super().render_line(y)


async def test_only_rows_that_changed_are_painted_again() -> None:
    class Waiting(App[None]):
        def compose(self) -> ComposeResult:
            widget = CountedRows()
            widget.lines = []
            yield widget

    def fields(second: int) -> list[Field]:
        return [Field("A", "Hộ tịch", 12), Field("C", "Chứng thực", second)]

    app = Waiting()
    async with app.run_test(size=(30, 4)) as pilot:
        rows = app.query_one(CountedRows)
        rows.show(waiting("ĐANG CHỜ", fields(5)))
        await pilot.pause()
        await until(lambda: "5" in screen_text(app))
        rows.lines.clear()
        rows.show(waiting("ĐANG CHỜ", fields(6)))
        await pilot.pause()
        await until(lambda: rows.lines)
        assert set(rows.lines) == {2}


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
