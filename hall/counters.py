"""The counter's side of `decide`: officers come and go, counters open and pause."""

from __future__ import annotations

from hall import commands as c
from hall import events as e
from hall.commands import Decision, Refused
from hall.model import CounterState, Hall, Staffing


def sign_in(hall: Hall, command: c.SignIn) -> Decision:
    staffing = hall.staffing.get(command.counter)
    if staffing is None:
        return Refused("unknown_counter", counter=command.counter)
    if staffing.officer == command.officer:
        return ()
    if staffing.officer is not None and not command.take_over:
        return Refused("counter_taken", officer=staffing.officer)
    elsewhere = counter_of(hall, command.officer)
    if elsewhere is not None and not command.take_over:
        return Refused("officer_elsewhere", counter=elsewhere)
    if elsewhere is not None and hall.staffing[elsewhere].ticket is not None:
        return Refused("still_serving", ticket=hall.staffing[elsewhere].ticket, counter=elsewhere)
    leaving = [] if elsewhere is None else [e.OfficerSignedOut(elsewhere, command.officer)]
    if staffing.officer is not None:
        leaving.append(e.OfficerSignedOut(command.counter, staffing.officer))
    return (*leaving, e.OfficerSignedIn(command.counter, command.officer))


def counter_of(hall: Hall, officer: str) -> str | None:
    return next((code for code, s in hall.staffing.items() if s.officer == officer), None)


def sign_out(hall: Hall, command: c.SignOut) -> Decision:
    staffing = staffed(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    if staffing.ticket is not None:
        return Refused("still_serving", ticket=staffing.ticket)
    assert staffing.officer is not None
    return (e.OfficerSignedOut(command.counter, staffing.officer),)


def open_(hall: Hall, command: c.Open) -> Decision:
    staffing = staffed(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    return () if staffing.state is CounterState.OPEN else (e.CounterOpened(command.counter),)


def pause(hall: Hall, command: c.Pause) -> Decision:
    staffing = staffed(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    if command.reason not in hall.setup.pause_reasons:
        return Refused("unknown_reason", given=command.reason)
    if staffing.state is CounterState.CLOSED:
        return Refused("counter_closed")
    if staffing.ticket is not None:
        return Refused("still_serving", ticket=staffing.ticket)
    return (e.CounterPaused(command.counter, command.reason),)


def close(hall: Hall, command: c.Close) -> Decision:
    staffing = staffed(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    if staffing.ticket is not None:
        return Refused("still_serving", ticket=staffing.ticket)
    return () if staffing.state is CounterState.CLOSED else (e.CounterClosed(command.counter),)


def staffed(hall: Hall, counter: str) -> Staffing | Refused:
    """What goes on at a counter with an officer."""
    staffing = hall.staffing.get(counter)
    if staffing is None:
        return Refused("unknown_counter", counter=counter)
    if staffing.officer is None:
        return Refused("counter_has_no_officer", counter=counter)
    return staffing
