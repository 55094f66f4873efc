"""A program that is run beside ours, again and again: what it is given, what it answers, and how
long it may take. Whatever becomes of it, it never outlives its run.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]  # from where `python -m hardware.…` finds us
LAST_WORDS: Final = 300  # characters of its complaint that are kept


class ProgramFailed(Exception):  # noqa: N818 - it says what is the matter
    """It did not start, did not end in time, or was told to end; and the message says which."""


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what it said."""

    code: int
    out: bytes
    err: str


class Programs:
    """Runs one program again and again, from any thread, until it is told to stop.

    The next one is begun beforehand and waits for what it is given, so that it answers at once.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._running: set[subprocess.Popen[bytes]] = set()
        self._next: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def run(self, given: bytes, limit_s: float) -> Ended:
        """Give the program this to read, and wait for its end. Raises ProgramFailed."""
        with self._taken() as process:
            try:
                out, err = process.communicate(given, limit_s)
            except subprocess.TimeoutExpired:
                raise ProgramFailed(f"it took longer than {limit_s:.1f} s") from None
            finally:
                process.kill()
                with self._lock:
                    self._running.discard(process)
            return Ended(process.returncode, out, err.decode(errors="replace")[-LAST_WORDS:])

    def stop(self) -> None:
        """End what runs. Nothing runs from now on."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.kill()
            waiting, self._next = self._next, None
        if waiting is not None:
            waiting.kill()
            waiting.communicate()

    def _taken(self) -> subprocess.Popen[bytes]:
        """The one that waits, if it still lives, and in its place another one."""
        with self._lock:  # none may begin behind the back of `stop`
            if self._stopped:
                raise ProgramFailed("it is no longer wanted")
            process, self._next = self._next or self._begun(), None
            if process.poll() is not None:
                process.communicate()
                process = self._begun()
            self._running.add(process)
            with suppress(ProgramFailed):  # the next run will say why
                self._next = self._begun()
            return process

    def _begun(self) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        try:
            return subprocess.Popen(  # noqa: S603 - what is run is never what people typed
                self._command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT
            )
        except OSError as error:
            raise ProgramFailed(f"{self._command[0]}: {error.strerror}") from None
