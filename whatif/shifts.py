"""Who is at work in which half hour: the staffing that is looked for. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from hall.hours import Window, serving_windows
from hall.model import Hours
from whatif.model import Post, Stretch

HALF_HOUR: Final = timedelta(minutes=30)

Cell = tuple[str, int]  # a counter in one of the day's half hours
Staffed = frozenset[Cell]


@dataclass(frozen=True, slots=True)
class HalfHours:
    """The serving hours of a day in half hours; the last of a session may be shorter."""

    windows: tuple[Window, ...]
    sessions: tuple[range, ...]  # which of them make a session

    @classmethod
    def of(cls, hours: Hours, day: date) -> HalfHours:
        windows: list[Window] = []
        sessions: list[range] = []
        for start, end in serving_windows(hours, day):
            first = len(windows)
            count = -(-(end - start) // HALF_HOUR)
            starts = (start + place * HALF_HOUR for place in range(count))
            windows += [(one, min(one + HALF_HOUR, end)) for one in starts]
            sessions.append(range(first, len(windows)))
        return cls(tuple(windows), tuple(sessions))

    def everybody(self, counters: Iterable[str]) -> Staffed:
        return frozenset((code, cell) for code in counters for cell in range(len(self.windows)))

    def posts(self, staffed: Staffed) -> Mapping[str, Post]:
        """When each counter is at work; at the end of a session, until nobody is left."""
        counters = sorted({code for code, _ in staffed})
        return {code: Post(stretches=tuple(self._stretches(code, staffed))) for code in counters}

    def _stretches(self, code: str, staffed: Staffed) -> Iterator[Stretch]:
        for session in self.sessions:
            for part in runs([cell for cell in session if (code, cell) in staffed]):
                opens, ends = self.windows[part[0]][0], self.windows[part[-1]][1]
                yield Stretch(
                    opens=opens, ends=ends, calls_until=ends, until_empty=part[-1] == session[-1]
                )

    def at(self, moment: datetime) -> int:
        """The half hour of a moment; outside the hours, the next one, or the last."""
        later = (place for place, (_, end) in enumerate(self.windows) if moment < end)
        return next(later, len(self.windows) - 1)


def runs(cells: list[int]) -> list[list[int]]:
    """Those that follow one another, together."""
    if not cells:
        return []
    parts = [[cells[0]]]
    for one, other in pairwise(cells):
        if other == one + 1:
            parts[-1].append(other)
        else:
            parts.append([other])
    return parts
