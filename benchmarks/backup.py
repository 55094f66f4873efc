"""What it takes to back up many years while their hall goes on, to keep the backup up to date day
after day, and to put it back; beside what the disk needs for the same bytes.

    python -m benchmarks.backup                       a tenth of ten years, made when there is none
    python -m benchmarks.backup --turns 10000000      all of them: an hour, and 80 GB

Copies are made and taken away beside the database. Left out: a disk that is slower than this one,
such as a stick.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Connection

from benchmarks import big_hall, chained
from benchmarks.child import begin
from benchmarks.targets import KEPT
from load.calibrate import heading, percentile, seconds, table
from records.backup import bring_up_to_date
from records.copies import copy, require_whole
from records.engine import connect, connect_readonly
from records.restore import restore
from records.verify import Proof, verify

TURNS: Final = 1_000_000
TEN_YEARS: Final = 10_000_000  # turns of a big hall
GATE_S: Final = 10.0
GOAL_S: Final = 1.0
QUIET_S: Final = 3.0
ASKED_EVERY_S: Final = 0.005
PART: Final = 1 << 26  # bytes the system copies in one go
ONE_ROW: Final = (
    "INSERT OR REPLACE INTO probes VALUES ('nobody', '2026-11-22T00:00:00.000000+00:00')"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, and what they were spent on. Commits in milliseconds."""

    megabytes: float
    limit_s: float  # the system copies the same bytes, and the disk has them
    copied_s: float  # while commits go on
    whole_s: float  # every page of the copy was looked at
    alone_p99_ms: float
    beside_p99_ms: float
    new_events: int  # of as many turns as ten years have on a day
    updated_s: float
    proven_s: float  # what is new is one chain, from the head before it on
    restored_s: float
    events: int = 0  # of all years; 0: their chain was not looked at
    chain_s: float = 0.0


def measured(database: Path, turns: int, *, whole: bool = False) -> Measured:
    """`database`: as `chained.kept` makes it. `whole`: prove the chain of all its years."""
    days = max(1, TEN_YEARS // turns)  # so that as much is new as on a day of ten years
    with TemporaryDirectory(dir=database.parent) as folder:
        later, backup, again = (Path(folder, f"{name}.db") for name in ("later", "backup", "again"))
        limit_s = seconds(lambda: _copied_by_the_system(database, later))
        alone, beside, copied_s = _while_it_goes_on(database, backup)
        whole_s = seconds(lambda: require_whole(backup, big_hall.HALL))
        first, *_ = [chained.add_day(later) for _ in range(days)]
        _forget_what_was_read(later, backup)
        updated_s = seconds(lambda: bring_up_to_date(later, backup, big_hall.HALL))
        began = time.perf_counter()
        new = _proven(lambda: verify(connect_readonly(str(backup)), big_hall.HALL, since=first))
        proven_s = time.perf_counter() - began
        later.unlink()
        restored_s = seconds(lambda: restore(backup, again, big_hall.HALL, datetime.now(UTC)))
        began = time.perf_counter()
        every = None
        if whole:
            every = _proven(lambda: verify(connect_readonly(str(again)), big_hall.HALL))
        return Measured(
            megabytes=backup.stat().st_size / 1e6,
            limit_s=limit_s,
            copied_s=copied_s,
            whole_s=whole_s,
            alone_p99_ms=percentile(alone, 99),
            beside_p99_ms=percentile(beside, 99),
            new_events=new.events,
            updated_s=updated_s,
            proven_s=proven_s,
            restored_s=restored_s,
            events=every.events if every else 0,
            chain_s=time.perf_counter() - began if every else 0.0,
        )


def _proven(proving: Callable[[], Proof]) -> Proof:
    proof = proving()
    assert proof.events, "nothing was proven"
    assert not proof.wrong, proof.faults
    return proof


# --- Copying -------------------------------------------------------------------------------------


def _copied_by_the_system(file: Path, target: Path) -> None:
    """The very bytes, on the disk: no backup can be faster than that."""
    target.touch(0o600)
    with file.open("rb") as source, target.open("wb") as copied:
        left = file.stat().st_size
        while left > 0:
            left -= os.copy_file_range(source.fileno(), copied.fileno(), min(left, PART))
        os.fsync(copied.fileno())


def _forget_what_was_read(*files: Path) -> None:
    """The update of an evening finds nothing of last night's in memory."""
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def _while_it_goes_on(database: Path, target: Path) -> tuple[list[float], list[float], float]:
    """Commits alone, commits beside the copying, and how long that took."""
    until = time.perf_counter() + QUIET_S
    alone = _commits(database, lambda: time.perf_counter() < until)
    processes = get_context("spawn")
    took = processes.Value("d")
    copying = processes.Process(target=_copy, args=(database, target, took), daemon=True)
    copying.start()
    beside = _commits(database, copying.is_alive)
    copying.join()
    assert copying.exitcode == 0
    return alone, beside, took.value


def _copy(database: Path, target: Path, took: object) -> None:
    begin()
    took.value = seconds(lambda: copy(database, target))  # type: ignore[attr-defined]


def _commits(database: Path, go_on: Callable[[], bool]) -> list[float]:
    """Milliseconds of commits as the server makes them, one every few milliseconds."""
    engine, taken = connect(str(database)), []
    with closing(engine.connect()) as connection:
        while go_on():
            taken.append(1000 * seconds(lambda: _commit(connection)))
            time.sleep(ASKED_EVERY_S)
    engine.dispose()
    return taken


def _commit(connection: Connection) -> None:
    connection.exec_driver_sql(ONE_ROW)
    connection.commit()


# --- Paper ---------------------------------------------------------------------------------------


def rows(found: Measured, turns: int) -> list[tuple[str, ...]]:
    """Of a table: what, seconds, megabytes a second, for ten years, gate, goal."""
    times = TEN_YEARS / turns
    speed = {name: f"{found.megabytes / one:,.0f}" for name, one in _of_all(found)}
    every = [
        (name, f"{one:.2f}", speed[name], f"{one * times:.1f}", "", "")
        for name, one in _of_all(found)
    ]
    target = (f"{GATE_S:g}", f"{GOAL_S:g}")
    new = f"{found.new_events:,} events"
    daily = [
        ("the evening's update", f"{found.updated_s:.2f}", "", f"{found.updated_s:.2f}", *target),
        (f"its chain proven, {new}", f"{found.proven_s:.2f}", "", f"{found.proven_s:.2f}", "", ""),
    ]
    return [*every, *daily]


def _of_all(found: Measured) -> list[tuple[str, float]]:
    """What takes ten times as long for ten times as many years."""
    of_all = [
        ("the same bytes copied by the system", found.limit_s),
        ("a whole backup while the hall goes on", found.copied_s),
        ("every page of it checked", found.whole_s),
        ("put back: copied, every page checked", found.restored_s),
    ]
    if found.events:
        of_all.append((f"the chain of all {found.events:,} events proven", found.chain_s))
    return of_all


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.backup",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--turns", type=int, default=TURNS, help="of a hall of ten years")
    parser.add_argument("--whole", action="store_true", help="prove the chain of all years, too")
    parser.add_argument("--folder", type=Path, default=KEPT, help="where files are kept and made")
    asked = parser.parse_args(arguments)
    database = chained.kept(asked.folder, asked.turns)
    print(heading(asked.folder))
    print(f"{asked.turns:,} turns, {database.stat().st_size / 1e6:,.0f} MB: {database}", flush=True)
    found = measured(database, asked.turns, whole=asked.whole)
    print(table(["", "s", "MB/s", "ten years, s", "gate, s", "goal, s"], rows(found, asked.turns)))
    print(
        f"commits, p99: {found.alone_p99_ms:.1f} ms alone, "
        f"{found.beside_p99_ms:.1f} ms beside the copying"
    )
    return 0 if found.updated_s <= GATE_S else 1


if __name__ == "__main__":
    sys.exit(main())
