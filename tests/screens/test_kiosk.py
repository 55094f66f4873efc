"""The citizen's screen: its pages, its keys, its patience, and what it forgets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from kiosk.visit import Visit
from link.messages import Answer, AnyDo, TakeTicket
from terminal.big_number import BigNumber
from terminal.pane import OnlineChanged, ViewChanged
from tests.screens.conftest import NOW, screen_text
from tests.screens.kiosk_halls import HIGH, LOW, kiosk, view
from tests.waiting import until

PAGES = {
    "start": "",
    "services": "1",
    "groups": "9",
    "confirm": "9 2 1 1",
    "ticket": "1 1",
    "ticket_of_priority": "9 2 1 1 Enter",
    "closed": "2 1",
    "help": "#",
    "start_in_english": "*",
    "ticket_in_english": "* 1 1",
}


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_looks_like_this(page: str, screen: SnapshotAssertion) -> None:
    async with kiosk(LOW) as one:
        await one.press(PAGES[page].replace("Enter", "enter"))
        assert screen_text(one.app) == screen


@pytest.mark.parametrize("page", ["start", "confirm", "ticket"])
async def test_a_page_of_an_upright_screen_looks_like_this(
    page: str, screen: SnapshotAssertion
) -> None:
    async with kiosk(HIGH) as one:
        await one.press(PAGES[page].replace("Enter", "enter"))
        assert screen_text(one.app) == screen


async def test_an_ordinary_ticket_takes_two_touches_and_one_request() -> None:
    async with kiosk() as one:
        await one.touch("Chứng thực")
        one.seconds += 1
        await one.touch("Chứng thực bản sao")
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        assert one.asked == [TakeTicket(services=["CT01"], language="vi")]


async def test_a_field_with_one_service_goes_straight_on() -> None:
    async with kiosk() as one:
        await one.touch("Nhận kết quả")
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        assert one.asked == [TakeTicket(services=["TR00"], language="vi")]


async def test_the_second_half_of_a_double_tap_takes_nothing() -> None:
    async with kiosk() as one:
        await one.touch("Chứng thực")
        await one.touch("Chứng thực bản sao")
        assert one.asked == []
        one.seconds += 1
        for _ in range(3):
            await one.touch("Chứng thực bản sao")
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        assert len(one.asked) == 1


async def test_a_priority_group_is_told_its_proof_before_the_ticket_is_taken() -> None:
    async with kiosk() as one:
        await one.press("9")
        await one.see("Giấy tờ chứng minh: Căn cước")
        await one.press("2 1 1")
        await one.see("Mời Quý khách xem lại")
        await one.see("Giấy tờ chứng minh: Căn cước")
        assert one.asked == []
        await one.press("enter")
        assert one.asked == [TakeTicket(services=["CT01"], group="elderly", language="vi")]


async def test_a_priority_group_can_be_left_again() -> None:
    async with kiosk() as one:
        await one.press("9 1 9 3 1 1")
        assert one.asked == [TakeTicket(services=["CT01"], language="vi")]


async def test_a_result_of_the_next_day_is_said_before_the_ticket_is_taken() -> None:
    async with kiosk(showing=view(next_day=True)) as one:
        await one.press("1 1")
        await one.see("kết quả được trả vào ngày làm việc tiếp theo")
        assert one.asked == []
        await one.press("1")
        assert len(one.asked) == 1


async def test_whoever_might_not_be_served_before_closing_can_stop_in_time() -> None:
    async with kiosk(showing=view(past_closing=True)) as one:
        await one.press("1 1")
        await one.see("có thể hết giờ làm việc trước khi đến lượt")
        await one.press("2")
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.asked == []


async def test_a_closed_service_says_when_it_opens_and_asks_nobody() -> None:
    async with kiosk() as one:
        await one.see("mở lại 12:45")
        await one.press("2 1")
        await one.see("Thủ tục này đang tạm ngừng tiếp nhận, mở lại lúc 12:45.")
        await one.press("0")
        await one.see("Đất đai – Xây dựng: mời Quý khách chọn thủ tục")
        assert one.asked == []


async def test_a_service_that_closes_while_somebody_looks_is_shown_closed() -> None:
    async with kiosk() as one:
        await one.press("1")
        opens = NOW + timedelta(hours=5)
        closed = view(open=False, closed_because="service_closed", opens_at=opens)
        one.pane.post_message(ViewChanged(closed))
        await one.see("mở lại 13:30")


async def test_a_refusal_is_said_in_words_with_a_way_back() -> None:
    async def refuse(do: AnyDo, *, patience_s: float | None = None, **_: object) -> Answer:
        return Answer(id="", refused={"reason": "daily_limit_reached", "limit": 30})

    async with kiosk() as one:
        one.pane.ask = refuse
        await one.press("1 1")
        await one.see("Thủ tục này đã phát hết 30 số của hôm nay.")
        await one.press("0")
        await one.see("Chứng thực: mời Quý khách chọn thủ tục")


async def test_zero_leads_back_from_every_page_to_the_first() -> None:
    async with kiosk() as one:
        await one.press("1 # 0 9 0 0")
        await one.see("Mời Quý khách chọn lĩnh vực")
        await one.press("9 2 1 1 0 0")
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.asked == []


async def test_more_choices_than_fit_are_reached_by_the_last_key() -> None:
    async with kiosk((40, 14)) as one:
        assert not one.shows("Nhận kết quả")
        for _ in range(4):
            if one.shows("Nhận kết quả"):
                break
            await one.touch("Xem thêm")
            one.seconds += 1
        await one.touch("Nhận kết quả")
        assert one.asked == [TakeTicket(services=["TR00"], language="vi")]


# --- Time ----------------------------------------------------------------------------------------


async def test_a_kiosk_left_alone_counts_down_and_forgets_everything() -> None:
    async with kiosk() as one:
        await one.press("* 9 2 1")
        await one.wait(29)
        assert not one.shows("Are you still there?")
        await one.wait(4)
        await one.see("returns to the start in 12 seconds")
        await one.wait(13)
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.pane._visit == Visit()
        assert not one.shows("Ưu tiên:")


async def test_more_time_is_given_to_whoever_asks_for_it() -> None:
    async with kiosk() as one:
        await one.press("1")
        await one.wait(33)
        await one.touch("Thêm thời gian")
        await one.wait(44)
        await one.see("Chứng thực: mời Quý khách chọn thủ tục")
        await one.press("enter")
        await one.wait(40)
        await one.see("Quý khách còn ở đây không?")


async def test_a_start_page_nobody_touched_never_counts_down() -> None:
    async with kiosk() as one:
        await one.wait(3600)
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert not one.shows("Quý khách còn ở đây không?")


async def test_a_number_stays_twenty_seconds_and_then_nothing_of_it_is_left() -> None:
    async with kiosk() as one:
        one.pane.device.settings["show_number_s"] = 5
        await one.press("1 1")
        await one.see("Số này còn hiện 20 giây.")
        await one.wait(19)
        await one.see("Số này còn hiện 1 giây.")
        await one.wait(1)
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.pane.query_one(BigNumber).text == ""
        assert not one.shows("Chứng thực bản sao")


async def test_a_number_stays_in_sight_when_the_server_is_lost() -> None:
    async with kiosk() as one:
        await one.press("1 1")
        one.pane.post_message(OnlineChanged(False))
        await one.see("Mất kết nối")
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        await one.wait(21)
        await one.see("Máy đang tạm mất kết nối")
        assert not one.shows("SỐ THỨ TỰ CỦA QUÝ KHÁCH")


async def test_a_screen_turned_on_its_side_is_laid_out_anew() -> None:
    async with kiosk() as one:
        await one.press("1")
        assert one.pilot is not None
        await one.pilot.resize_terminal(*HIGH)
        await until(lambda: len(screen_text(one.app).splitlines()) == HIGH[1])
        await one.see("Chứng thực hợp đồng, giao dịch")
