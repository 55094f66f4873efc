"""Which counters a board is for: those it names, and those of the zones it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from config.mistakes import did_you_mean, shown
from config.table import Fault

if TYPE_CHECKING:
    from config.screens import Display
    from config.shape import Counter


def counters_of(board: Display, counters: Iterable[Counter]) -> list[str]:
    """The codes of its counters, in the hall's order; none: it is the board of the whole hall."""
    return [
        one.code
        for one in counters
        if one.code in board.counters or not set(board.zones).isdisjoint(one.zone.values())
    ]


def faults_of_zones(boards: Sequence[Display], counters: Sequence[Counter]) -> Iterator[Fault]:
    """Zones that no counter is in, in whatever language they are named."""
    known = {name for counter in counters for name in counter.zone.values()}
    for index, board in enumerate(boards, start=1):
        for zone in board.zones:
            if zone not in known:
                problem = f"{shown(zone)} is no counter's zone. {did_you_mean(zone, known)}"
                yield f"devices.display[{index}].zones", problem.rstrip()
