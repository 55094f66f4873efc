"""How long something took, counted in steps that Prometheus can add up. Takes no time itself."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Final

STEPS_S: Final = (
    *(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1.0, 2.0, 5.0, 10.0),
)


class Durations:
    """Those seen since the start."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self._seen = [0] * (len(STEPS_S) + 1)

    def see(self, seconds: float) -> None:
        self.total_s += seconds
        self._seen[bisect_left(STEPS_S, seconds)] += 1

    @contextmanager
    def seen(self) -> Iterator[None]:
        """What is done within takes so long."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.see(time.perf_counter() - began)

    @property
    def count(self) -> int:
        return sum(self._seen)

    def up_to(self) -> Iterator[tuple[float, int]]:
        """How many took so long at most, for each step."""
        yield from zip(STEPS_S, accumulate(self._seen), strict=False)
