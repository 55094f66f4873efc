"""What a report costs the hall: how long a durable request takes while one is made, and while none.

    python -m benchmarks.beside /tmp/years.db [--requests 300] [--rounds 4]

The database is one that `benchmarks.years` has written. The two are measured in turns, so that
whatever else the machine does meets both.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import big_hall
from load.calibrate import heading, table

ROOT: Final = Path(__file__).parents[1]
ALL_DAY: Final = (
    '{ opens = "00:00", closes = "23:59", numbers_from = "00:00", numbers_to = "23:58" }'
)
LAST: Final = date(2026, 10, 31)
REPORTS: Final = (("data", 30), ("period", 3650), ("fairness", 30), ("satisfaction", 365))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=4)
    asked = parser.parse_args()
    print(heading(asked.database.parent))
    with TemporaryDirectory() as folder, served(Path(folder), asked.database) as url:
        alone, beside, made = asyncio.run(measured(url, asked.requests, asked.rounds))
    rows = [("no report is made", *cuts(alone)), (f"{made} reports are made", *cuts(beside))]
    print(table(("a ticket is taken while", "p50 ms", "p99 ms", "longest ms"), rows))


def cuts(times_s: list[float]) -> tuple[float, float, float]:
    hundredths = quantiles(times_s, n=100)
    return 1000 * hundredths[49], 1000 * hundredths[98], 1000 * max(times_s)


async def measured(url: str, requests: int, rounds: int) -> tuple[list[float], list[float], int]:
    """Seconds of each request without and with reports, and how many of these were made."""
    alone: list[float] = []
    beside: list[float] = []
    async with screen(url, "kiosk") as kiosk, screen(url, "manager") as manager:
        await ask(manager, "sign_in", officer="ql1", pin="1234")
        reports = Reports(manager)
        await reports.one_more()  # its process has started
        for _ in range(rounds):
            alone += [await ticket_s(kiosk) for _ in range(requests)]
            making = asyncio.create_task(reports.always())
            beside += [await ticket_s(kiosk) for _ in range(requests)]
            reports.enough = True
            await making
    return alone, beside, reports.made


class Reports:
    """A manager who never stops asking for reports, each of other days than the one before."""

    def __init__(self, manager: ClientConnection) -> None:
        self._manager, self.made, self.enough = manager, 0, False

    async def always(self) -> None:
        self.enough = False
        while not self.enough:
            await self.one_more()

    async def one_more(self) -> None:
        name, days = REPORTS[self.made % len(REPORTS)]
        last = LAST - timedelta(days=self.made)
        facts = {"from": str(last - timedelta(days=days)), "to": str(last)}
        await ask(self._manager, "report", report=name, **facts)
        self.made += 1


async def ticket_s(kiosk: ClientConnection) -> float:
    began = time.perf_counter()
    await ask(kiosk, "take_ticket", services=["CT01"])
    return time.perf_counter() - began


@asynccontextmanager
async def screen(url: str, role: str) -> AsyncIterator[ClientConnection]:
    async with connect(url, compression=None, max_size=2**20, proxy=None) as connection:
        hello = {"type": "hello", "protocol": 1, "role": role, "device": f"{role}-1"}
        await connection.send(msgspec.json.encode(hello), text=True)
        yield connection


async def ask(connection: ClientConnection, kind: str, **wish: Any) -> None:
    """Ask, and wait until it is granted."""
    request = {"type": "request", "id": str(uuid4()), "do": {"kind": kind, **wish}}
    await connection.send(msgspec.json.encode(request), text=True)
    while True:
        message = msgspec.json.decode(await connection.recv(decode=False))
        if message.get("id") == request["id"]:
            assert "ok" in message, message
            return


@contextmanager
def served(folder: Path, database: Path) -> Iterator[str]:
    """The shipped hall on these records, open all day; its address."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    text = text.replace('code = "an-binh"', f'code = "{big_hall.HALL}"', 1)
    week = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    text = re.sub(rf"^({week}) = \[.*?\]$", rf"\1 = [{ALL_DAY}]", text, flags=re.M | re.S)
    (folder / "hall.toml").write_text(text, encoding="utf-8")
    told = ("--config", folder / "hall.toml", "--port", "0", "--database", f"sqlite:///{database}")
    command = [sys.executable, str(ROOT / "cli.py"), "server", *map(str, told)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
