"""A device that sends short lines, such as a scanner or a keypad: the thread that listens to it.

Knows no line's meaning. No line is logged, or kept once it was told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final

from hardware.addresses import Address
from hardware.port_thread import CONNECT_S, RETRY_S, PortThread
from hardware.transport import Port

STEP_S: Final = 0.05  # between two looks at the clock


@dataclass(frozen=True)
class Limits:
    """How long to wait for what, in seconds, and how much is too much."""

    connect_s: float = CONNECT_S
    retry_s: float = RETRY_S
    silence_s: float = 0.2  # ends a line that has no other end
    line_bytes: int = 2000
    lines: int = 20
    within_s: float = 10.0
    quiet_s: float = 2.0  # until a device that babbled is believed again


class LineReader:
    """Listens to one device. Both functions are called in its own thread, and must not block.

    Its troubles are `missing`, a word for when it is not there, and `babble`: it sends without end.
    """

    def __init__(
        self,
        name: str,
        address: Address,
        tell_line: Callable[[bytes], None],
        tell_trouble: Callable[[str | None], None],
        *,
        missing: str,
        limits: Limits,
    ) -> None:
        self._tell_line = tell_line
        self._limits = limits
        self._thread = PortThread(
            name,
            address,
            self._listen,
            tell_trouble,
            missing=missing,
            connect_s=limits.connect_s,
            retry_s=limits.retry_s,
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.stop()

    def _listen(self, port: Port) -> None:
        """Raises PortLost."""
        lines = Lines(self._limits)
        step_s = min(STEP_S, self._limits.silence_s)
        while not self._thread.stopping:
            ended = lines.take(port.read(step_s), time.monotonic())
            self._thread.troubled("babble" if lines.babbling else None)
            for line in ended:
                self._tell_line(line)


class Lines:
    """Bytes become lines; each ends with CR, LF, both, or silence. Times are of one clock."""

    def __init__(self, limits: Limits) -> None:
        self.babbling = False
        self._limits = limits
        self._rest = b""
        self._heard_at = -inf
        self._ended_at: list[float] = []  # of the lines that still count

    def take(self, data: bytes, at: float) -> list[bytes]:
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
        return lines

    def _cut(self, data: bytes) -> list[bytes]:
        *ended, self._rest = (self._rest + data.replace(b"\r", b"\n")).split(b"\n")
        return ended

    def _too_much(self, lines: list[bytes], at: float) -> bool:
        since = at - self._limits.within_s
        self._ended_at = [one for one in self._ended_at if one > since] + [at] * len(lines)
        longest = max(len(line) for line in (*lines, self._rest))
        return longest > self._limits.line_bytes or len(self._ended_at) > self._limits.lines
