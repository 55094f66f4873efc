"""Bytes on their way to a terminal. What it is sent, others say."""

from __future__ import annotations

import os
from contextlib import suppress
from queue import Queue
from threading import Lock, Thread
from typing import Final

MOST_LATE: Final = 30  # frames that wait for a terminal that takes none; the next one holds up all


class Outlet:
    """Writes at once what a terminal takes at once, and leaves the rest to a thread.

    A thread that is woken for every frame waits for a processor, and for the interpreter's lock.
    """

    def __init__(self, terminal: int) -> None:
        self._terminal, self._never_waits = terminal, _opened_anew(terminal)
        self._late: Queue[bytes | None] = Queue(MOST_LATE)
        self._lock, self._unwritten = Lock(), 0  # of what the thread was given
        self._thread: Thread | None = None

    def write(self, text: str) -> None:
        data = text.encode("utf-8", "backslashreplace")
        if self._never_waits is not None and not self._unwritten:
            with suppress(OSError):  # it takes none now, or is gone: the app looks for that
                data = data[os.write(self._never_waits, data) :]
        if data:
            self._leave(data)

    def close(self) -> None:
        """Return when everything is written."""
        if self._thread is not None:
            self._late.put(None)
            self._thread.join()
        if self._never_waits is not None:
            os.close(self._never_waits)
        self._thread = self._never_waits = None

    def _leave(self, data: bytes) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._write_late, name="terminal", daemon=True)
            self._thread.start()
        with self._lock:
            self._unwritten += 1
        self._late.put(data)

    def _write_late(self) -> None:
        while (data := self._late.get()) is not None:
            with suppress(OSError):  # it is gone: nobody will read this
                while data:
                    data = data[os.write(self._terminal, data) :]
            with self._lock:
                self._unwritten -= 1


def _opened_anew(terminal: int) -> int | None:
    """A way of its own to a terminal: whether to wait belongs to the way. None: there is none."""
    with suppress(OSError):
        return os.open(os.ttyname(terminal), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    return None
