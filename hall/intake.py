"""The citizen's side of `decide`: a number is taken, printed, and the visit rated."""

from __future__ import annotations

from datetime import datetime

from hall import commands as c
from hall import events as e
from hall import hours
from hall.commands import Decision, Refused
from hall.model import Hall, QueueKey, Service, Stage, number_of
from hall.waits import Priority, people_before, place_of_newcomer


def take(hall: Hall, command: c.TakeTicket, now: datetime) -> Decision:
    refusal = _unwelcome(hall, command, now)
    if refusal is not None:
        return refusal
    service = hall.setup.services[command.services[0]]
    queued_at = _place_in_line(hall, command, now)
    return (
        e.TicketTaken(
            ticket=number_of(service.field, len(hall.tickets.get(service.field, ())) + 1),
            token=command.token,
            services=command.services,
            language=command.language,
            group=command.group,
            channel=command.channel,
            queued_at=queued_at,
            booking=command.booking,
            ahead=_ahead(hall, command, queued_at),
            wait_low_s=command.told.low_s if command.told else None,
            wait_high_s=command.told.high_s if command.told else None,
        ),
    )


def _unwelcome(hall: Hall, command: c.TakeTicket, now: datetime) -> Refused | None:
    """Why no number can be given, if so."""
    if command.language not in hall.setup.languages:
        return Refused("unknown_language", language=command.language)
    if command.group is not None and command.group not in hall.setup.groups:
        return Refused("unknown_group", group=command.group)
    for code in command.services:
        service = hall.setup.services.get(code)
        if service is None:
            return Refused("unknown_service", service=code)
        refusal = not_issued_because(hall, service, now)
        if refusal is not None:
            return refusal
    if not command.services:
        return Refused("unknown_service", service="")
    if len(set(command.services)) < len(command.services):  # one visit deals with a service once
        return Refused("same_service", service=max(command.services, key=command.services.count))
    slot = command.booking.slot if command.booking else now
    if hours.business_day(hall.setup.hours, slot) != hall.day:
        return Refused("bad_booking", slot=slot)
    return None


def not_issued_because(hall: Hall, service: Service, now: datetime) -> Refused | None:
    """Why no number for this service can be given now, and when it can; None: it can."""
    setup = hall.setup
    if hall.closed:
        opens_at = hours.issues_next_day(setup.hours, service, now)
        return Refused("hall_closed", service=service.code, opens_at=opens_at)
    if service.code in hall.closed_services:
        opens_at = hours.issues_next_day(setup.hours, service, now)
        return Refused("service_closed", service=service.code, opens_at=opens_at)
    if not hours.issuing_now(setup.hours, service, now):
        opens_at = hours.issues_next(setup.hours, service, now)
        return Refused("service_closed", service=service.code, opens_at=opens_at)
    limit = service.daily_limit
    if limit is not None and hall.taken.get(service.code, 0) >= limit:
        opens_at = hours.issues_next_day(setup.hours, service, now)
        return Refused("daily_limit_reached", service=service.code, limit=limit, opens_at=opens_at)
    return None


def _place_in_line(hall: Hall, command: c.TakeTicket, now: datetime) -> datetime:
    if command.booking is None:
        return now
    return command.booking.slot if hall.setup.booking_by_slot else command.booking.registered


def _ahead(hall: Hall, command: c.TakeTicket, queued_at: datetime) -> int:
    """How many stand before the new ticket."""
    priority = Priority.of(hall.setup, command.group)
    place = place_of_newcomer(priority, queued_at.timestamp(), hall.issued)
    return people_before(hall, QueueKey(command.services[0], priority.interleaved), place)


def printed(hall: Hall, command: c.Printed) -> Decision:
    ticket = hall.ticket(command.ticket)
    if ticket is None:
        return Refused("unknown_ticket", ticket=command.ticket)
    if ticket.printed == command.ok:
        return ()
    return (e.TicketPrinted(command.ticket, command.ok, command.trouble),)


def rate(hall: Hall, command: c.Rate) -> Decision:
    ticket = hall.ticket(command.ticket)
    if ticket is None:
        return Refused("unknown_ticket", ticket=command.ticket)
    if not 1 <= command.turn <= len(ticket.turns):
        return Refused("not_rateable", ticket=command.ticket)
    turn = ticket.turns[command.turn - 1]
    if turn.stage is not Stage.DONE:
        return Refused("not_rateable", ticket=command.ticket)
    if turn.rating is not None:
        return Refused("already_rated", ticket=command.ticket)
    levels = hall.setup.rating_levels
    if not 1 <= command.level <= levels:
        return Refused("bad_level", levels=levels)
    unknown = set(command.tags) - hall.setup.rating_tags
    if unknown:
        return Refused("unknown_tag", tag=min(unknown))
    return (
        e.TurnRated(
            command.ticket, command.turn, command.level, levels, command.tags, command.text
        ),
    )
