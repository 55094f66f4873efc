"""A serial line on a real pseudo-terminal, and the device at its other end. Judges nothing."""

from __future__ import annotations

import fcntl
import logging
import os
import pty
import select
import struct
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import until_now as until


@contextmanager
def opened_lines() -> Iterator[list[str]]:
    """What the log says of lines that this process opens: what comes before is lost."""
    said: list[str] = []
    listener, source = logging.Handler(), logging.getLogger("hardware.port_thread")
    listener.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    level = source.level
    source.addHandler(listener)
    source.setLevel(logging.INFO)
    try:
        yield said
    finally:
        source.setLevel(level)
        source.removeHandler(listener)


class PtyLine:
    """A device at the end of a serial line that can be pulled out and put back."""

    def __init__(self, device: Path) -> None:
        self.device = device
        self._line = self._other_end = -1

    def plug_in(self) -> None:
        self._line, self._other_end = pty.openpty()
        tty.setraw(self._other_end, termios.TCSANOW)
        self.device.symlink_to(os.ttyname(self._other_end))

    def unplug(self) -> None:
        self.device.unlink(missing_ok=True)
        for descriptor in (self._line, self._other_end):
            if descriptor >= 0:
                os.close(descriptor)
        self._line = self._other_end = -1

    def write(self, data: bytes) -> None:
        assert os.write(self._line, data) == len(data)

    def send(self, data: bytes) -> None:
        """Send, and wait until all of it was read."""
        for at in range(0, len(data), 1000):
            self.write(data[at : at + 1000])
            until(lambda: not self._unread())

    def _unread(self) -> int:
        size = fcntl.ioctl(self._other_end, termios.FIONREAD, bytes(4))
        return int(struct.unpack("i", size)[0])

    def heard(self) -> bytes:
        """What was sent to the device since it was last asked."""
        heard = b""
        while self._line >= 0 and select.select([self._line], [], [], 0)[0]:
            heard += os.read(self._line, 4096)
        return heard
