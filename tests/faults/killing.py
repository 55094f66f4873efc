"""The real server as a process of its own, started and killed again and again. Asks it nothing."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
UP_WITHIN_S: Final = 30.0
COMMIT_WITHIN_S: Final = 0.05

MORE_SCREENS: Final = """
[[devices.kiosk]]
code = "kiosk-2"

[[devices.display]]
code = "board-2"
"""
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALL_DAY: Final = (
    '[{ opens = "00:10", closes = "23:50", numbers_from = "00:05", numbers_to = "23:45" }]'
)


def write_config(file: Path) -> None:
    """The hall as shipped, where it is about noon now, open all day, and nobody is waited for."""
    shipped = (ROOT / "config.toml").read_text(encoding="utf-8")
    week = "".join(f"{day} = {ALL_DAY}\n" for day in DAYS)
    changes = {
        r'(?m)^timezone = ".*"$': f'timezone = "{_where_it_is_noon()}"',
        r"(?ms)^holidays = \[.*?^\]$": "holidays = []",
        r"(?ms)^\[hours\.week\]$.*?(?=^\[calling\]$)": f"[hours.week]\n{week}\n",
        r"(?m)^no_show_after_s = \d+$": "no_show_after_s = 2",
    }
    for old, new in changes.items():
        shipped, count = re.subn(old, new, shipped)
        assert count == 1, old
    file.write_text(shipped + MORE_SCREENS, encoding="utf-8")


def _where_it_is_noon() -> str:
    """A time zone far from midnight, so that no run meets a new day. Its sign is that of POSIX."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


class ServerProcess:
    """The server on one file and one port, from one kill to the next."""

    def __init__(self, config: Path, database: Path, log: Path) -> None:
        self.port = 0
        self._arguments = ["--config", str(config), "--database", f"sqlite:///{database}"]
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self.environment: Mapping[str, str] = {}  # what it has besides ours

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    async def start(self) -> None:
        """Begin to start; `up` tells when it listens."""
        port = ["--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "tests" / "faults" / "hurried.py"),
                *self._arguments,
                *port,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={**os.environ, **self.environment},
            )

    async def up(self) -> None:
        """Wait until it says where it listens."""
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(UP_WITHIN_S):
            line = (await self._process.stdout.readline()).decode()
        found = re.search(r"ws://127\.0\.0\.1:(\d+)/", line)
        assert found is not None, f"{line!r}\n{self._log.read_text(encoding='utf-8')[-3000:]}"
        self.port = int(found[1])

    def kill_at_commit(self, database: Path) -> None:
        """SIGKILL as soon as one more transaction is in the file. Blocks; nobody hears of it."""
        assert self._process is not None
        until = time.monotonic() + COMMIT_WITHIN_S
        with Path(f"{database}-shm").open("rb") as index:
            before = _transactions(index.fileno())
            while _transactions(index.fileno()) == before and time.monotonic() < until:
                pass
        self._process.kill()

    async def kill(self) -> None:
        """SIGKILL: it cannot do anything about it."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def _transactions(index: int) -> bytes:
    """The counter of transactions in the header of SQLite's index of its log, its third word."""
    return os.pread(index, 4, 8)
