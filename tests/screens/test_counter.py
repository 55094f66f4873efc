"""The officer's console with views made by hand: what it shows, which requests its keys make."""

from __future__ import annotations

from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input

from counter.keys import KEYS
from link import messages as m
from terminal.caps import KeyCap
from terminal.choice import Choice
from terminal.journal import MessageLine
from terminal.pane import OnlineChanged, Welcomed
from terminal.sign_in import SignInPage
from tests.screens.conftest import NOW
from tests.screens.consoles import (
    CALLED,
    CLOSED,
    NOBODY,
    PAUSED,
    READY,
    SERVING,
    STATES,
    desk,
    greeting,
    idle,
    refused,
    ticket,
)
from tests.waiting import until

ALWAYS = {"lock", "log", "change_pin"}  # an officer may whatever the counter does


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("state", STATES)
async def test_each_state_is_shown_whole(
    state: str, size: tuple[int, int], language: str, screen: SnapshotAssertion
) -> None:
    async with desk(STATES[state], size, language) as console:
        assert console.text() == screen


@pytest.mark.parametrize("view", [READY, CALLED, SERVING, PAUSED, CLOSED])
async def test_exactly_the_keys_that_the_view_allows_are_bright(view: m.CounterView) -> None:
    async with desk(view) as console:
        assert console.bright() == set(view.may) | ALWAYS


async def test_a_greyed_key_asks_nothing_pressed_or_clicked() -> None:
    async with desk(idle()) as console:
        greyed = [key for key in KEYS if key.kind not in ALWAYS]
        await console.press(*(name for key in greyed for name in key.names.split(",")))
        for cap in console.app.query(KeyCap):
            if cap.key in greyed:
                await console.pilot.click(cap)
        assert console.asked == []
        assert not console.app.query(Choice)


@pytest.mark.parametrize(
    ("keys", "wish"),
    [
        (("space",), m.CallNext()),
        (("enter",), m.CallNext()),
        (("f1",), m.CallNext()),
        (("l",), m.Recall()),
        (("L",), m.Recall()),
        (("b",), m.Start()),
        (("v",), m.NoShow()),
        (("r",), m.PutBack()),
        (("m",), m.Open()),
        (("q",), m.Close()),
        (("k", "enter"), m.Finish(outcome="accepted")),
        (("k", "2", "enter"), m.Finish(outcome="returned")),
        (("k", "down", "enter", "enter"), m.Finish(outcome="returned")),
        (
            ("k", "shift+tab", *"h57-260804-0583", "enter", "1"),
            m.Finish(outcome="accepted", dossier="H57-260804-0583"),
        ),
        (("c", "1"), m.Postpone()),
        (("c", "2"), m.Transfer(to_counter="Q1")),
        (("c", "3"), m.Transfer(service="CT01")),
        (("plus", "1"), m.AddService(service="CT01")),
        (("equals_sign", "enter"), m.AddService(service="CT01")),
        (("z",), m.Undo()),
        (("ctrl+z",), m.Undo()),
        (
            ("asterisk", *"1234", "enter", *"5678", "enter", *"5678", "enter"),
            m.ChangePin(pin="1234", new_pin="5678"),
        ),
        (("g", "1"), m.Hold(reason="other")),
        (("t", "1"), m.Resume(ticket="A003")),
        (("s", *"a 7", "enter", "1"), m.CallTicket(ticket="A007", reason="other")),
        (("h", "1"), m.Cancel(ticket="A012", reason="other")),
        (("n", "enter"), m.Pause(reason="other")),
        (("x", "enter"), m.SignOut()),
    ],
)
async def test_every_request_is_made_by_keyboard_alone(keys: tuple[str, ...], wish: m.Do) -> None:
    every = idle(*(key.kind for key in KEYS), "postpone", ticket=CALLED.ticket, held=READY.held)
    async with desk(every) as console:
        await console.press(*keys)
        await until(lambda: console.asked)
        assert console.asked == [wish]
        await until(lambda: not console.app.query(Choice))
        assert console.pane.has_focus


async def test_a_key_on_the_bar_can_be_clicked() -> None:
    async with desk(CALLED) as console:
        cap = next(cap for cap in console.app.query(KeyCap) if cap.key.kind == "start")
        await console.pilot.click(cap)
        await until(lambda: console.asked == [m.Start()])


async def test_without_a_ticket_a_number_is_asked_for_before_it_is_cancelled() -> None:
    async with desk(READY) as console:
        await console.press("h", *"c007", "enter", "1")
        await until(lambda: console.asked == [m.Cancel(ticket="C007", reason="other")])


async def test_escape_gives_a_question_up_and_asks_nothing() -> None:
    async with desk(CALLED) as console:
        await console.press("k", "escape")
        assert console.asked == []
        await console.press("b")
        await until(lambda: console.asked == [m.Start()])


async def test_letters_in_a_question_are_no_keys_of_the_console() -> None:
    async with desk(CALLED) as console:
        await console.press("k", "b", "v", "r")
        assert console.asked == []


async def test_two_presses_before_the_answer_are_one_request() -> None:
    async with desk(READY) as console:
        console.may_answer.clear()
        await console.press("space", "space", "enter")
        assert console.asked == [m.CallNext()]
        assert console.bright() == (set(READY.may) | ALWAYS) - {"call_next"}
        console.may_answer.set()
        await until(lambda: console.bright() == set(READY.may) | ALWAYS)


async def test_the_next_service_of_the_same_ticket_is_seen_as_such() -> None:
    why = m.Why(rule="kept_its_place")
    again = m.NextUp(number="A012", service="CT01", why=why, turn=2)
    async with desk(idle("call_next", next=again)) as console:
        await until(lambda: "việc thứ 2 của phiếu này" in console.text())


async def test_a_refusal_is_said_in_words_for_a_while_and_stays_among_the_last_messages() -> None:
    async with desk(READY) as console:
        console.answers.append(refused("counter_busy", ticket="A011"))
        await console.press("space")
        said = "Quầy đang phục vụ số A011. Hãy kết thúc số này trước."
        await until(lambda: said in console.text())
        console.app.query_one(MessageLine).tell("", for_s=0)
        await until(lambda: said not in console.text())
        await console.press("p")
        assert "08:30  Quầy đang phục vụ số" in console.text()
        await console.press("p")
        assert "TIẾP THEO" in console.text()


async def test_a_refused_dossier_code_stays_to_be_put_right() -> None:
    async with desk(SERVING) as console:
        console.answers.append(refused("bad_dossier", dossier="H57"))
        await console.press("k", "shift+tab", *"h57", "enter", "1")
        await until(lambda: "Mã hồ sơ không đúng dạng." in console.text())
        assert console.app.query_one(Choice).typed == "h57"
        await console.press("shift+tab", "end", *"-260804-0583", "enter", "1")
        await until(lambda: len(console.asked) == 2)
        assert console.asked[1] == m.Finish(outcome="accepted", dossier="H57-260804-0583")


async def test_what_is_no_number_at_all_is_never_sent() -> None:
    async with desk(READY) as console:
        await console.press("s", *"12", "enter", "1")
        await until(lambda: "không đúng dạng" in console.text())
        assert console.asked == []


async def test_a_question_about_a_ticket_that_left_is_taken_away() -> None:
    async with desk(CALLED) as console:
        await console.press("g")
        assert console.app.query(Choice)
        await console.show(READY)
        await until(lambda: not console.app.query(Choice))
        assert console.pane.has_focus
        assert "không còn phù hợp" in console.text()


async def test_without_a_server_no_key_is_bright_and_what_was_typed_stays() -> None:
    async with desk(SERVING) as console:
        await console.press("k", "shift+tab", *"h57")
        console.pane.post_message(OnlineChanged(False))
        await until(lambda: "○ Mất kết nối" in console.text())
        assert console.bright() == {"lock", "log"}
        await console.press("enter", "1")
        assert console.asked == []
        console.pane.post_message(OnlineChanged(True))
        await until(lambda: "● Đã kết nối" in console.text())
        await console.press("1")
        await until(lambda: console.asked == [m.Finish(outcome="accepted", dossier="H57")])


async def test_a_service_that_takes_long_says_so_in_words_and_colour() -> None:
    async with desk(idle(ticket=ticket(stage="serving", started_at=NOW))) as console:
        served = console.app.query_one("#served")
        for passed_s, said, shade in (
            (599, "9:59 / dự kiến 10 phút", set()),
            (601, "10:01 – quá dự kiến 10 phút", {"-amber"}),
            (901, "15:01 – quá 1,5 lần dự kiến", {"-red"}),
        ):
            console.now = NOW + timedelta(seconds=passed_s)
            await until(lambda said=said: said in console.text())  # type: ignore[misc]
            assert served.classes & {"-amber", "-red"} == shade


async def test_names_with_markup_are_only_text() -> None:
    async with desk(READY) as console:
        told = greeting()
        told.hall.services[1].names["vi"] = "[/nope] [red]x[/]"
        console.pane.post_message(Welcomed(told))
        await until(lambda: "[/nope] [red]x[/]" in console.text())


async def test_the_language_changes_at_a_key_and_back() -> None:
    async with desk(READY) as console:
        await console.press("f12")
        await until(lambda: "WAITING: 16" in console.text())
        await console.press("f12")
        await until(lambda: "ĐANG CHỜ: 16" in console.text())
        await console.press("space")
        await until(lambda: console.asked == [m.CallNext()])


@pytest.mark.parametrize(
    ("keys", "wish"),
    [
        (("c", *"dat da", "enter", "enter"), m.Transfer(service="DD01")),
        (("c", "3"), m.Transfer(service="X00")),
        (("c", *"viec 7", "enter", "enter"), m.Transfer(service="X07")),
    ],
)
async def test_a_long_list_is_searched_without_accents_or_answered_by_number(
    keys: tuple[str, ...], wish: m.AnyDo
) -> None:
    async with desk(CALLED) as console:
        told = greeting()
        told.hall.services += [
            m.ServiceInfo(code=f"X{n:02d}", field="C", names={"vi": f"Việc {n}"}, expected_s=1)
            for n in range(9)
        ] + [m.ServiceInfo(code="DD01", field="C", names={"vi": "Đất đai"}, expected_s=1)]
        console.pane.post_message(Welcomed(told))
        await until(lambda: console.pane.hall is told.hall)
        await console.hurry(*keys)
        await until(lambda: console.asked == [wish])


# --- Signing in ----------------------------------------------------------------------------------


async def test_an_officer_signs_in_by_keyboard_and_the_pin_is_not_shown() -> None:
    async with desk(NOBODY) as console:
        await console.press(*"cb1", "enter", *"1234")
        assert "1234" not in console.text()
        await console.press("enter")
        await until(lambda: console.asked == [m.SignIn(officer="cb1", pin="1234")])
        await console.show(READY)
        assert console.pane.has_focus
        await console.press("space")
        await until(lambda: console.asked[1:] == [m.CallNext()])


async def test_a_wrong_pin_is_refused_in_words_and_typed_again() -> None:
    async with desk(NOBODY) as console:
        console.answers.append(refused("bad_pin"))
        await console.press(*"cb1", "enter", *"9999", "enter")
        await until(lambda: "mã PIN không đúng" in console.text())
        await console.press(*"1234", "enter")
        await until(lambda: console.asked[1:] == [m.SignIn(officer="cb1", pin="1234")])


async def test_a_pin_too_short_is_not_even_sent() -> None:
    async with desk(NOBODY) as console:
        await console.press(*"cb1", "enter", *"12", "enter")
        await until(lambda: "nhất 4" in console.text())
        assert console.asked == []


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (refused("officer_elsewhere", counter="Q1"), "đang đăng nhập tại quầy 1"),
        (refused("counter_taken", officer="cb2"), "đang có cán bộ cb2"),
    ],
)
async def test_an_officer_may_take_over_after_being_asked(refusal: m.Answer, said: str) -> None:
    async with desk(NOBODY) as console:
        console.answers.append(refusal)
        await console.press(*"cb1", "enter", *"1234", "enter")
        await until(lambda: said in console.text())
        await console.press("enter")
        again = m.SignIn(officer="cb1", pin="1234", take_over=True)
        await until(lambda: console.asked[1:] == [again])


async def test_who_does_not_take_over_begins_again_with_an_empty_page() -> None:
    async with desk(NOBODY) as console:
        console.answers.append(refused("officer_elsewhere", counter="Q1"))
        await console.press(*"cb1", "enter", *"1234", "enter")
        await until(lambda: "Vẫn đăng nhập" in console.text())
        await console.press("escape")
        page = console.app.query_one(SignInPage)
        assert {one.value for one in page.query(Input)} == {""}
        await console.press(*"cb1", "enter", *"1234", "enter")
        await until(lambda: console.asked[1:] == [m.SignIn(officer="cb1", pin="1234")])


async def test_an_officer_who_was_taken_over_sees_the_sign_in_page() -> None:
    async with desk(CALLED) as console:
        await console.press("k")
        await console.show(NOBODY)
        assert "Mã cán bộ" in console.text()
        await console.press(*"cb2")
        assert console.app.query_one("#officer", Input).value == "cb2"
