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

    At a speed, time passes by itself, so many times as fast as life; as fast as it goes, time
    jumps from scene to scene.
    """

    def __init__(self, starts_at: datetime, speed: float) -> None:
        self._speed = speed
        self._at, self._since = starts_at.astimezone(UTC), time.monotonic()
        self._starts_at = self._at
        self._scenes: list[tuple[datetime, int, Scene]] = []
        self._order = count()
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

    def now(self) -> datetime:
        """What the demo's wall clock shows."""
        if math.isinf(self._speed):
            return self._at
        return self._at + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    def steady_s(self) -> float:
        """The demo's steady clock: nobody sets this hall's wall clock."""
        return (self.now() - self._starts_at).total_seconds()

    # --- Scenes ----------------------------------------------------------------------------------

    def at(self, moment: datetime, scene: Scene) -> None:
        """Have a scene played at this moment, or next if that has passed."""
        heapq.heappush(self._scenes, (moment.astimezone(UTC), next(self._order), scene))
        self._changed.set()

    def after(self, seconds: float, scene: Scene) -> None:
        """Have a scene played so many seconds from now."""
        self.at(self.now() + timedelta(seconds=seconds), scene)

    async def play(self) -> None:
        """Play until nothing is left to come."""
        while self._scenes:
            if not await self._reach(self._scenes[0][0]):
                continue
            _, _, scene = heapq.heappop(self._scenes)
            await scene()

    async def play_on(self) -> None:
        """Play for ever: whoever looks on may bring more."""
        while True:
            await self.play()
            self._changed.clear()
            await self._changed.wait()

    async def _reach(self, moment: datetime) -> bool:
        """Wait for a moment; False: something changed first, so look again."""
        if math.isinf(self._speed):
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
