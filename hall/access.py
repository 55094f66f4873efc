"""The server's side of `decide`: who may come in is different, or may sit there no longer.

Whether somebody may come in is not decided here, only what it means for the hall. No citizen loses
a place by it: who was called goes back in line, who is being served stays at the counter, where a
colleague who signs in goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from hall import commands as c
from hall import events as e
from hall.commands import Decision
from hall.counters import counter_of
from hall.model import Hall, Stage


def change(hall: Hall, command: c.ChangeAccess) -> Decision:
    """Screens where PINs are guessed are told of once; everything else each time it happens."""
    if command.what == "guessed" and command.of in hall.guessed:
        return ()
    if command.what == "guessed_no_more" and command.of not in hall.guessed:
        return ()
    changed = e.AccessChanged(command.of, command.what, command.by)
    counter = counter_of(hall, command.of) if command.what == "suspended" else None
    return (changed, *_sent_home(hall, counter)) if counter else (changed,)


def _sent_home(hall: Hall, counter: str) -> Iterator[e.Event]:
    ticket, officer = hall.at_counter(counter), hall.staffing[counter].officer
    if ticket is not None and ticket.turn.stage is Stage.CALLED:
        yield e.TicketPutBack(ticket.number, counter)
    assert officer is not None
    yield e.OfficerSignedOut(counter, officer, "suspended")


def send_away(hall: Hall, command: c.SendAway) -> Decision:
    """Whoever has gone already, or is with a citizen, is left alone."""
    staffing = hall.staffing.get(command.counter)
    if staffing is None or staffing.officer != command.officer or staffing.ticket is not None:
        return ()
    return (e.OfficerSignedOut(command.counter, command.officer, command.why),)
