"""What a key of the pad asks for, and what the plates say, from views made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from counter.devices import codes_of
from counter.pad import Typed, face, kind_of, newly_called, wish
from hardware.plates import Call, Face, Pause, Words
from link import messages as m
from tests.screens.conftest import NOW, small_hall

HALL = small_hall()


def view(**facts: Any) -> m.CounterView:
    open_counter = m.CounterView(counter="Q2", state="open", since=NOW, officer="cb1")
    return msgspec.structs.replace(open_counter, **facts)


def ticket(number: str = "A047", called_at: datetime | None = NOW) -> m.CounterTicket:
    return m.CounterTicket(
        number=number,
        service="HT01",
        stage="called",
        language="vi",
        issued_at=NOW,
        opened_at=NOW,
        last_called_at=called_at,
    )


PARKED = view(held=[m.HeldTicket("C012", "CT01", NOW), m.HeldTicket("A009", "HT01", NOW)])
BUSY = view(ticket=ticket())

WISHES = [
    ("call_next", "", view(), m.CallNext()),
    ("call_next", "47", view(), m.CallNext()),
    ("recall", "", BUSY, m.Recall()),
    ("start", "", BUSY, m.Start()),
    ("finish", "", BUSY, m.Finish(outcome="accepted")),
    ("no_show", "", BUSY, m.NoShow()),
    ("undo", "", view(), m.Undo()),
    ("put_back", "", BUSY, m.PutBack()),
    ("postpone", "", BUSY, m.Postpone()),
    ("hold", "", BUSY, m.Hold(reason="other")),
    ("cancel", "", BUSY, m.Cancel(ticket="A047", reason="other")),
    ("cancel", "47", view(), None),  # only what stands at the counter: a slip must cost nobody
    ("transfer", "1", BUSY, m.Transfer(to_counter="Q1")),
    ("transfer", "7", BUSY, None),
    ("transfer", "", BUSY, None),
    ("pause", "", view(), m.Pause(reason="other")),
    ("pause", "", view(state="paused"), m.Open()),
    ("open", "", view(state="closed"), m.Open()),
    ("close", "", view(), m.Close()),
    ("sign_out", "", view(), m.SignOut()),
    ("resume", "", PARKED, m.Resume(ticket="C012")),
    ("resume", "9", PARKED, m.Resume(ticket="A009")),
    ("resume", "", view(), None),
    ("enter", "47", view(), m.CallTicket(ticket="A047", reason="other")),
    ("call_ticket", "1047", view(), m.CallTicket(ticket="A1047", reason="other")),
    ("enter", "C47", view(), m.CallTicket(ticket="C047", reason="other")),
    ("enter", "C12", PARKED, m.Resume(ticket="C012")),
    ("enter", "", view(), None),
    ("enter", "4C7", view(), None),
    ("enter", "12345678", view(), None),
    ("add_service", "", BUSY, None),
]


@pytest.mark.parametrize(("action", "typed", "seen", "expected"), WISHES)
def test_a_key_asks_for_what_stands_on_it(
    action: str, typed: str, seen: m.CounterView, expected: m.AnyDo | None
) -> None:
    assert wish(action, typed, seen, HALL) == expected


def test_a_request_is_of_the_kind_that_a_view_allows() -> None:
    assert [kind_of(m.CallNext()), kind_of(m.Pause(reason="x"))] == ["call_next", "pause"]


def test_a_number_without_a_letter_is_of_the_counters_first_service() -> None:
    counters = [m.CounterInfo(code="Q2", number=2, services=["CT01", "HT01"])]
    services = [one for one in HALL.services if one.code == "CT01"]
    hall = msgspec.structs.replace(HALL, counters=counters, services=services)
    assert wish("enter", "7", view(), hall) == m.CallTicket(ticket="C007", reason="other")


# --- What was typed ------------------------------------------------------------------------------


def test_what_was_typed_is_used_once() -> None:
    typed = Typed()
    for character in "C47":
        typed.add(character)
    assert (typed.take(), typed.take()) == ("C47", "")


def test_half_a_pin_is_forgotten_after_ten_seconds() -> None:
    now = 100.0
    typed = Typed(lambda: now)
    typed.add("1")
    now = 109.0
    typed.add("2")
    now = 119.0
    typed.add("3")
    assert typed.take() == "3"


# --- The plates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        (None, Words()),
        (view(officer=None, state="closed"), Words()),
        (view(state="closed"), Words()),
        (view(), Words()),
        (view(state="paused"), Pause()),
        (BUSY, Call("A047")),
        (view(state="paused", ticket=ticket("C001")), Call("C001")),
    ],
)
def test_the_plates_show_the_number_a_pause_or_nothing(
    seen: m.CounterView | None, shown: Face
) -> None:
    assert face(seen) == shown


def test_a_call_and_a_recall_are_news_and_what_was_called_before_is_not() -> None:
    later = datetime(2026, 11, 23, 2, tzinfo=UTC)
    again, started = view(ticket=ticket(called_at=later)), view(ticket=ticket(), since=later)
    assert newly_called(BUSY, view())
    assert newly_called(again, BUSY)
    assert not newly_called(started, BUSY)
    assert not newly_called(BUSY, None)
    assert not newly_called(view(), BUSY)


# --- The codes -----------------------------------------------------------------------------------


def test_digits_mean_themselves_unless_they_mean_something_else() -> None:
    codes = codes_of({"keypad_codes": ["N=call_next", "==enter", "0=recall", "K7=7"]})
    assert {code: codes[code] for code in ("N", "=", "0", "K7", "7")} == {
        "N": "call_next",
        "=": "enter",
        "0": "recall",
        "K7": "7",
        "7": "7",
    }
