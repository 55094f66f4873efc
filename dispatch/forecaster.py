"""The newest forecast of every wait, kept beside the hall: whoever tells one finds it here.

It is made in a thread, soon after a change but a few times a second at most, so that no request
ever waits for it. What the hall has learnt is read when a business day begins.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import date
from typing import Final

from dispatch.dispatcher import Dispatcher
from hall.desk_times import Experience
from hall.waits import Forecast, forecast
from records.errors import NotRecorded

LATER_S: Final = 0.02  # after a change: it would take turns with telling the screens of that
REST_S: Final = 0.25  # between two forecasts

Learn = Callable[[date], Experience]  # what the days before one teach; reads the records

log = logging.getLogger(__name__)


class Forecaster:
    """Looks at the dispatcher's hall, and never changes it."""

    def __init__(self, dispatcher: Dispatcher, learn: Learn) -> None:
        self.newest = Forecast(dispatcher.hall.setup)
        self.on_newer: Callable[[], None] = lambda: None
        self._dispatcher, self._learn = dispatcher, learn
        self._experience = Experience()
        self._learnt_on: date | None = None
        self._changed = asyncio.Event()
        self._made_s = dispatcher.timekeeper.steady_s()

    def look(self) -> None:
        """Something may have changed. Takes no time."""
        self._changed.set()

    def age_s(self) -> float:
        """How old the newest one is; one is made whenever the screens are told, or more often."""
        return self._dispatcher.timekeeper.steady_s() - self._made_s

    async def run(self) -> None:
        """Make one forecast after another until cancelled."""
        while True:
            await self._changed.wait()
            in_a_hurry = self._dispatcher.timekeeper.jumps()
            if not in_a_hurry:
                await asyncio.sleep(LATER_S)
            self._changed.clear()
            await self.refresh()
            self.on_newer()
            await asyncio.sleep(0.0 if in_a_hurry else REST_S)

    async def refresh(self) -> None:
        """Forecast from how it stands now."""
        hall = self._dispatcher.hall
        now = self._dispatcher.timekeeper.now(hall.at)
        try:
            if hall.day is not None and hall.day != self._learnt_on:
                await self._look_back(hall.day)
            self.newest = await asyncio.to_thread(forecast, hall, now, self._experience)
            self._made_s = self._dispatcher.timekeeper.steady_s()
        except Exception:
            # A bug. The hall goes on as it is, with the forecast there was before.
            log.exception("no forecast of the waits")

    async def _look_back(self, today: date) -> None:
        """Learn from the days before; in trouble, what was learnt before still counts."""
        self._learnt_on = today
        try:
            self._experience = await asyncio.to_thread(self._learn, today)
        except NotRecorded as error:
            log.warning("nothing learnt from the records: %s", error)
