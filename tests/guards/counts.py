"""How much of something there may be, and what is said when there is more. Counts nothing itself.

A bound is far above what is usual where the count itself varies, and right at it where it does not:
it is there for a change of kind, and never for a machine that is slow today.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Bound(NamedTuple):
    """`usual`: what was counted when this was written; `most`: what is put up with, and `why`."""

    usual: float
    most: float
    why: str


def require(found: Mapping[str, float], bounds: Mapping[str, Bound]) -> None:
    """Everything that was counted has a bound, everything bounded was counted, nothing grew."""
    assert found.keys() == bounds.keys()
    grown = [
        f"{what} grew from {bounds[what].usual:g} to {count:g}, beyond {bounds[what].most:g}: "
        f"{bounds[what].why}"
        for what, count in found.items()
        if count > bounds[what].most
    ]
    assert not grown, "\n".join(grown)
