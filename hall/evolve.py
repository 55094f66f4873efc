"""The hall after an event. Never refuses: what has happened has happened.

Every function takes the hall and gives a new one; nothing is changed in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from hall import events as e
from hall.hours import open_wait_s
from hall.model import (
    RECENT_CALLS,
    Call,
    CounterState,
    DeviceState,
    Hall,
    Queue,
    QueueKey,
    Staffing,
    Stage,
    Ticket,
    Turn,
    empty_hall,
)
from hall.order import joined, left, place_of


def evolve(hall: Hall, event: e.Event, at: datetime) -> Hall:
    """The hall after `event` happened at `at`, which is never before the event before it."""
    return replace(_after(hall, event, at), at=at)


def _after(hall: Hall, event: e.Event, at: datetime) -> Hall:  # noqa: PLR0912 - one case a kind
    match event:
        case e.DayOpened():
            return _day_opened(hall, event, at)
        case e.DayClosed():
            return replace(hall, closed=True)
        case e.TicketTaken():
            return _taken(hall, event, at)
        case e.TicketPrinted():
            return hall.with_ticket(replace(hall.known(event.ticket), printed=event.ok))
        case e.TicketCalled():
            return _called(hall, event, at)
        case e.TicketRecalled():
            return _recalled(hall, event, at)
        case e.ServiceStarted():
            return _started(hall, event, at)
        case e.ServiceFinished():
            return _finished(hall, event, at)
        case e.NextServiceQueued():
            return _next_service(hall, event, at)
        case e.NoShow():
            return _no_show(hall, event, at)
        case e.TicketTransferred():
            return _transferred(hall, event, at)
        case e.TicketHeld():
            return _held(hall, event, at)
        case e.TicketPutBack():
            return _put_back(hall, event)
        case e.TicketCancelled():
            return _count(_ended(hall, event.ticket, Stage.CANCELLED, at), cancelled=1)
        case e.TicketLeftOver():
            return _count(_ended(hall, event.ticket, Stage.LEFT_OVER, at), left_over=1)
        case e.OfficerSignedIn():
            return _staffed(hall, event.counter, officer=event.officer, since=at)
        case e.OfficerSignedOut():
            return _state(
                _staffed(hall, event.counter, officer=None), event.counter, CounterState.CLOSED, at
            )
        case e.CounterOpened():
            return _state(hall, event.counter, CounterState.OPEN, at)
        case e.CounterPaused():
            return _state(hall, event.counter, CounterState.PAUSED, at, event.reason)
        case e.CounterClosed():
            return _state(hall, event.counter, CounterState.CLOSED, at)
        case e.ServiceSet():
            return _service_set(hall, event)
        case e.NoticeSet():
            return replace(hall, notice=event.text)
        case e.TurnRated():
            return _rated(hall, event)
        case e.CallAnnounced():
            return hall
        case e.DeviceReported():
            state = DeviceState(event.trouble, at)
            return replace(hall, devices={**hall.devices, event.device: state})
        case e.ClockStepped():
            return _clock_stepped(hall, at)
        case _:
            assert_never(event)


# --- The day -------------------------------------------------------------------------------------


def _day_opened(hall: Hall, event: e.DayOpened, at: datetime) -> Hall:
    """A fresh hall: numbers restart, counters are closed, every service is offered again."""
    return replace(
        empty_hall(hall.setup),
        day=event.day,
        call=event.call,
        notice=event.notice,
        devices={device: DeviceState(trouble, at) for device, trouble in event.troubles.items()},
        closed=False,
    )


def _clock_stepped(hall: Hall, at: datetime) -> Hall:
    """Whatever lives now has a duration that the step falsifies."""
    hall = replace(hall, stepped_at=at)
    for roll in hall.tickets.values():
        for ticket in roll:
            if ticket.turn.stage.live:
                hall = _turn_becomes(hall, ticket.number, clock_stepped=True)
    return hall


def _service_set(hall: Hall, event: e.ServiceSet) -> Hall:
    changed = frozenset({event.service})
    closed = hall.closed_services - changed if event.open else hall.closed_services | changed
    return replace(hall, closed_services=closed)


# --- A ticket's way ------------------------------------------------------------------------------


def _taken(hall: Hall, event: e.TicketTaken, at: datetime) -> Hall:
    first, *later = event.services
    turn = _new_turn(hall, first, event.queued_at, at)
    ticket = Ticket(
        number=event.ticket,
        order=hall.issued,
        token=event.token,
        issued_at=at,
        language=event.language,
        group=event.group,
        channel=event.channel,
        turns=(turn,),
        later=tuple(later),
        booking=event.booking,
        told_low_s=event.wait_low_s,
        told_high_s=event.wait_high_s,
    )
    taken = {**hall.taken, **{code: hall.taken.get(code, 0) + 1 for code in event.services}}
    hall = replace(hall.with_ticket(ticket), issued=hall.issued + 1, taken=taken)
    return _enqueued(hall, ticket)


def _called(hall: Hall, event: e.TicketCalled, at: datetime) -> Hall:
    ticket = hall.known(event.ticket)
    hall = _unparked(_dequeued(hall, ticket), event.ticket)
    turn = ticket.turn
    turn = replace(
        turn,
        stage=Stage.CALLED,
        counter=event.counter,
        agency=event.agency,
        officer=event.officer,
        because=event.because,
        call=event.call,
        recalls=0,
        called_at=turn.called_at or at,
        last_called_at=at,
        held_s=_held_s(turn, at),
        held_at=None,
    )
    hall = hall.with_ticket(replace(ticket, turns=(*ticket.turns[:-1], turn)))
    hall = _staffed(
        hall,
        event.counter,
        ticket=event.ticket,
        ordinary_since_priority=_ordinary_since(hall, event, ticket),
    )
    return _announcing(hall, event.ticket, event.counter, event.call, at)


def _ordinary_since(hall: Hall, event: e.TicketCalled, ticket: Ticket) -> int | None:
    """Turns in plain order since this counter last preferred an interleaved one."""
    if event.because.rule == "interleaved":
        return 0
    since = hall.staffing[event.counter].ordinary_since_priority
    group = hall.setup.groups.get(ticket.group or "")
    ordinary = group is None or not group.interleaved
    new = event.because.rule != "resumed"
    return since + 1 if since is not None and ordinary and new else since


def _recalled(hall: Hall, event: e.TicketRecalled, at: datetime) -> Hall:
    recalls = hall.known(event.ticket).turn.recalls + 1
    hall = _turn_becomes(hall, event.ticket, call=event.call, recalls=recalls, last_called_at=at)
    return _announcing(hall, event.ticket, event.counter, event.call, at)


def _started(hall: Hall, event: e.ServiceStarted, at: datetime) -> Hall:
    """Service begins, or goes on after the ticket was parked."""
    started_at = hall.known(event.ticket).turn.started_at or at
    return _turn_becomes(hall, event.ticket, stage=Stage.SERVING, started_at=started_at)


def _finished(hall: Hall, event: e.ServiceFinished, at: datetime) -> Hall:
    turn = hall.known(event.ticket).turn
    hall = _turn_becomes(
        hall,
        event.ticket,
        outcome=event.outcome,
        dossier=event.dossier,
        started_at=turn.started_at or event.start_estimated_at,
        start_estimated=event.start_estimated_at is not None,
    )
    hall = _ended(hall, event.ticket, Stage.DONE, at)
    hall = _staffed(hall, event.counter, finished=event.ticket)
    ticket = hall.known(event.ticket)
    return hall if ticket.later else _served(hall, ticket)


def _served(hall: Hall, ticket: Ticket) -> Hall:
    """The day's counts with one more visit that ended well: its wait is the sum over its turns."""
    if any(turn.clock_stepped for turn in ticket.turns):
        return _count(hall, served=1)
    wait_s = sum(
        open_wait_s(hall.setup.hours, ticket.wait_began(turn), turn.called_at)
        for turn in ticket.turns
        if turn.called_at is not None
    )
    within = int(wait_s <= hall.setup.wait_target_s)
    return _count(hall, served=1, timed=1, wait_s=wait_s, within_target=within)


def _next_service(hall: Hall, event: e.NextServiceQueued, at: datetime) -> Hall:
    ticket = hall.known(event.ticket)
    turn = _new_turn(hall, event.service, ticket.turn.queued_at, at)
    return _opened(hall, replace(ticket, later=ticket.later[1:]), turn)


def _no_show(hall: Hall, event: e.NoShow, at: datetime) -> Hall:
    if not event.put_back:
        return _count(_ended(hall, event.ticket, Stage.NO_SHOW, at), no_shows=1)
    missed = hall.known(event.ticket).turn.missed + 1
    hall = _turn_becomes(hall, event.ticket, queued_at=at, missed=missed, reserved=None)
    return _waiting_again(hall, event.ticket, event.counter)


def _put_back(hall: Hall, event: e.TicketPutBack) -> Hall:
    """A call that should not have been: the first wait goes on, unless it had ended before."""
    turn = hall.known(event.ticket).turn
    came_before = turn.missed or (turn.because and turn.because.rule == "resumed")
    hall = _turn_becomes(hall, event.ticket, called_at=turn.called_at if came_before else None)
    return _waiting_again(hall, event.ticket, event.counter)


def _transferred(hall: Hall, event: e.TicketTransferred, at: datetime) -> Hall:
    place = hall.known(event.ticket).turn.queued_at
    hall = _count(_ended(hall, event.ticket, Stage.TRANSFERRED, at), transfers=1)
    turn = replace(_new_turn(hall, event.service, place, at), reserved=event.to_counter)
    return _opened(hall, hall.known(event.ticket), turn)


def _held(hall: Hall, event: e.TicketHeld, at: datetime) -> Hall:
    hall = _turn_becomes(hall, event.ticket, stage=Stage.HELD, held_at=at)
    hall = replace(hall, held=(*hall.held, event.ticket))
    return _staffed(hall, event.counter, ticket=None)


def _rated(hall: Hall, event: e.TurnRated) -> Hall:
    ticket = hall.known(event.ticket)
    index = event.turn - 1
    turn = replace(ticket.turns[index], rating=event.level)
    turns = (*ticket.turns[:index], turn, *ticket.turns[index + 1 :])
    return hall.with_ticket(replace(ticket, turns=turns))


# --- What several events share -------------------------------------------------------------------


def _turn_becomes(hall: Hall, number: str, **changes: object) -> Hall:
    """The hall with the ticket's present turn changed."""
    ticket = hall.known(number)
    turn = replace(ticket.turn, **changes)  # type: ignore[arg-type]
    return hall.with_ticket(replace(ticket, turns=(*ticket.turns[:-1], turn)))


def _state(
    hall: Hall, counter: str, state: CounterState, since: datetime, why: str | None = None
) -> Hall:
    return _staffed(hall, counter, state=state, since=since, pause_reason=why)


def _staffed(hall: Hall, counter: str, **changes: object) -> Hall:
    staffing: Staffing = replace(hall.staffing[counter], **changes)  # type: ignore[arg-type]
    return replace(hall, staffing={**hall.staffing, counter: staffing})


def _count(hall: Hall, **more: float) -> Hall:
    """The day's tally with so many more."""
    changes = {name: getattr(hall.tally, name) + amount for name, amount in more.items()}
    return replace(hall, tally=replace(hall.tally, **changes))


def _ended(hall: Hall, number: str, stage: Stage, at: datetime) -> Hall:
    """The present turn is over: it leaves the queue, the shelf or the counter where it was."""
    ticket = hall.known(number)
    turn = ticket.turn
    hall = _unparked(_dequeued(hall, ticket), number)
    if turn.stage in (Stage.CALLED, Stage.SERVING) and turn.counter is not None:
        hall = _staffed(hall, turn.counter, ticket=None)
    held_s = _held_s(turn, at)
    return _turn_becomes(hall, number, stage=stage, ended_at=at, held_at=None, held_s=held_s)


def _new_turn(hall: Hall, service: str, queued_at: datetime, at: datetime) -> Turn:
    """A turn that begins to wait; while time stands still, its wait cannot be measured."""
    stands_still = at == hall.stepped_at
    return Turn(service=service, opened_at=at, queued_at=queued_at, clock_stepped=stands_still)


def _opened(hall: Hall, ticket: Ticket, turn: Turn) -> Hall:
    """The ticket begins another turn."""
    ticket = replace(ticket, turns=(*ticket.turns, turn))
    return _enqueued(hall.with_ticket(ticket), ticket)


def _waiting_again(hall: Hall, number: str, counter: str) -> Hall:
    hall = _turn_becomes(
        hall, number, stage=Stage.WAITING, counter=None, started_at=None, held_s=0.0
    )
    return _enqueued(_staffed(hall, counter, ticket=None), hall.known(number))


def _enqueued(hall: Hall, ticket: Ticket) -> Hall:
    key, place = place_of(hall, ticket)
    return _with_queue(hall, key, joined(hall.queues.get(key, ()), place))


def _dequeued(hall: Hall, ticket: Ticket) -> Hall:
    if ticket.turn.stage is not Stage.WAITING:
        return hall
    key, place = place_of(hall, ticket)
    return _with_queue(hall, key, left(hall.queues[key], place))


def _with_queue(hall: Hall, key: QueueKey, queue: Queue) -> Hall:
    queues: Mapping[QueueKey, Queue] = {**hall.queues, key: queue}
    return replace(hall, queues={key: queue for key, queue in queues.items() if queue})


def _unparked(hall: Hall, number: str) -> Hall:
    if number not in hall.held:
        return hall
    return replace(hall, held=tuple(other for other in hall.held if other != number))


def _announcing(hall: Hall, number: str, counter: str, call: int, at: datetime) -> Hall:
    ticket = hall.known(number)
    announcement = Call(call, number, counter, ticket.language, ticket.group is not None, at)
    others = tuple(other for other in hall.calls if other.number != number)
    return replace(hall, call=call, calls=(*others, announcement)[-RECENT_CALLS:])


def _held_s(turn: Turn, at: datetime) -> float:
    """Seconds parked so far, counted from the start of service on."""
    if turn.held_at is None or turn.started_at is None:
        return turn.held_s
    return turn.held_s + (at - turn.held_at).total_seconds()
