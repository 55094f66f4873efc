"""Whether a server's memory grows with what it has done: commands and reconnects, over and over, on
a real server in a process of its own, measured by the kernel.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.served import Served, Size, kiosk_at, officer_at, served
from load.wire import Asking

SIZE: Final = Size(9, 3, 20)
AT_ONCE: Final = 8  # questions of one officer that are on their way
EVERY: Final = 100  # commands, one reconnect
LOOK_EVERY: Final = 7_200  # commands, at the memory after the warm-up


@dataclass(frozen=True, slots=True)
class Slope:
    """What a server did and what it kept. Sizes in MB."""

    commands: int
    reconnects: int
    seconds: float
    warm_mb: float
    sizes_mb: Sequence[float]

    @property
    def mb_per_million(self) -> float:
        """As fast as it grew between the middles of the first and the last third."""
        return self.grown_mb / (2 / 3 * self.commands) * 1_000_000

    @property
    def grown_mb(self) -> float:
        """From the median of the first third to that of the last one: one look says little."""
        third = max(1, len(self.sizes_mb) // 3)
        first, last = sorted(self.sizes_mb[:third]), sorted(self.sizes_mb[-third:])
        return last[third // 2] - first[third // 2]


def slope(commands: int, warm_up: int, budget_s: float) -> Slope:
    """So many commands after so many to warm up, or as many as time allows."""
    with TemporaryDirectory() as folder, served(Path(folder), SIZE) as hall:
        return asyncio.run(_measure(hall, commands, warm_up, budget_s))


async def _measure(hall: Served, commands: int, warm_up: int, budget_s: float) -> Slope:
    officers = [await officer_at(hall.port, n) for n in range(1, SIZE.counters + 1)]
    await _round(hall, officers, warm_up)
    began, warm_mb, done, sizes = time.monotonic(), hall.memory_mb(), 0, []
    while done < commands and time.monotonic() - began < budget_s:
        done += await _round(hall, officers, min(commands, LOOK_EVERY))
        sizes.append(hall.memory_mb())
    return Slope(done, done // EVERY, time.monotonic() - began, warm_mb, sizes)


async def _round(hall: Served, officers: list[Asking], commands: int) -> int:
    """Commands by everybody, and a kiosk that comes and goes. How many it were."""
    each = max(1, commands // len(officers) // AT_ONCE)
    working = [_ask(officer, each) for officer in officers]
    reconnects = each * len(officers) * AT_ONCE // EVERY
    await asyncio.gather(_come_and_go(hall, reconnects), *working)
    return each * len(officers) * AT_ONCE


async def _ask(officer: Asking, times: int) -> None:
    """Half of them change the hall, half are refused; all of them are written down."""
    kinds = ("pause", "recall", "open", "recall")
    for n in range(times):
        wishes = [_wish(kinds[(n * AT_ONCE + k) % len(kinds)]) for k in range(AT_ONCE)]
        await asyncio.gather(*(officer.ask(wish) for wish in wishes))


def _wish(kind: str) -> dict[str, str]:
    return {"kind": kind, "reason": "meeting"} if kind == "pause" else {"kind": kind}


async def _come_and_go(hall: Served, times: int) -> None:
    for n in range(times):
        kiosk = await kiosk_at(hall.port, 1 + n % SIZE.kiosks)
        kiosk.wire.close()
        await kiosk.wire.gone
