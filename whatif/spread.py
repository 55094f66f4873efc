"""What a figure comes to over many runs: its mean, and between what it lies in 95 of 100."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

LOW, HIGH = 0.025, 0.975
NOTHING: Final = (None, None, None)


class Spread(NamedTuple):
    """Mean and interval over runs; None where no run has the figure."""

    mean: float | None
    low: float | None
    high: float | None


def spread(values: Iterable[float | None]) -> Spread:
    """Of one figure of every run."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return Spread(*NOTHING)
    return Spread(sum(known) / len(known), quantile(known, LOW), quantile(known, HIGH))


def differences(
    befores: Iterable[float | None], afters: Iterable[float | None]
) -> list[float | None]:
    """Run by run: both had the same chance, so that the difference is the plan's doing."""
    pairs = zip(befores, afters, strict=True)
    return [None if before is None or after is None else after - before for before, after in pairs]


def quantile(ascending: Sequence[float], share: float) -> float:
    """Between the two nearest values, as far as the share lies between their ranks."""
    place = share * (len(ascending) - 1)
    lower = int(place)
    upper = min(lower + 1, len(ascending) - 1)
    return ascending[lower] + (place - lower) * (ascending[upper] - ascending[lower])
