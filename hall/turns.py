"""The turn's side of `decide`: it is called, served, missed, passed on. Changes nothing.

A turn's way is the table STAGES: a stage and a command that do not stand in it together are
refused. A called turn may be recalled, started, finished (when nobody pressed start), missed, put
back, passed on, parked, postponed, cancelled or given another service; once served it may no longer
be missed or put back; a parked turn comes back by being called, a postponed one also by the clock.
What is pressed by mistake stands in undo.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from hall import commands as c
from hall import events as e
from hall.commands import Command, Decision, Refused
from hall.counters import staffed
from hall.hours import business_day, session_opens_next
from hall.model import Because, CounterState, Hall, Staffing, Stage, Ticket
from hall.order import because, next_turn

AtCounter = (
    c.Recall
    | c.Start
    | c.Finish
    | c.NoShow
    | c.AddService
    | c.Postpone
    | c.Transfer
    | c.Hold
    | c.PutBack
)
OfATurn = c.CallNext | c.CallTicket | c.Resume | c.Cancel | AtCounter

STAGES: Final[Mapping[tuple[Stage, type[Command]], Stage]] = {
    (Stage.WAITING, c.CallNext): Stage.CALLED,
    (Stage.WAITING, c.CallTicket): Stage.CALLED,
    (Stage.WAITING, c.Cancel): Stage.CANCELLED,
    (Stage.WAITING, c.MoveTicket): Stage.TRANSFERRED,
    (Stage.CALLED, c.Recall): Stage.CALLED,
    (Stage.CALLED, c.Start): Stage.SERVING,
    (Stage.CALLED, c.Finish): Stage.DONE,
    (Stage.CALLED, c.NoShow): Stage.NO_SHOW,  # or WAITING, as often as the hall puts back
    (Stage.CALLED, c.Transfer): Stage.TRANSFERRED,
    (Stage.CALLED, c.Hold): Stage.HELD,
    (Stage.CALLED, c.Postpone): Stage.HELD,
    (Stage.CALLED, c.AddService): Stage.CALLED,
    (Stage.CALLED, c.PutBack): Stage.WAITING,
    (Stage.CALLED, c.Cancel): Stage.CANCELLED,
    (Stage.SERVING, c.Finish): Stage.DONE,
    (Stage.SERVING, c.Transfer): Stage.TRANSFERRED,
    (Stage.SERVING, c.Hold): Stage.HELD,
    (Stage.SERVING, c.Postpone): Stage.HELD,
    (Stage.SERVING, c.AddService): Stage.SERVING,
    (Stage.SERVING, c.Cancel): Stage.CANCELLED,
    (Stage.HELD, c.Resume): Stage.CALLED,
    (Stage.HELD, c.Cancel): Stage.CANCELLED,
}

MAX_SERVICES: Final = 8  # on one ticket, as at the kiosk
DOSSIER: Final = re.compile(
    r"^(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-(\d{2})(\d{2})(\d{2})-\d{4,6}$",
    re.ASCII,
)


def call_next(hall: Hall, command: c.CallNext) -> Decision:
    staffing = _free(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    chosen = next_turn(hall, command.counter)
    if chosen is None:
        return Refused("nobody_waiting")
    return _call(hall, command.counter, *chosen)


def call_ticket(hall: Hall, command: c.CallTicket) -> Decision:
    ticket = _callable(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    if command.reason not in hall.setup.jump_reasons:
        return Refused("unknown_reason", given=command.reason)
    why = because(hall, command.counter, ticket, reason=command.reason)
    return _call(hall, command.counter, ticket, why)


def resume(hall: Hall, command: c.Resume) -> Decision:
    ticket = _callable(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    return _call(hall, command.counter, ticket, Because("resumed"))


def _free(hall: Hall, counter: str) -> Staffing | Refused:
    """What goes on at a counter that may call somebody."""
    staffing = staffed(hall, counter)
    if isinstance(staffing, Refused):
        return staffing
    if staffing.state is CounterState.CLOSED:
        return Refused("counter_closed")
    if staffing.state is CounterState.PAUSED:
        return Refused("counter_paused")
    if staffing.ticket is not None:
        return Refused("counter_busy", ticket=staffing.ticket)
    return staffing


def _callable(hall: Hall, command: c.CallTicket | c.Resume) -> Ticket | Refused:
    """The very ticket asked for, if this counter may call it."""
    staffing = _free(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    ticket = hall.ticket(command.ticket)
    if ticket is None:
        return Refused("unknown_ticket", ticket=command.ticket)
    if (ticket.turn.stage, type(command)) not in STAGES:
        return Refused("wrong_stage", ticket=ticket.number, stage=ticket.turn.stage)
    if ticket.turn.service not in hall.setup.counters[command.counter].lag:
        return Refused("not_served_here", service=ticket.turn.service)
    return ticket


def _call(hall: Hall, counter: str, ticket: Ticket, why: Because) -> Decision:
    officer = hall.staffing[counter].officer
    assert officer is not None
    agency = hall.setup.counters[counter].agency
    return (e.TicketCalled(ticket.number, counter, officer, hall.call + 1, why, agency),)


# --- The ticket at the counter -------------------------------------------------------------------


def _in_hand(hall: Hall, command: AtCounter) -> Ticket | Refused:
    """The ticket at the command's counter, if the command fits its stage."""
    staffing = staffed(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    ticket = hall.at_counter(command.counter)
    if ticket is None:
        return Refused("no_ticket_at_counter")
    if (ticket.turn.stage, type(command)) not in STAGES:
        return Refused("wrong_stage", ticket=ticket.number, stage=ticket.turn.stage)
    return ticket


def recall(hall: Hall, command: c.Recall) -> Decision:
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    if ticket.turn.recalls >= hall.setup.recalls:
        return Refused("recall_limit", ticket=ticket.number, limit=hall.setup.recalls)
    return (e.TicketRecalled(ticket.number, command.counter, hall.call + 1),)


def start(hall: Hall, command: c.Start) -> Decision:
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    return (e.ServiceStarted(ticket.number, command.counter),)


def finish(hall: Hall, command: c.Finish, now: datetime) -> Decision:
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    if command.outcome not in hall.setup.outcomes:
        return Refused("unknown_outcome", outcome=command.outcome)
    if command.dossier is not None and not is_dossier(command.dossier):
        return Refused("bad_dossier", dossier=command.dossier)
    untrue = _untrue_of_a_result(hall, command, now)
    if untrue is not None:
        return untrue
    finished = e.ServiceFinished(
        ticket.number,
        command.counter,
        command.outcome,
        command.dossier,
        _estimated_start(hall, ticket, now),
        command.due_on,
        command.apology_no,
        command.apology_on,
    )
    if not ticket.later:
        return (finished,)
    return (finished, e.NextServiceQueued(ticket.number, ticket.later[0]))


def _untrue_of_a_result(hall: Hall, command: c.Finish, now: datetime) -> Refused | None:
    """What is said of a result that was not returned, was not late, or will be excused some day."""
    apologises = command.apology_no is not None or command.apology_on is not None
    if command.due_on is None and not apologises:
        return None
    if command.outcome not in hall.setup.result_outcomes:
        return Refused("not_a_result", outcome=command.outcome)
    today = business_day(hall.setup.hours, now)
    if apologises and (command.due_on is None or command.due_on >= today):
        return Refused("not_late", due_on=str(command.due_on) if command.due_on else None)
    if command.apology_on is not None and command.apology_on > today:
        return Refused("bad_date", date=str(command.apology_on))
    return None


def _estimated_start(hall: Hall, ticket: Ticket, now: datetime) -> datetime | None:
    """Where nobody pressed start: the last call, and the time it takes to walk to the counter."""
    if ticket.turn.started_at is not None or ticket.turn.last_called_at is None:
        return None
    return min(now, ticket.turn.last_called_at + timedelta(seconds=hall.setup.walking_s))


def is_dossier(code: str) -> bool:
    """Is this a dossier code (mã số hồ sơ), like H57.132-260804-0583, with a real date in it?"""
    match = DOSSIER.match(code)
    if match is None:
        return False
    year, month, day = (int(part) for part in match.groups())
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True


def no_show(hall: Hall, command: c.NoShow) -> Decision:
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    put_back = ticket.turn.missed < hall.setup.put_backs
    return (e.NoShow(ticket.number, command.counter, put_back),)


def add_service(hall: Hall, command: c.AddService) -> Decision:
    """Whatever the issuing hours: the citizen is inside."""
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    if command.service not in hall.setup.services:
        return Refused("unknown_service", service=command.service)
    if command.service in (ticket.turn.service, *ticket.later):
        return Refused("same_service", service=command.service)
    if _services_of(ticket) >= MAX_SERVICES:
        return Refused("too_many_services", ticket=ticket.number, limit=MAX_SERVICES)
    return (e.ServiceAdded(ticket.number, command.counter, command.service),)


def may_add_service(hall: Hall, ticket: Ticket) -> bool:
    """Is there a service that could be added to the ticket at a counter?"""
    has_all = hall.setup.services.keys() <= {ticket.turn.service, *ticket.later}
    return not has_all and _services_of(ticket) < MAX_SERVICES


def _services_of(ticket: Ticket) -> int:
    """How many services the visit has in all; one that was passed on is counted where it went."""
    stages = [turn.stage for turn in ticket.turns]
    return len(stages) - stages.count(Stage.TRANSFERRED) + len(ticket.later)


def postpone(hall: Hall, command: c.Postpone, now: datetime) -> Decision:
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    until = session_opens_next(hall.setup.hours, now)
    if until is None:
        return Refused("no_later_session", ticket=ticket.number)
    return (e.TicketPostponed(ticket.number, command.counter, until),)


def transfer(hall: Hall, command: c.Transfer) -> Decision:
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    service = command.service or ticket.turn.service
    if service not in hall.setup.services:
        return Refused("unknown_service", service=service)
    goes_on_here = command.to_counter in (None, command.counter)
    if service == ticket.turn.service and goes_on_here:
        return Refused("same_service", service=service)
    if command.to_counter is not None:
        counter = hall.setup.counters.get(command.to_counter)
        if counter is None:
            return Refused("unknown_counter", counter=command.to_counter)
        if service not in counter.lag:
            return Refused("not_served_here", service=service, counter=counter.code)
    return (e.TicketTransferred(ticket.number, command.counter, service, command.to_counter),)


def hold(hall: Hall, command: c.Hold) -> Decision:
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    if command.reason not in hall.setup.hold_reasons:
        return Refused("unknown_reason", given=command.reason)
    return (e.TicketHeld(ticket.number, command.counter, command.reason),)


def put_back(hall: Hall, command: c.PutBack) -> Decision:
    ticket = _in_hand(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    return (e.TicketPutBack(ticket.number, command.counter),)


def cancel(hall: Hall, command: c.Cancel) -> Decision:
    staffing = staffed(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    ticket = hall.ticket(command.ticket)
    if ticket is None:
        return Refused("unknown_ticket", ticket=command.ticket)
    stage = ticket.turn.stage
    at_another = stage in (Stage.CALLED, Stage.SERVING) and staffing.ticket != ticket.number
    if at_another or (stage, c.Cancel) not in STAGES:
        return Refused("wrong_stage", ticket=ticket.number, stage=stage)
    if command.reason not in hall.setup.cancel_reasons:
        return Refused("unknown_reason", given=command.reason)
    return (e.TicketCancelled(ticket.number, command.counter, command.reason),)
