"""The thread that works at one device's port, opens it again whenever it was lost, and tells what
troubles the device. What is read there or written is said elsewhere.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from contextlib import closing
from typing import Final

from hardware.addresses import Address
from hardware.transport import Port, PortLost, open_port

log = logging.getLogger(__name__)

CONNECT_S: Final = 2.0
RETRY_S: Final = 1.0  # between two attempts to open
STOP_S: Final = 10.0


class PortThread:
    """Calls `work` with an open port, in its own thread, again and again until it is stopped.

    `work` returns soon after `stopping`, or raises PortLost. `tell_trouble` is called in the thread
    as well, once for each change, with `missing` while the device is not there; None: it works.
    """

    def __init__(
        self,
        name: str,
        address: Address,
        work: Callable[[Port], None],
        tell_trouble: Callable[[str | None], None],
        *,
        missing: str,
        connect_s: float = CONNECT_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._address = address
        self._work = work
        self._tell_trouble = tell_trouble
        self._missing = missing
        self._connect_s, self._retry_s = connect_s, retry_s
        self._stopping = threading.Event()
        self._trouble: str | None = None  # as it was told
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """End soon; waits for nothing."""
        self._stopping.set()

    def stop(self) -> None:
        self.end()
        self._thread.join(STOP_S)

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def troubled(self, word: str | None) -> None:
        """From `work`: how the device is now."""
        if self._trouble != word:
            self._tell_trouble(word)
            self._trouble = word

    def _run(self) -> None:
        while not self.stopping:
            try:
                self._once()
            except Exception as error:  # noqa: BLE001 - a bug must not end the device for the year
                self._log_bug(error)
            self._stopping.wait(self._retry_s)

    def _once(self) -> None:
        """Until it stops or the device is lost."""
        try:
            port = open_port(self._address, self._connect_s)
        except PortLost as lost:
            self._lose(str(lost))
            return
        log.info("%s is open", self._address)
        with closing(port):
            try:
                self._work(port)
            except PortLost as lost:
                self._lose(f"{self._address}: {lost}")

    def _lose(self, why: str) -> None:
        if self._trouble != self._missing:
            log.warning("%s", why)
        self.troubled(self._missing)

    def _log_bug(self, error: Exception) -> None:
        """Where it happened, without its message: that may quote what a person showed or typed."""
        where = "".join(traceback.format_tb(error.__traceback__))
        name = self._thread.name
        log.error("the %s stopped, and begins anew: %s\n%s", name, type(error).__name__, where)
