"""What the manager should know at this moment: waits, pauses, services, devices that are not well.

    begins(hall)       -> every alarm, and when it begins if nothing happens before
    changes(hall, now) -> AlarmRaised for those that began, AlarmCleared for those that are over

An alarm is called by its kind and what it is about, and is raised once until it is over. Waits are
those of one turn, as the state counts them: until the first call, closed hours taken out. Changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from hall import events as e
from hall.due import trusted
from hall.hours import open_wait_reached, open_wait_s, serving_windows
from hall.model import SILENT, Alarm, Hall, Setup, Wait
from hall.moments import Begins
from hall.remembering import remembered

TROUBLE: Final = "device_trouble"
HALLS: Final = 8  # remembered: the newest is asked again and again
WAITS: Final = 256


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


@remembered(HALLS)
def begins(hall: Hall) -> tuple[Begins, ...]:
    """Every alarm that holds, or will if nothing happens before."""
    guessed = (Begins("wrong_pins", hall.at, device) for device in sorted(hall.guessed))
    if hall.closed or hall.day is None:
        return (*_of_devices(hall), *guessed)
    counters = (one for staffing in hall.staffing.values() for one in staffing.due.alarms)
    return (*_of_devices(hall), *guessed, *_of_waits(hall), *_of_the_mean(hall), *counters)


def longest_waits(hall: Hall) -> dict[str, Wait]:
    """Field -> the wait of whoever waits longest for it, in the order of their queues."""
    longest: dict[str, Wait] = {}
    for key in hall.queues:
        field, waits = hall.setup.services[key.service].field, hall.waits.get(key)
        if waits:
            longest[field] = min(waits[0], longest.get(field, waits[0]))
    return longest


# --- Each kind -----------------------------------------------------------------------------------


def _of_waits(hall: Hall) -> Iterator[Begins]:
    assert hall.day is not None
    for field, wait in longest_waits(hall).items():
        since = trusted(hall, wait.since)
        yield from _of_a_wait(hall.setup, hall.day, field, wait.number, since)


@remembered(WAITS)
def _of_a_wait(
    setup: Setup, day: date, field: str, number: str, since: datetime
) -> tuple[Begins, ...]:
    """Of whoever waits longest for a field, mostly for many changes of the hall."""
    windows = serving_windows(setup.hours, day)
    limits = (("wait_over_target", setup.wait_target_s), ("wait_over_limit", setup.wait_limit_s))
    return tuple(
        Begins(kind, at, field, number, counts_from=since)
        for kind, limit_s in limits
        if (at := open_wait_reached(windows, since, limit_s)) is not None
    )


def _of_the_mean(hall: Hall) -> Iterator[Begins]:
    tally, least = hall.tally, hall.setup.alarms.mean_from
    if not least or tally.timed < least:
        return
    mean_s = tally.wait_s / tally.timed
    if mean_s > hall.setup.wait_target_s:
        yield Begins("mean_over_target", hall.at, value_s=mean_s)


def _of_devices(hall: Hall) -> Iterator[Begins]:
    for device, state in hall.devices.items():
        if state.trouble is not None:
            kind = "screen_silent" if state.trouble == SILENT else TROUBLE
            yield Begins(kind, hall.at, device, detail=state.trouble)


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
