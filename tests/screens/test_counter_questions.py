"""What the officer is asked: dates, services, PINs; typed slowly, fast, and in another language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec import structs
from syrupy.assertion import SnapshotAssertion

from counter.dossier import has_form
from counter.forms import ReturnForm
from hall.turns import is_dossier
from link import messages as m
from terminal.choice import Choice
from terminal.dates import day_of, days_late
from tests.screens.conftest import NOW
from tests.screens.consoles import CALLED, NOBODY, READY, SERVING, ago, desk, idle, refused
from tests.waiting import until

TODAY = date(2026, 11, 23)
RETURNING = m.Finish(outcome="returned", dossier="H57-260804-0583")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("5/11/2026", date(2026, 11, 5)),
        ("05.11.26", date(2026, 11, 5)),
        (" 5-11 ", date(2026, 11, 5)),
        ("5 11", date(2026, 11, 5)),
        ("0511", date(2026, 11, 5)),
        ("05112026", date(2026, 11, 5)),
        ("051126", date(2026, 11, 5)),
        ("2/1", date(2027, 1, 2)),
        ("29/2/2024", date(2024, 2, 29)),
        ("31/11", None),
        ("29/2", None),
        ("5", None),
        ("", None),
        ("5/11/2", None),
        ("mai", None),
    ],
)
def test_a_day_is_understood_as_people_type_it(typed: str, day: date | None) -> None:
    assert day_of(typed, TODAY) == day


def test_a_result_is_late_from_the_day_after_the_one_that_was_promised() -> None:
    assert [days_late(date(2026, 11, day), TODAY) for day in (22, 23, 24)] == [1, 0, -1]


@pytest.mark.parametrize(
    "code",
    ["H57.132-260804-0583", "000.17.22.H56-210531-0001", "H57-260804-0583", "H57", "h5-1", ""],
)
def test_a_code_that_looks_whole_is_one_that_the_server_takes(code: str) -> None:
    assert has_form(code) is is_dossier(code)


# --- A result is returned ------------------------------------------------------------------------


async def test_a_result_in_time_needs_only_its_day() -> None:
    async with desk(SERVING) as console:
        await console.press("k", "shift+tab", *"h57-260804-0583", "enter", "2")
        await console.press(*"30/11")
        assert "Trước hạn 7 ngày (hẹn 30/11/2026)" in console.text()
        assert "văn bản xin lỗi" not in console.text()
        await console.press("enter")
        await until(lambda: console.asked)
        wish = m.Finish(outcome="returned", dossier="H57-260804-0583", due_on="2026-11-30")
        assert console.asked == [wish]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_a_late_result_asks_for_the_apology(
    size: tuple[int, int], language: str, screen: SnapshotAssertion
) -> None:
    async with desk(SERVING, size, language) as console:
        await console.press("k", "2", *"5/11", "enter", *"12/TXL", "enter", *"2011")
        assert console.text() == screen
        await console.press("enter")
        await until(lambda: console.asked)
        assert console.asked == [
            m.Finish(
                outcome="returned",
                due_on="2026-11-05",
                apology_no="12/TXL",
                apology_on="2026-11-20",
            )
        ]


async def test_a_day_that_there_is_not_is_said_and_typed_again() -> None:
    async with desk(SERVING) as console:
        await console.press("k", "2", *"31/11", "enter")
        await until(lambda: "Không có ngày “31/11”" in console.text())
        assert console.asked == []
        await console.press("home", "delete", "delete", *"30", "enter")
        await until(lambda: console.asked == [m.Finish(outcome="returned", due_on="2026-11-30")])


async def test_a_refused_code_can_be_put_right_beside_the_day() -> None:
    async with desk(SERVING) as console:
        console.answers.append(refused("bad_dossier", dossier="H57"))
        await console.press("k", "shift+tab", *"h57", "enter", "2", "enter")
        await until(lambda: "Mã hồ sơ không đúng dạng." in console.text())
        await console.press("shift+tab", "end", *"-260804-0583", "enter", "enter")
        await until(lambda: console.asked[1:] == [RETURNING])


async def test_a_dossier_code_is_looked_at_while_it_is_typed() -> None:
    async with desk(SERVING) as console:
        await console.press("k", "shift+tab", *"h57.132-2608")
        await until(lambda: "Mã hồ sơ có dạng" in console.text())
        await console.press(*"04-0583")
        await until(lambda: "✓ Đúng dạng mã hồ sơ" in console.text())


# --- Lists to choose from ------------------------------------------------------------------------


async def test_counters_that_are_closed_come_last_and_say_where_the_ticket_goes() -> None:
    async with desk(structs.replace(CALLED, closed_counters=["Q1"])) as console:
        await console.press("c")
        await until(lambda: console.app.query("Choice"))
        names = [item.name for item in console.app.query_one(Choice).items]
        counters = [name for name in names if name.startswith("Quầy")]
        assert counters[-1] == "Quầy 1 (đang đóng: số sẽ về hàng chung)"
        assert not any("đang đóng" in name for name in counters[:-1])


async def test_tickets_that_come_back_by_themselves_stand_last_with_their_time() -> None:
    back_at = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    parked = m.HeldTicket(number="A001", service="HT01", since=ago(40), until=back_at)
    async with desk(idle("resume", held=[parked, *READY.held])) as console:
        await console.press("t")
        await until(lambda: console.app.query("Choice"))
        names = [item.name for item in console.app.query_one(Choice).items]
        assert [name[:4] for name in names] == ["A003", "A001"]
        assert names[1].endswith("(đến 13:00)")


# --- PINs ----------------------------------------------------------------------------------------


async def test_a_new_pin_typed_in_two_ways_is_not_sent() -> None:
    async with desk(READY) as console:
        await console.press("asterisk", *"1234", "enter", *"5678", "enter", *"5679", "enter")
        await until(lambda: "không giống nhau" in console.text())
        assert "567" not in console.text()
        await console.press(*"5678", "enter")
        await until(lambda: console.asked == [m.ChangePin(pin="1234", new_pin="5678")])


async def test_a_refused_pin_keeps_the_question_and_says_why() -> None:
    async with desk(READY) as console:
        console.answers.append(refused("bad_pin"))
        await console.press("asterisk", *"1111", "enter", *"5678", "enter", *"5678", "enter")
        await until(lambda: "đang dùng không đúng" in console.text())
        await console.press(*"2222", "enter", "enter", "enter")
        await until(lambda: m.ChangePin(pin="2222", new_pin="5678") in console.asked)


async def test_a_new_pin_that_is_too_easy_is_typed_anew_where_it_stood() -> None:
    async with desk(READY) as console:
        console.answers.append(refused("weak_pin"))
        await console.press("asterisk", *"7291", "enter", *"1234", "enter", *"1234", "enter")
        await until(lambda: "quá dễ đoán" in console.text())
        await console.press(*"8305", "enter", *"8305", "enter")
        await until(lambda: console.asked[1:] == [m.ChangePin(pin="7291", new_pin="8305")])


# --- Faster than the screen ----------------------------------------------------------------------


async def test_a_code_and_pin_typed_in_one_go_land_where_they_belong() -> None:
    async with desk(NOBODY) as console:
        await console.hurry(*"cb1", "enter", *"1234", "enter")
        await until(lambda: console.asked)
        assert console.asked == [m.SignIn(officer="cb1", pin="1234")]


async def test_a_question_and_its_answer_may_come_in_one_go() -> None:
    async with desk(CALLED) as console:
        await console.hurry("k", "enter")
        await until(lambda: console.asked == [m.Finish(outcome="accepted")])


async def test_a_number_typed_in_one_go_is_called_and_nobody_else() -> None:
    async with desk(READY) as console:
        await console.hurry("s", *"c007", "enter", "enter")
        await until(lambda: console.asked == [m.CallTicket(ticket="C007", reason="other")])


async def test_a_code_and_an_answer_typed_in_one_go_finish_nothing_too_soon() -> None:
    async with desk(CALLED) as console:
        await console.hurry("k", "shift+tab", *"h57.1", "tab", "shift+tab", *"32-1", "escape", "b")
        await until(lambda: console.asked == [m.Start()])


async def test_a_code_and_pin_with_tab_between_them_land_where_they_belong_too() -> None:
    async with desk(NOBODY) as console:
        await console.hurry(*"cb1", "tab", *"1234", "tab", "enter")
        await until(lambda: console.asked == [m.SignIn(officer="cb1", pin="1234")])


async def test_a_late_result_may_be_typed_in_one_go() -> None:
    async with desk(SERVING) as console:
        await console.hurry("k", "2", *"5/11", "enter", *"12/TXL", "enter", "enter")
        wish = m.Finish(outcome="returned", due_on="2026-11-05", apology_no="12/TXL")
        await until(lambda: console.asked == [wish])


# --- Another language ----------------------------------------------------------------------------


async def test_another_language_keeps_the_question_and_what_was_typed() -> None:
    async with desk(SERVING) as console:
        await console.press("k", "shift+tab", *"h57-260804-0583", "f12")
        await until(lambda: "Finish A012" in console.text())
        assert console.app.query_one(Choice).typed == "h57-260804-0583"
        await console.press("2", *"30/11", "f12")
        await until(lambda: "Trước hạn 7 ngày" in console.text())
        form = console.app.query_one(ReturnForm)
        assert form.typed("dossier") == "h57-260804-0583"
        await console.press("enter", "enter")
        wish = m.Finish(outcome="returned", dossier="H57-260804-0583", due_on="2026-11-30")
        await until(lambda: console.asked == [wish])


async def test_another_language_keeps_what_was_typed_to_sign_in() -> None:
    async with desk(NOBODY) as console:
        await console.press(*"cb1", "enter", *"12", "f12")
        await until(lambda: "Officer code" in console.text())
        await console.press(*"34", "enter")
        await until(lambda: console.asked == [m.SignIn(officer="cb1", pin="1234")])


async def test_what_a_ticket_has_already_is_not_offered_again() -> None:
    has_all = idle("add_service", ticket=SERVING.ticket)
    async with desk(has_all) as console:
        await console.press("plus", "1")
        assert console.asked == []


async def test_today_is_the_day_of_the_hall() -> None:
    async with desk(SERVING) as console:
        console.now = NOW.replace(hour=18)  # 01:00 of the 24th in Hà Nội
        await console.press("k", "2", *"24/11")
        await until(lambda: "Đúng hạn (hẹn 24/11/2026)" in console.text())
