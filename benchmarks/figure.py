"""One measured quantity: its values, what is judged of them, and how good it has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from benchmarks.calibrate import percentile

MEDIAN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`gate` must hold on any machine, `goal` on one that does nothing else."""

    code: str  # of the target, such as P1
    what: str
    unit: str
    values: Sequence[float]
    quantile: int = MEDIAN  # of the values: which is judged
    gate: float
    goal: float
    more_is_better: bool = False
    beside: Literal["disk and echo", "loop", ""] = ""  # what it is a multiple of

    @property
    def value(self) -> float:
        """What is judged."""
        if self.quantile == MEDIAN:
            return median(self.values)
        return percentile(self.values, self.quantile)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the most of what was measured."""
        return min(self.values), max(self.values)

    def reaches(self, target: float) -> bool:
        return self.value >= target if self.more_is_better else self.value <= target

    @property
    def verdict(self) -> str:
        if self.reaches(self.goal):
            return "goal"
        return "gate" if self.reaches(self.gate) else "missed"
