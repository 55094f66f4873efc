"""The two clocks a console has of its own: the one that calls the next number, and the one that
sees that nobody is there. They count seconds; what follows is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

Clock = Callable[[], float]  # seconds that only grow, whatever the machine's clock is set to


class Countdown:
    """Runs down once, unless it is stopped."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: float | None = None

    @property
    def running(self) -> bool:
        return self._ends is not None

    @property
    def left_s(self) -> int:
        """Whole seconds that are left, rounded up; 0 where it does not run, or has run down."""
        return 0 if self._ends is None else max(0, ceil(self._ends - self._clock()))

    def start(self, seconds: float) -> None:
        self._ends = self._clock() + seconds

    def stop(self) -> None:
        self._ends = None


class Stillness:
    """How long no key was pressed and no button clicked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock()

    @property
    def seconds(self) -> float:
        return self._clock() - self._since

    def broken(self) -> None:
        self._since = self._clock()
