"""What a ticket comes to, turn by turn, as rows for the statistics. Reads and writes nothing."""

from __future__ import annotations

from datetime import date, datetime

from hall.hours import open_wait_s
from hall.model import Because, Setup, Ticket, Turn

Row = dict[str, object]  # by column

NOT_CALLED = Because(rule="")


def turn_rows(setup: Setup, day: date, ticket: Ticket) -> list[Row]:
    """One row of `tables.turns` per turn of the ticket, in order. No duration is negative."""
    visit = _visit(setup, day, ticket)
    return [
        {**visit, "turn": place, **_way(setup, turn), **_durations(setup, ticket, turn)}
        for place, turn in enumerate(ticket.turns, start=1)
    ]


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
        "outcome": turn.outcome,
        "dossier": turn.dossier,
        "rating": turn.rating,
        "clock_stepped": turn.clock_stepped,
    }


def _durations(setup: Setup, ticket: Ticket, turn: Turn) -> Row:
    """Seconds, None where the turn did not come so far."""
    held_s = max(0.0, turn.held_s)
    return {
        "wait_s": _span_s(turn.opened_at, turn.called_at),
        "wait_target_s": _wait_target_s(setup, ticket, turn),
        "service_s": _span_s(turn.started_at, turn.ended_at, without_s=held_s),
        "held_s": held_s,
    }


def _wait_target_s(setup: Setup, ticket: Ticket, turn: Turn) -> float | None:
    if turn.called_at is None:
        return None
    return max(0.0, open_wait_s(setup.hours, ticket.wait_began(turn), turn.called_at))


def _span_s(
    since: datetime | None, until: datetime | None, *, without_s: float = 0.0
) -> float | None:
    if since is None or until is None:
        return None
    return max(0.0, (until - since).total_seconds() - without_s)
