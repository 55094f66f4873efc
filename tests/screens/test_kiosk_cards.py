"""Somebody shows an identity card: it is counted, a priority is suggested, and nothing is kept."""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key
from textual.keys import _character_to_key

from kiosk.card import Card, read_card
from kiosk.visit import Visit
from link.messages import DeviceState, TakeTicket
from tests.screens.kiosk_halls import Kiosk, kiosk
from tests.waiting import until

KEY = "a key of this run of the server"
DAY = date(2026, 11, 23)
NUMBER, NAME = "999048123456", "NGUYỄN VĂN THỬ"
OLD = f"{NUMBER}|123456789|{NAME}|02091948|Nam|Số 1 đường Hòa Bình|15042021"
YOUNG = "999198000001||TRẦN THỊ THỬ|02091998|Nữ|Số 2 đường Hòa Bình|15042021"


class Line:
    """A scanner on a serial line: whatever is written is what it read."""

    def __init__(self) -> None:
        self._ours, theirs = os.openpty()
        self.address = f"serial://{os.ttyname(theirs)}"

    def scan(self, text: str) -> None:
        os.write(self._ours, text.encode() + b"\r")


@asynccontextmanager
async def scanning(kept_in: Path, line: Line, **settings: Any) -> AsyncIterator[Kiosk]:
    async with kiosk(kept_in=kept_in, person_key=KEY, scanner=line.address, **settings) as one:
        await until(lambda: one.pane.reads_cards)
        yield one


def type_at_once(one: Kiosk, text: str) -> None:
    """As a scanner types: all at one instant, however slow the machine, and then Enter."""
    struck_at = time.monotonic()
    for character in f"{text}\r":
        stroke = Key("enter" if character == "\r" else _character_to_key(character), character)
        stroke.time = struck_at
        one.pane.post_message(stroke)


def tickets(one: Kiosk) -> list[TakeTicket]:
    return [do for do in one.asked if isinstance(do, TakeTicket)]


async def test_an_old_card_suggests_the_group_of_its_age(tmp_path: Path) -> None:
    line = Line()
    async with scanning(tmp_path, line) as one:
        line.scan(OLD)
        await one.see("Theo năm sinh trên thẻ")
        await one.see("Lấy số ưu tiên:")
        await one.see("Giấy tờ chứng minh: Căn cước")
        await one.press("1")
        await one.see("Đã đọc thẻ căn cước")
        await one.press("1 1 1")
        person = read_card(OLD, DAY).person(KEY, DAY)
        assert tickets(one) == [TakeTicket(["CT01"], "elderly", "vi", person=person)]


async def test_a_suggestion_may_be_declined(tmp_path: Path) -> None:
    line = Line()
    async with scanning(tmp_path, line) as one:
        line.scan(OLD)
        await one.see("Theo năm sinh trên thẻ")
        await one.press("2 1 1")
        assert [ticket.group for ticket in tickets(one)] == [None]


async def test_a_young_card_is_counted_and_suggests_nothing(tmp_path: Path) -> None:
    line = Line()
    async with scanning(tmp_path, line) as one:
        line.scan(YOUNG)
        await one.see("Đã đọc thẻ căn cước")
        await one.press("1 1")
        (ticket,) = tickets(one)
        assert ticket.person == read_card(YOUNG, DAY).person(KEY, DAY)


async def test_where_a_card_is_required_the_ticket_comes_once_it_was_shown(tmp_path: Path) -> None:
    line = Line()
    async with scanning(tmp_path, line, card_required=True) as one:
        await one.press("1 1")
        await one.see("Xin mời Quý khách quét mã QR trên thẻ căn cước")
        assert tickets(one) == []
        line.scan(YOUNG)
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        assert len(tickets(one)) == 1


async def test_an_old_card_at_that_moment_asks_about_priority_and_then_goes_on(
    tmp_path: Path,
) -> None:
    line = Line()
    async with scanning(tmp_path, line, card_required=True) as one:
        await one.press("1 1")
        await one.see("Xin mời Quý khách quét mã QR")
        line.scan(OLD)
        await one.see("Theo năm sinh trên thẻ")
        await one.press("2")
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")


async def test_a_broken_scanner_stops_nobody(tmp_path: Path) -> None:
    missing = "serial:///dev/ttyNONE"
    async with kiosk(kept_in=tmp_path, person_key=KEY, scanner=missing, card_required=True) as one:
        await until(lambda: DeviceState("scanner", "no_scanner") in one.asked)
        await one.press("1 1")
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")


async def test_what_is_no_card_is_said_in_words_with_a_way_on(tmp_path: Path) -> None:
    line = Line()
    async with scanning(tmp_path, line) as one:
        line.scan("https://example.vn/menu")
        await one.see("đó không phải mã trên thẻ căn cước")
        await one.press("0")
        await one.see("Mời Quý khách chọn lĩnh vực")


async def test_a_scanner_that_types_chooses_nothing(tmp_path: Path) -> None:
    async with kiosk(kept_in=tmp_path, person_key=KEY, scanner="keyboard") as one:
        await until(lambda: one.pane.reads_cards)
        assert one.pilot is not None
        type_at_once(one, YOUNG)
        await one.see("Đã đọc thẻ căn cước")
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.asked == []


async def test_whoever_comes_next_finds_nothing_of_a_card_anywhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    line = Line()
    async with scanning(tmp_path, line) as one:
        line.scan(OLD)
        await one.see("Theo năm sinh trên thẻ")
        await one.wait(46)
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.pane._visit == Visit()
        assert not one.shows("Đã đọc thẻ")
        gc.collect()
        assert [thing for thing in gc.get_objects() if isinstance(thing, Card)] == []
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (NUMBER, NAME):
        assert secret not in caplog.text
        assert secret.encode() not in written
