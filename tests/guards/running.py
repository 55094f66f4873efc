"""The programs of a hall as they run there: processes of their own, screens on real terminals. What
they loaded, painted and woke up for can be asked.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.waiting import until_now

ROOT: Final = Path(__file__).parents[2]
ENDS_WITHIN_S: Final = 30.0
SPOKEN: Final = re.compile(rb"ws://\S+:(\d+)/")
PAINTED: Final = 500  # bytes: more than what a program asks its terminal first
SIZES: Final = {  # columns and rows
    "kiosk": (80, 24),
    "counter": (100, 30),
    "display": (160, 45),
    "rating": (80, 24),
    "manager": (100, 30),
}

# Writes down at its end what was imported: the first argument is the file.
MOTCUA: Final = """
import atexit, sys
loaded = sys.argv.pop(1)
atexit.register(lambda: open(loaded, "w").write("\\n".join(sys.modules)))
import cli
sys.exit(cli.main())
"""


class Program:
    """`motcua` with these arguments on a terminal, whose bytes are kept."""

    def __init__(self, *arguments: str, home: Path) -> None:
        self.painted = bytearray()
        self._loaded = home / f"{arguments[0].strip('-')}.loaded"
        columns, rows = SIZES.get(arguments[0], (80, 24))
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (rows, columns))
        terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", MOTCUA, str(self._loaded), *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            env={**os.environ, **terminal, "HOME": str(home)},
            start_new_session=True,
        )
        os.close(theirs)
        threading.Thread(target=self._read, args=(ours,), daemon=True).start()

    def wait_until_painted(self, many: int = PAINTED) -> None:
        """So many bytes."""
        until_now(lambda: len(self.painted) >= many or self._process.poll() is not None)
        assert self._process.poll() is None, self.painted.decode()

    def wait_until_serving(self) -> str:
        """The port that the hall's server says it listens on."""
        until_now(lambda: SPOKEN.search(self.painted) or self._process.poll() is not None)
        said = SPOKEN.search(self.painted)
        assert said is not None, self.painted.decode()
        return said[1].decode()

    def wake_ups(self) -> int:
        """How often its threads have gone to sleep and were woken, so far."""
        return sum(map(_voluntary_switches, Path(f"/proc/{self._process.pid}/task").iterdir()))

    def stop(self) -> None:
        """Tell it to end, and wait until it has, in order."""
        self._process.terminate()
        self.wait()

    def wait(self) -> None:
        assert self._process.wait(ENDS_WITHIN_S) == 0

    def loaded(self) -> set[str]:
        """Every module it had imported at its end."""
        return set(self._loaded.read_text(encoding="utf-8").splitlines())

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self, terminal: int) -> None:
        with suppress(OSError):  # nobody writes there any more
            while painted := os.read(terminal, 65536):
                self.painted += painted
        os.close(terminal)


@contextmanager
def running(*arguments: str, home: Path) -> Iterator[Program]:
    program = Program(*arguments, home=home)
    try:
        yield program
    finally:
        program.kill()


def _voluntary_switches(thread: Path) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
        for line in (thread / "status").read_text(encoding="utf-8").splitlines():
            name, _, count = line.partition(":")
            if name == "voluntary_ctxt_switches":
                return int(count)
    return 0
