"""The nine-criteria sheet of NĐ 61/2018/NĐ-CP, article 31: 0, 1 or 2 points each, 18 in all.

Nobody's queue can give these points: people do, with figures beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

CRITERIA: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9)
POINTS: Final = (0, 1, 2)
MOST: Final = 18

# From so many points on. 15 itself is already "Xuất sắc".
CLASSES: Final = ((15, "excellent"), (12, "good"), (9, "fair"), (6, "average"), (0, "weak"))


def total(points: Sequence[int]) -> int:
    """The sum of the nine. Raises ValueError where one is missing, or is none of 0, 1, 2."""
    if len(points) != len(CRITERIA) or any(one not in POINTS for one in points):
        raise ValueError(f"nine times 0, 1 or 2 points, not {list(points)}")
    return sum(points)


def class_of(points: float) -> str:
    """excellent, good, fair, average or weak. Raises ValueError outside 0 to 18."""
    if not 0 <= points <= MOST:
        raise ValueError(f"from 0 to {MOST} points, not {points}")
    return next(name for least, name in CLASSES if points >= least)
