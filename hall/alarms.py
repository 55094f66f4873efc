"""What the manager should know at this moment: waits, pauses, services, devices that are not well.

    begins(hall)       -> every alarm, and when it begins if nothing happens before
    changes(hall, now) -> AlarmRaised for those that began, AlarmCleared for those that are over

An alarm is called by its kind and what it is about, and is raised once until it is over. Waits are
those of one turn, as the state counts them: until the first call, closed hours taken out. Changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hall import events as e
from hall.hours import Window, open_wait_reached, open_wait_s, serving_windows
from hall.model import DAWN, SILENT, Alarm, CounterState, Hall, Place, Staffing, Stage, Ticket

NEVER: Final = datetime.max.replace(tzinfo=UTC)
TROUBLE: Final = "device_trouble"


@dataclass(frozen=True, slots=True)
class Begins:
    """An alarm, and when it begins. `counts_from`: the wait, pause or service it is about."""

    kind: str
    at: datetime
    of: str | None = None
    number: str | None = None
    detail: str | None = None
    value_s: float | None = None
    counts_from: datetime | None = None

    @property
    def alarm(self) -> str:
        return self.kind if self.of is None else f"{self.kind}:{self.of}"


def changes(hall: Hall, now: datetime) -> tuple[e.Event, ...]:
    """What brings the hall's alarms up to date."""
    holding = {one.alarm: one for one in begins(hall) if one.at <= now}
    lasting = {one.alarm for one in hall.alarms.values() if _lasts(one, holding.get(one.alarm))}
    cleared = [e.AlarmCleared(alarm) for alarm in hall.alarms if alarm not in lasting]
    raised = [_raised(hall, one, now) for one in holding.values() if one.alarm not in lasting]
    return (*cleared, *raised)


def _lasts(alarm: Alarm, now: Begins | None) -> bool:
    """Is it still the same? A device in other trouble than before is another alarm."""
    if now is None:
        return False
    return alarm.kind != TROUBLE or alarm.detail == now.detail


def next_begins(hall: Hall, now: datetime) -> Iterator[datetime]:
    """When alarms will begin that have not yet."""
    return (one.at for one in begins(hall) if one.at > now)


def begins(hall: Hall) -> Iterator[Begins]:
    """Every alarm that holds, or will if nothing happens before."""
    yield from _of_devices(hall)
    yield from (Begins("wrong_pins", hall.at, device) for device in sorted(hall.guessed))
    if hall.closed or hall.day is None:
        return
    windows = serving_windows(hall.setup.hours, hall.day)
    yield from _of_waits(hall, windows)
    yield from _of_the_mean(hall)
    for code, staffing in hall.staffing.items():
        yield from _of_a_pause(hall, code, staffing, windows)
        yield from _of_a_service(hall, code, staffing)


def longest_waits(hall: Hall) -> dict[str, Place]:
    """Field -> the place of whoever waits longest for it. Looks at everybody: it must be quick."""
    longest: dict[str, Place] = {}
    for key, queue in hall.queues.items():
        field = hall.setup.services[key.service].field
        first, since = longest.get(field), _waits_from(longest.get(field))
        for place in queue:
            waits_from = place.waits_from
            if waits_from is not None and waits_from <= since:
                first, since = _earlier(first, place), waits_from
        if first is not None:
            longest[field] = first
    return longest


def _waits_from(place: Place | None) -> datetime:
    return NEVER if place is None or place.waits_from is None else place.waits_from


def _earlier(one: Place | None, other: Place) -> Place:
    """Of two who wait equally long, the first by order of issue."""
    if one is None or (other.waits_from, other.order) < (one.waits_from, one.order):
        return other
    return one


# --- Each kind -----------------------------------------------------------------------------------


def _of_waits(hall: Hall, windows: Sequence[Window]) -> Iterator[Begins]:
    limits = (
        ("wait_over_target", hall.setup.wait_target_s),
        ("wait_over_limit", hall.setup.wait_limit_s),
    )
    for field, place in longest_waits(hall).items():
        since = _trusted(hall, place.waits_from or DAWN)
        for kind, limit_s in limits:
            at = open_wait_reached(windows, since, limit_s)
            if at is not None:
                yield Begins(kind, at, field, place.number, counts_from=since)


def _of_the_mean(hall: Hall) -> Iterator[Begins]:
    tally, least = hall.tally, hall.setup.alarms.mean_from
    if not least or tally.timed < least:
        return
    mean_s = tally.wait_s / tally.timed
    if mean_s > hall.setup.wait_target_s:
        yield Begins("mean_over_target", hall.at, value_s=mean_s)


def _of_a_pause(
    hall: Hall, code: str, staffing: Staffing, windows: Sequence[Window]
) -> Iterator[Begins]:
    """Closed hours do not count: whoever pauses before noon may pause until the afternoon."""
    limit_s = hall.setup.alarms.pause_s
    if not limit_s or staffing.state is not CounterState.PAUSED:
        return
    since = _trusted(hall, staffing.since)
    at = open_wait_reached(windows, since, limit_s)
    if at is not None:
        yield Begins("pause_long", at, code, detail=staffing.pause_reason, counts_from=since)


def _of_a_service(hall: Hall, code: str, staffing: Staffing) -> Iterator[Begins]:
    """What was parked meanwhile does not count."""
    limits, ticket = hall.setup.alarms, hall.at_counter(code) if staffing.ticket else None
    if not limits.service_factor or ticket is None or ticket.turn.stage is not Stage.SERVING:
        return
    since = _served_since(hall, ticket)
    expected_s = hall.setup.services[ticket.turn.service].mean_s
    limit_s = max(limits.service_factor * expected_s, limits.service_s)
    at = since + timedelta(seconds=limit_s)
    yield Begins("service_long", at, code, ticket.number, counts_from=since)


def _served_since(hall: Hall, ticket: Ticket) -> datetime:
    turn = ticket.turn
    assert turn.started_at is not None
    return _trusted(hall, turn.started_at + timedelta(seconds=turn.held_s))


def _of_devices(hall: Hall) -> Iterator[Begins]:
    for device, state in hall.devices.items():
        if state.trouble is not None:
            kind = "screen_silent" if state.trouble == SILENT else TROUBLE
            yield Begins(kind, hall.at, device, detail=state.trouble)


def _trusted(hall: Hall, since: datetime) -> datetime:
    """How long before the clock was set something began, nobody knows: it counts from there."""
    return max(since, hall.stepped_at)


def _raised(hall: Hall, one: Begins, now: datetime) -> e.AlarmRaised:
    return e.AlarmRaised(
        one.alarm, one.kind, one.of, one.number, _value_s(hall, one, now), one.detail
    )


def _value_s(hall: Hall, one: Begins, now: datetime) -> float | None:
    if one.counts_from is None:
        return one.value_s
    if one.kind == "service_long":
        return (now - one.counts_from).total_seconds()
    return open_wait_s(hall.setup.hours, one.counts_from, now)
