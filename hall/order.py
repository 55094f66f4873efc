"""Whose turn it is, and why. One rule expresses all others:

    turn_time = queued_at - head_start(group)           the earlier, the sooner
    for a counter: turn_time + lag(counter, service)    lag > 0: this counter only helps out
    the next turn = the smallest; ties by place in line, then by order of issue

Plain first come, first served is no head start and no lag; strict priority is a head start
nobody can match; a transferred turn keeps the place it had. Interleaved priority groups stand in
a line of their own: after one of them was preferred, so many turns go in plain order before the
next one is preferred. Changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from math import inf
from typing import Final, NamedTuple, TypeVar

from hall.model import (
    FIRST,
    Because,
    Counter,
    CounterState,
    Hall,
    Place,
    Queue,
    QueueKey,
    Setup,
    Ticket,
    Wait,
)
from hall.remembering import remembered

SETUPS: Final = 8  # remembered: a server has one
SERVICES: Final = 512

Placed = TypeVar("Placed", Place, Wait)


class Candidate(NamedTuple):
    """A waiting turn as one counter sees it: tuples compare, the smallest is next."""

    turn_time: float
    place: Place
    interleaved: bool


def place_of(hall: Hall, ticket: Ticket) -> tuple[QueueKey, Place]:
    """Where the ticket's present turn stands in line."""
    turn, group = ticket.turn, hall.setup.groups.get(ticket.group or "")
    queued_at = turn.queued_at.timestamp()
    head_start_s = group.head_start_s if group else 0.0
    turn_time = queued_at - head_start_s
    waits_from = None if turn.called_at is not None else ticket.wait_began(turn)
    place = Place(turn_time, queued_at, ticket.order, ticket.number, turn.reserved, waits_from)
    return QueueKey(turn.service, group is not None and group.interleaved), place


def joined(queue: tuple[Placed, ...], place: Placed) -> tuple[Placed, ...]:
    """The queue with one more in it, still in order."""
    places = list(queue)
    insort(places, place)
    return tuple(places)


def left(queue: tuple[Placed, ...], place: Placed) -> tuple[Placed, ...]:
    """The queue without this place."""
    index = bisect_left(queue, place)
    assert queue[index] == place, place
    return queue[:index] + queue[index + 1 :]


def next_turn(hall: Hall, counter: str) -> tuple[Ticket, Because] | None:
    """The ticket whose turn it is at this counter, and why; None when nobody waits for it."""
    preferred, plain = _heads(hall, hall.setup.counters[counter])
    may_prefer = _may_prefer(hall, counter)
    chosen = (
        preferred
        if preferred and may_prefer
        else min((head for head in (preferred, plain) if head), default=None)
    )
    if chosen is None:
        return None
    ticket = hall.known(chosen.place.number)
    return ticket, because(hall, counter, ticket, preferred=may_prefer and chosen.interleaved)


def seen_from(hall: Hall, counter: str) -> tuple[str, bool, bool]:
    """Counters with the same have the same next turn: they serve the same, nobody waits for one
    of them alone, and they may prefer an interleaved turn or not."""
    alone = counter in hall.sent_to
    return counter if alone else _alike(hall.setup)[counter], alone, _may_prefer(hall, counter)


@remembered(SETUPS)
def _alike(setup: Setup) -> dict[str, str]:
    """Counter -> the first one that serves the same in the same way."""
    first: list[Counter] = []
    found = {}
    for counter in setup.counters.values():
        alike = next((other for other in first if other.lag == counter.lag), None)
        if alike is None:
            first.append(counter)
        found[counter.code] = (alike or counter).code
    return found


@remembered(SERVICES)
def counters_for(setup: Setup, service: str) -> tuple[str, ...]:
    """Every counter that may serve it."""
    return tuple(code for code, counter in setup.counters.items() if service in counter.lag)


def because(
    hall: Hall, counter: str, ticket: Ticket, *, preferred: bool = False, reason: str | None = None
) -> Because:
    """Why this ticket is called: the rule, and whom it overtakes of those callable here."""
    passed = overtaken(hall, hall.setup.counters[counter], ticket)
    longest = min(passed, default=None)
    if reason is not None:
        rule = "chosen"
    elif passed:
        rule = "interleaved" if preferred else _overtaking_rule(hall, ticket)
    else:
        rule = _plain_rule(ticket, counter)
    return Because(rule, len(passed), longest[-1] if longest else None, reason)


def overtaken(hall: Hall, counter: Counter, ticket: Ticket) -> list[tuple[float, int, str]]:
    """(queued at, order, number) of each turn earlier in line that could be called here.

    No turn's time is later than when it was queued: those behind that time in a queue came later.
    """
    mine = (ticket.turn.queued_at.timestamp(), ticket.order)
    return [
        place[1:4]
        for queue in _queues_at(hall, counter)
        for place in queue[: bisect_left(queue, (mine[0], inf))]
        if place[1:3] < mine and (not place.reserved or _callable(hall, place, counter))
    ]


def callable_at(hall: Hall, counter: Counter) -> Iterator[Place]:
    """Everybody waiting whom this counter may call."""
    for queue in _queues_at(hall, counter):
        yield from (place for place in queue if _callable(hall, place, counter))


def queues_of_field(hall: Hall, field: str) -> Iterator[tuple[QueueKey, Queue]]:
    """The queues of every service with this letter."""
    for key, queue in hall.queues.items():
        if hall.setup.services[key.service].field == field:
            yield key, queue


def queues_of(hall: Hall, service: str) -> tuple[Queue, Queue]:
    """Everybody waiting for one service: the plain line and the interleaved one."""
    queues = hall.queues
    return queues.get(QueueKey(service, False), ()), queues.get(QueueKey(service, True), ())


def count_for(hall: Hall, service: str) -> int:
    """How many wait for one service."""
    return sum(map(len, queues_of(hall, service)))


def oldest_s(queues: Iterable[Queue]) -> float:
    """The earliest place in line in these queues, in seconds since 1970; infinite: nobody waits.

    No turn's time is later than when it was queued: none behind that time in a queue is earlier.
    """
    oldest = inf
    for queue in queues:
        for place in queue:
            if place.turn_time >= oldest:
                break
            oldest = min(oldest, place.queued_at)
    return oldest


def _queues_at(hall: Hall, counter: Counter) -> Iterator[Queue]:
    """The queues of every service that this counter may serve."""
    return (queue for key, queue in hall.queues.items() if key.service in counter.lag)


def _heads(hall: Hall, counter: Counter) -> tuple[Candidate | None, Candidate | None]:
    """The first of the interleaved priority line and the first of the plain line."""
    heads: dict[bool, Candidate | None] = {True: None, False: None}
    for candidate in _candidates(hall, counter):
        best = heads[candidate.interleaved]
        if best is None or candidate < best:
            heads[candidate.interleaved] = candidate
    return heads[True], heads[False]


def _candidates(hall: Hall, counter: Counter) -> Iterator[Candidate]:
    """The first callable turn of each queue this counter may serve."""
    for key, queue in hall.queues.items():
        lag = counter.lag.get(key.service)
        if lag is None:
            continue
        for place in queue:
            if _callable(hall, place, counter):
                yield Candidate(place.turn_time + lag, place, key.interleaved)
                break


def _callable(hall: Hall, place: Place, counter: Counter) -> bool:
    """A turn sent to one counter waits for that one, unless it is closed: nobody is forgotten."""
    if place.reserved is None or place.reserved == counter.code:
        return True
    return hall.staffing[place.reserved].state is CounterState.CLOSED


def _may_prefer(hall: Hall, counter: str) -> bool:
    since = hall.staffing[counter].ordinary_since_priority
    return since is None or since >= hall.setup.interleave


def _overtaking_rule(hall: Hall, ticket: Ticket) -> str:
    group = hall.setup.groups.get(ticket.group or "")
    if group and group.head_start_s == FIRST:
        return "priority_first"
    if group and group.head_start_s > 0:
        return "head_start"
    return "own_service_first"


def _plain_rule(ticket: Ticket, counter: str) -> str:
    if ticket.turn.reserved == counter:
        return "sent_to_this_counter"
    if len(ticket.turns) > 1:
        return "kept_its_place"
    return "first_in_line"
