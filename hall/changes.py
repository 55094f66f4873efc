"""The small changes that events are made of: a turn, a counter, a queue, a count becomes another.

Knows no event and refuses nothing; every function takes the hall and gives a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeVar

from hall.hours import open_wait_s
from hall.model import HalfHour, Hall, Queue, QueueKey, Staffing, Stage, Tally, Ticket, Turn, Wait
from hall.order import joined, left, place_of
from hall.replacing import replace

HALF_HOUR_S: Final = 1800
NOTHING: Final = HalfHour()
MICROSECONDS: Final = 6  # digits; sums kept to these are exact, whatever is taken away again


Counts = TypeVar("Counts", Tally, HalfHour)
Line = TypeVar("Line", Queue, tuple[Wait, ...])


def turn_becomes(hall: Hall, number: str, **changes: object) -> Hall:
    """The hall with the ticket's present turn changed."""
    ticket = hall.known(number)
    turn = replace(ticket.turn, **changes)  # type: ignore[arg-type]
    return hall.with_ticket(replace(ticket, turns=(*ticket.turns[:-1], turn)))


def counter_becomes(hall: Hall, counter: str, **changes: object) -> Hall:
    """The hall with something else going on at a counter."""
    staffing: Staffing = replace(hall.staffing[counter], **changes)  # type: ignore[arg-type]
    return replace(hall, staffing={**hall.staffing, counter: staffing})


def counted(hall: Hall, *, times: int = 1, **more: float) -> Hall:
    """The day's tally with so many more; `times=-1` takes them away."""
    return replace(hall, tally=_with_more(hall.tally, times, more))


def in_half_hour(hall: Hall, at: datetime, *, times: int = 1, **more: float) -> Hall:
    """The tally of the half hour of `at` with so many more; one that has nothing is not kept."""
    return replace(hall, tally=_in_half_hour(hall.tally, at, times, more))


def _in_half_hour(tally: Tally, at: datetime, times: int, more: Mapping[str, float]) -> Tally:
    key = half_hour_of(at)
    after = _with_more(tally.half_hours.get(key, NOTHING), times, more)
    half_hours = {**tally.half_hours, key: after}
    if times < 0 and after == NOTHING:
        del half_hours[key]
    return replace(tally, half_hours=half_hours)


def _with_more(counts: Counts, times: int, more: Mapping[str, float]) -> Counts:
    changes = {
        name: round(getattr(counts, name) + times * amount, MICROSECONDS)
        for name, amount in more.items()
    }
    return replace(counts, **changes)


def half_hour_of(at: datetime) -> int:
    """Its number since 1970. Where clocks are set by whole half hours, so do half hours begin."""
    return int(at.timestamp() // HALF_HOUR_S)


def visit_counted(hall: Hall, ticket: Ticket, *, times: int = 1) -> Hall:
    """The tally with one more visit that ended well: its wait is the sum over its turns.

    It is served in the half hour of its end; its wait is one of those called in that of its call.
    """
    assert ticket.turn.ended_at is not None
    tally = _in_half_hour(hall.tally, ticket.turn.ended_at, times, {"served": 1})
    if any(turn.clock_stepped for turn in ticket.turns):
        return replace(hall, tally=_with_more(tally, times, {"served": 1}))
    assert ticket.turn.called_at is not None
    wait_s = sum(
        open_wait_s(hall.setup.hours, ticket.wait_began(turn), turn.waited_until)
        for turn in ticket.turns
        if turn.waited_until is not None
    )
    within = int(wait_s <= hall.setup.wait_target_s)
    timed = {"timed": 1, "wait_s": wait_s}
    tally = _in_half_hour(tally, ticket.turn.called_at, times, timed)
    timed |= {"served": 1, "within_target": within}
    return replace(hall, tally=_with_more(tally, times, timed))


def ended(hall: Hall, number: str, stage: Stage, at: datetime, **changes: object) -> Hall:
    """The present turn is over: it leaves the queue, the shelf or the counter where it was."""
    ticket = hall.known(number)
    turn = ticket.turn
    hall = unparked(dequeued(hall, ticket), number)
    if turn.stage in (Stage.CALLED, Stage.SERVING) and turn.counter is not None:
        hall = counter_becomes(hall, turn.counter, ticket=None)
    changes |= {"held_at": None, "held_until": None, "held_s": held_s(turn, at)}
    return turn_becomes(hall, number, stage=stage, ended_at=at, **changes)


def new_turn(hall: Hall, service: str, queued_at: datetime, at: datetime) -> Turn:
    """A turn that begins to wait; while time stands still, its wait cannot be measured."""
    stands_still = at == hall.stepped_at
    return Turn(service=service, opened_at=at, queued_at=queued_at, clock_stepped=stands_still)


def opened(hall: Hall, ticket: Ticket, turn: Turn) -> Hall:
    """The ticket begins another turn."""
    ticket = replace(ticket, turns=(*ticket.turns, turn))
    return enqueued(hall.with_ticket(ticket), ticket)


def waiting_again(hall: Hall, number: str) -> Hall:
    """The present turn is in line again; what was served of it before counts no longer."""
    hall = turn_becomes(
        hall,
        number,
        stage=Stage.WAITING,
        counter=None,
        started_at=None,
        held_at=None,
        held_until=None,
        held_s=0.0,
    )
    return enqueued(hall, hall.known(number))


def enqueued(hall: Hall, ticket: Ticket) -> Hall:
    """The hall with the ticket's present turn in its queue, and its wait among the others."""
    key, place = place_of(hall, ticket)
    hall = _with_sent(hall, place.reserved, 1)
    queues = _with(hall.queues, key, joined(hall.queues.get(key, ()), place))
    if place.wait is None:
        return replace(hall, queues=queues)
    waits = _with(hall.waits, key, joined(hall.waits.get(key, ()), place.wait))
    return replace(hall, queues=queues, waits=waits)


def dequeued(hall: Hall, ticket: Ticket) -> Hall:
    """The hall without the ticket in any queue, if it was in one."""
    if ticket.turn.stage is not Stage.WAITING:
        return hall
    key, place = place_of(hall, ticket)
    hall = _with_sent(hall, place.reserved, -1)
    queues = _with(hall.queues, key, left(hall.queues[key], place))
    if place.wait is None:
        return replace(hall, queues=queues)
    waits = _with(hall.waits, key, left(hall.waits[key], place.wait))
    return replace(hall, queues=queues, waits=waits)


def _with_sent(hall: Hall, counter: str | None, more: int) -> Hall:
    """The hall where so many more wait for this counter alone; None: they wait for any."""
    if counter is None:
        return hall
    sent_to = {**hall.sent_to, counter: hall.sent_to.get(counter, 0) + more}
    return replace(hall, sent_to={code: count for code, count in sent_to.items() if count})


def _with(lines: Mapping[QueueKey, Line], key: QueueKey, line: Line) -> Mapping[QueueKey, Line]:
    """The lines with another in place of this one; one where nobody stands is none."""
    if line:
        return {**lines, key: line}
    return {other: line for other, line in lines.items() if other != key}


def unparked(hall: Hall, number: str) -> Hall:
    """The hall without the ticket on the shelf of those held, if it was there."""
    if number not in hall.held:
        return hall
    return replace(hall, held=tuple(other for other in hall.held if other != number))


def held_s(turn: Turn, at: datetime) -> float:
    """Seconds parked so far, counted from the start of service on."""
    if turn.held_at is None or turn.started_at is None:
        return turn.held_s
    return turn.held_s + (at - turn.held_at).total_seconds()
