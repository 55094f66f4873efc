"""The manager's side of `decide`: what is offered and said, who is moved, which alarm was seen.

What officers make of it stands here, too: a word that was sent is read.
"""

from __future__ import annotations

from hall import commands as c
from hall import events as e
from hall.commands import Decision, Refused
from hall.counters import staffed
from hall.model import Hall, Ticket
from hall.turns import STAGES


def set_service(hall: Hall, command: c.SetService) -> Decision:
    if command.service not in hall.setup.services:
        return Refused("unknown_service", service=command.service)
    if command.open == (command.service not in hall.closed_services):
        return ()
    return (e.ServiceSet(command.service, command.open),)


def set_notice(hall: Hall, command: c.SetNotice) -> Decision:
    return () if command.text == hall.notice else (e.NoticeSet(command.text),)


def move_ticket(hall: Hall, command: c.MoveTicket) -> Decision:
    ticket = _movable(hall, command)
    if isinstance(ticket, Refused):
        return ticket
    service = command.service or ticket.turn.service
    if service not in hall.setup.services:
        return Refused("unknown_service", service=service)
    if (service, command.to_counter) == (ticket.turn.service, ticket.turn.reserved):
        return Refused("same_service", service=service)
    if command.to_counter is not None:
        counter = hall.setup.counters.get(command.to_counter)
        if counter is None:
            return Refused("unknown_counter", counter=command.to_counter)
        if service not in counter.lag:
            return Refused("not_served_here", service=service, counter=counter.code)
    return (e.TicketMoved(ticket.number, service, command.to_counter, command.reason),)


def _movable(hall: Hall, command: c.MoveTicket) -> Ticket | Refused:
    """The ticket asked for, if it waits and there is a reason to move it."""
    ticket = hall.ticket(command.ticket)
    if ticket is None:
        return Refused("unknown_ticket", ticket=command.ticket)
    if (ticket.turn.stage, c.MoveTicket) not in STAGES:
        return Refused("wrong_stage", ticket=ticket.number, stage=ticket.turn.stage)
    if command.reason not in hall.setup.jump_reasons:
        return Refused("unknown_reason", given=command.reason)
    return ticket


def send_word(hall: Hall, command: c.SendWord) -> Decision:
    if not command.text:
        return Refused("nothing_said")
    if command.counter is not None:
        staffing = staffed(hall, command.counter)
        if isinstance(staffing, Refused):
            return staffing
        return (e.WordSent(hall.word + 1, command.counter, command.text),)
    there = [code for code, staffing in hall.staffing.items() if staffing.officer is not None]
    if not there:
        return Refused("nobody_signed_in")
    return tuple(e.WordSent(hall.word + 1, code, command.text) for code in there)


def read_word(hall: Hall, command: c.ReadWord) -> Decision:
    """What was read before, or came for somebody else there, is read no more."""
    staffing = staffed(hall, command.counter)
    if isinstance(staffing, Refused):
        return staffing
    if command.word > hall.word:
        return Refused("unknown_word", word=command.word)
    unread = [sent.word for sent in hall.words.get(command.counter, ())]
    return (e.WordRead(command.word, command.counter),) if command.word in unread else ()


def acknowledge(hall: Hall, command: c.Acknowledge) -> Decision:
    alarm = hall.alarms.get(command.alarm)
    if alarm is None:
        return Refused("unknown_alarm", alarm=command.alarm)
    return () if alarm.acknowledged_at else (e.AlarmAcknowledged(command.alarm),)
