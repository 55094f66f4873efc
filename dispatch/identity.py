"""How this server proves who it is, and until when. Makes no certificate and checks none.

A renewed certificate is taken up while the hall is open; who is connected notices nothing.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from dispatch.batch import Asked
from dispatch.dispatcher import Dispatcher
from hall.commands import ReportDevice

DEVICE: Final = "certificate"
LOOK_EVERY_S: Final = 60.0
WARN_DAYS: Final = 60

log = logging.getLogger(__name__)


class Identity:
    """A certificate and its key. `until_of` reads when a certificate ends; it may raise ValueError.

    Raises OSError (ssl.SSLError among them) when they cannot be read or do not belong together.
    """

    def __init__(self, certificate: Path, key: Path, until_of: Callable[[Path], datetime]) -> None:
        self._certificate, self._key, self._until_of = certificate, key, until_of
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3  # every screen is ours and has it
        self.context.num_tickets = 0  # screens stay for days: nobody resumes a session
        self._load()

    def _load(self) -> None:
        self._read_at = self._certificate.stat().st_mtime_ns
        self.context.load_cert_chain(self._certificate, self._key)
        self.until = self._until_of(self._certificate)

    def days_left(self, now: datetime | None = None) -> int:
        """Whole days; below 0: no screen believes it any more."""
        return (self.until - (now or datetime.now(UTC))) // timedelta(days=1)

    def trouble(self) -> str | None:
        """The word for it, with the days that are left."""
        days = self.days_left()
        if days >= WARN_DAYS:
            return None
        return f"certificate_ends:{days}" if days >= 0 else "certificate_ended"

    def look(self) -> None:
        """Take up a certificate that was renewed."""
        try:
            if self._certificate.stat().st_mtime_ns == self._read_at:
                return
            self._load()
        except (OSError, ValueError) as error:
            log.error("the certificate cannot be read anew: %s", error)  # noqa: TRY400 - the file's
        else:
            log.info("a new certificate, until %s", f"{self.until:%Y-%m-%d}")

    async def run(self, dispatcher: Dispatcher) -> None:
        """Look after it until cancelled, and tell the hall, which tells the manager."""
        while True:
            self.look()
            await self._tell(dispatcher, self.trouble())
            await asyncio.sleep(LOOK_EVERY_S)

    async def _tell(self, dispatcher: Dispatcher, trouble: str | None) -> None:
        known = dispatcher.hall.devices.get(DEVICE)
        if (known.trouble if known else None) == trouble:
            return
        if trouble is not None:
            log.warning("the server's certificate: %s", trouble, extra={"event": "certificate"})
        await dispatcher.ask(Asked(ReportDevice(DEVICE, trouble), str(uuid4()), DEVICE))
