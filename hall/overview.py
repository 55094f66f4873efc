"""The manager's hall: every counter and field, who waits longest, alarms, the day so far.

Knows no connections: which screens are there is told from outside. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from hall.alarms import longest_waits
from hall.changes import HALF_HOUR_S
from hall.model import Alarm, HalfHour, Hall, Service, Setup, Wait
from hall.order import SETUPS, oldest_s, queues_of
from hall.remembering import remembered
from hall.waits import Forecast, Told

View = dict[str, Any]

LONGEST: Final = 30  # people listed who wait longest


def live(hall: Hall, forecast: Forecast, screens: Sequence[View] = ()) -> View:
    """Everything the manager may know; `screens` as whoever knows the connections tells them."""
    return {
        "kind": "live",
        "counters": [_counter(hall, code) for code in hall.staffing],
        "fields": [_live_field(hall, forecast, *one) for one in fields_of(hall.setup).items()],
        "today": _today(hall),
        "troubles": troubles(hall),
        "closed_services": sorted(hall.closed_services),
        "notice": hall.notice,
        "alarms": list(_alarms(hall)),
        "longest": list(_longest(hall)),
        "half_hours": [_half_hour(*one) for one in sorted(hall.tally.half_hours.items())],
        "rated": _rated(hall),
        "screens": list(screens),
    }


@remembered(SETUPS)
def fields_of(setup: Setup) -> dict[str, list[Service]]:
    """Letter -> its services, in the order of the configuration."""
    fields: dict[str, list[Service]] = {}
    for service in setup.services.values():
        fields.setdefault(service.field, []).append(service)
    return fields


def troubles(hall: Hall) -> list[View]:
    """The devices that do not work."""
    return [
        {"device": device, "trouble": state.trouble, "since": state.since}
        for device, state in hall.devices.items()
        if state.trouble is not None
    ]


def wait_facts(wait: Told | None) -> View:
    """A wait as every view has it; none: no counter is open."""
    return {"low_s": wait.low_s if wait else None, "high_s": wait.high_s if wait else None}


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a time."""
    return datetime.fromtimestamp(seconds, UTC)


def _counter(hall: Hall, code: str) -> View:
    staffing, ticket = hall.staffing[code], hall.at_counter(code)
    view: View = {
        "counter": code,
        "state": staffing.state,
        "since": staffing.since,
        "officer": staffing.officer,
        "pause_reason": staffing.pause_reason,
    }
    if ticket is not None:
        turn = ticket.turn
        view |= {
            "number": ticket.number,
            "service": turn.service,
            "stage": turn.stage,
            "stage_since": turn.started_at or turn.last_called_at,
        }
    return view


def _live_field(hall: Hall, forecast: Forecast, field: str, services: list[Service]) -> View:
    queues = [queue for service in services for queue in queues_of(hall, service.code)]
    waiting = sum(map(len, queues))
    return {
        "field": field,
        "waiting": waiting,
        "oldest_at": moment(oldest_s(queues)) if waiting else None,
        **wait_facts(forecast.of_field(services)),
    }


def _today(hall: Hall) -> View:
    tally = hall.tally
    return {
        "issued": hall.issued,
        "waiting": sum(len(queue) for queue in hall.queues.values()),
        "served": tally.served,
        "no_shows": tally.no_shows,
        "cancelled": tally.cancelled,
        "transfers": tally.transfers,
        "left_over": tally.left_over,
        "mean_wait_s": tally.wait_s / tally.timed if tally.timed else None,
        "within_target": tally.within_target / tally.timed if tally.timed else None,
    }


def _alarms(hall: Hall) -> Iterator[View]:
    """Newest first. Of a field, whoever waits longest now."""
    longest = longest_waits(hall)
    for alarm in reversed(list(hall.alarms.values())):
        yield _alarm(alarm, longest)


def _alarm(alarm: Alarm, longest: dict[str, Wait]) -> View:
    waits = longest.get(alarm.of or "") if alarm.kind.startswith("wait_") else None
    return {
        "alarm": alarm.alarm,
        "kind": alarm.kind,
        "since": alarm.since,
        "of": alarm.of,
        "number": waits.number if waits else alarm.number,
        "value_s": alarm.value_s,
        "detail": alarm.detail,
        "acknowledged_at": alarm.acknowledged_at,
    }


def _longest(hall: Hall) -> Iterator[View]:
    """Those who wait longest. Whoever was called before waits since the last call."""
    waits = [wait for line in hall.waits.values() for wait in line[:LONGEST]]
    for wait in sorted([*waits, *_waits_again(hall)])[:LONGEST]:
        number, since = wait.number, wait.since
        ticket = hall.known(number)
        service, group = ticket.turn.service, ticket.group
        yield {"number": number, "service": service, "since": since, "group": group}


def _waits_again(hall: Hall) -> Iterator[Wait]:
    """Of those who were called before."""
    for key, queue in hall.queues.items():
        if len(queue) > len(hall.waits.get(key, ())):
            for place in queue:
                if place.wait is None:
                    yield Wait(_last_called_at(hall, place.number), place.order, place.number)


def _last_called_at(hall: Hall, number: str) -> datetime:
    called_at = hall.known(number).turn.last_called_at
    assert called_at is not None
    return called_at


def _half_hour(key: int, half_hour: HalfHour) -> View:
    timed = half_hour.timed
    return {
        "at": moment(key * HALF_HOUR_S),
        "taken": half_hour.taken,
        "served": half_hour.served,
        "mean_wait_s": half_hour.wait_s / timed if timed else None,
    }


def _rated(hall: Hall) -> View:
    levels = range(1, hall.setup.rating_levels + 1)
    return {
        "ended": hall.tally.ended,
        "levels": [hall.tally.rated.get(level, 0) for level in levels],
    }
