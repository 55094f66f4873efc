"""The thread that keeps the LED plates of one line showing short texts, and tells what troubles
each of them.

Knows no hall: what is shown when, is said elsewhere; which bytes show it, in `hardware.frames`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, Literal, cast

from hardware.addresses import Address
from hardware.frames import DARK, Frame, Telegram
from hardware.port_thread import CONNECT_S, RETRY_S, PortThread
from hardware.transport import Port, PortLost

STEP_S: Final = 0.03  # between two looks at what is to be shown
GAP_BYTES: Final = 4  # of silence between two telegrams: Modbus wants three and a half
GAP_S: Final = 0.005  # the same where the line's speed is not known, and at least
LEAVE_S: Final = 0.1  # a port that is closed drops the bytes that have not left it
REMEMBERED: Final = 512  # bytes of what was heard since a plate was asked

Word = Literal["no_plate", "no_answer", "refuses", "bad_address"]


@dataclass(frozen=True)
class Limits:
    """How long what takes, in seconds."""

    connect_s: float = CONNECT_S
    retry_s: float = RETRY_S
    write_s: float = 2.0  # until a line that takes no bytes is lost
    answer_s: float = 0.2  # for a plate that answers at all
    tries: int = 2  # until it is silent; a silent one is asked once
    silent_s: float = 1.0  # until it is asked again, and twice as long each time
    silent_most_s: float = 10.0
    refresh_s: float = 30.0  # a plate that lost its power shows the right thing again
    blink_s: float = 0.5  # on, and off: once a second, harmless to whoever looks at it
    blinks: int = 5


@dataclass(frozen=True)
class OnBus:
    """A plate on the line: its name, and how it is spoken to."""

    plate: str
    frame: Frame


@dataclass(frozen=True)
class PlateTrouble:
    """What troubles a plate now; None: nothing that can be known.

    `no_plate`: its line is not there, takes no bytes, or another program has it. `no_answer`: the
    line works, and the plate is silent. `refuses`: it is there and does not do as it is told.
    `bad_address`: its line is none.
    """

    plate: str
    word: Word | None


@dataclass(frozen=True)
class Wanted:
    """What a plate shall show. `blinks_from`: of a monotonic clock; None: it stands still."""

    text: str = DARK
    blinks_from: float | None = None

    def at(self, now: float, limits: Limits) -> str:
        """What is to be seen at a moment: in every second half of a blink nothing."""
        if self.blinks_from is None:
            return self.text
        halves = int((now - self.blinks_from) / limits.blink_s)
        return DARK if halves % 2 and halves < 2 * limits.blinks else self.text


class Bus:
    """Shows the newest text on each plate of a line, one plate after the other.

    Of plates that never answer, which are all but Modbus ones, nothing can be known but that their
    line is there. `tell` is called in the bus's own thread, and must not block.
    """

    def __init__(
        self,
        line: Address,
        plates: Sequence[OnBus],
        tell: Callable[[PlateTrouble], None],
        *,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._tell = tell
        self._plates = {one.plate: _Plate(one.plate, one.frame, self._limits) for one in plates}
        self._thread = PortThread(
            "plates",
            line,
            self._keep_showing,
            self._line_changed,
            missing="no_plate",
            connect_s=self._limits.connect_s,
            retry_s=self._limits.retry_s,
        )

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """From any thread: blank the plates and end soon. Waits for nothing."""
        self._thread.end()

    def stop(self) -> None:
        """Blank the plates and end."""
        self._thread.stop()

    def show(self, plate: str, text: str, *, blink: bool = False) -> None:
        """From any thread: show this from now on. The same text blinks on where it blinked."""
        self._plates[plate].want(text, blink=blink)

    # --- In the thread ---------------------------------------------------------------------------

    def _line_changed(self, word: str | None) -> None:
        """When the line works again, each plate is told of when it was reached."""
        if word is not None:
            for plate in self._plates.values():
                self._troubled(plate, cast("Word", word))

    def _troubled(self, plate: _Plate, word: Word | None) -> None:
        if plate.trouble != word:
            self._tell(PlateTrouble(plate.name, word))
            plate.trouble = word

    def _keep_showing(self, port: Port) -> None:
        """Raises PortLost."""
        line = Line(port, self._limits)
        for plate in self._plates.values():
            plate.forget()
        while not self._thread.stopping:
            due = self._most_due()
            if due is None:
                port.read(STEP_S)  # waits; nobody was asked, but a lost line is noticed
            else:
                self._troubled(due, due.light(line))
            self._thread.troubled(None)
        for plate in self._plates.values():
            plate.darken(line)
        line.leave()

    def _most_due(self) -> _Plate | None:
        """Whose turn it is: news before what is only refreshed, and whoever was silent last."""
        now = time.monotonic()
        due = (plate for plate in self._plates.values() if plate.is_due(now))
        return min(due, key=lambda plate: plate.turn(now), default=None)


class _Plate:
    """What one plate shall show, what it was sent, and how it answered. Times are monotonic."""

    def __init__(self, name: str, frame: Frame, limits: Limits) -> None:
        self.name = name
        self.trouble: Word | None = None  # as it was told
        self._frame = frame
        self._limits = limits
        self._wanted = Wanted()
        self.forget()

    def want(self, text: str, *, blink: bool) -> None:
        """From any thread."""
        if blink:
            self._wanted = Wanted(text, time.monotonic())
        elif text != self._wanted.text:
            self._wanted = Wanted(text)

    def forget(self) -> None:
        """Its line is another one: what it shows, and whether it answers, is not known."""
        self._sent_at = -inf
        self._shown: str | None = None
        self._pauses: Iterator[float] | None = None  # while it is silent
        self._asked_next_at = -inf

    @property
    def _is_silent(self) -> bool:
        return self._pauses is not None

    def _has_news(self, now: float) -> bool:
        return self._wanted.at(now, self._limits) != self._shown

    def is_due(self, now: float) -> bool:
        if now < self._asked_next_at:
            return False
        is_old = now >= self._sent_at + self._limits.refresh_s
        return is_old or self._is_silent or self._has_news(now)

    def turn(self, now: float) -> tuple[bool, bool, float]:
        """The smallest goes first."""
        return self._is_silent, not self._has_news(now), self._sent_at

    def light(self, line: Line) -> Word | None:
        """Make it show what it shall show now; what troubles it then. Raises PortLost."""
        text = self._wanted.at(time.monotonic(), self._limits)
        word = line.ask(self._frame(text), 1 if self._is_silent else self._limits.tries)
        self._shown, self._sent_at = text, time.monotonic()
        if word is None:
            self._pauses, self._asked_next_at = None, -inf
        else:
            self._pauses = self._pauses or growing(self._limits)
            self._asked_next_at = self._sent_at + next(self._pauses)
        return word

    def darken(self, line: Line) -> None:
        """At the end, without asking anybody twice. Raises PortLost."""
        line.ask(self._frame(DARK), 0 if self._is_silent else 1)


class Line:
    """An open line that telegrams are sent on, one at a time."""

    def __init__(self, port: Port, limits: Limits) -> None:
        self._port = port
        self._limits = limits

    def ask(self, telegram: Telegram, tries: int) -> Word | None:
        """Send it, and wait for the answer of a plate that gives one; with 0 tries for none.

        What comes and is no answer, such as noise on the line, is ignored. Raises PortLost.
        """
        for _ in range(max(1, tries)):
            self._send(telegram)
            if not (telegram.answer and tries):
                self._rest(self._seconds_for(telegram.data))
                return None
            word = self._answer_to(telegram)
            self._rest(0)
            if word != "no_answer":
                return word
        return "no_answer"

    def leave(self) -> None:
        """Wait until all has been sent. Raises PortLost."""
        self._rest(LEAVE_S)

    def _send(self, telegram: Telegram) -> None:
        self._port.read(0)  # what still comes from before is no answer to this
        for piece in telegram.pieces:
            self._write(piece.data)
            if piece.pause_s:
                self._rest(self._seconds_for(piece.data) + piece.pause_s)

    def _write(self, rest: bytes) -> None:
        until = time.monotonic() + self._limits.write_s
        while rest:
            rest = rest[self._port.write(rest, STEP_S) :]
            if rest and time.monotonic() > until:
                raise PortLost("the line takes no bytes")

    def _answer_to(self, telegram: Telegram) -> Word | None:
        on_the_way_s = self._seconds_for(telegram.data + telegram.answer)
        until = time.monotonic() + on_the_way_s + self._limits.answer_s
        heard = b""
        while (left_s := until - time.monotonic()) > 0:
            heard = (heard + self._port.read(left_s))[-REMEMBERED:]
            if telegram.answer in heard:
                return None
            if any(refusal in heard for refusal in telegram.refusals):
                return "refuses"
        return "no_answer"

    def _rest(self, seconds: float) -> None:
        """Send nothing for so long, and for the gap between two telegrams."""
        gap_s = max(GAP_S, self._port.seconds_for(GAP_BYTES))
        until = time.monotonic() + seconds + gap_s
        while (left_s := until - time.monotonic()) > 0:
            self._port.read(left_s)

    def _seconds_for(self, data: bytes) -> float:
        return self._port.seconds_for(len(data))


def growing(limits: Limits) -> Iterator[float]:
    """How long a silent plate is left alone, in seconds, each time longer."""
    pause_s = limits.silent_s
    while True:
        yield min(pause_s, limits.silent_most_s)
        pause_s *= 2
