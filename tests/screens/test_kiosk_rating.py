"""Whoever shows a ticket to the kiosk afterwards may say how it was."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kiosk.devices import NotRead, TicketCode, token_in, what_is
from kiosk.visit import Visit
from link.messages import Answer, AnyDo, Rate, WordInfo
from tests.screens.conftest import screen_text
from tests.screens.kiosk_halls import HIGH, LOW, Kiosk, kiosk
from tests.screens.test_kiosk_cards import Line, scanning, type_at_once
from tests.screens.test_kiosk_contrast import faint
from tests.waiting import until

TOKEN = "aB3_dE6-gH9jK2mN"
QUESTION = "có hài lòng với lần phục vụ của phiếu này không?"
TAGS = {"long_wait": "Chờ lâu", "attitude": "Thái độ phục vụ"}


def show(one: Kiosk, token: str = TOKEN) -> None:
    """Hold a ticket under the scanner."""
    one.pane.hall.rating_tags[:] = [WordInfo(code, {"vi": vi}) for code, vi in TAGS.items()]
    one.pane.ticket_shown(token)


def ratings(one: Kiosk) -> list[Rate]:
    return [do for do in one.asked if isinstance(do, Rate)]


def refusing(reason: str, **facts: Any) -> Any:
    async def ask(do: AnyDo, *, patience_s: float | None = None, **_: object) -> Answer:
        return Answer(id="", refused={"reason": reason, **facts})

    return ask


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"https://an-binh.example/so/{TOKEN}",
        f"https://an-binh.example/so?phieu={TOKEN}&in=1",
        f"A047 {TOKEN}\n",
    ],
)
def test_a_ticket_is_known_by_its_word_wherever_it_stands(text: str) -> None:
    assert token_in(text) == TOKEN
    told = what_is(text)
    assert isinstance(told, TicketCode)
    assert TOKEN not in repr(told)


@pytest.mark.parametrize(
    "text",
    ["", "A047", TOKEN[:-1], TOKEN + "x", "9704123456789012", f"999048123456|{TOKEN}|x|y|z|w|v"],
)
def test_nothing_else_is_taken_for_a_ticket(text: str) -> None:
    assert token_in(text) is None
    assert isinstance(what_is(text), NotRead)


@pytest.mark.parametrize("size", [LOW, HIGH])
async def test_a_ticket_is_told_by_number_and_code_on_a_keypad_alone(size: tuple[int, int]) -> None:
    async with kiosk(size) as one:
        await one.press("# 8")
        await until(lambda: one.shows("chữ cái nào"))
        await one.press("2 4 7 0")
        await until(lambda: one.shows("H470"))
        await one.press("*")
        await until(lambda: one.shows("H47▌"))
        await one.press("# 4 8 2 9")
        await until(lambda: one.shows(QUESTION))
        await one.press("5")
        await until(lambda: ratings(one) == [Rate(5, ticket="H047", code="4829")])
        assert "4829" not in repr(one.pane._visit)


async def test_a_ticket_is_told_by_touch_and_step_by_step_taken_back() -> None:
    async with kiosk(LOW) as one:
        await one.press("# 8 1 0")
        await one.press("enter")  # A0 is no number
        assert one.shows("A0▌")
        await one.touch("7")
        await one.press("enter 5")
        await until(lambda: one.shows("A007 – 5▌"))
        for shown in ("A007 – ▌", "A007▌", "A00▌"):
            await one.press("backspace")
            await one.see(shown)


@pytest.mark.parametrize("size", [LOW, HIGH])
@pytest.mark.parametrize("keys", ["", "2 1"])
async def test_a_page_looks_like_this(
    keys: str, size: tuple[int, int], screen: SnapshotAssertion
) -> None:
    async with kiosk(size) as one:
        show(one)
        await until(lambda: one.shows("Bỏ qua") and not one.shows("Trợ giúp"))
        await one.press(keys)
        await until(lambda: one.shows("Gửi") is bool(keys))
        assert screen_text(one.app) == screen
        assert list(faint(one.app)) == []


async def test_a_scanned_ticket_is_rated_by_its_token_with_one_touch(tmp_path: Path) -> None:
    line = Line()
    async with scanning(tmp_path, line) as one:
        line.scan(f"https://an-binh.example/{TOKEN}")
        await one.see(QUESTION)
        await one.press("5")
        await one.see("Xin cảm ơn Quý khách!")
        assert ratings(one) == [Rate(5, token=TOKEN)]
        await one.press("0")
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.pane._visit == Visit()


async def test_a_scanner_that_types_a_ticket_of_letters_alone_is_understood(
    tmp_path: Path,
) -> None:
    async with kiosk(kept_in=tmp_path, scanner="keyboard") as one:
        await until(lambda: one.pane.reads_cards)
        type_at_once(one, "abcdEFGHijklMNOP")
        await one.see(QUESTION)


async def test_whoever_is_not_satisfied_may_point_at_reasons() -> None:
    async with kiosk() as one:
        show(one)
        await one.see(QUESTION)
        await one.press("2")
        await one.see("Không hài lòng. Điều gì chưa tốt?")
        await one.press("2 1 2 enter")
        await one.see("Xin cảm ơn Quý khách!")
        assert ratings(one) == [Rate(2, token=TOKEN, tags=["long_wait"])]


async def test_a_level_is_not_lost_because_somebody_walks_away() -> None:
    async with kiosk() as one:
        show(one)
        await one.see(QUESTION)
        await one.press("1 2")
        await one.wait(46)
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert ratings(one) == [Rate(1, token=TOKEN, tags=["attitude"])]
        await one.wait(46)
        assert len(ratings(one)) == 1


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("not_rateable", "chưa hoặc không còn đánh giá được"),
        ("already_rated", "đã được đánh giá. Xin cảm ơn!"),
        ("unknown_ticket", "Hôm nay không có số này"),
    ],
)
async def test_why_a_visit_cannot_be_rated_is_said_politely(reason: str, said: str) -> None:
    async with kiosk() as one:
        one.pane.ask = refusing(reason, ticket="")
        show(one)
        await one.see(QUESTION)
        await one.press("5")
        await one.see(said)
        await one.press("enter")
        await one.see("Mời Quý khách chọn lĩnh vực")


async def test_nothing_of_a_ticket_that_was_shown_is_logged_or_left(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with kiosk() as one:
        show(one)
        await one.see(QUESTION)
        assert TOKEN not in repr(one.pane._visit)
        await one.press("0")
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.asked == []
        assert one.pane._visit == Visit()
    assert TOKEN not in caplog.text


async def test_a_ticket_shown_while_a_number_is_on_show_changes_nothing() -> None:
    async with kiosk() as one:
        await one.press("1 1")
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        show(one)
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
