"""What time it is for the hall, whatever happens to the machine's clock.

The hall's time is the wall clock, but never earlier than its last event: set back, it stands still
until the wall clock has caught up. That the clock was set is noticed by comparing it with a steady
one, so that durations it falsifies can be marked.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime

STEP_S = 2.0  # a wall clock that parts from the steady one by more was set

Wall = Callable[[], datetime]
Steady = Callable[[], float]


def wall_clock() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def steady_clock() -> float:
    """Seconds that nobody can set; they go on while the machine sleeps, where it can tell."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Timekeeper:
    """Compares the two clocks each time it is asked."""

    def __init__(
        self,
        wall: Wall = wall_clock,
        steady: Steady = steady_clock,
        pace: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._wall, self._steady, self._pace = wall, steady, pace
        self._last = (wall(), steady())
        self._unwritten_s = 0.0

    def now(self, not_before: datetime) -> datetime:
        """The hall's time."""
        return max(self._wall(), not_before)

    def steady_s(self) -> float:
        """Seconds since some moment, whatever happens to the wall clock."""
        return self._steady()

    def behind_s(self, not_before: datetime) -> float:
        """Seconds until the wall clock has caught up with the records."""
        return max(0.0, (not_before - self._wall()).total_seconds())

    def pace(self) -> float:
        """How many times as fast as life time passes by itself; 1 where it jumps instead."""
        pace = self._pace()
        return pace if math.isfinite(pace) else 1.0

    def sleep_s(self, hall_s: float) -> float:
        """How long these seconds of the hall take: a rehearsed day passes faster than life."""
        return hall_s / self.pace()

    def jumps(self) -> bool:
        """Does time not pass at all by itself, as on a rehearsed day that is over in no time?"""
        return math.isinf(self._pace())

    def step_s(self) -> float | None:
        """By how much the wall clock was set, as far as nobody has written it down; None: not."""
        wall, steady = self._wall(), self._steady()
        last_wall, last_steady = self._last
        self._last = (wall, steady)
        step_s = (wall - last_wall).total_seconds() - (steady - last_steady)
        if abs(step_s) > STEP_S:
            self._unwritten_s += step_s
        return self._unwritten_s or None

    def look_back_at(self, recorded: datetime) -> None:
        """The records go up to there. A wall clock that is behind was set while nobody looked."""
        behind_s = self.behind_s(recorded)
        if behind_s > STEP_S and not self._unwritten_s:
            self._unwritten_s = -behind_s

    def written(self, step_s: float) -> None:
        """So much of it is written down now."""
        self._unwritten_s -= step_s
