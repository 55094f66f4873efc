"""What a board may know: of the whole hall, or of some counters alone. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hall.model import RECENT_CALLS, Call, Hall
from hall.order import count_for, next_turn
from hall.overview import View, fields_of, wait_facts
from hall.waits import Forecast


def board(hall: Hall, counters: Collection[str] = (), forecast: Forecast | None = None) -> View:
    """The last calls, people waiting per field and how long, and what every counter shows.

    `counters`: only their calls, who waits for what they serve, and themselves; none: everybody's.
    Without a forecast nothing is said of how long.
    """
    shown = [code for code in hall.staffing if not counters or code in counters]
    setup = hall.setup
    served = (service for code in shown for service in setup.counters[code].lag)
    services = frozenset(served) if counters else setup.services.keys()
    return {
        "kind": "board",
        "calls": [_call(call) for call in (_calls_at(hall, shown) if counters else hall.calls)],
        "waiting": _waiting(hall, services, forecast),
        "counters": [_counter(hall, code, with_next=len(counters) == 1) for code in shown],
        "notice": hall.notice,
    }


def _calls_at(hall: Hall, counters: Iterable[str]) -> list[Call]:
    """The last ones of these counters, newest last."""
    calls = [call for code in counters for call in hall.calls_at.get(code, ())]
    return sorted(calls, key=lambda call: call.call)[-RECENT_CALLS:]


def _call(call: Call) -> View:
    return {
        "call": call.call,
        "number": call.number,
        "counter": call.counter,
        "language": call.language,
        "priority": call.priority,
        "at": call.at,
    }


def _waiting(hall: Hall, services: Collection[str], forecast: Forecast | None) -> list[View]:
    """Field -> people waiting for these services of it, and how long somebody new would wait; a
    field with none of them is not there."""
    asked = {
        field: [service for service in its if service.code in services]
        for field, its in fields_of(hall.setup).items()
    }
    return [
        {
            "field": field,
            "waiting": sum(count_for(hall, service.code) for service in its),
            **wait_facts(forecast.of_field(its) if forecast else None),
        }
        for field, its in asked.items()
        if its
    ]


def _counter(hall: Hall, code: str, *, with_next: bool) -> View:
    staffing = hall.staffing[code]
    upcoming = next_turn(hall, code) if with_next else None
    return {
        "counter": code,
        "state": staffing.state,
        "number": staffing.ticket,
        "pause_reason": staffing.pause_reason,
        "next": upcoming[0].number if upcoming else None,
    }
