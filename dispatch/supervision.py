"""What systemd is told of the server: that it is ready, that it lives, how it is, that it stops.

Says nothing where nobody asked for it. When the server has shown that it lives: the dispatcher.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

FED_TIMES: Final = 3  # within the time after which systemd gives up


@dataclass(frozen=True, slots=True)
class Supervisor:
    """The socket of whoever supervises; None: nobody does. `patience_s` None: it does not wait."""

    address: str | None = None
    patience_s: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Supervisor:
        """As sd_notify(3) and sd_watchdog_enabled(3) have it."""
        address = environment.get("NOTIFY_SOCKET", "")
        if not address.startswith(("/", "@")):
            return cls()
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        patience = environment.get("WATCHDOG_USEC", "")
        return cls(address, int(patience) / 1e6 if meant and patience.isdecimal() else None)

    @property
    def fed_every_s(self) -> float | None:
        return None if self.patience_s is None else self.patience_s / FED_TIMES

    def ready(self, status: str) -> None:
        self._tell("READY=1", f"STATUS={status}")

    def alive(self, status: str) -> None:
        self._tell("WATCHDOG=1", f"STATUS={status}")

    def stopping(self) -> None:
        self._tell("STOPPING=1", "STATUS=saying goodbye")

    def _tell(self, *lines: str) -> None:
        """Never waits, and never fails: a supervisor that does not listen is no trouble of ours."""
        if self.address is None:
            return
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto("\n".join(lines).encode(), address)
