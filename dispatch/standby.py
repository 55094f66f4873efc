"""Keeps the standby file up with the records, in a process of its own: the hall waits for nothing
there. A share that is away, full or slow is told to the manager, and tried again by itself.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from dispatch.batch import Asked
from dispatch.dispatcher import Dispatcher
from dispatch.reporting import Process
from hall.commands import Refused, ReportDevice
from records.standby import Kept, keep_up, touch

DEVICE: Final = "standby"  # what the manager sees in trouble
BEGUN_WITHIN_S: Final = 3600.0  # the first copy is of everything
SYNCED_WITHIN_S: Final = 600.0  # the last of it, during which nobody sees anything move

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much is put up with. Seconds."""

    every_s: float = 1.0  # of what happens, at most so much is not there yet
    within_s: float = 30.0  # a disk or share that takes longer does not answer
    retry_s: float = 3.0  # after trouble
    quiet_s: float = 60.0  # what changes without an event, such as a PIN, is there after that


class Standby:
    """Copies what is new, once something is."""

    def __init__(self, database: Path, file: Path, dispatcher: Dispatcher, pace: Pace) -> None:
        self._database, self._file = database, file
        self._dispatcher, self._pace = dispatcher, pace
        self._process = Process("standby")
        self._changed = asyncio.Event()
        self._kept = Kept()

    def look(self) -> None:
        """Something may have happened. Takes no time."""
        if self._dispatcher.seq != self._kept.seq:
            self._changed.set()

    def behind(self) -> int:
        """How many events are not in the file yet."""
        return max(0, self._dispatcher.seq - self._kept.seq)

    async def run(self) -> None:
        """Keep up until cancelled. What the process has begun then, the next one undoes."""
        try:
            while True:
                await self._keep_up()
                await self._rest()
        finally:
            self._process.end()

    async def _rest(self) -> None:
        if self._kept.trouble is not None:
            await asyncio.sleep(self._pace.retry_s)
            return
        await asyncio.sleep(self._pace.every_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.quiet_s):
                await self._changed.wait()

    async def _keep_up(self) -> None:
        self._changed.clear()
        done = await self._copied()
        if isinstance(done, Refused):
            done = Kept(trouble="no_answer", detail=str(done.facts))
        if done.trouble is not None:
            done = Kept(self._kept.seq, done.trouble, done.detail)
            if self._kept.trouble != done.trouble:
                log.error("the standby file: %s: %s", done.trouble, done.detail)
        self._kept = done
        await self._tell(done.trouble)

    async def _copied(self) -> Kept | Refused:
        """What is new, or at first all there is; of that nobody knows how long it takes."""
        process, within_s = self._process, self._pace.within_s
        work = (keep_up, self._database, self._file, self._dispatcher.hall.setup.hall)
        if self._kept.seq and self._kept.trouble is None:
            return await process.do(within_s, *work)
        reached = await process.do(within_s, touch, self._file)
        if isinstance(reached, Refused):
            return reached
        return await process.do(BEGUN_WITHIN_S, *work, still_s=SYNCED_WITHIN_S)

    async def _tell(self, trouble: str | None) -> None:
        """Tell the hall, which tells the manager, when it is news."""
        known = self._dispatcher.hall.devices.get(DEVICE)
        if (known.trouble if known else None) != trouble:
            await self._dispatcher.ask(Asked(ReportDevice(DEVICE, trouble), str(uuid4()), DEVICE))
