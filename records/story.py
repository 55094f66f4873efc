"""A ticket's own story, read back from a day's events: what happened to it, and who was called
before it although they stood behind it. Changes nothing; give it an engine that only reads.

The day is lived through again by the rules of `hall`, with today's setup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import cast

from sqlalchemy import Engine, inspect

from hall import events as e
from hall.commands import Refused
from hall.evolve import evolve
from hall.hours import midnight_after
from hall.model import Because, Hall, Setup, Ticket, empty_hall
from hall.order import callable_at, overtaken
from records import tables
from records.journal import Journal, Recorded
from records.turns import counted_wait_s, turn_rows


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, in one word, with codes and figures; only what is known is in it."""

    at: datetime
    what: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TurnTold:
    """One wait and the service after it, in seconds. A wait lasts until the first call; one that
    goes on, until the day's latest event. `closed_s` was left out of it: nobody was served then.
    """

    service: str
    wait_s: float
    closed_s: float
    service_s: float | None  # None: it did not come to its end
    missed: bool  # it was put back in line after nobody came to a call
    trusted: bool  # False: the clock was set meanwhile


@dataclass(frozen=True, slots=True)
class Right:
    """Why some went before, and how many. A ticket that did so twice counts by its first call."""

    rule: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Story:
    """All that is known of one ticket. `until`: the day's latest event."""

    hall: str
    day: date
    number: str
    stage: str
    live: bool  # it had not ended yet
    until: datetime
    facts: tuple[Fact, ...]
    turns: tuple[TurnTold, ...]
    stood_before: int  # others called meanwhile who stood before it
    went_before: tuple[Right, ...]  # others called meanwhile who stood behind it


def story_of(engine: Engine, setup: Setup, day: date, number: str) -> Story | Refused:
    """The story of one ticket of a day, or what there is instead. Raises NotRecorded."""
    if not inspect(engine).has_table(tables.events.name):
        return Refused("no_records")
    journal = Journal(engine, setup)
    recorded = journal.events(day)
    if not recorded:
        return _no_such_day(day, journal.days())
    try:
        return told(lived_through(setup, recorded), day, recorded, number)
    except KeyError as missing:
        return Refused("setup_changed", day=day.isoformat(), missing=str(missing.args[0]))


def lived_through(setup: Setup, recorded: Sequence[Recorded]) -> list[Hall]:
    """The hall before each event of a day, and after the last.

    Raises KeyError where they name a counter that the setup has no more.
    """
    halls = accumulate(
        recorded, lambda hall, one: evolve(hall, one.event, one.at), initial=empty_hall(setup)
    )
    return list(halls)


def told(
    halls: Sequence[Hall], day: date, recorded: Sequence[Recorded], number: str
) -> Story | Refused:
    """The story of one ticket, from all events of its day and the halls between them.

    Raises KeyError where they name a counter or a service that the setup has no more.
    """
    after = halls[-1]
    ticket = after.ticket(number)
    if ticket is None:
        return _no_such_number(after, day, number)
    facts: list[Fact] = []
    meanwhile: set[str] = set()
    for hall, happened in zip(halls[:-1], recorded, strict=True):
        facts += _facts(hall, happened.event, happened.at, number)
        meanwhile.update(_called_meanwhile(hall, happened.event, number))
    facts += _spoken(recorded, number)
    rights = tuple(_rights(facts))
    return Story(
        hall=after.setup.hall,
        day=day,
        number=number,
        stage=ticket.turn.stage.value,
        live=ticket.turn.stage.live,
        until=after.at,
        facts=tuple(sorted(facts, key=lambda fact: fact.at)),
        turns=tuple(_turns(after.setup, day, ticket, after.at)),
        stood_before=len(meanwhile) - sum(right.count for right in rights),
        went_before=rights,
    )


# --- What there is instead -----------------------------------------------------------------------


def _no_such_day(day: date, days: Sequence[date]) -> Refused:
    if not days:
        return Refused("no_records")
    first, last = days[0].isoformat(), days[-1].isoformat()
    return Refused("no_such_day", day=day.isoformat(), first=first, last=last)


def _no_such_number(hall: Hall, day: date, number: str) -> Refused:
    rolls = [(roll[0].number, roll[-1].number) for roll in hall.tickets.values()]
    if not rolls:
        return Refused("no_numbers", day=day.isoformat())
    there = ", ".join(
        f"{first}–{last}" if first != last else first for first, last in sorted(rolls)
    )
    return Refused("no_such_number", day=day.isoformat(), ticket=number, there=there)


# --- One event as a fact of the story ------------------------------------------------------------


def _facts(hall: Hall, event: e.Event, at: datetime, number: str) -> Iterator[Fact]:
    """What an event is to this ticket, in the hall before it."""
    if getattr(event, "ticket", None) == number:
        yield from _own(hall, event, at)
    elif isinstance(event, e.TicketCalled) and _passes(hall, event, number):
        yield _fact(at, "went_before", number=event.ticket, **_call(event))
    elif isinstance(event, e.ClockStepped) and _lives(hall, number):
        yield _fact(at, "clock_set", by_s=event.by_s)


def _spoken(recorded: Sequence[Recorded], number: str) -> Iterator[Fact]:
    """What became of the ticket's calls at the loudspeakers, and when, as they said later."""
    calls: set[int] = set()
    for happened in recorded:
        match happened.event:
            case e.TicketCalled() | e.TicketRecalled() as call if call.ticket == number:
                calls.add(call.call)
            case e.CallSpoken() as spoken if spoken.call in calls:
                what = "not_spoken" if spoken.skipped else "spoken"
                yield _fact(spoken.at, what, device=spoken.device, skipped=spoken.skipped)
            case _:
                pass


def _passes(hall: Hall, event: e.TicketCalled, number: str) -> bool:
    """Does the ticket wait, earlier in line than the one called, for a counter that may call it?"""
    counter = hall.setup.counters[event.counter]
    behind = overtaken(hall, counter, hall.known(event.ticket))
    return any(number == passed for *_, passed in behind)


def _called_meanwhile(hall: Hall, event: e.Event, number: str) -> Iterator[str]:
    """The number called by a counter that could have called this ticket."""
    if isinstance(event, e.TicketCalled) and event.ticket != number:
        counter = hall.setup.counters[event.counter]
        if any(place.number == number for place in callable_at(hall, counter)):
            yield event.ticket


def _lives(hall: Hall, number: str) -> bool:
    ticket = hall.ticket(number)
    return ticket is not None and ticket.turn.stage.live


def _own(hall: Hall, event: e.Event, at: datetime) -> Iterator[Fact]:  # noqa: PLR0912
    """The ticket's own event; every kind that names a ticket stands here."""
    match event:
        case e.TicketTaken():
            yield _taken(event, at)
        case e.TicketPrinted(ok=True):
            yield _fact(at, "printed")
        case e.TicketPrinted():
            yield _fact(at, "not_printed", trouble=event.trouble)
        case e.TicketCalled():
            yield _fact(at, "called", **_call(event), **_overtook(event.because))
        case e.TicketRecalled():
            yield _at_counter(hall, event, at, "recalled")
        case e.ServiceStarted():
            yield _at_counter(hall, event, at, "started")
        case e.ServiceFinished():
            yield _at_counter(
                hall, event, at, "finished", outcome=event.outcome, began=event.start_estimated_at
            )
        case e.NextServiceQueued():
            yield _fact(at, "next_service", service=event.service)
        case e.NoShow(by_clock=by_clock, put_back=put_back):
            what = "missed" if put_back else "no_show"
            yield _at_counter(hall, event, at, what, by_clock=by_clock)
        case e.Undone():
            yield _at_counter(hall, event, at, "undone")
        case e.ServiceAdded():
            yield _at_counter(hall, event, at, "service_added", service=event.service)
        case e.TicketPostponed():
            yield _at_counter(hall, event, at, "postponed", until=event.until)
        case e.TicketBack():
            yield _fact(at, "back")
        case e.TicketTransferred(service=service, to_counter=to_counter):
            yield _at_counter(hall, event, at, "transferred", service=service, to=to_counter)
        case e.TicketMoved(service=service, to_counter=to_counter, reason=reason):
            yield _fact(at, "moved", service=service, to=to_counter, reason=reason)
        case e.TicketHeld():
            yield _at_counter(hall, event, at, "held", reason=event.reason)
        case e.TicketPutBack():
            yield _at_counter(hall, event, at, "put_back")
        case e.TicketCancelled():
            yield _at_counter(hall, event, at, "cancelled", reason=event.reason)
        case e.TicketLeftOver():
            yield _fact(at, "left_over")
        case e.TurnRated():
            yield _fact(at, "rated", level=event.level, levels=event.levels)
        case _:
            raise AssertionError(event)


AtCounter = (
    e.TicketRecalled
    | e.ServiceStarted
    | e.ServiceFinished
    | e.NoShow
    | e.Undone
    | e.ServiceAdded
    | e.TicketPostponed
    | e.TicketTransferred
    | e.TicketHeld
    | e.TicketPutBack
    | e.TicketCancelled
)


def _at_counter(hall: Hall, event: AtCounter, at: datetime, what: str, **facts: object) -> Fact:
    """With the officer who sits there."""
    officer = hall.staffing[event.counter].officer
    return _fact(at, what, counter=event.counter, officer=officer, **facts)


def _taken(event: e.TicketTaken, at: datetime) -> Fact:
    return _fact(
        at,
        "taken",
        services=event.services,
        group=event.group,
        channel=event.channel,
        slot=event.booking.slot if event.booking else None,
        ahead=event.ahead,
        wait_low_s=event.wait_low_s,
        wait_high_s=event.wait_high_s,
    )


def _call(event: e.TicketCalled) -> dict[str, object]:
    return {
        "counter": event.counter,
        "officer": event.officer,
        "rule": event.because.rule,
        "reason": event.because.reason,
    }


def _overtook(because: Because) -> dict[str, object]:
    return {"overtook": because.overtook, "longest": because.longest}


def _fact(at: datetime, what: str, **facts: object) -> Fact:
    return Fact(at, what, {name: value for name, value in facts.items() if value is not None})


# --- The sums ------------------------------------------------------------------------------------


def _turns(setup: Setup, day: date, ticket: Ticket, now: datetime) -> Iterator[TurnTold]:
    """Each turn with the very figures that the statistics have; nobody waits into the next day."""
    rows, over = turn_rows(setup, day, ticket), midnight_after(setup.hours, day)
    for turn, row in zip(ticket.turns, rows, strict=True):
        until = min(over, turn.called_at or turn.ended_at or now)
        wait_s = counted_wait_s(setup, ticket, turn, until)
        felt_s = max(0.0, (until - ticket.wait_began(turn)).total_seconds())
        yield TurnTold(
            service=turn.service,
            wait_s=wait_s,
            closed_s=felt_s - wait_s,
            service_s=cast(float | None, row["service_s"]),
            missed=turn.missed > 0,
            trusted=not turn.clock_stepped,
        )


def _rights(facts: Sequence[Fact]) -> Iterator[Right]:
    """Why tickets went before, the most frequent right first."""
    first: dict[object, tuple[str, str | None]] = {}
    for fact in facts:
        if fact.what == "went_before":
            right = str(fact.facts["rule"]), cast(str | None, fact.facts.get("reason"))
            first.setdefault(fact.facts["number"], right)
    for (rule, reason), count in Counter(first.values()).most_common():
        yield Right(rule, reason, count)
