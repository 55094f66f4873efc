"""How long it may take until it is one's turn: an estimate from what the hall is doing now.

    wait   = (desk time of all who go before + what is left of those being served) / counters
    counters = sum over the open counters that may serve the field of 1 / fields waiting there
    told   = from 0.8 x wait, rounded down, to 1.3 x wait, rounded up to five minutes

Desk times are the catalogue's means. Changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

from hall.hours import serving_next, session_end
from hall.model import CounterState, Hall, Service, Stage, Ticket
from hall.order import place_of, queues_of_field

LOW, HIGH = 0.8, 1.3
STEP_S = 300
LOAD_FLOOR = 0.05  # a counter busy with twenty other fields still counts a little


@dataclass(frozen=True, slots=True)
class Wait:
    """What a citizen may be told, in seconds; `low_s` None: no counter is open for it."""

    ahead: int
    low_s: int | None = None
    high_s: int | None = None


@dataclass(frozen=True, slots=True)
class FieldLoad:
    """One field at one moment: the desk seconds before a newcomer, and who works on them."""

    ahead: int
    work_s: float
    counters: float


def wait_of_newcomer(hall: Hall, service: Service, now: datetime) -> Wait:
    """What somebody without priority who came now would be told."""
    return told(field_load(hall, service.field, now), opens_in_s(hall, now))


def wait_of(hall: Hall, ticket: Ticket, now: datetime) -> Wait:
    """What a waiting ticket's holder may be told, from the place it has."""
    field = hall.setup.services[ticket.turn.service].field
    _, place = place_of(hall, ticket)
    load = field_load(hall, field, now)
    behind = [
        service.mean_s
        for service, queue in queues_of_field(hall, field)
        for other in queue
        if other >= place
    ]
    before = FieldLoad(load.ahead - len(behind), load.work_s - sum(behind), load.counters)
    return told(before, opens_in_s(hall, now))


def field_load(hall: Hall, field: str, now: datetime) -> FieldLoad:
    """Everybody waiting for the field, and the rest of those being served for it."""
    ahead, work_s = 0, _rest_of_serving_s(hall, field, now)
    for service, queue in queues_of_field(hall, field):
        ahead += len(queue)
        work_s += len(queue) * service.mean_s
    return FieldLoad(ahead, work_s, _counters(hall, field))


def told(load: FieldLoad, opens_in_s: float) -> Wait:
    """The load in the words of the kiosk: from-to in steps of five minutes."""
    if not load.counters:
        return Wait(load.ahead)
    wait_s = max(0.0, load.work_s) / load.counters + opens_in_s
    if load.ahead == 0 and wait_s < STEP_S:
        return Wait(load.ahead, 0, STEP_S)
    low_s = floor(wait_s * LOW / STEP_S) * STEP_S
    return Wait(load.ahead, low_s, max(low_s + STEP_S, ceil(wait_s * HIGH / STEP_S) * STEP_S))


def runs_past_closing(hall: Hall, wait: Wait, now: datetime) -> bool:
    """May the session be over before it is this visit's turn?"""
    end = session_end(hall.setup.hours, now)
    if wait.high_s is None or end is None:
        return False
    return wait.high_s > (end - now).total_seconds()


def opens_in_s(hall: Hall, now: datetime) -> float:
    """Seconds until officers serve: none while they do, or when the day is over."""
    opens = serving_next(hall.setup.hours, now)
    return (opens - now).total_seconds() if opens else 0.0


def _rest_of_serving_s(hall: Hall, field: str, now: datetime) -> float:
    """Desk seconds still to come of the tickets of this field at the counters."""
    return sum(
        _rest_s(hall.setup.services[ticket.turn.service], ticket, now)
        for code in hall.staffing
        if (ticket := hall.at_counter(code)) is not None
        and hall.setup.services[ticket.turn.service].field == field
    )


def _rest_s(service: Service, ticket: Ticket, now: datetime) -> float:
    if ticket.turn.stage is not Stage.SERVING or ticket.turn.started_at is None:
        return service.mean_s
    return max(0.0, service.mean_s - (now - ticket.turn.started_at).total_seconds())


def _counters(hall: Hall, field: str) -> float:
    """How many counters work for the field, each shared among the fields waiting there."""
    waiting = {
        hall.setup.services[key.service].field for key, queue in hall.queues.items() if queue
    }
    total = 0.0
    for code, staffing in hall.staffing.items():
        if staffing.state is not CounterState.OPEN:
            continue
        fields = {hall.setup.services[service].field for service in hall.setup.counters[code].lag}
        if field in fields:
            total += max(LOAD_FLOOR, 1 / len((fields & waiting) | {field}))
    return total
