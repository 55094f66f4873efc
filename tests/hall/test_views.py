"""Every view of any hall is what the wire says, tells no secret, and offers what is possible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
from hall.desk_times import Experience
from hall.model import Counter, Hall, Stage
from hall.tick import next_due
from hall.waits import Forecast, forecast
from link import messages
from tests.hall.crowd import crowded
from tests.hall.halls import SETUP, after, local, opened, take
from tests.hall.machine import RUN, AnyHall

NOW = local("08:00")
SCREENS = [{"device": "kiosk-1", "role": "kiosk", "online": True, "since": NOW}]


def foreseen(hall: Hall, now: datetime = NOW) -> Forecast:
    return forecast(hall, now, Experience())


def every_view(hall: Hall, now: Any) -> Iterator[views.View]:
    """All that any screen could be shown now."""
    waits = foreseen(hall, now)
    yield views.kiosk(hall, now, waits)
    yield views.board(hall, (), waits)
    yield views.board(hall, sorted(hall.staffing)[:2], waits)
    yield views.live(hall, waits, SCREENS)
    yield views.rating(hall, None)
    for code in hall.staffing:
        yield views.board(hall, [code])
        yield views.counter(hall, code, now)
        yield views.rating(hall, code)
    for roll in hall.tickets.values():
        for ticket in roll:
            yield views.ticket(hall, ticket.number, waits)


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
    def counters_share_only_what_each_would_see_alone(self) -> None:
        shared = views.Common(self.hall)
        for code in self.hall.staffing:
            alone = views.counter(self.hall, code, self.now)
            assert views.counter(self.hall, code, self.now, shared) == alone

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
    kiosk = views.kiosk(hall, NOW, foreseen(hall))
    told = msgspec.json.encode([kiosk, views.board(hall), views.rating(hall, "1")])
    assert b"officer-1" not in told
    assert b"officer-1" in msgspec.json.encode(views.live(hall, foreseen(hall)))


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
    assert views.ticket(hall, "A001", foreseen(hall))["ahead"] == 0
    hall = after(hall, c.CallNext("1"), at=NOW)
    shown = views.ticket(hall, "A001", foreseen(hall))
    assert (shown["stage"], shown["counter"]) == (Stage.CALLED, "1")
    hall = after(hall, c.Finish("1", "received"), at=NOW)
    assert views.ticket(hall, "A001", foreseen(hall))["counter"] is None


def test_the_kiosk_says_of_every_service_whether_it_is_open_and_why_not() -> None:
    hall = after(opened(), c.SetService("HT01", open=False), at=NOW)
    services = msgspec.convert(views.kiosk(hall, NOW, foreseen(hall)), messages.KioskView).services
    assert [service.service for service in services] == list(SETUP.services)
    closed = [(s.service, s.closed_because) for s in services if not s.open]
    assert closed == [("HT01", "service_closed")]


# --- Boards of some counters ---------------------------------------------------------------------

ZONES = replace(
    SETUP,
    counters={
        "1": Counter(code="1", lag={"CT01": 0.0, "CT02": 0.0}),
        "2": Counter(code="2", lag={"CT01": 0.0, "HT01": 600.0}),
        "3": Counter(code="3", lag={"HT01": 0.0, "DD01": 0.0}),
    },
)


def board_of(hall: Hall, *counters: str) -> messages.BoardView:
    return msgspec.convert(views.board(hall, counters), messages.BoardView)


def test_the_board_of_a_zone_has_its_own_calls_and_counters_and_whom_they_serve() -> None:
    people = [take("CT01"), take("CT02"), take("HT01"), take("HT01"), take("DD01")]
    calls: list[Command] = [c.CallNext("1"), c.CallNext("3"), c.Pause("2", "lunch")]
    board = board_of(after(opened(ZONES), *people, *calls, at=NOW), "1", "2")
    assert [(call.number, call.counter) for call in board.calls] == [("A001", "1")]
    assert [(one.field, one.waiting) for one in board.waiting] == [("A", 1), ("C", 1)]
    assert board.counters == [
        messages.CounterShown("1", "open", "A001"),
        messages.CounterShown("2", "paused", pause_reason="lunch"),
    ]


def test_the_board_of_one_counter_shows_who_is_next_and_no_other_board_does() -> None:
    hall = after(opened(ZONES), take("CT01"), take("CT02"), c.CallNext("1"), at=NOW)
    assert board_of(hall, "1").counters == [messages.CounterShown("1", "open", "A001", next="A002")]
    assert [one.next for one in board_of(hall, "1", "2").counters] == [None, None]
    assert [one.next for one in board_of(hall).counters] == [None, None, None]


def test_a_board_of_any_counters_has_its_twelve_last_calls_however_busy_the_others_are() -> None:
    hall = opened(ZONES)
    for _ in range(14):
        hall = after(hall, take("DD01"), c.CallNext("3"), c.Finish("3", "received"), at=hall.at)
    for _ in range(40):
        hall = after(hall, take("CT01"), c.CallNext("1"), c.Finish("1", "received"), at=hall.at)
    last = [f"H{nth:03d}" for nth in range(3, 15)]
    assert [call.number for call in board_of(hall, "3").calls] == last
    assert [call.number for call in board_of(hall, "2", "3").calls] == last
    assert len(board_of(hall).calls) == 12
    assert len(views.kiosk(hall, NOW, foreseen(hall))["called"]) == 12
    assert len(hall.calls) == 12
    assert sum(map(len, hall.calls_at.values())) == 24


# --- The manager's hall --------------------------------------------------------------------------


def live_of(hall: Hall, now: datetime = NOW) -> messages.LiveView:
    return msgspec.convert(views.live(hall, foreseen(hall, now), SCREENS), messages.LiveView)


def test_the_manager_sees_what_the_people_and_the_day_came_to() -> None:
    served: list[Command] = [c.CallNext("1"), c.Finish("1", "received"), c.Rate("A001", 1, 4)]
    hall = after(opened(), take(), take(group=None), *served, take("HT01"), at=NOW)
    live = live_of(hall)
    assert [(one.number, one.service, one.since) for one in live.longest] == [
        ("A002", "CT01", NOW),
        ("C001", "HT01", NOW),
    ]
    assert live.half_hours == [messages.HalfHour(NOW, taken=3, served=1, mean_wait_s=0.0)]
    assert live.rated == messages.RatedToday(ended=1, levels=[0, 0, 0, 1, 0])
    assert live.screens == [messages.ScreenShown("kiosk-1", "kiosk", online=True, since=NOW)]


def test_whoever_was_called_before_is_among_the_longest_since_that_call() -> None:
    missed: list[Command] = [c.CallNext("1"), c.NoShow("1")]
    hall = after(after(opened(), take(), at=NOW), *missed, at=local("08:10"))
    hall = after(hall, take(), at=local("08:11"))
    shown = [(one.number, one.since) for one in live_of(hall).longest]
    assert shown == [("A001", local("08:10")), ("A002", local("08:11"))]


def test_alarms_are_newest_first_and_name_who_waits_longest_now() -> None:
    hall = after(opened(), take(), c.ReportDevice("kiosk-1/printer", "no_paper"), at=NOW)
    hall = after(hall, take(), c.Tick(), at=local("08:01"))
    hall = after(hall, c.Tick(), c.Tick(), at=local("08:20"))
    hall = after(hall, c.CallNext("1"), c.ReportDevice("plate", "offline"), at=local("08:21"))
    alarms = live_of(after(hall, c.Tick(), at=hall.at)).alarms
    assert [(one.kind, one.of, one.number, one.detail) for one in alarms] == [
        ("device_trouble", "plate", None, "offline"),
        ("wait_over_target", "A", "A002", None),
        ("device_trouble", "kiosk-1/printer", None, "no_paper"),
    ]


def test_the_counter_sees_which_others_are_closed_and_what_the_manager_wrote() -> None:
    hall = after(opened(ZONES), c.Close("3"), c.SendWord("Xin chào", "1"), at=NOW)
    view = msgspec.convert(views.counter(hall, "1", NOW), messages.CounterView)
    assert view.closed_counters == ["3"]
    assert view.sent_words == [messages.SentWord(1, "Xin chào", NOW)]
    assert views.counter(hall, "3", NOW)["closed_counters"] == []


def test_only_so_many_words_wait_to_be_read() -> None:
    words = [c.SendWord(f"{nth}", "1") for nth in range(1, 31)]
    sent = views.counter(after(opened(), *words, at=NOW), "1", NOW)["sent_words"]
    assert [one["text"] for one in sent] == [f"{nth}" for nth in range(7, 31)]


def test_no_view_of_a_large_and_crowded_hall_is_larger_than_a_frame() -> None:
    hall = crowded()
    for nth in range(200 - len(hall.devices)):
        hall = after(hall, c.ReportDevice(f"kiosk-{nth}/printer", "no_paper"), at=hall.at)
    words: list[Command] = [c.SendWord("ữ" * 200) for _ in range(30)]
    hall = after(after(hall, *words, at=hall.at), c.Tick(), c.Tick(), at=local("09:30"))
    assert len(hall.alarms) > 200
    screens = [{**SCREENS[0], "device": f"screen-{nth}"} for nth in range(300)]
    waits = foreseen(hall, hall.at)
    shown = [views.live(hall, waits, screens), views.board(hall, (), waits)]
    shown += [views.kiosk(hall, hall.at, waits), views.board(hall, ["Q1"], waits)]
    shown += [views.counter(hall, code, hall.at) for code in ("Q1", "Q2")]
    assert max(len(msgspec.json.encode(view)) for view in shown) < messages.MAX_VIEW / 2
