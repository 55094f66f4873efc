"""The demo's time and what is to happen in it: a clock that runs faster than life, and a list."""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

AS_FAST_AS_IT_GOES: Final = math.inf

Scene = Callable[[], Awaitable[None]]


class Stage:
    """Plays scenes in the order of their times, one after another.

    At a speed, time passes by itself, so many times as fast as life, but never past a scene that is
    not played yet: on a busy machine it lags behind, and catches up. As fast as it goes, it jumps
    from scene to scene.
    """

    def __init__(self, starts_at: datetime, speed: float) -> None:
        self._speed = speed
        self._at, self._since = starts_at.astimezone(UTC), time.monotonic()
        self._starts_at = self._at
        self._scenes: list[tuple[datetime, bool, int, Scene]] = []
        self._order = count()
        self._played_at: datetime | None = None  # time stands still while a scene is played
        self._changed = asyncio.Event()

    # --- Time ------------------------------------------------------------------------------------

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._at, self._since = self.now(), time.monotonic()
        self._speed = speed
        self._changed.set()

    @property
    def jumps(self) -> bool:
        """Does time jump from scene to scene?"""
        return math.isinf(self._speed)

    def now(self) -> datetime:
        """What the demo's wall clock shows."""
        if self._played_at is not None:
            return self._played_at
        if self.jumps:
            return self._at
        passed = self._at + timedelta(seconds=(time.monotonic() - self._since) * self._speed)
        return min(passed, self._scenes[0][0]) if self._scenes else passed

    def steady_s(self) -> float:
        """The demo's steady clock: nobody sets this hall's wall clock."""
        return (self.now() - self._starts_at).total_seconds()

    # --- Scenes ----------------------------------------------------------------------------------

    def at(self, moment: datetime, scene: Scene, *, first: bool = False) -> None:
        """Have a scene played at this moment, or next if that has passed.

        `first`: before all others of the moment.
        """
        moment = max(moment.astimezone(UTC), self.now())
        entry = (moment, not first, next(self._order), scene)
        heapq.heappush(self._scenes, entry)
        self._changed.set()

    def after(self, seconds: float, scene: Scene) -> None:
        """Have a scene played so many seconds from now."""
        self.at(self.now() + timedelta(seconds=seconds), scene)

    async def play(self) -> None:
        """Play until nothing is left to come."""
        while self._scenes:
            if not await self._reach(self._scenes[0][0]):
                continue
            self._played_at = self.now()
            *_, scene = heapq.heappop(self._scenes)
            try:
                await scene()
            finally:
                self._played_at = None

    async def play_on(self) -> None:
        """Play for ever: whoever looks on may bring more."""
        while True:
            await self.play()
            self._changed.clear()
            await self._changed.wait()

    async def _reach(self, moment: datetime) -> bool:
        """Wait for a moment; False: something changed first, so look again."""
        if self.jumps:
            self._at = max(self._at, moment)
            return True
        self._changed.clear()
        delay_s = (moment - self.now()).total_seconds() / self._speed
        if delay_s <= 0:
            return True
        try:
            async with asyncio.timeout(delay_s):
                await self._changed.wait()
        except TimeoutError:
            return True
        return False
