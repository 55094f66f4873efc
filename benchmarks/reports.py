"""How fast the managers' questions are answered over the years that benchmarks.years has written.

python -m benchmarks.reports /tmp/years/ten.db
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, func, select

from benchmarks import big_hall
from figures.names import HallNames
from figures.periods import Period, period_of
from load.calibrate import heading, percentile, seconds, table
from records import rollup, tables
from records.cells import KEYS
from records.engine import connect_readonly
from records.reports import NAMES, report
from records.reports.source import Reader

GATE_MS, GOAL_MS = 250.0, 100.0  # p99 of any question over all years
MONTH_GATE_MS, MONTH_GOAL_MS = 200.0, 80.0  # median of a month's exact question
OF_A_MONTH: Final = ("all", "service", "half_hour")
SETUP: Final = big_hall.setup()
HALL: Final = HallNames(language="vi", hall="Trung tâm", unit="Tỉnh", place="Tỉnh")


@dataclass(frozen=True, slots=True)
class Years:
    """What there is to ask about."""

    engine: Engine
    first: date
    last: date
    turns: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    def ranges(self, count: int, chance: random.Random) -> Iterator[tuple[date, date]]:
        """Random ranges; every tenth ends with the day that goes on."""
        for n in range(count):
            one, other = sorted(chance.sample(range(self.days), 2))
            last = self.days - 1 if n % 10 == 0 else other
            yield self.first + timedelta(one), self.first + timedelta(last)

    def months(self, count: int, chance: random.Random) -> Iterator[Period]:
        for _ in range(count):
            day = self.first + timedelta(chance.randrange(31, self.days - 31))
            yield period_of("month", day)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--questions", type=int, default=60, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    years = opened(asked.database)
    print(heading(asked.database.parent))
    print(f"{years.turns:,} turns from {years.first} to {years.last}, {asked.database}\n")
    print(any_period(years, asked.questions, random.Random(asked.seed)))
    print()
    print(one_month(years, asked.questions, random.Random(asked.seed)))
    print()
    print(whole_reports(years, random.Random(asked.seed)))
    years.engine.dispose()
    return 0


def opened(database: Path) -> Years:
    """To be closed with `engine.dispose`."""
    engine = connect_readonly(str(database))
    columns = tables.turns.c
    with engine.connect() as connection:
        rows = connection.execute(select(func.min(columns.day), func.max(columns.day))).one()
        ever = rollup.tallies(connection, SETUP, *rows, "all")[""]
    return Years(engine, *rows, ever.turns)


# --- Any question over all years -----------------------------------------------------------------


def any_period(years: Years, count: int, chance: random.Random) -> str:
    """Figures of random ranges, by everything there is."""
    rows = []
    every: list[float] = []
    for by in KEYS:
        times = any_period_ms(years, by, count, chance)
        rows.append((by, *_said(times, GATE_MS, GOAL_MS)))
        every += times
    rows.append(("all of them", *_said(every, GATE_MS, GOAL_MS)))
    return _table("any range of dates, by", rows)


def any_period_ms(years: Years, by: str, count: int, chance: random.Random) -> list[float]:
    """Of so many questions by this key."""
    times = []
    for first, last in years.ranges(count, chance):
        with years.reading() as connection:
            times.append(_ms(lambda: rollup.tallies(connection, SETUP, first, last, by)))  # noqa: B023
    return times


# --- One month, exactly --------------------------------------------------------------------------


def one_month(years: Years, count: int, chance: random.Random) -> str:
    """Figures of one month with exact medians and P90, from every single row."""
    rows = []
    for by in OF_A_MONTH:
        times = one_month_ms(years, by, count // 3, chance)
        rows.append((by, *_said(times, MONTH_GATE_MS, MONTH_GOAL_MS)))
    return _table("one month exactly, by", rows)


def one_month_ms(years: Years, by: str, count: int, chance: random.Random) -> list[float]:
    """Of so many months by this key."""
    times = []
    for month in years.months(count, chance):
        with years.reading() as connection:
            times.append(_ms(lambda: _median_and_p90(connection, month, by)))  # noqa: B023
    return times


def bare_month_ms(years: Years, count: int, chance: random.Random) -> list[float]:
    """Only to read the rows of so many months, of two columns, with nothing of ours."""
    rows = "SELECT service, wait_s FROM turns WHERE hall = ? AND day BETWEEN ? AND ?"
    times = []
    for month in years.months(count, chance):
        of = (SETUP.hall, month.first.isoformat(), month.last.isoformat())
        with years.reading() as connection:
            times.append(_ms(lambda: connection.exec_driver_sql(rows, of).fetchall()))  # noqa: B023
    return times


def _median_and_p90(connection: Connection, month: Period, by: str) -> None:
    name = "waits" if by == "service" else "visit_waits"
    for cell in Reader(connection, SETUP, month).counted(month, by, quantiles=True).values():
        cell.quantile(name, 50), cell.quantile(name, 90)


# --- Whole reports -------------------------------------------------------------------------------


def whole_reports(years: Years, chance: random.Random) -> str:
    """Each report of a month and of all years, as it is made for a screen or a file."""
    now = datetime.combine(years.last, time(18), SETUP.hours.timezone)
    month = next(years.months(1, chance))
    rows = []
    for name in NAMES:
        if name == "data":  # as long as the rows it writes
            continue
        cells: list[object] = [name]
        for first, last in ((month.first, month.last), (years.first, years.last)):
            cells.append(
                _ms(
                    lambda: report(
                        *(years.engine, SETUP, HALL, name, first, last),  # noqa: B023
                        language="vi",
                        now=now,
                        officers_named=True,
                    )
                )
            )
        rows.append(cells)
    return table(["report", "one month, ms", "all years, ms"], rows)


# --- Figures -------------------------------------------------------------------------------------


def _ms(work: Callable[[], object]) -> float:
    return 1000 * seconds(work)


def _said(times: list[float], gate: float, goal: float) -> tuple[float, float, float, float]:
    return statistics.median(times), percentile(times, 99), gate, goal


def _table(title: str, rows: Sequence[Sequence[object]]) -> str:
    return table([title, "median, ms", "p99, ms", "gate", "goal"], rows)


if __name__ == "__main__":
    sys.exit(main())
