"""Times in bins: small, and can be added to others and taken from them. Counts and sums are exact;
of a quantile it is known how far off it may be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from struct import Struct, calcsize
from typing import Any, Final, Self

from figures.times import SECOND_US, Quantile, mean_s, rank

# Below 64 s a bin is a second wide; above, each doubling of the time has 64 bins, so that no bin
# is wider than 1/64 = 1.5625 % of the times in it. 4 hours are bin 565; there is no last bin.
BINS_PER_DOUBLING: Final = 64
HEAD: Final = calcsize("<Bq")  # of one that is written: width of the counts, sum
_BITS: Final = BINS_PER_DOUBLING.bit_length()


def bin_of(us: int) -> int:
    """The number of the bin a time belongs to. A time is not negative."""
    seconds = us // SECOND_US
    doubling = max(0, seconds.bit_length() - _BITS)
    return BINS_PER_DOUBLING * doubling + (seconds >> doubling)


def bin_edges_s(number: int) -> tuple[int, int]:
    """From, and up to but without, in seconds."""
    doubling = max(0, number // BINS_PER_DOUBLING - 1)
    place = number - BINS_PER_DOUBLING * doubling
    return place << doubling, place + 1 << doubling


class Histogram:
    """Times by bin. Small, and can be added to and taken from others."""

    __slots__ = ("bins", "total_us")

    def __init__(self) -> None:
        self.bins: dict[int, int] = {}  # number of the bin -> how many
        self.total_us = 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return self.bins == other.bins and self.total_us == other.total_us

    __hash__ = None  # type: ignore[assignment]

    @property
    def count(self) -> int:
        return sum(self.bins.values())

    def add(self, us: int, times: int = 1) -> None:
        self.total_us += us * times
        self._shift(bin_of(us), times)

    def merge(self, other: Self) -> None:
        self._merge(other, 1)

    def subtract(self, other: Self) -> None:
        """Take out what was merged before. Raises ValueError where that was not in it."""
        self._merge(other, -1)

    def mean_s(self) -> float | None:
        return mean_s(self.total_us, self.count)

    def quantile(self, percent: int) -> Quantile | None:
        """The middle of the bin that the nearest rank falls into, at most half a bin off."""
        wanted = rank(percent, self.count)
        for number in sorted(self.bins):
            wanted -= self.bins[number]
            if wanted <= 0:
                since, until = bin_edges_s(number)
                return Quantile((since + until) / 2, (until - since) / 2)
        return None

    def to_bytes(self) -> bytes:
        """Little-endian: how many bytes a count has, 1 or 4, the sum (8 bytes), the bins' numbers
        (2 each), their counts.

        Equal histograms have equal bytes; an empty one has none.
        """
        if not self.bins:
            return b""
        numbers = sorted(self.bins)
        counts = [self.bins[number] for number in numbers]
        wide = 4 if max(counts) > 255 else 1
        return _layout(len(numbers), wide).pack(wide, self.total_us, *numbers, *counts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        times = cls()
        if data:
            _, times.total_us, *rest = _layout(_size(data), data[0]).unpack(data)
            times.bins = dict(zip(rest[: len(rest) // 2], rest[len(rest) // 2 :], strict=True))
        return times

    @classmethod
    def sum_of(cls, written: Iterable[tuple[bytes, int]]) -> Self:
        """What many come to, as they were written; each is added (1) or taken out again (-1).

        Raises ValueError where something is taken out that is not in it.
        """
        import numpy as np

        times, dense = cls(), np.zeros(0)
        for (wide, sign), alike in _alike(written).items():
            numbers = np.frombuffer(b"".join(alike.numbers), "<u2")
            counts = np.frombuffer(b"".join(alike.counts), f"<u{wide}")
            more: Any = np.bincount(numbers, sign * counts.astype(float), dense.size)
            more[: dense.size] += dense
            dense = more
            times.total_us += sign * alike.total_us
        if (dense < 0).any():
            raise ValueError("a bin has fewer times than are to be taken out")
        times.bins = {number: int(count) for number, count in enumerate(dense.tolist()) if count}
        return times

    def _merge(self, other: Self, sign: int) -> None:
        self.total_us += other.total_us * sign
        for number, count in other.bins.items():
            self._shift(number, count * sign)

    def _shift(self, number: int, count: int) -> None:
        left = self.bins.get(number, 0) + count
        if left > 0:
            self.bins[number] = left
        elif left == 0:
            self.bins.pop(number, None)
        else:
            raise ValueError(f"bin {number} has fewer times than are to be taken out")


class _Alike:
    """Written histograms whose counts are equally wide: the numbers of their bins, the counts."""

    __slots__ = ("counts", "numbers", "total_us")

    def __init__(self) -> None:
        self.numbers: list[bytes] = []
        self.counts: list[bytes] = []
        self.total_us = 0


def _alike(written: Iterable[tuple[bytes, int]]) -> dict[tuple[int, int], _Alike]:
    """By the width of their counts, and whether they are added or taken out."""
    found: defaultdict[tuple[int, int], _Alike] = defaultdict(_Alike)
    for data, sign in written:
        if not data:
            continue
        alike, after = found[data[0], sign], HEAD + 2 * _size(data)
        alike.total_us += int.from_bytes(data[1:HEAD], "little", signed=True)
        alike.numbers.append(data[HEAD:after])
        alike.counts.append(data[after:])
    return found


def _size(data: bytes) -> int:
    """How many bins there are."""
    return (len(data) - HEAD) // (2 + data[0])


@cache
def _layout(size: int, wide: int) -> Struct:
    return Struct(f"<Bq{size}H{size}{'B' if wide == 1 else 'I'}")
