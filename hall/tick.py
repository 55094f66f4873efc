"""What time alone brings about: no-shows, who was postponed, alarms, the day's end and the next.

Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from hall import alarms, hours
from hall import events as e
from hall.model import Hall, Setup
from hall.remembering import remembered
from hall.undo import undo_until

DAYS: Final = 8  # whose boundaries are remembered


def tick(hall: Hall, now: datetime) -> tuple[e.Event, ...]:
    """What is due next at `now`; ask again until nothing is."""
    return () if hall.at <= now < quiet_until(hall) else due_now(hall, now)


def due_now(hall: Hall, now: datetime) -> tuple[e.Event, ...]:
    """The same, looked for everywhere. A day ends before the next begins."""
    today = hours.business_day(hall.setup.hours, now)
    if hall.day is None or (hall.closed and today > hall.day):
        troubles = {code: state.trouble for code, state in hall.devices.items() if state.trouble}
        return (e.DayOpened(today, hall.call, hall.notice, troubles),)
    if today > hall.day:
        return tuple(_day_ends(hall))
    over = _left_over_at(hall)
    if over is not None and over <= now:
        return tuple(_day_ends(hall))
    return (*_no_shows(hall, now), *_backs(hall, now)) or alarms.changes(hall, now)


@remembered(alarms.HALLS)
def quiet_until(hall: Hall) -> datetime:
    """Before this moment there is nothing for `tick` to do, if nothing happens."""
    if hall.day is None or alarms.changes(hall, hall.at):
        return hall.at
    return min([*_moments(hall), *alarms.next_begins(hall, hall.at)])


def next_due(hall: Hall, now: datetime) -> datetime:
    """When to look again: something happens then, or something opens or closes."""
    if hall.day is None:
        return now
    undos = (until for code in hall.staffing if (until := undo_until(hall, code, now)))
    boundaries = (moment for moment in _boundaries(hall.setup, hall.day) if moment > now)
    return min([*_moments(hall), *alarms.next_begins(hall, now), *undos, *boundaries])


def _moments(hall: Hall) -> Iterator[datetime]:
    """When something happens by time alone, but for alarms."""
    assert hall.day is not None
    yield hours.midnight_after(hall.setup.hours, hall.day)
    yield from (due for _, due in _missing(hall))
    yield from (due for _, due in _postponed(hall))
    over = _left_over_at(hall)
    if over is not None:
        yield over


@remembered(DAYS)
def _boundaries(setup: Setup, day: date) -> tuple[datetime, ...]:
    """When something opens or closes, or becomes too late for the same day."""
    found = hours.boundaries(setup.hours, setup.services.values(), day)
    return (*found, hours.at(setup.hours, day, setup.same_day_until))


def _day_ends(hall: Hall) -> Iterator[e.Event]:
    """Whoever still waits is left over, every officer goes home."""
    left_over = [
        ticket.number for roll in hall.tickets.values() for ticket in roll if ticket.turn.stage.live
    ]
    yield from (e.TicketLeftOver(number) for number in left_over)
    for code, staffing in hall.staffing.items():
        if staffing.officer is not None:
            yield e.OfficerSignedOut(code, staffing.officer)
    yield e.DayClosed(len(left_over))


def _left_over_at(hall: Hall) -> datetime | None:
    """When those still waiting will have waited in vain."""
    if hall.closed or hall.day is None:
        return None
    closing = hours.closing(hall.setup.hours, hall.day)
    return closing and closing + timedelta(seconds=hall.setup.left_over_after_s)


def _backs(hall: Hall, now: datetime) -> Iterator[e.Event]:
    return (e.TicketBack(number) for number, due in _postponed(hall) if due <= now)


def _postponed(hall: Hall) -> Iterator[tuple[str, datetime]]:
    """Numbers of the postponed tickets, and when they are in line again."""
    for number in hall.held:
        until = hall.known(number).turn.held_until
        if until is not None:
            yield number, until


def _no_shows(hall: Hall, now: datetime) -> Iterator[e.Event]:
    for code, due in _missing(hall):
        ticket = hall.at_counter(code)
        if due <= now and ticket is not None:
            put_back = ticket.turn.missed < hall.setup.put_backs
            yield e.NoShow(ticket.number, code, put_back, by_clock=True)


def _missing(hall: Hall) -> Iterator[tuple[str, datetime]]:
    """Counters where somebody was called and not seen yet, and when that counts as a no-show."""
    for code, staffing in hall.staffing.items():
        if staffing.due.no_show_at is not None:
            yield code, staffing.due.no_show_at
