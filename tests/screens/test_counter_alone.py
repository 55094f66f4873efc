"""What the console does by itself: call the next number, lock, and say what it could not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.events import MouseDown
from textual.widgets import Input

from link import messages as m
from terminal.caps import KeyCap
from terminal.choice import Choice
from tests.screens.conftest import NOW
from tests.screens.consoles import (
    CALLED,
    NOBODY,
    PAUSED,
    READY,
    SERVING,
    Desk,
    ago,
    desk,
    idle,
    refused,
    ticket,
)
from tests.waiting import until

UNDOABLE = idle(
    *READY.may,
    "undo",
    undo_until=NOW + timedelta(seconds=8),
    next=READY.next,
    queue=READY.queue,
    held=[*READY.held, m.HeldTicket("A005", "CT01", ago(3), until=NOW + timedelta(hours=4.5))],
)
BY_ITSELF = {"auto_call_s": 5}
LOCKING = {"lock_after_min": 10}
BOTH = [(80, 24), (120, 40)]


# --- Undo ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", BOTH, ids=["80x24", "120x40"])
async def test_what_may_be_undone_says_for_how_long(
    size: tuple[int, int], language: str, screen: SnapshotAssertion
) -> None:
    async with desk(UNDOABLE, size, language) as console:
        assert console.text() == screen


async def test_undo_is_greyed_once_its_time_is_over() -> None:
    async with desk(UNDOABLE) as console:
        assert "Hoàn tác 8" in console.text()
        console.now = NOW + timedelta(seconds=6.5)
        await until(lambda: "Hoàn tác 2" in console.text())
        console.now = NOW + timedelta(seconds=8)
        await until(lambda: "undo" not in console.bright())
        await console.press("z", "ctrl+z")
        assert console.asked == []
        assert "hoàn tác" not in console.text()


# --- The next number by itself -------------------------------------------------------------------


async def finish(console: Desk, after: m.CounterView = UNDOABLE) -> None:
    """Finish the ticket in hand; the console counts down."""
    await console.press("k", "enter")
    await until(lambda: console.asked == [m.Finish(outcome="accepted")])
    console.asked.clear()
    await console.show(after)
    await until(lambda: "Gọi số tiếp theo sau 5 s – phím bất kỳ để dừng" in console.text())


async def test_the_next_number_is_called_some_seconds_after_a_finish() -> None:
    async with desk(CALLED, settings=BY_ITSELF) as console:
        await finish(console)
        console.passed.seconds = 4.9
        await until(lambda: "tiếp theo sau 1 s" in console.text())
        assert console.asked == []
        console.passed.seconds = 5
        await until(lambda: console.asked == [m.CallNext()])
        await console.show(CALLED)
        assert "tiếp theo sau" not in console.text()


async def test_a_no_show_counts_down_too_and_nothing_does_where_it_is_off() -> None:
    async with desk(CALLED, settings=BY_ITSELF) as console:
        await console.press("v")
        await until(lambda: "tiếp theo sau 5 s" in console.text())
    async with desk(CALLED) as console:
        await console.press("v")
        await until(lambda: console.asked == [m.NoShow()])
        await console.show(UNDOABLE)
        assert "tiếp theo sau" not in console.text()


@pytest.mark.parametrize("key", ["space", "enter", "f1", "j", "left"])
async def test_any_key_stops_the_countdown_and_calls_nobody(key: str) -> None:
    async with desk(CALLED, settings=BY_ITSELF) as console:
        await finish(console)
        await console.press(key)
        await until(lambda: "Đã dừng" in console.text())
        console.passed.seconds = 9
        await console.press("left")
        assert console.asked == []
        await console.press("space")
        await until(lambda: console.asked == [m.CallNext()])


async def test_a_key_that_does_something_else_stops_the_countdown_and_does_it() -> None:
    async with desk(CALLED, settings=BY_ITSELF) as console:
        await finish(console)
        await console.press("z")
        await until(lambda: console.asked == [m.Undo()])
        console.passed.seconds = 9
        await console.press("left")
        assert console.asked == [m.Undo()]


async def test_a_click_stops_the_countdown() -> None:
    async with desk(CALLED, settings=BY_ITSELF) as console:
        await finish(console)
        console.app.post_message(MouseDown(None, 70, 5, 0, 0, 1, False, False, False))
        await until(lambda: "Đã dừng" in console.text())


async def test_a_pause_and_a_lost_link_stop_the_countdown() -> None:
    async with desk(CALLED, settings=BY_ITSELF) as console:
        await finish(console)
        await console.show(PAUSED)
        await until(lambda: "tiếp theo sau" not in console.text())
        await console.show(CALLED)
        await finish(console)
        await console.link(False)
        await console.link(True)
        console.passed.seconds = 9
        await until(lambda: "tiếp theo sau" not in console.text())
        assert console.asked == []


async def test_nobody_is_called_by_itself_where_the_view_does_not_allow_it() -> None:
    async with desk(CALLED, settings=BY_ITSELF) as console:
        await finish(console, after=idle("pause", "close"))
        console.passed.seconds = 5
        await until(lambda: "tiếp theo sau" not in console.text())
        assert console.asked == []


# --- Locked --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", BOTH, ids=["80x24", "120x40"])
async def test_a_locked_console_shows_the_number_in_hand_and_nothing_of_the_queue(
    size: tuple[int, int], language: str, screen: SnapshotAssertion
) -> None:
    async with desk(SERVING, size, language) as console:
        await console.press("f11")
        assert console.text() == screen
        for covered in ("A003", "C007", "A009"):
            assert covered not in console.text()


async def test_a_console_that_nobody_touches_locks_and_the_pin_opens_it() -> None:
    async with desk(READY, settings=LOCKING) as console:
        await console.press(*"1234", "enter")  # a program that begins is locked
        await until(lambda: "TIẾP THEO" in console.text())
        console.asked.clear()
        console.passed.seconds = 599
        await console.press("left")
        console.passed.seconds = 1198
        await console.press("left")
        assert "TIẾP THEO" in console.text()
        console.passed.seconds = 1798
        await until(lambda: "Quầy đang khóa" in console.text())
        assert not any(cap.region for cap in console.app.query(KeyCap))
        await console.press("space")
        assert console.asked == [m.Here(), m.Here()]  # two keys, minutes apart


async def test_a_wrong_pin_leaves_it_locked() -> None:
    async with desk(READY) as console:
        await console.press("ctrl+l")
        console.answers.append(refused("bad_pin"))
        await console.press(*"9999", "enter")
        await until(lambda: "mã PIN không đúng" in console.text())
        assert "TIẾP THEO" not in console.text()
        await console.press(*"1234", "enter")
        await until(lambda: "TIẾP THEO" in console.text())
        assert console.asked == [
            m.SignIn(officer="cb1", pin="9999"),
            m.SignIn(officer="cb1", pin="1234"),
        ]
        await console.press("space")
        await until(lambda: console.asked[2:] == [m.CallNext()])


async def test_a_lock_covers_a_question_and_keeps_what_was_typed() -> None:
    async with desk(CALLED) as console:
        await console.press("k", "shift+tab", *"h57", "f11")
        assert "Kết thúc" not in console.text()
        await console.press(*"1234", "enter")
        await until(lambda: "Kết thúc A012" in console.text())
        assert console.app.query_one(Choice).typed == "h57"


async def test_another_officer_may_sign_in_at_a_locked_console_after_being_asked() -> None:
    async with desk(SERVING) as console:
        await console.press("k", "f11")
        console.answers.append(refused("counter_taken", officer="cb1"))
        await console.press("shift+tab", *"cb2", "enter", *"5678", "enter")
        await until(lambda: "đang có cán bộ cb1" in console.text())
        await console.press("enter")
        await until(lambda: "ĐANG ĐƯỢC PHỤC VỤ" in console.text() and not console.app.query(Choice))
        assert console.asked == [
            m.SignIn(officer="cb2", pin="5678"),
            m.SignIn(officer="cb2", pin="5678", take_over=True),
        ]


async def test_who_types_at_a_locked_console_is_not_disturbed_by_the_queue() -> None:
    async with desk(SERVING) as console:
        await console.press("f11", "shift+tab", "home", "delete", "delete", "delete", *"cb")
        await console.show(CALLED)
        assert "ĐANG ĐƯỢC GỌI" in console.text()
        await console.press("2", "enter", *"5678", "enter")
        await until(lambda: console.asked == [m.SignIn(officer="cb2", pin="5678")])


async def test_who_is_signed_out_while_it_is_locked_leaves_the_ordinary_page() -> None:
    async with desk(SERVING) as console:
        await console.press("f11")
        await console.show(NOBODY)
        await until(lambda: "Quầy đang khóa" not in console.text())
        assert console.app.query_one("#officer", Input).value == ""
        assert "A012" not in console.text()


async def test_no_key_works_behind_the_lock_and_none_while_the_link_is_lost() -> None:
    async with desk(CALLED) as console:
        await console.press("f11")
        assert not console.pane.press("start")
        await console.link(False)
        await console.press(*"1234", "enter")
        await until(lambda: "○ Mất kết nối" in console.text())
        assert console.asked == []


async def test_a_key_may_be_pressed_by_name() -> None:
    async with desk(CALLED) as console:
        assert console.pane.press("start")
        assert not console.pane.press("call_next")
        await until(lambda: console.asked == [m.Start()])


# --- What happened meanwhile ---------------------------------------------------------------------

STARTED = idle(*SERVING.may, ticket=ticket(stage="serving"), next=READY.next, queue=READY.queue)
OTHERS = idle(*READY.may, next=READY.next, queue=READY.queue)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (CALLED, STARTED, "Số A012 đang được phục vụ"),
        (CALLED, OTHERS, "Số A012 đã quá thời gian chờ sau khi gọi"),
        (STARTED, OTHERS, "Số A012 đã được xử lý ở nơi khác"),
        (OTHERS, CALLED, "Số A012 đã được gọi đến quầy này"),
        (READY, OTHERS, "Không còn tạm giữ: A003"),
        (OTHERS, READY, "Mới tạm giữ: A003"),
        (READY, PAUSED, "Tạm nghỉ · Không còn tạm giữ: A003 · Số người chờ: 16 → 0"),
        (CALLED, idle(held=[m.HeldTicket("A012", "HT01", NOW)]), "Số A012 đã được tạm giữ"),
        (CALLED, NOBODY, "Cán bộ cb1 không còn đăng nhập tại quầy này"),
        (READY, READY, "Tại quầy này không có gì thay đổi."),
    ],
)
async def test_back_again_the_console_says_what_it_could_not_see(
    before: m.CounterView, after: m.CounterView, said: str
) -> None:
    async with desk(before, (120, 40)) as console:
        await console.link(False)
        await console.link(True)
        await console.show(m.CounterView(**{f: getattr(after, f) for f in after.__struct_fields__}))
        await until(lambda: said in " ".join(console.text().replace("│", " ").split()))


async def test_what_was_asked_before_the_loss_is_no_surprise_after_it() -> None:
    async with desk(CALLED) as console:
        console.may_answer.clear()
        await console.press("v")
        await until(lambda: console.asked == [m.NoShow()])
        await console.link(False)
        await until(lambda: "sẽ gửi lại khi có kết nối: Vắng mặt" in console.text())
        await console.press("v", "space")
        await console.link(True)
        await console.show(OTHERS)
        await until(lambda: "Số A012 đã được xử lý như yêu cầu" in console.text())
        console.may_answer.set()
        await until(lambda: "no_show" not in console.pane._unanswered)
        assert console.asked == [m.NoShow()]


async def test_what_is_asked_again_is_said_to_be_and_not_that_nothing_has_changed() -> None:
    async with desk(READY, (120, 40)) as console:
        console.may_answer.clear()
        await console.press("space")
        await until(lambda: console.asked == [m.CallNext()])
        await console.link(False)
        await console.link(True)
        await console.show(m.CounterView(**{f: getattr(READY, f) for f in READY.__struct_fields__}))
        await until(lambda: "Đã kết nối lại. Đã gửi lại: Gọi tiếp." in console.text())
        console.may_answer.set()


async def test_whoever_signs_in_as_the_link_is_lost_reads_that_it_is_asked_again() -> None:
    async with desk(NOBODY) as console:
        console.may_answer.clear()
        await console.press(*"cb1", "enter", *"1234", "enter")
        await until(lambda: console.asked)
        await console.link(False)
        await until(lambda: "sẽ gửi lại khi có kết nối: Đăng nhập" in console.text())
        console.may_answer.set()


async def test_without_a_server_no_key_is_suggested() -> None:
    async with desk(READY) as console:
        await until(lambda: "để gọi số C007" in console.text())
        await console.link(False)
        await until(lambda: "để gọi số" not in console.text())
