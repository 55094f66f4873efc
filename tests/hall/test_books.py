"""The books notice what must not happen: stories no hall would tell, each with its fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hall import events as e
from hall.events import Event
from hall.model import Because
from tests.hall.halls import MONDAY, SETUP, local, opened
from tests.invariants import Books, Broken

EIGHT = local("08:00")
FIRST = Because("first_in_line")


def taken(number: str) -> e.TicketTaken:
    return e.TicketTaken(number, "t", ("CT01",), "vi", None, "kiosk", queued_at=EIGHT)


def called(number: str, call: int = 1, why: Because = FIRST) -> e.TicketCalled:
    return e.TicketCalled(number, "1", "lan", call, why)


BEGINNING = (e.DayOpened(MONDAY), e.OfficerSignedIn("1", "lan"), taken("A001"), taken("A002"))
PUT_BACK = e.NoShow("A001", "1", put_back=True)
FINISHED = (e.CounterOpened("1"), called("A001"), e.ServiceFinished("A001", "1", "received"))
ADDED = e.ServiceAdded("A001", "1", "HT01")


def tell(books: Books, *events: Event) -> None:
    for seq, event in enumerate((*BEGINNING, *events)):
        books.see(seq, EIGHT, event)


@pytest.mark.parametrize(
    ("fault", "events"),
    [
        ("no_number_twice_in_a_day", [taken("A002")]),
        ("numbers_have_no_holes", [taken("A004")]),
        ("every_day_comes_once", [e.DayOpened(MONDAY)]),
        ("only_legal_stages", [e.ServiceStarted("A001", "1")]),
        ("only_legal_stages", [e.TicketLeftOver("A001"), called("A001")]),
        ("a_counter_has_one_ticket", [called("A001"), called("A002", 2)]),
        ("a_ticket_is_at_one_counter", [called("A001"), e.ServiceStarted("A001", "2")]),
        ("calls_are_numbered_without_gaps", [called("A001", 2)]),
        ("calls_are_numbered_without_gaps", [called("A001"), e.TicketRecalled("A001", "1", 1)]),
        ("first_come_first_served_among_equals", [called("A002", why=Because("x", 1, "A001"))]),
        ("every_call_says_truly_why", [called("A001", why=Because("chosen", 3, "A002"))]),
        (
            "nobody_is_missed_too_early_or_too_often",
            [called("A001"), replace(PUT_BACK, by_clock=True)],
        ),
        ("nobody_is_forgotten_at_the_end_of_the_day", [e.DayClosed(0)]),
        ("nobody_is_forgotten_at_the_end_of_the_day", [e.TicketLeftOver("A001"), e.DayClosed(0)]),
        ("only_what_was_just_pressed_is_undone", [*FINISHED, e.Undone("A001", "2")]),
        (
            "only_what_was_just_pressed_is_undone",
            [*FINISHED, called("A002", 2), e.Undone("A001", "1")],
        ),
        (
            "only_what_was_just_pressed_is_undone",
            [*FINISHED, e.OfficerSignedOut("1", "lan"), e.Undone("A001", "1")],
        ),
        (
            "only_what_was_just_pressed_is_undone",
            [*FINISHED, e.TurnRated("A001", 1, 5, 5), e.Undone("A001", "1")],
        ),
        ("only_legal_stages", [called("A001"), e.Undone("A001", "1")]),
        ("a_ticket_has_eight_services_at_most", [called("A001"), ADDED, ADDED]),
        (
            "postponed_tickets_come_back_when_a_session_opens",
            [called("A001"), e.TicketPostponed("A001", "1", local("14:00"))],
        ),
        (
            "postponed_tickets_come_back_when_a_session_opens",
            [
                called("A001"),
                e.TicketPostponed("A001", "1", local("13:00")),
                e.TicketBack("A001"),
            ],
        ),
        ("a_turn_is_rated_once_and_when_done", [e.TurnRated("A001", 1, 5, 5)]),
    ],
)
def test_the_books_name_what_must_not_happen(fault: str, events: list[Event]) -> None:
    with pytest.raises(Broken) as broken:
        tell(Books(SETUP), *events)
    assert broken.value.name == fault
    assert str(events[-1]) in broken.value.story


def test_the_books_notice_time_that_goes_back_and_events_that_are_missing() -> None:
    books = Books(SETUP)
    tell(books)
    with pytest.raises(Broken, match="time_never_goes_back"):
        books.see(4, EIGHT - timedelta(seconds=1), called("A001"))
    with pytest.raises(Broken, match="events_are_counted_without_gaps"):
        books.see(5, EIGHT, called("A001"))


def test_the_books_notice_a_hall_that_is_not_what_its_events_say() -> None:
    books = Books(SETUP)
    tell(books)
    with pytest.raises(Broken, match="queues_hold_exactly_those_who_wait"):
        books.compare(opened())
