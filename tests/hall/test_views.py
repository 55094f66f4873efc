"""Every view of any hall is what the wire says, tells no secret, and offers what is possible."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis.stateful import invariant

from hall import commands as c
from hall import views
from hall.commands import Command, Refused
from hall.decide import decide
from hall.model import Hall, Stage
from hall.tick import next_due
from link import messages
from tests.hall.halls import SETUP, after, local, opened, take
from tests.hall.machine import RUN, AnyHall

NOW = local("08:00")


def every_view(hall: Hall, now: Any) -> Iterator[views.View]:
    """All that any screen could be shown now."""
    yield views.kiosk(hall, now)
    yield views.board(hall)
    yield views.live(hall, now)
    yield views.rating(hall, None)
    for code in hall.staffing:
        yield views.counter(hall, code, now)
        yield views.rating(hall, code)
    for roll in hall.tickets.values():
        for ticket in roll:
            yield views.ticket(hall, ticket.number, now)


def attempts(hall: Hall, code: str) -> Iterator[tuple[str, Command]]:
    """Every kind of request a counter has, with every fit fact."""
    yield "sign_in", c.SignIn(code, "somebody-new")
    yield "sign_out", c.SignOut(code)
    yield "open", c.Open(code)
    yield "pause", c.Pause(code, "meeting")
    yield "close", c.Close(code)
    yield "call_next", c.CallNext(code)
    yield "recall", c.Recall(code)
    yield "start", c.Start(code)
    yield "finish", c.Finish(code, "received")
    yield "no_show", c.NoShow(code)
    yield "undo", c.Undo(code)
    yield "postpone", c.Postpone(code)
    yield from (("add_service", c.AddService(code, service)) for service in hall.setup.services)
    yield "hold", c.Hold(code, "form")
    yield "put_back", c.PutBack(code)
    yield from (("transfer", c.Transfer(code, service)) for service in hall.setup.services)
    for roll in hall.tickets.values():
        for ticket in roll:
            yield "call_ticket", c.CallTicket(code, ticket.number, "urgent")
            yield "resume", c.Resume(code, ticket.number)
            yield "cancel", c.Cancel(code, ticket.number, "left")


def possible(hall: Hall, code: str, now: datetime) -> set[str]:
    """The kinds by which something would happen."""
    decided = ((kind, decide(hall, command, now)) for kind, command in attempts(hall, code))
    return {kind for kind, decision in decided if decision and not isinstance(decision, Refused)}


class ViewsOfAnyHall(AnyHall):
    """Any hall, looked at by every screen."""

    @invariant()
    def every_view_is_one_the_wire_knows(self) -> None:
        for view in every_view(self.hall, self.now):
            sent = msgspec.json.encode(view)
            assert b"token" not in sent
            shown = msgspec.json.decode(sent, type=messages.AnyView)
            assert msgspec.to_builtins(shown)["kind"] == view["kind"]
            assert len(sent) <= messages.MAX_VIEW

    @invariant()
    def a_counter_is_offered_exactly_what_is_possible(self) -> None:
        for code in self.hall.staffing:
            for now in (self.hall.at, self.now):
                may = views.may(self.hall, code, now)
                assert set(may) == possible(self.hall, code, now)
                assert len(set(may)) == len(may)

    @invariant()
    def what_may_be_undone_ends_when_the_view_says(self) -> None:
        for code in self.hall.staffing:
            until = views.counter(self.hall, code, self.now)["undo_until"]
            assert ("undo" in views.may(self.hall, code, self.now)) == (until is not None)
            if until is not None:
                assert "undo" not in views.may(self.hall, code, until)
                assert next_due(self.hall, self.now) <= until


TestViewsOfAnyHall = pytest.mark.timeout(7200)(ViewsOfAnyHall.TestCase)
TestViewsOfAnyHall.settings = settings(RUN, max_examples=RUN.max_examples // 4)


def test_only_the_live_view_names_an_officer_to_others() -> None:
    hall = opened()
    told = msgspec.json.encode([views.kiosk(hall, NOW), views.board(hall), views.rating(hall, "1")])
    assert b"officer-1" not in told
    assert b"officer-1" in msgspec.json.encode(views.live(hall, NOW))


def test_a_view_keeps_its_facts_on_the_way() -> None:
    hall = after(opened(), take(), take("CT01", "HT01"), c.CallNext("1"), c.Recall("1"), at=NOW)
    view = msgspec.convert(views.counter(hall, "1", NOW), messages.CounterView)
    assert view.ticket is not None
    assert (view.ticket.number, view.ticket.stage, view.ticket.recalls) == ("A001", "called", 1)
    assert view.ticket.why == messages.Why("first_in_line")
    assert view.next is not None
    assert view.next.number == "A002"
    assert view.queue == [messages.QueueLength("CT01", 1, NOW)]
    board = msgspec.convert(views.board(hall), messages.BoardView)
    assert [(call.call, call.number) for call in board.calls] == [(2, "A001")]
    assert board.counters == [messages.CounterShown("1", "open", "A001")]


def test_the_rating_screen_shows_the_turn_that_ended_last_until_it_is_rated() -> None:
    hall = after(opened(), take(), c.CallNext("1"), c.Finish("1", "received"), at=NOW)
    assert views.rating(hall, "1")["ticket"] == "A001"
    hall = after(hall, c.Rate("A001", 1, 5), at=NOW)
    assert "ticket" not in views.rating(hall, "1")


def test_the_rating_screen_never_asks_whoever_is_called_next_about_the_one_before() -> None:
    hall = after(opened(), take(), take(), c.CallNext("1"), c.Finish("1", "received"), at=NOW)
    assert views.rating(hall, "1")["ticket"] == "A001"
    hall = after(hall, c.CallNext("1"), at=NOW)
    assert "ticket" not in views.rating(hall, "1")
    hall = after(hall, c.Finish("1", "received"), at=NOW)
    assert views.rating(hall, "1")["ticket"] == "A002"


def test_the_rating_screen_asks_about_the_last_turn_of_a_visit_only() -> None:
    both: list[Command] = [take("CT01", "CT02"), c.CallNext("1"), c.Finish("1", "received")]
    hall = after(opened(), *both, c.CallNext("1"), c.Finish("1", "received"), at=NOW)
    assert (views.rating(hall, "1")["ticket"], views.rating(hall, "1")["turn"]) == ("A001", 2)
    hall = after(hall, c.Rate("A001", 2, 5), at=NOW)
    assert "ticket" not in views.rating(hall, "1")


def test_a_ticket_s_holder_sees_where_to_go_only_while_called_or_served() -> None:
    hall = after(opened(), take(), at=NOW)
    assert views.ticket(hall, "A001", NOW)["ahead"] == 0
    hall = after(hall, c.CallNext("1"), at=NOW)
    shown = views.ticket(hall, "A001", NOW)
    assert (shown["stage"], shown["counter"]) == (Stage.CALLED, "1")
    hall = after(hall, c.Finish("1", "received"), at=NOW)
    assert views.ticket(hall, "A001", NOW)["counter"] is None


def test_the_kiosk_says_of_every_service_whether_it_is_open_and_why_not() -> None:
    hall = after(opened(), c.SetService("HT01", open=False), at=NOW)
    services = msgspec.convert(views.kiosk(hall, NOW), messages.KioskView).services
    assert [service.service for service in services] == list(SETUP.services)
    closed = [(s.service, s.closed_because) for s in services if not s.open]
    assert closed == [("HT01", "service_closed")]
