"""Screens as processes of their own, each on a real terminal. Looks at nothing they draw."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@contextmanager
def on_a_terminal(*command: str, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A screen as it runs in a hall: a process of its own on a terminal, whose bytes are read."""
    process, ours = begun(*command, home=home)
    threading.Thread(target=read_all, args=(ours,), daemon=True).start()
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def begun(
    *command: str, home: Path, size: tuple[int, int] = (24, 80)
) -> tuple[subprocess.Popen[bytes], int]:
    """A screen in a process of its own, and our end of its terminal. `size`: rows, columns."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, size)
    process = subprocess.Popen(
        [sys.executable, "-c", "import cli, sys; sys.exit(cli.main())", *command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "HOME": str(home)},
        start_new_session=True,
    )
    os.close(theirs)
    return process, ours


def read_all(terminal: int) -> None:
    with suppress(OSError):  # nobody writes there any more
        while os.read(terminal, 65536):
            pass
    os.close(terminal)
