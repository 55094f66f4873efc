"""Texts that could lead to a person go when they were kept long enough, and when somebody asks for
it; and whether the days are signed with the key they were signed with before. Decides no rule.

What is erased happens through the dispatcher, as everything does: the event that says so and the
erasing are one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine

from dispatch.batch import Asked
from dispatch.dispatcher import Dispatcher
from hall.commands import EraseTexts, ReportDevice
from records import erasable
from records.erasable import RETENTION, Erasure
from records.errors import NotRecorded
from records.heads import Signer, key_name, last_key

DEVICE: Final = "records"  # what the manager sees in trouble
NEW_KEY: Final = "new_key"
POLL_S: Final = 2.0  # how long an order waits
AT_ONCE: Final = timedelta(days=31)  # of texts in one transaction: nobody shall wait for it

log = logging.getLogger(__name__)


class Keeper:
    """Looks every few seconds what is to be erased."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        engine: Engine,
        readers: Engine,
        signer: Signer,
        keep_days: int,
    ) -> None:
        self._dispatcher, self._signer = dispatcher, signer
        self._engine, self._readers = engine, readers
        self._keep = timedelta(days=keep_days)
        self._hall = dispatcher.hall.setup.hall
        self._to_scrub = True  # the last to erase may have found somebody reading

    async def run(self) -> None:
        """Until cancelled."""
        told = False
        while True:
            try:
                told = told or await self._told_of_the_key()
                await self._look()
            except NotRecorded as error:
                log.warning("texts are erased later: %s", error)
            await asyncio.sleep(POLL_S)

    async def _look(self) -> None:
        """Carry out what is due. What is not erased now is found again the next time."""
        orders = await asyncio.to_thread(erasable.orders, self._readers, self._hall)
        done = [order.id for order in orders if await self._erased(order)]
        while (due := await self._due()) is not None and await self._erased(due):
            pass
        if self._to_scrub:
            self._to_scrub = not await asyncio.to_thread(erasable.scrub, self._engine)
        if done and not self._to_scrub:
            await asyncio.to_thread(erasable.carried_out, self._engine, self._hall, done)

    async def _due(self) -> Erasure | None:
        """The oldest texts that were kept long enough."""
        today = self._dispatcher.hall.day
        oldest = await asyncio.to_thread(erasable.oldest, self._readers, self._hall)
        if today is None or oldest is None or oldest >= today - self._keep:
            return None
        return Erasure(RETENTION, before=min(today - self._keep, oldest + AT_ONCE))

    async def _erased(self, erasure: Erasure) -> bool:
        """Is nothing left of it?"""
        texts = await asyncio.to_thread(erasable.count, self._readers, self._hall, erasure)
        if not texts:
            return True
        command = EraseTexts(erasure.by, texts, erasure.of, erasure.number, erasure.before)
        await self._dispatcher.ask(Asked(command, str(uuid4()), DEVICE))
        if await asyncio.to_thread(erasable.count, self._readers, self._hall, erasure):
            return False
        self._to_scrub = True
        many = ", ".join(f"{count} {field}" for field, count in texts.items())
        whose = "of one visit" if erasure.before is None else f"of days before {erasure.before}"
        log.info("erased by %s: %s, %s", erasure.by, many, whose)
        return True

    async def _told_of_the_key(self) -> bool:
        """Tell the hall if the last day was signed with another key: the old one was lost, or
        somebody put another in its place.
        """
        before = await asyncio.to_thread(last_key, self._readers, self._hall)
        is_new = before is not None and before != self._signer.public_key
        if is_new and before is not None:
            log.error(
                "days are signed with the new key %s: the key %s is not there any more",
                self._signer.name,
                key_name(before),
            )
        trouble = NEW_KEY if is_new else None
        known = self._dispatcher.hall.devices.get(DEVICE)
        if (known.trouble if known else None) != trouble:
            asked = Asked(ReportDevice(DEVICE, trouble), str(uuid4()), DEVICE)
            await self._dispatcher.ask(asked)
        return True
