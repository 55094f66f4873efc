"""A receipt printer at the end of a real pseudo-terminal or socket.

It reads ESC/POS as a printer does: real-time questions at once, everything else from a buffer that
waits while there is no paper, the cover is open, the cutter is jammed. A picture begun takes
whatever comes for its dots until it is whole.
"""

from __future__ import annotations

import os
import pty
import select
import socket
import struct
import termios
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

TICK_S = 0.005
AT_ONCE = 65536  # bytes
QUESTION = b"\x10\x04"
RESET, PLAIN, FEED, CUT = b"\x1b@", b"\x1c.", b"\x1bd", b"\x1dV"
REPORTS, FENCE, PICTURE = b"\x1da", b"\x1dr", b"\x1dv0"
SIZES = {RESET: 2, PLAIN: 2, FEED: 3, CUT: 3, REPORTS: 3, FENCE: 3, PICTURE: 8}  # bytes


def ticket(words: str, slices: int = 3) -> bytes:
    """A ticket whose picture holds its own words, in slices as a real one has."""
    rows = words.encode().ljust(72 * 20, b"\0")
    picture = PICTURE + b"\0" + struct.pack("<HH", 72, 20) + rows
    blank = PICTURE + b"\0" + struct.pack("<HH", 72, 20) + bytes(72 * 20)
    return RESET + PLAIN + picture + blank * (slices - 1) + FEED + b"\x04" + CUT + b"\x01"


@dataclass
class Mechanism:
    """Paper, cover, cutter and the buffer before them."""

    paper: bool = True
    low: bool = False
    cover: bool = False
    jammed: bool = False
    # What happens when the next picture, or the next cut, is come to.
    at_picture: Callable[[], None] | None = None
    at_cut: Callable[[], None] | None = None
    fences: bool = True  # it answers GS r
    printed: list[str] = field(default_factory=list)
    drawn: list[bytes] = field(default_factory=list)  # the pictures of each ticket, as they came
    heard: bytes = b""  # all that came since power was on
    reports: bool = False
    forgotten: bytes = b""  # what was in its memory when the power went
    power_cuts: int = 0
    _begun: bytes = b""  # the first bytes of a question
    _buffer: bytes = b""
    _page: bytes = b""
    _pictures: bytes = b""
    _told: bytes = b""

    @property
    def stopped(self) -> bool:
        return not self.paper or self.cover or self.jammed

    def receive(self, data: bytes) -> bytes:
        """Take bytes in; what is asked in real time is answered at once."""
        self.heard += data
        answers = b""
        data = self._begun + data
        while 0 <= (at := data.find(QUESTION)) < len(data) - 2:
            answers += bytes([self._realtime(data[at + 2])])
            data = data[:at] + data[at + 3 :]
        begun = next(size for size in (2, 1, 0) if data.endswith(QUESTION[:size]))
        self._buffer += data[: len(data) - begun]
        self._begun = QUESTION[:begun]
        return answers

    def work(self) -> bytes:
        """Print what can be printed; the answers and reports that fall due meanwhile."""
        answers = b""
        while not self.stopped and (size := self._whole()):
            command, self._buffer = self._buffer[:size], self._buffer[size:]
            answers += self._do(command)
        return answers + self._report()

    def power_cut(self) -> None:
        """All memory is lost, and with it what was being printed."""
        self.power_cuts += 1
        self.forgotten += self._buffer
        self._buffer = self._begun = self._page = self._pictures = self._told = self.heard = b""
        self.reports = False

    def _whole(self) -> int:
        """How long the first command is; 0: not all of it is here."""
        start = next((s for s in SIZES if self._buffer.startswith(s)), None)
        if start is None:
            if any(s.startswith(self._buffer) for s in SIZES):
                return 0
            zeros = len(self._buffer) - len(self._buffer.lstrip(b"\0"))
            return zeros or min(1, len(self._buffer))
        size = SIZES[start]
        if start == PICTURE and len(self._buffer) >= size:
            width, height = struct.unpack("<HH", self._buffer[4:8])
            size += width * height
        return size if len(self._buffer) >= size else 0

    def _do(self, command: bytes) -> bytes:
        if command.startswith(PICTURE):
            return self._print(command)
        if command.startswith(CUT):
            return self._cut(command)
        if command.startswith(FENCE) and self.fences:
            return b"\x03" if self.low else b"\x00"
        if command in {RESET} or command.startswith(REPORTS):
            self.reports, self._told = command != RESET, b""
        elif len(command) == 1:
            self._page += command.strip(b"\0")  # a letter
        return b""

    def _print(self, command: bytes) -> bytes:
        happens, self.at_picture = self.at_picture, None
        if not self._goes_on(command, happens):
            return b""
        self._page += command[8:].partition(b"\0")[0]
        self._pictures += command
        return b""

    def _cut(self, command: bytes) -> bytes:
        happens, self.at_cut = self.at_cut, None
        if not self._goes_on(command, happens):
            return b""
        self.printed.append(self._page.decode(errors="replace"))
        self.drawn.append(self._pictures)
        self._page = self._pictures = b""
        return b""

    def _goes_on(self, command: bytes, happens: Callable[[], None] | None) -> bool:
        """Let happen what was planned for this command; whether it is carried out after that."""
        power_cuts = self.power_cuts
        if happens is not None:
            happens()
        if self.power_cuts > power_cuts:
            return False
        if self.stopped:
            self._buffer = command + self._buffer
        return not self.stopped

    def _realtime(self, question: int) -> int:
        bits = {
            1: 0x08 * self.stopped,
            2: 0x04 * self.cover + 0x20 * (not self.paper) + 0x40 * self.jammed,
            3: 0x08 * self.jammed,
            4: 0x0C * (self.low or not self.paper) + 0x60 * (not self.paper),
        }
        return 0x12 | bits[question]

    def _report(self) -> bytes:
        state = bytes([
            0x10 | 0x08 * self.stopped | 0x20 * self.cover,
            0x08 * self.jammed,
            0x03 * (self.low or not self.paper) | 0x0C * (not self.paper),
            0,
        ])  # fmt: skip
        if not self.reports or state == self._told:
            return b""
        self._told = state
        return state


class FakePrinter:
    """The mechanism on a line, worked by a thread. `silent`: it hears, and answers nothing."""

    def __init__(self) -> None:
        self.mechanism = Mechanism()
        self.silent = False
        self.reading = True
        self.at_once = AT_ONCE  # bytes that it takes in a tick
        self.on = True
        self.lost = b""  # what came while power was off
        # The power goes and comes between two turns of the mechanism, or out of one.
        self._turning = threading.RLock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()
        self.close()

    @property
    def printed(self) -> list[str]:
        return self.mechanism.printed

    def power_off(self) -> None:
        with self._turning:
            self.on = False
            self.mechanism.power_cut()

    def power_on(self) -> None:
        with self._turning:
            self.on = True

    def _run(self) -> None:
        while not self._ending.is_set():
            with suppress(OSError):
                self._turn()

    def _turn(self) -> None:
        if self.at_once < AT_ONCE:
            self._rest()
        data = self.receive() if self.reading else self._rest()
        with self._turning:
            if not self.on:
                self.lost += data
                return
            answers = self.mechanism.receive(data) + self.mechanism.work()
            if answers and self.on and not self.silent:
                self.send(answers)

    def _rest(self) -> bytes:
        self._ending.wait(TICK_S)
        return b""

    def receive(self) -> bytes:
        raise NotImplementedError

    def send(self, data: bytes) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class SerialPrinter(FakePrinter):
    """At the end of a pseudo-terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._line, self._other_end = pty.openpty()
        tty.setraw(self._other_end, termios.TCSANOW)
        self.device = os.ttyname(self._other_end)
        self.address = f"serial://{self.device}?baud=115200"

    def receive(self) -> bytes:
        ready, _, _ = select.select([self._line], [], [], TICK_S)
        return os.read(self._line, self.at_once) if ready else b""

    def send(self, data: bytes) -> None:
        os.write(self._line, data)

    def close(self) -> None:
        os.close(self._line)
        os.close(self._other_end)


class NetworkPrinter(FakePrinter):
    """On a socket; it serves one computer at a time, as most do."""

    def __init__(self) -> None:
        super().__init__()
        self._listener: socket.socket | None = self._listen(0)
        self.port: int = self._listener.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._link: socket.socket | None = None

    @property
    def dark(self) -> bool:
        """Nobody listens any more."""
        return self._listener is None

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        listener.setblocking(False)
        return listener

    def receive(self) -> bytes:
        self._settle_power()
        waited_for = self._link or self._listener
        ready, _, _ = select.select([waited_for] if waited_for else [], [], [], TICK_S)
        if not ready:
            return b""
        if self._link is None:
            assert self._listener is not None
            self._link, _ = self._listener.accept()
            return b""
        data = self._link.recv(self.at_once)
        if not data:
            self._hang_up()
        return data

    def _settle_power(self) -> None:
        """Without power nobody listens, and every connection is reset."""
        if not self.on and self._listener is not None:
            self._hang_up()
            self._listener.close()
            self._listener = None
        elif self.on and self._listener is None:
            self._listener = self._listen(self.port)

    def _hang_up(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def send(self, data: bytes) -> None:
        if self._link is not None:
            self._link.sendall(data)

    def close(self) -> None:
        self._hang_up()
        if self._listener is not None:
            self._listener.close()
