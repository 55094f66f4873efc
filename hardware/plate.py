"""The thread that keeps an LED plate showing a short text, and tells what troubles the plate.

Knows no hall: what is shown when, is said elsewhere; which bytes show it, in `hardware.frames`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, cast

from hardware.frames import Frame
from hardware.port_thread import CONNECT_S, RETRY_S, PortThread
from hardware.transport import Address, Port, PortLost

STEP_S: Final = 0.03  # between two looks at what is to be shown
LEAVE_S: Final = 0.1  # a port that is closed drops the bytes that have not left it
BLANK: Final = ""

Word = Literal["no_plate"]


@dataclass(frozen=True)
class Limits:
    """How long what takes, in seconds."""

    connect_s: float = CONNECT_S
    retry_s: float = RETRY_S
    write_s: float = 2.0  # until a plate that takes no bytes is lost
    refresh_s: float = 30.0  # a plate that lost its power shows the right thing again
    blink_s: float = 0.5  # on, and off: once a second, harmless to whoever looks at it
    blinks: int = 5


@dataclass(frozen=True)
class PlateTrouble:
    """What troubles the plate now; None: nothing that can be known of one that never answers.

    `no_plate`: its line is not there, takes no bytes, or another program has it.
    """

    word: Word | None


@dataclass(frozen=True)
class Wanted:
    """What the plate shall show. `blinks_from`: of a monotonic clock; None: it stands still."""

    text: str = BLANK
    blinks_from: float | None = None

    def at(self, now: float, limits: Limits) -> str:
        """What is to be seen at a moment: in every second half of a blink nothing."""
        if self.blinks_from is None:
            return self.text
        halves = int((now - self.blinks_from) / limits.blink_s)
        return BLANK if halves % 2 and halves < 2 * limits.blinks else self.text


class Plate:
    """Shows the newest text. `tell` is called in the plate's own thread, and must not block."""

    def __init__(
        self,
        address: Address,
        frame: Frame,
        tell: Callable[[PlateTrouble], None],
        *,
        limits: Limits | None = None,
    ) -> None:
        self._frame = frame
        self._limits = limits or Limits()
        self._wanted = Wanted()
        self._thread = PortThread(
            "plate",
            address,
            self._keep_showing,
            lambda word: tell(PlateTrouble(cast("Word | None", word))),
            missing="no_plate",
            connect_s=self._limits.connect_s,
            retry_s=self._limits.retry_s,
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Blank the plate and end."""
        self._thread.stop()

    def show(self, text: str, *, blink: bool = False) -> None:
        """From any thread: show this from now on. The same text blinks on where it blinked."""
        if blink:
            self._wanted = Wanted(text, time.monotonic())
        elif text != self._wanted.text:
            self._wanted = Wanted(text)

    def _keep_showing(self, port: Port) -> None:
        """Raises PortLost."""
        shown: str | None = None
        refresh_at = 0.0
        while not self._thread.stopping:
            now = time.monotonic()
            text = self._wanted.at(now, self._limits)
            if text != shown or now >= refresh_at:
                self._write(port, text)
                shown, refresh_at = text, now + self._limits.refresh_s
            self._thread.troubled(None)
            port.read(STEP_S)  # waits; whatever it answers, a line that was pulled out is noticed
        self._write(port, BLANK)
        time.sleep(LEAVE_S + port.seconds_for(len(self._frame(BLANK))))

    def _write(self, port: Port, text: str) -> None:
        rest = self._frame(text)
        until = time.monotonic() + self._limits.write_s
        while rest:
            rest = rest[port.write(rest, STEP_S) :]
            if rest and time.monotonic() > until:
                raise PortLost("the plate takes no bytes")
