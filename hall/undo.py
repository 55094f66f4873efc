"""Taking back what was pressed by mistake: the last finish or no-show of a counter.

It may be taken back within `Setup.undo_within_s`, for as long as nothing has come of it: the
counter has called nobody, nobody else has sat down there, and nothing has happened to the ticket.
`decide` asks `undo`; the other functions are for `evolve`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hall import commands as c
from hall import events as e
from hall.changes import counted, counter_becomes, dequeued, visit_counted
from hall.commands import Decision, Refused
from hall.counters import staffed
from hall.model import Hall, Pressed, Stage, Ticket
from hall.replacing import replace

# What makes final what was pressed: the counter goes on, the ticket does.
OF_A_COUNTER: Final = (e.TicketCalled, e.OfficerSignedOut, e.CounterClosed)
OF_A_TICKET: Final = (
    e.TicketCalled,
    e.TicketMoved,
    e.TicketCancelled,
    e.TicketLeftOver,
    e.TurnRated,
)


def undo(hall: Hall, command: c.Undo, now: datetime) -> Decision:
    staffing = staffed(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    if staffing.pressed is None or undo_until(hall, command.counter, now) is None:
        return Refused("nothing_to_undo")
    return (e.Undone(staffing.pressed.ticket.number, command.counter),)


def undo_until(hall: Hall, counter: str, now: datetime) -> datetime | None:
    """Until when the counter may take something back; None: there is nothing, or no longer.

    How long ago something was pressed before the clock was set, nobody knows.
    """
    pressed = hall.staffing[counter].pressed
    if pressed is None or pressed.at <= hall.stepped_at:
        return None
    until = pressed.at + timedelta(seconds=hall.setup.undo_within_s)
    return until if now < until else None


def kept(hall: Hall, counter: str, before: Ticket, at: datetime, **changes: object) -> Hall:
    """The hall that knows what the ticket was before a finish or no-show was pressed."""
    pressed = Pressed(before, hall.staffing[counter].finished, at)
    return counter_becomes(hall, counter, pressed=pressed, **changes)


def made_final(hall: Hall, event: e.Event) -> Hall:
    """The hall that keeps no longer what cannot be taken back after this event."""
    if isinstance(event, OF_A_COUNTER) and hall.staffing[event.counter].pressed is not None:
        hall = counter_becomes(hall, event.counter, pressed=None)
    if isinstance(event, OF_A_TICKET) and any(turn.call for turn in hall.known(event.ticket).turns):
        for counter, staffing in hall.staffing.items():
            if staffing.pressed is not None and staffing.pressed.ticket.number == event.ticket:
                hall = counter_becomes(hall, counter, pressed=None)
    return hall


def undone(hall: Hall, event: e.Undone, at: datetime) -> Hall:
    """The ticket is at the counter as it was; the place in line that it had got is gone."""
    pressed = hall.staffing[event.counter].pressed
    assert pressed is not None, event
    after, before = hall.known(event.ticket), pressed.ticket
    hall = _uncounted(dequeued(hall, after), after, len(before.turns) - 1)
    turns = (*before.turns[:-1], replace(before.turn, undone_at=at))
    # Meanwhile the printer may have spoken of the ticket.
    hall = hall.with_ticket(replace(before, turns=turns, printed=after.printed))
    return counter_becomes(
        hall, event.counter, ticket=event.ticket, finished=pressed.finished, pressed=None
    )


def _uncounted(hall: Hall, after: Ticket, index: int) -> Hall:
    """The day's tally without what the finish or no-show of this turn had added to it."""
    match after.turns[index].stage:
        case Stage.DONE:
            hall = counted(hall, times=-1, ended=1)
            goes_on = index < len(after.turns) - 1
            return hall if goes_on else visit_counted(hall, after, times=-1)
        case Stage.NO_SHOW:
            return counted(hall, times=-1, no_shows=1)
        case _:
            return hall
