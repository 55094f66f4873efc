"""Does a day that was run unchanged agree with its record? If not: where, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hall.model import Ticket
from whatif.day import Lived
from whatif.run import Ran

SAME_S: Final = 1.0  # so much later or earlier is the same
NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Difference:
    """A visit that went otherwise than on the day: what was, what came out, and a word for why."""

    number: str
    recorded: Ticket
    replayed: Ticket | None
    cause: str  # one of the words under `whatif_cause`


def differences(lived: Lived, ran: Ran) -> list[Difference]:
    """Every visit that differs, in the order in which they began to."""
    tickets = {int(ticket.token): ticket for roll in ran.hall.tickets.values() for ticket in roll}
    pairs = [
        (lived.hall.known(visit.number), tickets.get(place))
        for place, visit in enumerate(lived.day.visits)
    ]
    differing = [pair for pair in pairs if not _same(*pair)]
    differing.sort(key=lambda pair: (_parted_at(*pair), _same_rules(*pair)))
    return [
        Difference(recorded.number, recorded, replayed, _cause(lived, recorded, replayed, place))
        for place, (recorded, replayed) in enumerate(differing)
    ]


def _same(recorded: Ticket, replayed: Ticket | None) -> bool:
    return replayed is not None and _parted_at(recorded, replayed) is NEVER


def _parted_at(recorded: Ticket, replayed: Ticket | None) -> datetime:
    """When the two began to differ; never, if they did not."""
    if replayed is None:
        return recorded.issued_at
    for one, other in zip(_moments(recorded), _moments(replayed), strict=False):
        if one[0] != other[0] or not _same_time(one[1], other[1]):
            return min(one[1] or NEVER, other[1] or NEVER)
    same = len(recorded.turns) == len(replayed.turns)
    return NEVER if same else recorded.issued_at


def _same_time(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs((one - other).total_seconds()) <= SAME_S


def _moments(ticket: Ticket) -> Iterator[tuple[str, datetime | None]]:
    """Each call with its counter, each end with its stage."""
    for turn in ticket.turns:
        yield turn.counter or "", turn.called_at
        yield turn.stage, turn.ended_at


def _cause(lived: Lived, recorded: Ticket, replayed: Ticket | None, place: int) -> str:
    if replayed is None:
        return "not_issued"
    if place > 0:
        return "follows"
    if lived.clock_stepped:
        return "clock"
    if not _same_rules(recorded, replayed):
        return "other_turn"
    counters = ([turn.counter for turn in ticket.turns] for ticket in (recorded, replayed))
    return "other_counter" if next(counters) != next(counters) else "other_time"


def _same_rules(recorded: Ticket, replayed: Ticket | None) -> bool:
    return replayed is not None and _rules(recorded) == _rules(replayed)


def _rules(ticket: Ticket) -> list[tuple[str, int]]:
    """By which rule it was called each time, and how many it overtook."""
    becauses = (turn.because for turn in ticket.turns if turn.because is not None)
    return [(because.rule, because.overtook) for because in becauses]
