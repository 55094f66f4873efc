"""What each kind of screen may know: whole, small, of codes and absolute times. Changes nothing.

A view is a plain mapping, ready to be written as JSON; its shape is defined where the messages
are, and held to that by a test. No view holds a token, and only the manager's names officers
other than the one who looks. Boards stand in `boards`, the manager's hall in `overview`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from hall import commands as c
from hall.boards import board
from hall.commands import Command, Refused
from hall.hours import session_opens_next
from hall.intake import not_issued_because
from hall.model import (
    Because,
    CounterState,
    Hall,
    SentWord,
    Service,
    Staffing,
    Stage,
    Ticket,
)
from hall.order import count_for, next_turn, oldest_s, place_of, queues_of, seen_from
from hall.overview import View, live, moment, troubles, wait_facts
from hall.turns import STAGES, may_add_service
from hall.undo import undo_until
from hall.waits import Forecast, people_before, runs_past_closing

__all__ = ["View", "board", "counter", "kiosk", "live", "may", "rating", "ticket"]

KINDS: Final[Mapping[type[Command], str]] = {
    c.Recall: "recall",
    c.Start: "start",
    c.Finish: "finish",
    c.NoShow: "no_show",
    c.AddService: "add_service",
    c.Postpone: "postpone",
    c.Transfer: "transfer",
    c.Hold: "hold",
    c.PutBack: "put_back",
    c.Cancel: "cancel",
}
# What may be done at a counter with a ticket of each stage.
AT_COUNTER: Final[Mapping[Stage, Sequence[str]]] = {
    stage: [kind for command, kind in KINDS.items() if (stage, command) in STAGES]
    for stage in Stage
}


def kiosk(hall: Hall, now: datetime, forecast: Forecast) -> View:
    """Every service: open or not and until when, people waiting, expected wait; the last calls."""
    services = [
        _kiosk_service(hall, service, now, forecast) for service in hall.setup.services.values()
    ]
    called = [call.number for call in hall.calls]
    return {"kind": "kiosk", "services": services, "notice": hall.notice, "called": called}


class Common:
    """What the views of all counters have in common: a hall may have a hundred, and changes all
    the time. `lines`: of services somebody waits for."""

    def __init__(self, hall: Hall) -> None:
        staffing, held = hall.staffing.items(), map(hall.known, hall.held)
        services = dict.fromkeys(key.service for key in hall.queues)
        self.lines = {service: _line(hall, service) for service in services}
        self.closed = [code for code, one in staffing if one.state is CounterState.CLOSED]
        self.held = [(ticket.turn.service, _held_ticket(ticket)) for ticket in held]
        self.troubles = troubles(hall)
        self._hall = hall
        self._next: dict[tuple[str, bool, bool], View | None] = {}

    def next_up(self, counter: str) -> View | None:
        """Who is next there and why: worked out once for counters that see the line alike."""
        alike = seen_from(self._hall, counter)
        if alike not in self._next:
            upcoming = next_turn(self._hall, counter)
            self._next[alike] = _next_up(*upcoming) if upcoming else None
        return self._next[alike]


def counter(hall: Hall, code: str, now: datetime, shared: Common | None = None) -> View:
    """One counter: its ticket, what it may do now, who is next and why, and its queue.

    `shared`: what all counters of this very hall have in common.
    """
    shared = shared or Common(hall)
    staffing, lag, lines = hall.staffing[code], hall.setup.counters[code].lag, shared.lines
    ticket, undoable_until = hall.at_counter(code), undo_until(hall, code, now)
    return {
        "kind": "counter",
        "counter": code,
        "state": staffing.state,
        "since": staffing.since,
        "officer": staffing.officer,
        "sent_away": staffing.sent_away,
        "pause_reason": staffing.pause_reason,
        "ticket": _counter_ticket(ticket) if ticket else None,
        "may": _may(hall, code, now, shared, undoable=undoable_until is not None),
        "undo_until": undoable_until,
        "next": shared.next_up(code),
        "queue": [lines[service] for service in lag if service in lines],
        "held": [held for service, held in shared.held if service in lag],
        "troubles": shared.troubles,
        "notice": hall.notice,
        "sent_words": [_sent_word(sent) for sent in hall.words.get(code, ())],
        "closed_counters": [other for other in shared.closed if other != code],
    }


def may(hall: Hall, code: str, now: datetime, shared: Common | None = None) -> list[str]:
    """The kinds of request that `decide` would not refuse this counter now, given fit facts."""
    undoable = undo_until(hall, code, now) is not None
    return _may(hall, code, now, shared or Common(hall), undoable=undoable)


def rating(hall: Hall, code: str | None) -> View:
    """The turn that ended last at this counter, until it is rated or the next one is called."""
    view: View = {"kind": "rating", "counter": code}
    staffing = hall.staffing[code] if code else None
    if staffing is None or staffing.finished is None or staffing.ticket is not None:
        return view
    ticket = hall.ticket(staffing.finished)
    turns = enumerate(ticket.turns if ticket else (), start=1)
    done = [at for at, turn in turns if turn.stage is Stage.DONE and turn.counter == code]
    if ticket is None or not done or ticket.turns[done[-1] - 1].rating is not None:
        return view
    return view | {
        "ticket": ticket.number,
        "turn": done[-1],
        "ended_at": ticket.turns[done[-1] - 1].ended_at,
        "language": ticket.language,
    }


def ticket(hall: Hall, number: str, forecast: Forecast) -> View:
    """One visit, for whoever holds its token."""
    shown = hall.known(number)
    turn = shown.turn
    view: View = {
        "kind": "ticket",
        "number": shown.number,
        "service": turn.service,
        "stage": turn.stage,
        "counter": turn.counter if turn.stage in (Stage.CALLED, Stage.SERVING) else None,
    }
    if turn.stage is Stage.WAITING:
        ahead = people_before(hall, *place_of(hall, shown))
        view |= {"ahead": ahead, **wait_facts(forecast.of(shown).told)}
    return view


# --- Parts ---------------------------------------------------------------------------------------


def _kiosk_service(hall: Hall, service: Service, now: datetime, forecast: Forecast) -> View:
    refusal = not_issued_because(hall, service, now)
    wait = forecast.newcomer(service.code).told
    view: View = {
        "service": service.code,
        "open": refusal is None,
        "waiting": count_for(hall, service.code),
        **wait_facts(wait),
        "next_day": service.same_day and _too_late_for_today(hall, now),
        "past_closing": runs_past_closing(hall, wait, now),
    }
    if isinstance(refusal, Refused):
        view |= {
            "closed_because": refusal.reason,
            "opens_at": refusal.facts.get("opens_at"),
        }
    return view


def _too_late_for_today(hall: Hall, now: datetime) -> bool:
    local = now.astimezone(hall.setup.hours.timezone)
    return local.time() >= hall.setup.same_day_until


def _counter_ticket(ticket: Ticket) -> View:
    turn = ticket.turn
    return {
        "number": ticket.number,
        "service": turn.service,
        "stage": turn.stage,
        "language": ticket.language,
        "group": ticket.group,
        "issued_at": ticket.issued_at,
        "opened_at": turn.opened_at,
        "called_at": turn.called_at,
        "last_called_at": turn.last_called_at,
        "started_at": turn.started_at,
        "recalls": turn.recalls,
        "turn": len(ticket.turns),
        "why": _why(turn.because) if turn.because else None,
        "later": ticket.later,
    }


def _may(hall: Hall, code: str, now: datetime, shared: Common, *, undoable: bool) -> list[str]:
    staffing = hall.staffing[code]
    if staffing.officer is None:
        return ["sign_in"]
    if staffing.ticket is not None:
        opens = [] if staffing.state is CounterState.OPEN else ["open"]
        return [*_may_with(hall, hall.known(staffing.ticket), now), *opens]
    undoes = ["undo"] if undoable else []
    cancels = ["cancel"] if hall.queues or hall.held else []
    return [*undoes, "sign_out", *_may_without(hall, code, staffing, shared), *cancels]


def _may_with(hall: Hall, ticket: Ticket, now: datetime) -> Sequence[str]:
    """What may be done with the ticket at a counter."""
    used_up = []
    if ticket.turn.recalls >= hall.setup.recalls:
        used_up.append("recall")
    if not may_add_service(hall, ticket):
        used_up.append("add_service")
    if session_opens_next(hall.setup.hours, now) is None:
        used_up.append("postpone")
    kinds = AT_COUNTER[ticket.turn.stage]
    return [kind for kind in kinds if kind not in used_up] if used_up else kinds


def _may_without(hall: Hall, code: str, staffing: Staffing, shared: Common) -> list[str]:
    """What may be done at a counter that has an officer and no ticket."""
    if staffing.state is CounterState.CLOSED:
        return ["open"]
    if staffing.state is CounterState.PAUSED:
        return ["open", "close", "pause"]
    lag = hall.setup.counters[code].lag
    calls = [] if lag.keys().isdisjoint(shared.lines) else ["call_ticket"]
    if shared.next_up(code) is not None:
        calls.insert(0, "call_next")
    resumes = ["resume"] if any(service in lag for service, _ in shared.held) else []
    return [*calls, *resumes, "pause", "close"]


def _next_up(ticket: Ticket, why: Because) -> View:
    return {
        "number": ticket.number,
        "service": ticket.turn.service,
        "why": _why(why),
        "turn": len(ticket.turns),
    }


def _why(because: Because) -> View:
    return {
        "rule": because.rule,
        "overtook": because.overtook,
        "longest": because.longest,
        "reason": because.reason,
    }


def _line(hall: Hall, service: str) -> View:
    oldest_at = moment(oldest_s(queues_of(hall, service)))
    return {"service": service, "waiting": count_for(hall, service), "oldest_at": oldest_at}


def _sent_word(sent: SentWord) -> View:
    return {"word": sent.word, "text": sent.text, "at": sent.at}


def _held_ticket(ticket: Ticket) -> View:
    turn = ticket.turn
    return {
        "number": ticket.number,
        "service": turn.service,
        "since": turn.held_at,
        "until": turn.held_until,
    }
