"""One measured quantity: its values, what is judged of them, and how good it has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from load.calibrate import percentile

MEDIAN: Final = 50
WORST: Final = 99
Verdict = Literal["goal", "gate", "missed", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`gate` must hold on any machine, `goal` on one that does nothing else; None: not judged.

    `why`: the reason that stands beside a goal where it is not reached.
    """

    code: str  # of the target, such as P1
    what: str
    unit: str
    values: Sequence[float]
    quantile: int = MEDIAN  # of the values: which is judged
    gate: float | None = None
    goal: float | None = None
    more_is_better: bool = False
    beside: Literal["disk and echo", "loop", ""] = ""  # what it is a multiple of
    why: str = ""

    @property
    def value(self) -> float:
        """What is judged."""
        return self.at(self.quantile)

    def at(self, quantile: int) -> float:
        """The median, or how bad the worst in a hundred are."""
        if quantile == MEDIAN:
            return median(self.values)
        return percentile(self.values, 100 - quantile if self.more_is_better else quantile)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the most of what was measured."""
        return min(self.values), max(self.values)

    def reaches(self, target: float) -> bool:
        return self.value >= target if self.more_is_better else self.value <= target

    @property
    def verdict(self) -> Verdict:
        if self.gate is None or self.goal is None:
            return ""
        if self.reaches(self.goal):
            return "goal"
        return "gate" if self.reaches(self.gate) else "missed"
