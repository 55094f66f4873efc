"""What it takes to write requests down for good, one at a time and many in one transaction, and
to begin a new day, when the one before is rolled up.

    python -m benchmarks.commits
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from benchmarks import big_hall
from dispatch.batch import Asked, Outcome, prepare
from hall import commands as c
from hall.model import Hall, empty_hall
from load.calibrate import heading, percentile, seconds, table, taken
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade

MORNING: Final = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # half past seven in the hall
BATCHES: Final = {1: 2000, 32: 150, 128: 50}  # requests in one, how many of them


class Taken(NamedTuple):
    """Seconds."""

    decide: float
    write: float
    processor: float  # the part of writing in which our processor works


class Writing:
    """A hall whose requests are written down, each batch timed."""

    def __init__(self, folder: Path) -> None:
        engine = connect(str(folder / "hall.db"))
        upgrade(engine)
        self._setup = big_hall.setup()
        self._journal = Journal(engine, self._setup)
        self._hall: Hall = empty_hall(self._setup)
        self._seq, self._asked = 1, 0
        self.at = MORNING

    def write(self, wishes: list[c.Command], after_s: float = 1.0) -> Taken:
        """What it takes to decide on these, and to write them down."""
        self.at += timedelta(seconds=after_s)
        asked = [Asked(wish, f"{self._asked + n}", "device") for n, wish in enumerate(wishes)]
        self._asked += len(asked)
        outcome = Outcome(self._hall)

        def decide() -> None:
            nonlocal outcome
            outcome = prepare(self._hall, asked, self.at)

        def append() -> None:
            rows, gone = outcome.rows(), outcome.gone
            self._journal.append(self._seq, outcome.entries, rows, gone)

        times = Taken(seconds(decide), *taken(append))
        self._hall, self._seq = outcome.hall, self._seq + outcome.events
        return times

    def open(self) -> None:
        for code in self._setup.counters:
            self.write([c.SignIn(code, f"cb{code[1:]}"), c.Open(code)])

    def close(self) -> None:
        self._journal.close()


def a_visit(service: str, counter: str) -> list[c.Command]:
    """All that is asked for somebody who is served at once."""
    return [
        c.TakeTicket((service,), "0123456789abcdef", "vi"),
        c.CallNext(counter),
        c.Start(counter),
        c.Finish(counter, "accepted"),
    ]


def visits() -> Iterator[c.Command]:
    """One visit after another, each at the next counter."""
    hall = big_hall.setup()
    for counter in cycle(hall.counters.values()):
        yield from a_visit(next(iter(counter.lag)), counter.code)


def measured(size: int, count: int) -> tuple[float, ...]:
    """Microseconds a request: to decide, to write (median, p99), our processor's part of it."""
    with TemporaryDirectory() as folder:
        writing, wishes = Writing(Path(folder)), visits()
        writing.open()
        times = [writing.write(list(islice(wishes, size))) for _ in range(count)]
        writing.close()
    decide, write, processor = (
        [1e6 * one / size for one in part] for part in zip(*times, strict=True)
    )
    median = statistics.median
    return median(decide), median(write), percentile(write, 99), median(processor)


def new_day(turns: int) -> Taken:
    """What it takes to write the first event of the day after one with so many turns."""
    with TemporaryDirectory() as folder:
        writing, wishes = Writing(Path(folder)), visits()
        writing.open()
        for _ in range(turns // 32):
            writing.write(list(islice(wishes, 4 * 32)))
        writing.write([], after_s=12 * 3600.0)  # everybody goes home
        spent = writing.write([], after_s=12 * 3600.0)
        writing.close()
    return spent


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(prog="python -m benchmarks.commits", description=__doc__).parse_args(
        arguments
    )
    with TemporaryDirectory() as folder:
        print(heading(Path(folder)))
    rows = [(size, *measured(size, count)) for size, count in BATCHES.items()]
    print(table(["requests in one", "decide, us", "write, us", "p99", "processor"], rows))
    days = [(turns, new_day(turns)) for turns in (160, 1200, 4000)]
    print(
        table(
            ["turns of the day before", "its end, ms", "processor"],
            [(turns, 1e3 * spent.write, 1e3 * spent.processor) for turns, spent in days],
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
