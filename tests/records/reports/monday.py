"""The day that docs/figures.md works out by hand, row by row: Monday 23/11/2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hall.model import Because, Setup, Stage, Ticket, Turn
from records import tables
from records.journal import Journal
from records.turns import Row, turn_rows

DAY = date(2026, 11, 23)
VIETNAM = timedelta(hours=7)


def at(clock: str) -> datetime:
    """A local time of the day."""
    local = datetime.combine(DAY, time.fromisoformat(clock), tzinfo=UTC)
    return local - VIETNAM


def turn(
    stage: Stage,
    opened: str,
    called: str | None = None,
    started: str | None = None,
    ended: str | None = None,
    **others: Any,
) -> Turn:
    facts: dict[str, Any] = {
        "service": "CT01",
        "opened_at": at(opened),
        "queued_at": at(opened),
        "stage": stage,
        "called_at": at(called) if called else None,
        "started_at": at(started) if started else None,
        "ended_at": at(ended) if ended else None,
        "because": Because("first_in_line") if called else None,
    }
    if called:
        facts |= {"counter": "1", "agency": "UBND", "officer": "cb1"}
    return Turn(**{**facts, **others})


def ticket(number: str, *turns: Turn, group: str | None = None) -> Ticket:
    return Ticket(
        number=number,
        order=int(number[1:]),
        token=number,
        issued_at=turns[0].opened_at,
        language="vi",
        group=group,
        channel="kiosk",
        turns=turns,
    )


AT_2: dict[str, Any] = {"counter": "2", "agency": "Công an", "officer": "cb2"}
RETURNED: dict[str, Any] = {"outcome": "returned"}

TICKETS = (
    ticket("A001", turn(Stage.DONE, "07:10", "07:40", "07:40", "07:46", outcome="received")),
    ticket(
        "A002",
        turn(Stage.TRANSFERRED, "07:50", "08:00", "08:01", "08:04"),
        turn(
            *(Stage.DONE, "08:04", "08:14", "08:15", "08:25"),
            **AT_2,
            service="HT01",
            outcome="received",
        ),
    ),
    ticket(
        "A003",
        turn(
            *(Stage.DONE, "08:00", "08:45", "08:45", "08:53"),
            **RETURNED,
            due_on=date(2026, 11, 20),
            dossier="H99-261101-0001",
        ),
    ),
    ticket("A004", turn(Stage.DONE, "11:20", "13:05", "13:06", "13:10", **RETURNED, due_on=DAY)),
    ticket("A005", turn(Stage.NO_SHOW, "08:10", "08:20", None, "08:22")),
    ticket("A006", turn(Stage.CANCELLED, "09:00", ended="09:05")),
    ticket("A007", turn(Stage.LEFT_OVER, "16:20", ended="18:00")),
)


def write_monday(journal: Journal, setup: Setup) -> None:
    journal.replace(
        DAY,
        {
            tables.turns: [row for one in TICKETS for row in turn_rows(setup, DAY, one)],
            tables.ratings: [
                rating("A001", 1, 5),
                rating("A002", 2, 4),
                rating("A003", 1, 2, '["unclear"]'),
            ],
            tables.counter_spans: [
                span("1", 1, "07:30", "09:30"),
                span("1", 2, "09:30", "10:00", paused=True),
                span("1", 3, "10:00", "11:30"),
                span("1", 4, "13:00", "17:00"),
                span("2", 5, "07:30", "11:30"),
                span("2", 6, "13:00", "17:00"),
            ],
        },
    )


def rating(number: str, turn: int, level: int, tags: str = "[]") -> Row:
    return {
        "hall": "an-binh",
        "day": DAY,
        "ticket": number,
        "turn": turn,
        "at": at("17:00"),
        "level": level,
        "levels": 5,
        "tags": tags,
        "device": "rating-1",
        "text": None,
    }


def span(counter: str, seq: int, since: str, until: str, *, paused: bool = False) -> Row:
    return {
        "hall": "an-binh",
        "day": DAY,
        "counter": counter,
        "seq": seq,
        "since": at(since),
        "until": at(until),
        "officer": f"cb{counter}",
        "agency": "UBND" if counter == "1" else "Công an",
        "state": "paused" if paused else "open",
        "reason": "meeting" if paused else None,
    }
