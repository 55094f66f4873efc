"""Satisfaction at the counter (mức độ hài lòng tại quầy), from counts of ratings by level.

It is neither SIPAS, which asks a sample of the people at home, nor the index of QĐ 766, and must
never be called so. The formulas are those the field uses for a criterion with levels 1...L:

    N  = n1 + ... + nL                                 no answer is not in N
    P  = (satisfied levels) / N                        5 levels: 4 and 5; 3 levels: 2 and 3
    M  = (1 n1 + 2 n2 + ... + L nL) / (L N)
    F  = mean of P over the criteria of a factor
    S  = mean of F over the factors there are
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from typing import Final, NamedTuple

SCALES: Final = (5, 3)  # how many levels; one scale is never turned into the other
SATISFIED_FROM: Final = {5: 4, 3: 2}  # by scale, the lowest level of the satisfied
UNSATISFIED_TO: Final = {5: 2, 3: 1}  # by scale, the highest level of the unsatisfied

Z_95: Final = 1.96
ERROR: Final = 0.05  # the error a sample may have
ENOUGH_FOR_OFFICER: Final = 30  # below so many ratings nobody gets a percentage

# Which factor a reason that citizens point at speaks of; codes are those of the configuration
# as it is shipped. 1 access, 2 procedures, 3 officers, 4 results, 5 complaints.
FACTOR_OF_TAG: Final = {
    "long_wait": 1,
    "equipment": 1,
    "many_supplements": 2,
    "unclear": 3,
    "attitude": 3,
    "late_result": 4,
}
FACTORS: Final = (1, 2, 3, 4, 5)


class Interval(NamedTuple):
    low: float
    high: float


def satisfied(counts: Sequence[int]) -> int:
    """How many are satisfied, of counts by level from the worst."""
    return sum(counts[SATISFIED_FROM[len(counts)] - 1 :])


def unsatisfied(counts: Sequence[int]) -> int:
    """How many are not satisfied."""
    return sum(counts[: UNSATISFIED_TO[len(counts)]])


def satisfied_share(counts: Sequence[int]) -> float | None:
    """P."""
    return satisfied(counts) / sum(counts) if sum(counts) else None


def mean_score(counts: Sequence[int]) -> float | None:
    """M: the mean level as a share of the highest."""
    points = sum(level * count for level, count in enumerate(counts, start=1))
    return points / (len(counts) * sum(counts)) if sum(counts) else None


def mean_of(shares: Mapping[int, float | None]) -> float | None:
    """F from the P of a factor's criteria, or S from the F of the factors; what is None is not
    there, and must be named beside the result.
    """
    there = [value for value in shares.values() if value is not None]
    return sum(there) / len(there) if there else None


def wilson(part: int, whole: int, z: float = Z_95) -> Interval | None:
    """Between which shares the true one lies, 19 times of 20.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). Wilson, JASA 22 (1927) 209-212.
    """
    if not whole:
        return None
    p, square = part / whole, z * z
    middle = p + square / (2 * whole)
    spread = z * sqrt(p * (1 - p) / whole + square / (4 * whole * whole))
    low, high = ((middle + sign * spread) / (1 + square / whole) for sign in (-1, 1))
    return Interval(max(0.0, min(low, p)), min(1.0, max(high, p)))  # p itself, to the last bit


def response_rate(ratings: int, served: int) -> float | None:
    """Ratings / served turns. Always printed beside P."""
    return ratings / served if served else None


def required_sample(population: int, error: float = ERROR) -> int:
    """Ratings needed for that error: N / (1 + N e²), rounded up. N: served turns."""
    return ceil(population / (1 + population * error * error) - 1e-9)


def share_of_officer(counts: Sequence[int]) -> float | None:
    """P of one officer; None below 30 ratings."""
    return satisfied_share(counts) if sum(counts) >= ENOUGH_FOR_OFFICER else None
