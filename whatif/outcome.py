"""What a day came to, in plain counts and sums: as small as can be carried between processes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from figures.times import rank
from hall.changes import half_hour_of
from hall.hours import Window, open_wait_s, serving_windows
from hall.model import Hall, Setup, Stage, Ticket, Turn
from whatif.run import Ran, Span

TARGET_S: Final = 900.0  # within 15 minutes, whatever the hall's own target is
ATTENDED: Final = (Stage.DONE, Stage.TRANSFERRED)


@dataclass(slots=True)
class Part:
    """Visits of one half hour, or turns of one service: how many, and the sum of their waits."""

    count: int = 0
    wait_s: float = 0.0

    def add(self, wait_s: float) -> None:
        self.count += 1
        self.wait_s += wait_s


@dataclass(slots=True, kw_only=True)
class Outcome:
    """One day. Waits are those for the target, of visits that were served, in seconds."""

    visits: int = 0
    served: int = 0
    no_shows: int = 0
    left_over: int = 0
    turned_away: int = 0
    wait_mean_s: float | None = None
    wait_p90_s: float | None = None
    within_15: float | None = None
    use: float | None = None
    half_hours: dict[int, Part] = field(default_factory=dict)  # of arrival, since 1970
    services: dict[str, Part] = field(default_factory=dict)
    busy_s: dict[str, float] = field(default_factory=dict)  # by counter
    open_s: dict[str, float] = field(default_factory=dict)


def outcome_of(setup: Setup, ran: Ran) -> Outcome:
    """What a day that was run came to."""
    return of_hall(setup, ran.hall, ran.spans, len(ran.turned_away))


def of_hall(
    setup: Setup, hall: Hall, spans: Mapping[str, Sequence[Span]], turned_away: int = 0
) -> Outcome:
    """What the day of this hall came to; `spans`: when each counter was at the ready."""
    assert hall.day is not None
    windows = serving_windows(setup.hours, hall.day)
    found = Outcome(turned_away=turned_away)
    waits = sorted(_counted(setup, hall, found))
    found.open_s = {code: _within_s(windows, some) for code, some in spans.items()}
    opened_s = sum(found.open_s.values())
    found.use = sum(found.busy_s.values()) / opened_s if opened_s else None
    if waits:
        found.wait_mean_s = sum(waits) / len(waits)
        found.wait_p90_s = waits[rank(90, len(waits)) - 1]
        found.within_15 = sum(wait_s <= TARGET_S for wait_s in waits) / len(waits)
    return found


def _counted(setup: Setup, hall: Hall, found: Outcome) -> Iterator[float]:
    """The wait of each visit that was served; everything else is counted."""
    services: defaultdict[str, Part] = defaultdict(Part)
    half_hours: defaultdict[int, Part] = defaultdict(Part)
    busy_s: defaultdict[str, float] = defaultdict(float)
    for ticket in (ticket for roll in hall.tickets.values() for ticket in roll):
        found.visits += 1
        found.no_shows += ticket.turn.stage is Stage.NO_SHOW
        found.left_over += ticket.turn.stage is Stage.LEFT_OVER
        total_s = 0.0
        for turn in ticket.turns:
            if turn.waited_until is None:
                continue
            wait_s = turn_wait_s(setup, ticket, turn, turn.waited_until)
            total_s += wait_s
            if turn.stage in ATTENDED and turn.counter is not None:
                services[turn.service].add(wait_s)
                busy_s[turn.counter] += _served_s(turn)
        if ticket.turn.stage is Stage.DONE:
            found.served += 1
            half_hours[half_hour_of(ticket.issued_at)].add(total_s)
            yield total_s
    found.services, found.half_hours, found.busy_s = dict(services), dict(half_hours), dict(busy_s)


def turn_wait_s(setup: Setup, ticket: Ticket, turn: Turn, until: datetime) -> float:
    """Seconds waited until then, as the state counts them: closed hours taken out."""
    return max(0.0, open_wait_s(setup.hours, ticket.wait_began(turn), until))


def _served_s(turn: Turn) -> float:
    if turn.started_at is None or turn.ended_at is None:
        return 0.0
    return max(0.0, (turn.ended_at - turn.started_at).total_seconds() - turn.held_s)


def _within_s(windows: Sequence[Window], spans: Sequence[Span]) -> float:
    """Seconds of these spans while the hall served."""
    parts = ((max(a, start), min(b, end)) for a, b in windows for start, end in spans)
    return sum(max(0.0, (end - start).total_seconds()) for start, end in parts)
