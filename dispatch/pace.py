"""How fast somebody may go on. Nothing is lost of what comes too fast: it is read later."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from dispatch.limits import Limits, Rate

Clock = Callable[[], float]  # seconds that nobody can set back


class Bucket:
    """So many at once, refilled all the time. What is taken too early is owed."""

    __slots__ = ("_at", "_clock", "_level", "_rate")

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._rate, self._clock = rate, clock
        self._level, self._at = rate.burst, clock()

    def take(self, amount: float = 1.0) -> float:
        """Take so many, and say how many seconds from now they are there."""
        if math.isinf(self._rate.per_s):
            return 0.0
        self._refill()
        self._level -= amount
        return max(0.0, -self._level / self._rate.per_s)

    def has_one(self) -> bool:
        """Take one if it is there; otherwise nothing."""
        self._refill()
        if self._level < 1:
            return False
        self._level -= 1
        return True

    def is_full(self) -> bool:
        self._refill()
        return self._level >= self._rate.burst

    def _refill(self) -> None:
        now = self._clock()
        if not math.isinf(self._rate.per_s):
            self._level = min(self._rate.burst, self._level + (now - self._at) * self._rate.per_s)
        self._at = now


class TooFast(Exception):  # noqa: N818 - what is said at the door
    """Held back all the time, and still no end of it."""


class Pace:
    """The requests of one connection: read as fast as its role may ask, and no faster."""

    __slots__ = ("_clock", "_held_back_since", "_requests", "_tickets", "_too_fast_after_s")

    def __init__(self, limits: Limits, role: str, clock: Clock) -> None:
        self._clock, self._too_fast_after_s = clock, limits.too_fast_after_s
        self._requests = Bucket(limits.requests.get(role, limits.other_requests), clock)
        self._tickets = Bucket(limits.tickets, clock)
        self._held_back_since = math.inf

    async def request(self) -> None:
        """Before the next one is read. Raises TooFast."""
        await self._keep(self._requests.take())

    async def ticket(self) -> None:
        """Before a ticket is taken. Raises TooFast."""
        wait_s = self._tickets.take()
        if wait_s:
            await self._keep(wait_s)

    async def _keep(self, wait_s: float) -> None:
        if not wait_s:
            self._held_back_since = math.inf
            return
        now = self._clock()
        self._held_back_since = min(self._held_back_since, now)
        if now - self._held_back_since >= self._too_fast_after_s:
            raise TooFast
        await asyncio.sleep(wait_s)
