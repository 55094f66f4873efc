"""The manager's page of the hall: what is seen, what keys and mouse ask for, what is said of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from link import messages as m
from manager.listing import Listing
from terminal.caps import KeyCap
from terminal.question import Question
from tests.screens.conftest import NOW
from tests.screens.consoles import ago
from tests.screens.managers import SIGN_IN, Office, busy, office, refused
from tests.waiting import until


@pytest.mark.parametrize(
    ("size", "language"), [((80, 24), "vi"), ((160, 45), "vi"), ((240, 67), "en")]
)
async def test_the_hall_is_shown_whole(
    size: tuple[int, int], language: str, screen: SnapshotAssertion
) -> None:
    async with office(size=size, language=language) as desk:
        assert desk.text() == screen


async def test_nothing_of_the_hall_is_seen_before_somebody_signed_in() -> None:
    async with office(signed_in=False) as desk:
        assert "A012" not in desk.text()
        assert "Hộ tịch" not in desk.text()
        assert desk.bright() == set()
        await desk.press("t", "s", "n", "escape")
        assert desk.asked == []
        desk.answers.append(refused("bad_pin"))
        await desk.press(*SIGN_IN)
        await desk.says("mã PIN không đúng")
        await desk.press(*"1234", "enter")
        await desk.says("A012")
        assert desk.asked[-1] == m.SignIn(officer="ql1", pin="1234")


# --- Doing ----------------------------------------------------------------------------------------

BY_KEYS: dict[tuple[str, ...], m.AnyDo] = {
    ("t", "1", "1"): m.SetService(service="HT01", open=False),
    ("b", *"ok", "enter"): m.Notice(text="ok"),
    ("c", "down", "2", "1", "1"): m.MoveTicket(ticket="C007", reason="other", to_counter="Q1"),
    ("c", *"a15", "enter", "3", "1"): m.MoveTicket(ticket="A015", reason="other", service="CT01"),
    ("n", "1", *"a", "enter"): m.SendWord(text="a"),
    ("n", "3", *"a", "enter"): m.SendWord(text="a", counter="Q2"),
    ("g", "2"): m.Acknowledge(alarm="device_trouble:kiosk-1/printer"),
    ("x", "1"): m.SignOut(),
    ("asterisk", *"1234", "enter", *"7416", "enter", *"7416", "enter"): m.ChangePin(
        pin="1234", new_pin="7416"
    ),
}


@pytest.mark.parametrize("keys", BY_KEYS, ids=lambda keys: keys[0])
async def test_every_action_is_done_by_keyboard_alone(keys: tuple[str, ...]) -> None:
    async with office() as desk:
        await desk.press(*keys)
        await until(lambda: desk.asked)
        assert desk.asked == [BY_KEYS[keys]]
        await until(lambda: not desk.app.query(Question))


@pytest.mark.parametrize("keys", BY_KEYS, ids=lambda keys: keys[0])
async def test_what_was_done_is_said(keys: tuple[str, ...]) -> None:
    async with office() as desk:
        await desk.press(*keys)
        if keys[0] == "x":
            await desk.says("Mã PIN")
        else:
            await desk.says("Đã" if keys[0] not in {"b", "n"} else "đã hiện")


async def click(desk: Office, kind: str) -> None:
    cap = next(one for one in desk.app.query(KeyCap) if one.key.kind == kind and one.is_on_screen)
    await desk.pilot.click(cap)
    await desk.pilot.pause()


async def choose(desk: Office, place: int) -> None:
    await desk.pilot.click("OptionList", offset=(4, place - 1))
    await desk.pilot.pause()


@pytest.mark.parametrize(
    ("kind", "places", "do"),
    [
        ("set_service", (1, 1), m.SetService(service="HT01", open=False)),
        ("move_ticket", (1, 2, 1), m.MoveTicket("A015", "other", to_counter="Q2")),
        ("acknowledge", (1,), m.Acknowledge(alarm="wait_over_limit:A")),
        ("sign_out", (1,), m.SignOut()),
    ],
)
async def test_the_same_is_done_by_mouse(kind: str, places: tuple[int, ...], do: m.AnyDo) -> None:
    async with office(size=(120, 40)) as desk:
        await click(desk, kind)
        for place in places:
            await choose(desk, place)
        await until(lambda: desk.asked)
        assert desk.asked == [do]


async def test_a_word_and_a_notice_need_the_keyboard_for_their_text_alone() -> None:
    async with office(size=(120, 40)) as desk:
        await click(desk, "send_word")
        await choose(desk, 2)
        await desk.press(*"chao", "enter")
        await click(desk, "notice")
        await desk.press(*"hop", "enter")
        assert desk.asked == [m.SendWord(text="chao", counter="Q1"), m.Notice(text="hop")]


@pytest.mark.parametrize(
    ("tabs", "downs", "says"),
    [
        (0, 1, "Nhắn Quầy 2"),
        (1, 0, "Đã ghi nhận"),
        (2, 0, "● Đăng ký khai sinh"),
        (3, 1, "Chuyển C007 đến đâu?"),
    ],
)
async def test_enter_on_an_entry_does_what_one_wants_of_it(
    tabs: int, downs: int, says: str
) -> None:
    async with office(size=(160, 45)) as desk:
        await desk.press(*("tab",) * tabs, *("down",) * downs, "enter")
        await desk.says(says)


async def test_a_click_marks_an_entry_and_another_one_takes_it() -> None:
    async with office(size=(160, 45)) as desk:
        await desk.pilot.click("#longest", offset=(3, 2))
        assert not desk.app.query(Question)
        await desk.pilot.click("#longest", offset=(3, 2))
        await desk.says("Chuyển C007 đến đâu?")


async def test_escape_goes_back_one_question_and_from_the_first_one_out() -> None:
    async with office() as desk:
        await desk.press("c", "down", "1", "1")
        await desk.says("Chuyển A015 vì")
        await desk.press("escape")
        await desk.says("Chuyển A015 đến đâu?")
        await desk.press("escape")
        await desk.says("Chuyển số nào?")
        await desk.press("escape")
        await until(lambda: not desk.app.query(Question))
        assert desk.asked == []


async def test_what_is_no_ticket_number_is_said_at_once() -> None:
    async with office() as desk:
        await desk.press("c", *"hello", "enter")
        await desk.says("“hello” không phải là số thứ tự")
        await desk.press(*("backspace",) * 5, *"a15", "enter")
        await desk.says("Chuyển A015 đến đâu?")


async def test_an_empty_word_is_not_sent() -> None:
    async with office() as desk:
        await desk.press("n", "1", "enter")
        await desk.says("Xin nhập nội dung trước.")
        assert desk.asked == []


async def test_the_notice_that_is_there_is_what_one_begins_with() -> None:
    async with office(busy(notice="Nghỉ lễ 02/9")) as desk:
        assert "Thông báo: Nghỉ lễ 02/9" in desk.text()
        await desk.press("b", "enter")
        assert desk.asked == [m.Notice(text="Nghỉ lễ 02/9")]


async def test_a_refusal_is_said_in_words_and_what_was_typed_stays() -> None:
    async with office() as desk:
        desk.answers.append(refused("nobody_signed_in"))
        await desk.press("n", "1", *"chao", "enter")
        await desk.says("Chưa có cán bộ nào đăng nhập")
        assert "chao" in desk.text()
        await desk.press("enter")
        assert desk.asked == [m.SendWord(text="chao")] * 2


async def test_keys_without_a_cause_are_dim() -> None:
    today = msgspec.structs.replace(busy().today, waiting=0)
    async with office(busy(alarms=[], counters=[], today=today)) as desk:
        assert desk.bright() & {"acknowledge", "send_word", "move_ticket"} == set()
        assert {"set_service", "notice", "figures"} <= desk.bright()


# --- Seeing ---------------------------------------------------------------------------------------


async def test_an_alarm_that_was_seen_comes_after_the_others_and_says_so() -> None:
    alarms = list(busy().alarms)
    alarms[0] = msgspec.structs.replace(alarms[0], acknowledged_at=NOW)
    async with office(busy(alarms=alarms)) as desk:
        text = desk.text()
        assert text.index("08:25 Thiết bị") < text.index("✓  08:26 Hộ tịch")
        await desk.press("tab", "down", "enter")
        await desk.says("Cảnh báo này đã được ghi nhận.")
        assert desk.asked == []


async def test_where_not_all_counters_have_room_the_important_ones_come_first() -> None:
    counters = [
        m.LiveCounter(counter=f"Q{number}", state="closed", since=ago(60))
        for number in range(1, 20)
    ]
    counters[18] = m.LiveCounter(
        counter="Q19",
        state="open",
        since=ago(60),
        officer="cb9",
        number="C001",
        service="CT01",
        stage="serving",
        stage_since=ago(20),
    )
    async with office(busy(counters=counters)) as desk:
        first = desk.text().splitlines()[7]
        assert "C001" in first
        assert "20:00 !!" in first
        assert "1–" in desk.text()
        last = desk.app.query_one("#counters", Listing)
        await desk.press("end")
        await until(lambda: "/19" in desk.text() and "–19/19" in desk.text())
        assert last.has_focus


async def test_a_few_ratings_make_no_percentage() -> None:
    async with office(busy(rated=m.RatedToday(ended=40, levels=[1, 0, 0, 5, 6]))) as desk:
        assert "Hài lòng 11/12" in desk.text()
        await desk.show(busy(rated=m.RatedToday(ended=60, levels=[2, 0, 0, 10, 18])))
        assert "Hài lòng 93,3 %  n = 30, trả lời 50,0 %" in desk.text()
        await desk.show(busy(rated=None))
        assert "Hài lòng chưa có" in desk.text()


async def test_the_mean_of_the_day_has_a_sign_beside_its_colour() -> None:
    def mean(seconds: float | None) -> m.LiveView:
        return busy(today=msgspec.structs.replace(busy().today, mean_wait_s=seconds))

    async with office(mean(600)) as desk:
        assert "Chờ trung bình 10,0 phút ✓" in desk.text()
        await desk.show(mean(1000))
        assert "Chờ trung bình 16,7 phút !" in desk.text()
        await desk.show(mean(2000))
        assert "Chờ trung bình 33,3 phút !!" in desk.text()
        await desk.show(mean(None))
        assert "Chờ trung bình chưa có" in desk.text()


@pytest.mark.parametrize(
    ("kind", "other", "says"),
    [
        ("wait_over_target", {"of": "A", "number": "A003"}, "Hộ tịch: số A003 đã chờ quá 15 phút."),
        ("wait_over_limit", {"of": "A", "number": "A003"}, "Hộ tịch: số A003 đã chờ quá 30 phút."),
        ("mean_over_target", {}, "Chờ trung bình hôm nay đã vượt mục tiêu 15 phút."),
        ("pause_long", {"of": "Q2", "value_s": 1260.0}, "Quầy 2 đã tạm nghỉ quá lâu (21 phút"),
        ("service_long", {"of": "Q1", "number": "A003"}, "Quầy 1: phục vụ số A003 lâu hơn nhiều"),
        ("device_trouble", {"of": "kiosk-1/printer", "detail": "no_paper"}, "máy in: hết giấy."),
        ("screen_silent", {"of": "board-1"}, "Màn hình board-1 đã mất liên lạc với máy chủ."),
        ("on_fire", {"of": "Q1"}, "Cảnh báo “on_fire”"),
    ],
)
async def test_every_alarm_is_a_sentence(kind: str, other: dict[str, Any], says: str) -> None:
    alarm = m.Alarm(alarm=kind, kind=kind, since=ago(1), **other)
    async with office(busy(alarms=[alarm]), size=(240, 67)) as desk:
        assert says in desk.text()


async def test_markup_in_names_and_texts_is_shown_as_it_is() -> None:
    async with office(busy(notice="[/nope] [red]")) as desk:
        assert "Thông báo: [/nope] [red]" in desk.text()


# --- A lost server, a lock, a small terminal ------------------------------------------------------


async def test_what_is_shown_stays_in_grey_with_its_time_while_the_server_is_lost() -> None:
    async with office() as desk:
        counters = desk.app.query_one("#counters", Listing)
        faint = counters.get_component_rich_style("painted--faint").color
        await desk.link(online=False)
        await desk.says("đang hiện tình hình lúc 08:30")
        assert "A012 phục vụ" in desk.text()
        assert {piece.style.color for piece in counters.render_line(1) if piece.style} == {faint}
        assert desk.bright() == {"figures", "what_if", "staffing", "lock", "next_part"}
        await desk.link(online=True)
        await until(lambda: "Mất kết nối" not in desk.text())
        assert "set_service" in desk.bright()


async def test_what_was_typed_stays_while_the_server_is_lost_and_is_sent_afterwards() -> None:
    async with office() as desk:
        await desk.press("n", "1", *"chao")
        await desk.link(online=False)
        await desk.press("enter")
        await desk.says("nội dung đã nhập vẫn còn")
        assert desk.asked == []
        await desk.link(online=True)
        await desk.press("enter")
        assert desk.asked == [m.SendWord(text="chao")]


async def test_what_is_on_its_way_when_the_server_is_lost_is_named() -> None:
    async with office() as desk:
        desk.may_answer.clear()
        await desk.press("t", "1", "1")
        await desk.link(online=False)
        await desk.says("sẽ gửi lại khi có kết nối: Thủ tục")
        desk.may_answer.set()
        await desk.link(online=True)
        await desk.says("Đã ngừng tiếp nhận: Đăng ký khai sinh.")
        assert len(desk.asked) == 1


async def test_a_server_that_began_anew_asks_to_sign_in_and_the_question_is_still_there() -> None:
    async with office() as desk:
        desk.answers.append(refused("not_signed_in"))
        await desk.press("b", *"hop", "enter")
        await desk.says("Xin đăng nhập lại")
        assert "hop" not in desk.text()
        await desk.press(*"1234", "enter")
        await desk.says("hop")
        await desk.press("enter")
        await desk.says("Thông báo đã hiện")
        assert desk.asked[-1] == m.Notice(text="hop")


async def test_a_server_that_knows_nobody_there_any_more_has_the_screen_covered_at_once() -> None:
    async with office() as desk:
        await desk.press("b", *"hop")
        await desk.show(busy(closed=True))
        await desk.says("Xin đăng nhập lại")
        assert "hop" not in desk.text()
        await desk.press(*"1234", "enter")
        await desk.show(busy())
        await desk.says("hop")


async def test_an_untouched_screen_is_covered_until_the_pin_is_typed() -> None:
    async with office(settings={"lock_after_min": 10}) as desk:
        desk.passed.seconds += 599
        await desk.press("down")
        desk.passed.seconds += 599
        await until(lambda: "A012" in desk.text())
        desk.passed.seconds += 1
        await desk.says("Màn hình đang khóa")
        assert "A012" not in desk.text()
        await desk.press(*"1234", "enter")
        await desk.says("A012")


async def test_whoever_locks_the_screen_leaves_nothing_to_see() -> None:
    async with office() as desk:
        await desk.press("n", "1", *"mat", "f11")
        await desk.says("Màn hình đang khóa")
        assert "mat" not in desk.text().split()


async def test_a_terminal_that_is_too_small_says_so_and_is_the_same_afterwards() -> None:
    async with office() as desk:
        await desk.pilot.resize_terminal(60, 15)
        await desk.says("Màn hình quá nhỏ: cần ít nhất 72 cột × 20 dòng.")
        await desk.press("t")
        assert not desk.app.query(Question)
        await desk.pilot.resize_terminal(80, 24)
        await desk.says("A012 phục vụ")


async def test_another_language_keeps_the_question_and_what_was_typed() -> None:
    async with office() as desk:
        await desk.press("n", "1", *"chao", "f12")
        await desk.says("Word to every counter")
        assert "chao" in desk.text()
        await desk.press("enter")
        await desk.says("The word is on the screens of all officers.")
        assert desk.asked == [m.SendWord(text="chao")]
