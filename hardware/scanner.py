"""The thread that listens to a code scanner on a serial line and tells what it reads.

Knows no code: what a line means is said elsewhere. No line is logged, or kept once it was told.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from math import inf
from typing import Final, Literal

from hardware.transport import Address, Port, PortLost, open_port

log = logging.getLogger(__name__)

STEP_S: Final = 0.05  # between two looks at the clock
STOP_S: Final = 10.0

Word = Literal["no_scanner", "babble"]


@dataclass(frozen=True)
class Limits:
    """How long to wait for what, in seconds, and how much is too much."""

    connect_s: float = 2.0
    retry_s: float = 1.0  # between two attempts to open
    silence_s: float = 0.2  # ends a line that has no other end
    line_bytes: int = 2000  # no code holds more
    lines: int = 20  # nobody shows more codes
    within_s: float = 10.0
    quiet_s: float = 2.0  # until a scanner that babbled is believed again


@dataclass(frozen=True, repr=False)
class Scanned:
    """One code that somebody showed."""

    text: str

    def __repr__(self) -> str:
        return "Scanned(…)"


@dataclass(frozen=True)
class ScannerTrouble:
    """What troubles the scanner now; None: nothing does.

    `no_scanner`: it is not there, or another program has it; `babble`: it sends without end.
    """

    word: Word | None


Told = Scanned | ScannerTrouble


class Scanner:
    """Listens to one scanner. `tell` is called in the scanner's own thread, and must not block."""

    def __init__(
        self, address: Address, tell: Callable[[Told], None], *, limits: Limits | None = None
    ) -> None:
        self._address = address
        self._tell = tell
        self._limits = limits or Limits()
        self._stopping = threading.Event()
        self._trouble: Word | None = None  # as it was told
        self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(STOP_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._scan()
            except Exception as error:  # noqa: BLE001 - a bug must not end scanning for the year
                _log_bug(error)
            self._stopping.wait(self._limits.retry_s)

    def _scan(self) -> None:
        """Until it stops or the scanner is lost."""
        try:
            port = open_port(self._address, self._limits.connect_s)
        except PortLost as lost:
            self._lose(str(lost))
            return
        with closing(port):
            try:
                self._listen(port)
            except PortLost as lost:
                self._lose(f"{self._address}: {lost}")

    def _listen(self, port: Port) -> None:
        """Raises PortLost."""
        lines = Lines(self._limits)
        while not self._stopping.is_set():
            ended = lines.take(port.read(STEP_S), time.monotonic())
            self._tell_trouble("babble" if lines.babbling else None)
            for line in ended:
                self._tell(Scanned(line))

    def _lose(self, why: str) -> None:
        if self._trouble != "no_scanner":
            log.warning("%s", why)
        self._tell_trouble("no_scanner")

    def _tell_trouble(self, word: Word | None) -> None:
        if self._trouble != word:
            self._tell(ScannerTrouble(word))
            self._trouble = word


class Lines:
    """Bytes become lines; each ends with CR, LF, both, or silence. Times are of one clock."""

    def __init__(self, limits: Limits) -> None:
        self.babbling = False
        self._limits = limits
        self._rest = b""
        self._heard_at = -inf
        self._ended_at: list[float] = []  # of the lines that still count

    def take(self, data: bytes, at: float) -> list[str]:
        """The lines that end now, when `data` has come, or nothing has."""
        silent_s = at - self._heard_at
        if data:
            self._heard_at = at
        if self.babbling:
            self.babbling = bool(data) or silent_s < self._limits.quiet_s
            return []
        ended = self._cut(data)
        if not data and silent_s >= self._limits.silence_s:
            ended, self._rest = [self._rest], b""
        lines = [line for line in ended if line.strip()]  # between CR and LF is none
        if self._too_much(lines, at):
            self.babbling, self._rest, self._ended_at = True, b"", []
            return []
        return [line.decode("utf-8", "replace") for line in lines]

    def _cut(self, data: bytes) -> list[bytes]:
        *ended, self._rest = (self._rest + data.replace(b"\r", b"\n")).split(b"\n")
        return ended

    def _too_much(self, lines: list[bytes], at: float) -> bool:
        since = at - self._limits.within_s
        self._ended_at = [one for one in self._ended_at if one > since] + [at] * len(lines)
        longest = max(len(line) for line in (*lines, self._rest))
        return longest > self._limits.line_bytes or len(self._ended_at) > self._limits.lines


def _log_bug(error: Exception) -> None:
    """Where it happened, without its message: that may quote what was scanned."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("scanning stopped, and begins anew: %s\n%s", type(error).__name__, where)
