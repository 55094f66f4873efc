"""The same figures in halls of every size: with more boards, and with more years behind them."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import asked, reports, years
from benchmarks.boards import crowd
from benchmarks.served import Served, Size, served
from load.calibrate import percentile
from records.cells import KEYS

BOARDS: Final = (10, 100, 1_000, 10_000)
TURNS: Final = (10_000, 100_000, 1_000_000)
OF_BOARDS: Final = (
    "boards",
    "answer, ms",
    "p99",
    "last board has it, ms",
    "p99",
    "server, MB",
)
OF_TURNS: Final = (
    "turns",
    "file, MB",
    "any question, ms",
    "p99",
    "exact month, ms",
    "p99",
    "answer, ms",
    "server listens, s",
)
VISITS: Final = 40

Row = Sequence[str]


def of_boards() -> Iterator[Row]:
    for boards in BOARDS:
        with (
            TemporaryDirectory() as folder,
            served(Path(folder), Size(boards=boards)) as hall,
            crowd(hall.port, boards) as looking_on,
        ):
            times = asyncio.run(asked.measured(hall.port, looking_on, VISITS))
            yield (
                f"{boards:,}",
                *_both(times.answered),
                *_both(times.shown),
                f"{hall.memory_mb():,.0f}",
            )


def of_turns(kept: Path, database: Path | None) -> Iterator[Row]:
    """`database`: of many more years, only asked."""
    for turns in TURNS:
        file = years.kept(kept, turns)
        yield (*_questions(file), *_served_over(file))
    if database is not None:
        yield (*_questions(database), "", "")


def _questions(file: Path) -> Iterator[str]:
    of, chance = reports.opened(file), random.Random(1)
    try:
        yield f"{of.turns:,}"
        yield f"{file.stat().st_size / 1e6:,.0f}"
        yield from _both([t for by in KEYS for t in reports.any_period_ms(of, by, 10, chance)])
        months = (reports.one_month_ms(of, by, 10, chance) for by in reports.OF_A_MONTH)
        yield from _both([t for times in months for t in times])
    finally:
        of.engine.dispose()


def _served_over(file: Path) -> Iterator[str]:
    """A server whose records lie in one file with all those years: its answers, and its start."""
    with TemporaryDirectory() as folder:
        shutil.copy(file, Path(folder, "hall.db"))  # with who may read it
        hall = Served(Path(folder))
        began = time.perf_counter()
        hall.start()
        try:
            hall.up()
            start_s = time.perf_counter() - began
            with crowd(hall.port, 1) as looking_on:
                times = asyncio.run(asked.measured(hall.port, looking_on, VISITS))
        finally:
            hall.kill()
        yield f"{median(times.answered):.2f}"
        yield f"{start_s:.2f}"


def _both(times: list[float]) -> tuple[str, str]:
    return f"{median(times):,.2f}", f"{percentile(times, 99):,.2f}"
