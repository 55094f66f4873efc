"""How long a citizen keeps a counter, and what is left of it: what the forecast reckons with.

Where the figures come from is not known here. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from math import erf, exp, log, sqrt
from typing import Final

from hall.model import Setup

USUAL_CV: Final = 0.55  # standard deviation / mean of a service, where nothing is recorded yet
UNHEARD_OF: Final = 1e-6  # a service that lasts longer than all but this share: nothing is known


@dataclass(frozen=True, slots=True)
class Desk:
    """How long a ticket keeps a counter, from its call to the next one: seconds."""

    mean_s: float
    sd_s: float


NOW: Final = Desk(0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """What a hall has learnt of itself; without any, the catalogue's means count."""

    desks: Mapping[tuple[str, str | None], Desk] = field(default_factory=dict)  # (service, counter)
    no_show_share: float = 0.0
    no_show_s: float = 120.0  # what somebody who does not come costs a counter
    pause_s: float = 900.0  # how long a pause lasts
    # When a session begins, by the clock on the wall -> the counters usually open soon after it.
    openings: Mapping[time, frozenset[str]] = field(default_factory=dict)

    def desk(self, setup: Setup, service: str, counter: str) -> Desk:
        """The counter's own figure, or the hall's, or the catalogue's."""
        known = self.desks.get((service, counter)) or self.desks.get((service, None))
        if known is not None:
            return known
        mean_s = setup.services[service].mean_s + setup.walking_s
        return Desk(mean_s, USUAL_CV * mean_s)


def lognormal(mean_s: float, sd_s: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of a lognormal time. Both are above 0."""
    variance = log(1 + (sd_s / mean_s) ** 2)
    return log(mean_s) - variance / 2, sqrt(variance)


def rest_after(desk: Desk, elapsed_s: float) -> Desk:
    """What is left of a lognormal time that has lasted so long: mean and standard deviation.

    With z = (log elapsed - middle) / sigma and F the share of a normal distribution above it,
    E(X | X > elapsed) = mean F(z - sigma) / F(z), and E(X^2 | ...) with 2 sigma in the same way.
    """
    if elapsed_s <= 0.0 or desk.sd_s <= 0.0:
        return Desk(max(0.0, desk.mean_s - elapsed_s), desk.sd_s)
    middle, sigma = lognormal(desk.mean_s, desk.sd_s)
    z = (log(elapsed_s) - middle) / sigma
    lasts = _above(z)
    if lasts < UNHEARD_OF:
        return desk
    first = desk.mean_s * _above(z - sigma) / lasts
    second = desk.mean_s**2 * exp(sigma**2) * _above(z - 2 * sigma) / lasts
    return Desk(max(0.0, first - elapsed_s), sqrt(max(0.0, second - first**2)))


def _above(z: float) -> float:
    """The share of a normal distribution above z."""
    return (1 - erf(z / sqrt(2))) / 2
