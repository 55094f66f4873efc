"""Ten years of a big hall, written as its server would have left them: turns, ratings, how long
counters were open, and the rollup. Drawn from a seed. Its events are not written.

    python -m benchmarks.years --turns 10000000 /tmp/years/ten.db
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection

from benchmarks import big_hall
from benchmarks.one_day import Day
from load.calibrate import heading
from records import rollup, tables
from records.cells import Cells, cells_of
from records.engine import connect, connect_readonly
from records.migrate import is_current, upgrade
from records.prepared import Prepared

LAST: Final = date(2026, 10, 31)
TURNS_A_VISIT: Final = 1.0 + big_hall.TRANSFER


def main(arguments: list[str] | None = None) -> int:
    asked = _asked(arguments)
    if asked.database.exists():
        print(f"{asked.database} is there already", file=sys.stderr)
        return 1
    asked.database.parent.mkdir(parents=True, exist_ok=True)
    print(heading(asked.database.parent))
    began = time.perf_counter()
    turns = write_file(asked.database, asked.turns, asked.years, asked.seed)
    megabytes = asked.database.stat().st_size / 1e6
    print(f"{turns:,} turns in {time.perf_counter() - began:,.0f} s, {megabytes:,.0f} MB")
    return 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.years", description=__doc__)
    parser.add_argument("database", type=Path, help="a file that is not there yet")
    parser.add_argument("--turns", type=int, default=10_000_000, help="about so many")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def write_file(database: Path, turns: int, years: int = 10, seed: int = 1) -> int:
    """Make a database of about so many turns; how many there are."""
    engine = connect(str(database))
    upgrade(engine)
    with engine.connect() as connection:
        written = write_years(connection, turns, years, seed)
        connection.commit()
    engine.dispose()
    return written


def kept(folder: Path, turns: int) -> Path:
    """A database of about so many turns that is kept in this folder, made when there is none."""
    file = folder / f"years-{turns}.db"
    if not (file.exists() and _is_current(file)):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as begun:
            write_file(Path(begun, "years.db"), turns)
            Path(begun, "years.db").replace(file)
    return file


def _is_current(file: Path) -> bool:
    engine = connect_readonly(str(file))
    try:
        return is_current(engine)
    finally:
        engine.dispose()


def write_years(connection: Connection, turns: int, years: int, seed: int) -> int:
    """Write so many years up to LAST into an empty database; how many turns there are. Commits."""
    days = list(big_hall.working_days(LAST.replace(year=LAST.year - years), LAST))
    return write_days(connection, days, turns / TURNS_A_VISIT, seed)


def write_days(
    connection: Connection, days: list[tuple[date, float]], visits: float, seed: int
) -> int:
    """Write so many visits on these days, more on those with the greater number beside them."""
    a_day = visits / sum(factor for _, factor in days)
    written = _Written(connection, np.random.default_rng(seed), a_day)
    rollup.write(connection, big_hall.HALL, written.days(days))
    return written.turns


class _Written:
    """Days written one after another, and what each is counted as."""

    def __init__(self, connection: Connection, chance: np.random.Generator, a_day: float) -> None:
        self.turns = 0
        self._last = date.max
        self._connection, self._chance, self._a_day = connection, chance, a_day
        self._setup = big_hall.setup()
        self._tables = {
            table: Prepared(table, connection.dialect)
            for table in (tables.turns, tables.ratings, tables.counter_spans)
        }

    def days(self, days: list[tuple[date, float]]) -> Iterator[tuple[date, Cells]]:
        """The days that are over; the last goes on."""
        for day, factor in days:
            if day.day <= self._last.day:  # a month is one transaction
                self._connection.commit()
            self._last = day
            cells = self._day(Day(day, self._chance, round(self._a_day * factor)))
            if day < days[-1][0]:
                yield day, cells

    def _day(self, day: Day) -> Cells:
        turns = sorted(day.turns(), key=itemgetter("ticket", "turn"))
        ratings = list(day.ratings(turns))
        self._write(tables.turns, turns)
        self._write(tables.ratings, ratings)
        self._write(tables.counter_spans, list(day.spans()))
        self.turns += len(turns)
        rated = {
            (row["ticket"], row["turn"]): (row["level"], row["levels"], day.tags_of(row))
            for row in ratings
        }
        tickets = (list(rows) for _, rows in groupby(turns, itemgetter("ticket")))
        return cells_of(self._setup, tickets, rated)

    def _write(self, table: Any, rows: list[dict[str, Any]]) -> None:
        self._tables[table].run(self._connection, rows)


if __name__ == "__main__":
    sys.exit(main())
