"""What a batch of requests brings, before any of it is written down. No input, no output, no clock.

Each request is decided on the hall that the one before it left. The dispatcher writes the result
down in one transaction, and only then is any of it true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from hall import events as e
from hall.commands import Command, Refused, StepClock, Tick
from hall.decide import decide
from hall.evolve import evolve
from hall.model import Hall, Ticket
from hall.order import counters_for
from hall.tick import tick
from link.messages import Answer
from records.journal import Entry
from records.turns import Row, TurnKey, turn_rows


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its command, and who asks. Without an id it is the server's own."""

    command: Command
    id: str | None = None
    device: str = ""
    officer: str | None = None


@dataclass(slots=True)
class Outcome:
    """What a batch brings: the hall after it, what is to be written down, and the answers by id."""

    hall: Hall
    entries: list[Entry] = field(default_factory=list)
    turns: dict[TurnKey, Row] = field(default_factory=dict)
    gone: set[TurnKey] = field(default_factory=set)  # turns whose rows are to go
    answers: dict[str, bytes] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many events it has."""
        return sum(len(entry.events) for entry in self.entries)

    def rows(self) -> list[Row]:
        """The turns touched, as they stand after the batch."""
        return list(self.turns.values())


def prepare(
    hall: Hall, batch: Sequence[Asked], at: datetime, step_s: float | None = None
) -> Outcome:
    """Carry out what is due at `at`, then the batch in order, then what is due because of it.

    `at` is not before `hall.at`.

    `step_s`: by how much the clock was set. That is noted first, so that whatever is due only
    because of it can be told apart.
    """
    outcome = Outcome(hall)
    if step_s is not None and hall.day is not None:
        _carry_out(outcome, Asked(StepClock(step_s)), at)
    _let_happen_what_is_due(outcome, at)
    for asked in batch:
        _carry_out(outcome, asked, at)
    if outcome.entries:
        _let_happen_what_is_due(outcome, at)
    return outcome


def _let_happen_what_is_due(outcome: Outcome, at: datetime) -> None:
    while events := tick(outcome.hall, at):
        _happen(outcome, Asked(Tick()), events, at)


def encode(asked_id: str, *, ok: Any = None, refused: Refused | None = None) -> bytes:
    """An answer as it travels."""
    facts = None if refused is None else {"reason": refused.reason, **refused.facts}
    return msgspec.json.encode(Answer(id=asked_id, ok=ok, refused=facts))


def _carry_out(outcome: Outcome, asked: Asked, at: datetime) -> None:
    decision = decide(outcome.hall, asked.command, at)
    if not isinstance(decision, Refused):
        _happen(outcome, asked, decision, at)
    elif asked.id is not None:
        answer = encode(asked.id, refused=decision)
        _write_down(outcome, asked, (), at, answer)


def _happen(outcome: Outcome, asked: Asked, events: tuple[e.Event, ...], at: datetime) -> None:
    before = outcome.hall
    for event in events:
        outcome.hall = evolve(outcome.hall, event, at)
    for number in dict.fromkeys(_touched(outcome.hall, events)):
        _update_turns(outcome, number, before.ticket(number))
    answer = encode(asked.id, ok=_ok(outcome.hall, events)) if asked.id is not None else None
    _write_down(outcome, asked, events, at, answer)


def _write_down(
    outcome: Outcome,
    asked: Asked,
    events: tuple[e.Event, ...],
    at: datetime,
    answer: bytes | None,
) -> None:
    if answer is None and not events:
        return
    day = outcome.hall.day
    assert day is not None
    if asked.id is not None and answer is not None:
        outcome.answers[asked.id] = answer
    outcome.entries.append(
        Entry(
            at=at,
            day=day,
            events=events,
            request=asked.id,
            device=asked.device,
            officer=asked.officer,
            answer=answer,
        )
    )


def _update_turns(outcome: Outcome, number: str, before: Ticket | None) -> None:
    """The rows of a ticket's turns as they stand now. A turn that was taken back has none."""
    day = outcome.hall.day
    assert day is not None
    rows = turn_rows(outcome.hall.setup, day, outcome.hall.known(number))
    for turn, row in enumerate(rows, start=1):
        outcome.turns[day, number, turn] = row
        outcome.gone.discard((day, number, turn))
    for turn in range(len(rows), len(before.turns) if before else 0):
        outcome.turns.pop((day, number, turn + 1), None)
        outcome.gone.add((day, number, turn + 1))


def _touched(hall: Hall, events: tuple[e.Event, ...]) -> Iterator[str]:
    """Numbers of the tickets that the events changed."""
    for event in events:
        if isinstance(event, e.ClockStepped):
            yield from (
                ticket.number
                for roll in hall.tickets.values()
                for ticket in roll
                if ticket.turn.stage.live
            )
        number: str | None = getattr(event, "ticket", None)
        if number is not None:
            yield number


def _ok(hall: Hall, events: tuple[e.Event, ...]) -> dict[str, Any]:
    """What the one who asked is told of it."""
    for event in events:
        match event:
            case e.TicketTaken():
                return _taken(hall, event)
            case e.TicketCalled():
                service = hall.known(event.ticket).turn.service
                return {
                    "ticket": event.ticket,
                    "service": service,
                    "call": event.call,
                    "why": event.because,
                }
            case e.TicketRecalled():
                return {"ticket": event.ticket, "call": event.call}
            case e.NoShow():
                return {"ticket": event.ticket, "put_back": event.put_back}
            case e.WordSent():
                return {"word": event.word, "counters": [one.counter for one in _sent(events)]}
            case _:
                pass
    number = next((n for event in events if (n := getattr(event, "ticket", None))), None)
    return {} if number is None else {"ticket": number}


def _sent(events: tuple[e.Event, ...]) -> Iterator[e.WordSent]:
    return (event for event in events if isinstance(event, e.WordSent))


def _taken(hall: Hall, event: e.TicketTaken) -> dict[str, Any]:
    """All a kiosk needs to show and print the ticket."""
    service = event.services[0]
    return {
        "ticket": event.ticket,
        "token": event.token,
        "services": event.services,
        "group": event.group,
        "language": event.language,
        "issued_at": hall.at,
        "ahead": event.ahead,
        "low_s": event.wait_low_s,
        "high_s": event.wait_high_s,
        "counters": counters_for(hall.setup, service),
    }
