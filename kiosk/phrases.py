"""What screen and paper say alike: names, waits, places, proofs. Lays out nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from link.messages import CounterInfo, GroupInfo, HallInfo
from terminal.words import Words

SOON_S: Final = 300  # up to here a wait is only called "under"


@dataclass(frozen=True, slots=True)
class Phrases:
    """One hall in one language."""

    words: Words
    hall: HallInfo

    def service(self, code: str) -> str:
        names = (self.words.name(one.names) for one in self.hall.services if one.code == code)
        return next(names, code)

    def field(self, code: str) -> str:
        names = (self.words.name(one.names) for one in self.hall.fields if one.code == code)
        return next(names, code)

    def group(self, code: str | None) -> GroupInfo | None:
        return next((group for group in self.hall.groups if group.code == code), None)

    def proof(self, group: GroupInfo) -> str:
        """What the staff will ask for."""
        if not group.proof:
            return self.words("kiosk.no_proof")
        return self.words("kiosk.proof", proof=self.words.name(group.proof))

    def people(self, waiting: int) -> str:
        key = {0: "none", 1: "one"}.get(waiting, "many")
        return self.words(f"kiosk.waiting_{key}", people=waiting)

    def wait(self, low_s: int | None, high_s: int | None) -> str:
        """From-to; None: no counter is open for it."""
        if low_s is None or high_s is None:
            return self.words("kiosk.wait_unknown")
        if low_s == 0 and high_s <= SOON_S:
            return self.words("kiosk.wait_under", minutes=SOON_S // 60)
        return self.words("kiosk.wait", span=self.words.span(low_s, high_s))

    def places(self, codes: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """("Quầy 1, 2, 3", "Khu A", "Tầng 1"), once for each place that has such counters."""
        counters = [counter for counter in self.hall.counters if counter.code in set(codes)]
        for place, there in groupby(sorted(counters, key=self._where), key=self._where):
            numbers = ", ".join(str(counter.number) for counter in there)
            yield self.words("kiosk.counters", numbers=numbers), *place

    def _where(self, counter: CounterInfo) -> tuple[str, ...]:
        zone, floor = self.words.name(counter.zone), counter.floor
        return tuple(filter(None, (zone, floor and self.words("kiosk.floor", floor=floor))))
