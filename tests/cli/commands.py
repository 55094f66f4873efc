"""The commands as real processes: run to their end, or serving until told to stop."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.waiting import PATIENCE_S

ROOT: Final = Path(__file__).parents[2]
MOTCUA: Final = (sys.executable, str(ROOT / "cli.py"))
SERVER: Final = (sys.executable, str(ROOT / "server.py"))
SPOKEN: Final = re.compile(r"motcua (\S+): (wss?://\S+:(\d+)/)")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended, and what it said."""

    code: int
    out: str
    err: str

    def refused(self) -> str:
        """What it said when it would not start: one sentence of its own, never a traceback."""
        assert (self.code, self.out, "Traceback" in self.err) == (2, "", False), self
        (said,) = [line for line in self.err.splitlines() if line.startswith("motcua: ")]
        return said


def run(*arguments: str | Path, cwd: Path, program: tuple[str, ...] = MOTCUA) -> Ended:
    """Run a command to its end in a folder."""
    done = subprocess.run(
        [*program, *arguments],
        cwd=cwd,
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that said where it listens."""

    process: subprocess.Popen[str]
    hall: str
    url: str
    port: int
    log: Path

    def stop(self) -> int:
        """Ask it to end, and wait: its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


@contextmanager
def served(
    *arguments: str | Path, cwd: Path, program: tuple[str, ...] = (*MOTCUA, "server")
) -> Iterator[Serving]:
    """A server on a free port, with its records in the folder."""
    log = cwd / "server.log"
    told = [*program, "--port", "0", "--database", f"sqlite:///{cwd / 'hall.db'}", *arguments]
    with (
        log.open("w") as errors,
        subprocess.Popen(
            told, cwd=cwd, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            said = SPOKEN.fullmatch(process.stdout.readline().strip())
            assert said is not None, log.read_text(encoding="utf-8")
            yield Serving(process, said[1], said[2], int(said[3]), log)
        finally:
            process.kill()
    logged = log.read_text(encoding="utf-8")
    assert "Traceback" not in logged
    assert '"exc_info"' not in logged, logged


def config_with(folder: Path, *changes: tuple[str, str]) -> Path:
    """The shipped configuration in this folder, each change made where it first fits."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "hall.toml"
    path.write_text(text, encoding="utf-8")
    return path
