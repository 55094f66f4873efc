"""One receipt printer: its link, what it says of itself, and the ticket that is in it.

Moves in short steps and never blocks for ever. Keeps no list of jobs, and resends nothing.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import Final

from hardware.addresses import Address
from hardware.print_job import Standing, State
from hardware.status import (
    QUESTIONS,
    Block,
    Fence,
    Realtime,
    Reply,
    Trouble,
    Words,
    cause,
    replies_in,
    words_of,
    words_of_block,
    worst,
)
from hardware.transport import Port, PortLost, open_port

log = logging.getLogger(__name__)

RESET: Final = b"\x1b@"
PLAIN_BYTES: Final = b"\x1c."  # Chinese firmware starts by reading bytes in pairs
REPORTS: Final = b"\x1da\x0f"  # tell each change of paper, cover and errors; ESC @ ends that
FENCE: Final = b"\x1dr\x01"  # answered when everything before it is on paper
# A broken-off picture swallows what follows. Fill up the largest slice there can be, and cut what
# came of it off: no number may hang on another one's paper. A printer that was not in the middle
# of anything passes the zeros over, and gives an empty slip.
FILL: Final = bytes(72 * 255) + b"\x1bd\x06\x1dV\x01"
# Where its first bytes were broken off, the next ones would be its height: 16,000 rows of a reset.
# As many zeros as it can lack make it one of no rows, or of those that its low byte says.
LACKING: Final = bytes(7)

STEP_S: Final = 0.02
MISSES: Final = 2  # answers without a fence until a ticket's fate is unknown


@dataclass(frozen=True)
class Limits:
    """How long to wait for what, in seconds."""

    connect_s: float = 2.0
    retry_s: float = 1.0  # between two attempts to open
    answer_s: float = 0.5  # a printer answers a question about itself at once
    poll_s: float = 2.0  # between two questions; with an attempt to open, trouble shows within five
    fence_s: float = 8.0  # from the last byte of a ticket until it is on paper
    stalled_s: float = 8.0  # without one byte taken
    reprint_within_s: float = 120.0  # how old a ticket may be that is printed again unasked
    expires_s: float = 600.0


@dataclass
class InPrinter:
    """A ticket on its way: what is still to be written, and when its fence is due."""

    job: Standing
    rest: memoryview
    size: int
    moved_at: float
    due: float = 0.0
    held: bool = False
    misses: int = 0


@dataclass(frozen=True)
class Moved:
    """A job that stands otherwise now."""

    job: Standing
    state: State


@dataclass
class Device:
    """One printer. For one thread."""

    address: Address
    limits: Limits = Limits()
    broken_off: bool = False  # the last ticket may have ended in the middle of a picture
    not_opened: PortLost | None = None  # why it could not be opened, the last time
    _port: Port | None = None
    _open_at: float = 0.0
    _ask_at: float = 0.0
    _missing: Trouble | None = None  # it cannot be opened, or does not answer
    _answered: bool = False  # since it was opened
    _words: Words = frozenset()
    _ticket: InPrinter | None = None
    _pending: bytes = b""
    _answers: list[int] = field(default_factory=list)
    _moved: list[Moved] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.address)

    @property
    def trouble(self) -> Trouble | None:
        return self._missing or worst(self._words)

    @property
    def known(self) -> bool:
        """Whether it was found and asked, or not found."""
        return self._answered or self._missing is not None

    @property
    def blocked(self) -> Trouble | None:
        """Why nothing can be sent to it now."""
        return self._missing or cause(self._words)

    @property
    def busy(self) -> bool:
        return self._ticket is not None

    def ready(self) -> bool:
        """Ask the printer whether it can print now."""
        if self._port is None or self.busy or self.blocked:
            return False
        try:
            self._ask()
        except PortLost as lost:
            self._lose(lost)
        return self._port is not None and self.blocked is None

    def take(self, job: Standing, content: bytes) -> None:
        """Begin to write a ticket to a printer that is ready; the next steps do it."""
        assert self._ticket is None
        fill = FILL if self.broken_off else b""
        data = fill + _with_reports(content) + FENCE
        self._ticket = InPrinter(job, memoryview(data), len(data), time.monotonic())
        self.broken_off = False

    def step(self) -> list[Moved]:
        """Do what is due, for a fraction of a second, and tell which job stands otherwise."""
        try:
            if self._port is None:
                self._open()
            if self._port is not None:
                self._serve(self._port)
        except PortLost as lost:
            self._lose(lost)
        moved, self._moved = self._moved, []
        return moved

    def close(self) -> None:
        """Let go of the link. A ticket in the printer stays as it was last told."""
        self.broken_off = self.broken_off or self.busy
        if self._port is not None:
            self._port.close()
        self._port, self._ticket = None, None

    # --- The link --------------------------------------------------------------------------------

    def _open(self) -> None:
        now = time.monotonic()
        if now < self._open_at:
            return
        self._open_at = now + self.limits.retry_s
        try:
            self._port = open_port(self.address, self.limits.connect_s)
        except PortLost as lost:
            if str(lost) != str(self.not_opened):
                log.warning("%s", lost)
            self._missing, self.not_opened = "no_printer", lost
            return
        self.not_opened = None
        self._pending, self._answered, self._ask_at = b"", False, 0.0

    def _lose(self, why: PortLost | str) -> None:
        """Close the link: what was in the printer may be on paper, or lost with its memory."""
        assert self._port is not None
        if self._missing is None:
            log.warning("%s: %s", self.name, why)
        if not self._answered:
            self._missing = "offline"
        self._port.close()
        self._port, self._open_at = None, time.monotonic() + self.limits.retry_s
        if self._ticket is not None:
            # Taken is not received: a line loses bytes, and a printer its memory, without a word.
            self.broken_off = True
            self._finish("unknown")

    def _serve(self, port: Port) -> None:
        waiting = self._ticket is not None and not self._ticket.rest
        self._listen(port, STEP_S if waiting else 0)
        if self._ticket is not None and self._ticket.rest:
            self._write_on(port, self._ticket)  # no question may stand in the middle of a picture
        elif time.monotonic() >= self._ask_at:
            answered = self._ask()
            if self._ticket is not None:
                self._judge(self._ticket, answered)

    # --- What the printer says -------------------------------------------------------------------

    def _listen(self, port: Port, timeout_s: float) -> None:
        replies, self._pending = replies_in(self._pending + port.read(timeout_s))
        for reply in replies:
            self._heard(reply)

    def _heard(self, reply: Reply) -> None:
        match reply:
            case Realtime(value):
                self._answers.append(value)
            case Block():
                self._words = words_of_block(reply)
                if self._ticket is not None:
                    self._ticket.moved_at = time.monotonic()
                    self._hold_if_caused(self._ticket)
            case Fence() if self._ticket is not None and not self._ticket.rest:
                self._finish("printed")

    def _ask(self) -> bool:
        """Ask everything a printer answers about itself at once. False: it is silent."""
        assert self._port is not None
        self._ask_at = time.monotonic() + self.limits.poll_s
        self._listen(self._port, 0)
        answers: dict[int, int] = {}
        for question in QUESTIONS:
            answer = self._answer(self._port, question)
            if answer is None:
                return self._silent()
            answers[question] = answer
        self._words = words_of(answers)
        if not self._answered:
            lacking = LACKING if self.broken_off else b""
            self._say(self._port, lacking + RESET + PLAIN_BYTES + REPORTS)
        self._answered, self._missing = True, None
        return True

    def _answer(self, port: Port, question: int) -> int | None:
        self._answers.clear()  # what comes late would be taken for the answer to another question
        if not self._say(port, bytes((0x10, 0x04, question))):
            return None
        until, left = time.monotonic() + self.limits.answer_s, self.limits.answer_s
        while not self._answers and left > 0:
            left = until - time.monotonic()
            self._listen(port, max(0.0, left))  # once more when time is up: it may have been ours
        return self._answers[0] if self._answers else None

    def _say(self, port: Port, data: bytes) -> bool:
        """False: not one byte was taken. Raises PortLost when only some were."""
        taken = port.write(data, self.limits.answer_s)
        if 0 < taken < len(data):
            raise PortLost("the printer took half a command")
        return taken > 0

    def _silent(self) -> bool:
        """Silent for once while it prints is no trouble; silent when idle is, and begins anew."""
        if self._ticket is None:
            self._lose("it does not answer; another program may be printing on it")
            self._missing = "offline"
        elif self._ticket.held:
            self._missing = "offline"
        return False

    # --- The ticket in the printer ---------------------------------------------------------------

    def _write_on(self, port: Port, ticket: InPrinter) -> None:
        """Write for one step; a printer that takes nothing and says no cause is given up."""
        began = now = time.monotonic()
        while ticket.rest and now - began < STEP_S:
            taken = port.write(ticket.rest, STEP_S)
            ticket.rest = ticket.rest[taken:]
            now = time.monotonic()
            if taken:
                ticket.moved_at = now
        ticket.due = now + self.limits.fence_s + port.seconds_for(ticket.size)
        self._ask_at = now + self.limits.poll_s
        # From when this step began: a machine that stood still itself has tried once more since.
        if began - ticket.moved_at > self.limits.stalled_s and cause(self._words) is None:
            self._lose("the printer stopped taking bytes")

    def _judge(self, ticket: InPrinter, answered: bool) -> None:
        """Whether a ticket without its fence is held, or its fate unknown."""
        now = time.monotonic()
        waits = cause(self._words) is not None if answered else ticket.held
        if waits:
            self._hold_if_caused(ticket)
            ticket.due, ticket.misses = now + self.limits.fence_s, 0
        elif now >= ticket.due:
            ticket.misses += 1
            if ticket.misses >= MISSES:
                self._lose("the printer answers, but the ticket does not come")

    def _hold_if_caused(self, ticket: InPrinter) -> None:
        """The ticket is in the printer's memory, and comes out when the cause has gone."""
        if cause(self._words) is not None and not ticket.held:
            ticket.held = True
            self._moved.append(Moved(ticket.job, "held"))

    def _finish(self, state: State) -> None:
        assert self._ticket is not None
        self._moved.append(Moved(self._ticket.job, state))
        self._ticket = None


def _with_reports(content: bytes) -> bytes:
    """A ticket begins with ESC @, which ends the reports of changes: switch them on behind it."""
    return RESET + PLAIN_BYTES + REPORTS + content.removeprefix(RESET)
