"""What a ticket comes to, turn by turn, as rows for the statistics. Reads and writes nothing."""

from __future__ import annotations

from datetime import date, datetime

from hall.hours import business_day, open_wait_s
from hall.model import Because, Setup, Ticket, Turn

Row = dict[str, object]  # by column
TurnKey = tuple[date, str, int]  # day, number of the ticket, which turn of it

NOT_CALLED = Because(rule="")


def turn_rows(setup: Setup, day: date, ticket: Ticket) -> list[Row]:
    """One row of `tables.turns` per turn of the ticket, in order. No duration is negative."""
    visit, rows = _visit(setup, day, ticket), []
    for place, turn in enumerate(ticket.turns, start=1):
        row = _way(setup, turn)
        row |= visit
        row |= _durations(setup, ticket, turn)
        row["turn"] = place
        rows.append(row)
    return rows


def counted_wait_s(setup: Setup, ticket: Ticket, turn: Turn, until: datetime) -> float:
    """Seconds a turn waited until then, as the state counts them: closed hours taken out."""
    return max(0.0, open_wait_s(setup.hours, ticket.wait_began(turn), until))


def _visit(setup: Setup, day: date, ticket: Ticket) -> Row:
    """What is the same for every turn of the ticket."""
    return {
        "hall": setup.hall,
        "day": day,
        "ticket": ticket.number,
        "group_code": ticket.group,
        "language": ticket.language,
        "channel": ticket.channel,
        "issued_at": ticket.issued_at,
        "slot_at": ticket.booking.slot if ticket.booking else None,
        "told_low_s": ticket.told_low_s,
        "told_high_s": ticket.told_high_s,
    }


def _way(setup: Setup, turn: Turn) -> Row:
    """Where the turn went, when, and why."""
    because = turn.because or NOT_CALLED
    return {
        "service": turn.service,
        "field": setup.services[turn.service].field,
        "counter": turn.counter,
        "agency": turn.agency,
        "officer": turn.officer,
        "stage": turn.stage.value,
        "opened_at": turn.opened_at,
        "queued_at": turn.queued_at,
        "called_at": turn.called_at,
        "started_at": turn.started_at,
        "ended_at": turn.ended_at,
        "start_estimated": turn.start_estimated,
        "recalls": turn.recalls,
        "missed": turn.missed,
        "rule": because.rule or None,
        "overtook": because.overtook,
        "jump_reason": because.reason,
        "longest": because.longest,
        "outcome": turn.outcome,
        "dossier": turn.dossier,
        "rating": turn.rating,
        "clock_stepped": turn.clock_stepped,
        "due_on": turn.due_on,
        "late": _late(setup, turn),
        "apology_no": turn.apology_no,
        "apology_on": turn.apology_on,
    }


def _late(setup: Setup, turn: Turn) -> bool | None:
    """Was the result returned after the day it was due? None where there was no such day."""
    if turn.due_on is None or turn.ended_at is None:
        return None
    return business_day(setup.hours, turn.ended_at) > turn.due_on


def _durations(setup: Setup, ticket: Ticket, turn: Turn) -> Row:
    """Seconds, None where the turn did not come so far."""
    held_s = max(0.0, turn.held_s)
    return {
        "wait_s": _span_s(turn.opened_at, turn.waited_until),
        "wait_target_s": _wait_target_s(setup, ticket, turn),
        "service_s": _span_s(turn.started_at, turn.ended_at, without_s=held_s),
        "held_s": held_s,
    }


def _wait_target_s(setup: Setup, ticket: Ticket, turn: Turn) -> float | None:
    if turn.waited_until is None:
        return None
    return counted_wait_s(setup, ticket, turn, turn.waited_until)


def _span_s(
    since: datetime | None, until: datetime | None, *, without_s: float = 0.0
) -> float | None:
    if since is None or until is None:
        return None
    return max(0.0, (until - since).total_seconds() - without_s)
