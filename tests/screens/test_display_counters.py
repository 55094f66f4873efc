"""Boards of some counters, and the board of a single one."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from display.one_counter import OneCounter
from link.messages import CounterShown
from terminal.big_number import BigNumber
from tests.screens.boards import QUICK, SLOW, Board, board
from tests.waiting import until

SIZES = [(80, 24), (67, 120), (160, 45)]


def drawn(b: Board, name: str) -> str:
    """What is drawn large in that place of the single counter's board."""
    return b.app.query_one(f"#{name}", BigNumber).text


async def shows(b: Board, **facts: object) -> None:
    """The server says this of counter 3."""
    shown = {"counter": "Q3", "state": "open", **facts}
    await b.hall.show(counters=[CounterShown(**shown)])  # type: ignore[arg-type]


async def test_a_board_of_a_zone_names_the_zone() -> None:
    async with board(counters=["Q1", "Q2", "Q3"]) as b:
        await until(lambda: "Một cửa · Khu A" in b.text)
        await b.hall.call(("A105", "Q2"))
        await until(lambda: b.number == "A105")


async def test_the_board_of_one_counter_shows_its_number_and_who_is_next() -> None:
    async with board(counters=["Q3"]) as b:
        await b.hall.call(("A105", "Q3"))
        await shows(b, number="A105", next="A106")
        await until(lambda: drawn(b, "number") == "A105")
        await until(lambda: drawn(b, "next-number") == "A106")
        assert drawn(b, "door") == "QUẦY 3"
        await until(lambda: b.hall.announced == [401])


async def test_a_number_that_was_called_a_while_ago_still_stands_at_its_counter() -> None:
    async with board(QUICK, counters=["Q3"]) as b:
        await b.hall.call(("A105", "Q3"))
        await until(lambda: "XIN MỜI SỐ" in b.text)
        await until(lambda: "SỐ TẠI QUẦY · AT THIS COUNTER" in b.text)
        assert drawn(b, "number") == "A105"


async def test_at_one_counter_the_next_call_waits_for_no_moment() -> None:
    async with board(SLOW, counters=["Q3"]) as b:
        await b.hall.call(("A105", "Q3"))
        await b.hall.call(("A106", "Q3"))
        await until(lambda: drawn(b, "number") == "A106" and "XIN MỜI SỐ" in b.text)
        await until(lambda: b.hall.announced[-1:] == [402])


async def test_a_paused_counter_says_why_in_both_languages() -> None:
    async with board(counters=["Q3"]) as b:
        await shows(b, state="paused", pause_reason="other")
        await until(lambda: drawn(b, "state") == "TẠM NGHỈ")
        await until(lambda: "Lý do khác · Other" in b.text)
        b.pane._names_in_next_language()
        await until(lambda: drawn(b, "state") == "PAUSED")


async def test_a_closed_counter_shows_no_number() -> None:
    async with board(counters=["Q3"]) as b:
        await shows(b, number="A105")
        await until(lambda: drawn(b, "number") == "A105")
        await shows(b, state="closed")
        await until(lambda: drawn(b, "state") == "ĐÓNG QUẦY" and not drawn(b, "number"))


async def test_without_its_server_a_single_counter_shows_neither_number_nor_state() -> None:
    async with board(counters=["Q3"]) as b:
        await shows(b, number="A105", next="A106")
        await until(lambda: drawn(b, "number") == "A105")
        b.hall.cut(away=True)
        await until(lambda: "Tạm mất kết nối, thông tin lúc" in b.text)
        await until(lambda: not (drawn(b, "number") or drawn(b, "next-number")))
        b.hall.away = False
        await until(lambda: drawn(b, "number") == "A105")


async def test_a_ticket_with_priority_is_marked_in_words_at_its_counter() -> None:
    async with board(counters=["Q3"]) as b:
        await b.hall.call(("A105", "Q3"), priority=True)
        await until(lambda: "ƯU TIÊN · PRIORITY" in b.text)
        await b.hall.call(("A106", "Q3"))
        await until(lambda: "PRIORITY" not in b.text)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_board_of_one_counter_in_every_shape(
    size: tuple[int, int], screen: SnapshotAssertion
) -> None:
    async with board(SLOW, size=size, counters=["Q3"]) as b:
        await b.hall.call(("A105", "Q3"))
        await shows(b, number="A105", next="A106")
        await until(lambda: drawn(b, "next-number") == "A106")
        await b.settled()
        assert b.text == screen


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (480, 135)], ids=str)
async def test_one_counter_on_a_strange_terminal_still_shows_its_number(
    size: tuple[int, int],
) -> None:
    async with board(SLOW, size=size, counters=["Q3"]) as b:
        await shows(b, number="A105")
        await until(lambda: drawn(b, "number") == "A105")
        await until(lambda: b.app.query_one("#number", BigNumber).size.height > 0)
        assert b.app.query_one(OneCounter).size.width > 0
