"""What time alone brings about: no-shows, who was postponed, alarms, the day's end and the next.

Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hall import alarms, hours
from hall import events as e
from hall.model import Hall, Stage, Ticket
from hall.undo import undo_until


def tick(hall: Hall, now: datetime) -> tuple[e.Event, ...]:
    """What is due next at `now`; ask again until nothing is. A day ends before the next begins."""
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


def next_due(hall: Hall, now: datetime) -> datetime:
    """When to look again: something happens then, or something opens or closes."""
    if hall.day is None:
        return now
    moments = [hours.midnight_after(hall.setup.hours, hall.day)]
    moments += [due for _, due in _missing(hall)]
    moments += [due for _, due in _postponed(hall)]
    moments += alarms.next_begins(hall, now)
    moments += [until for code in hall.staffing if (until := undo_until(hall, code, now))]
    over = _left_over_at(hall)
    if over is not None:
        moments.append(over)
    services = tuple(hall.setup.services.values())
    boundaries = hours.boundaries(hall.setup.hours, services, hall.day)
    boundaries.append(hours.at(hall.setup.hours, hall.day, hall.setup.same_day_until))
    return min(moments + [moment for moment in boundaries if moment > now])


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
    for ticket, due in _missing(hall):
        if due <= now and ticket.turn.counter is not None:
            put_back = ticket.turn.missed < hall.setup.put_backs
            yield e.NoShow(ticket.number, ticket.turn.counter, put_back, by_clock=True)


def _missing(hall: Hall) -> Iterator[tuple[Ticket, datetime]]:
    """Tickets called and not seen yet, and when they count as no-shows: so long after the last
    call, or after the officer took back that they were done or missing.

    How long ago a call was that came before the clock was set, nobody knows: the officer decides.
    """
    if hall.setup.no_show_after_s <= 0:
        return
    for code in hall.staffing:
        ticket = hall.at_counter(code)
        if ticket is None or ticket.turn.stage is not Stage.CALLED:
            continue
        called_at = ticket.turn.last_called_at
        assert called_at is not None
        since = max(called_at, ticket.turn.undone_at or called_at)
        if since > hall.stepped_at:
            yield ticket, since + timedelta(seconds=hall.setup.no_show_after_s)
