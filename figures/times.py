"""How long things took: every single time of it, and what it has in common with a histogram.

Sums are kept in whole microseconds, so that they can be taken apart again without an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

SECOND_US: Final = 1_000_000
MICROSECONDS: Final = 6  # digits of seconds


class Quantile(NamedTuple):
    """A value, and how far at most it is from the true one. Both in seconds."""

    seconds: float
    within_s: float


def microseconds(seconds: float) -> int:
    """Exact: what is recorded in seconds was taken from clocks of microseconds."""
    return round(seconds * SECOND_US)


def rank(percent: int, count: int) -> int:
    """The place, from 1, of the value that so many per cent do not exceed: the nearest rank."""
    return max(1, -(-percent * count // 100))


def mean_s(total_us: int, count: int) -> float | None:
    return total_us / count / SECOND_US if count else None


class Values:
    """Every single time, in seconds: for periods so short that their quantiles are to be exact."""

    __slots__ = ("_sorted", "_values")

    def __init__(self, values: Iterable[float | None] = ()) -> None:
        self._values: list[float] = []
        self._sorted = True
        self.add_all(values)

    def add_all(self, values: Iterable[float | None]) -> None:
        """More of them; None is no time."""
        self._values += [value for value in values if value is not None]
        self._sorted = False

    def __iter__(self) -> Iterator[float]:
        """Ascending."""
        if not self._sorted:
            self._values.sort()
            self._sorted = True
        return iter(self._values)

    def quantile(self, percent: int) -> Quantile | None:
        """The very value at the nearest rank."""
        if not self._values:
            return None
        iter(self)
        found = self._values[rank(percent, len(self._values)) - 1]
        return Quantile(round(found, MICROSECONDS), 0.0)
