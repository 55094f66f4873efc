"""A program on a pseudo-terminal: what it paints, when, and what that costs. Judges nothing."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

ROOT: Final = Path(__file__).parents[1]
QUIET_S: Final = 0.15  # without a byte: it has painted
PATIENCE_S: Final = 20.0
LOOK_S: Final = 0.005
MOTCUA: Final = "import cli, sys; sys.exit(cli.main())"
BARE: Final = "from benchmarks.floor import main; main()"


class Painted(NamedTuple):
    """Bytes that came together. `at`: of the monotonic clock."""

    at: float
    data: bytes


class OnPty:
    """`motcua`, or another program, with these arguments on a terminal of so many cells."""

    def __init__(
        self, *arguments: str, size: tuple[int, int], home: Path, program: str = MOTCUA
    ) -> None:
        self.painted: list[Painted] = []
        self._terminal, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (size[1], size[0]))
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "HOME": str(home),
            },
            start_new_session=True,
        )
        os.close(theirs)
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def press(self, keys: str) -> float:
        """When they were pressed."""
        at = time.monotonic()
        os.write(self._terminal, keys.encode())
        return at

    def cpu_ms(self) -> float:
        """What the process has used of the processor so far."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6

    def settle(
        self, mark: int = 0, patience_s: float = PATIENCE_S, quiet_s: float = QUIET_S
    ) -> None:
        """Wait until something was painted since a mark, and then nothing for so long.

        After `patience_s` it is taken that there was nothing to paint.
        """
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if len(self.painted) > mark and time.monotonic() - self.painted[-1].at > quiet_s:
                return
            time.sleep(LOOK_S)

    def wait_for_bytes(self, many: int) -> float:
        """When it had painted so many. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            sent = 0
            for one in self.painted[:]:
                sent += len(one.data)
                if sent >= many:
                    return one.at
            time.sleep(LOOK_S)
        raise TimeoutError(f"painted {sent} bytes only")

    def since(self, mark: int) -> list[Painted]:
        """What was painted since `len(painted)` was so much."""
        return self.painted[mark:]

    def wait_for(self, text: str, mark: int = 0) -> float:
        """When this was painted, counted from a mark. Raises TimeoutError."""
        wanted, deadline = text.encode(), time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            shown = b""
            for one in self.since(mark):
                shown += one.data
                if wanted in shown:
                    return one.at
            time.sleep(LOOK_S)
        raise TimeoutError(f"{text!r} was never painted")

    def _read(self) -> None:
        while True:
            select.select([self._terminal], [], [])
            try:
                data = os.read(self._terminal, 65536)
            except OSError:
                return
            self.painted.append(Painted(time.monotonic(), data))
