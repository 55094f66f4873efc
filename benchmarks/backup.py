"""What it takes to back up many years while their hall goes on, and whether it waits for that.

python -m benchmarks.years --turns 10000000 /tmp/years/ten.db
python -m benchmarks.backup /tmp/years/ten.db
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection

from benchmarks import big_hall
from load.calibrate import heading, percentile, seconds, table
from records.copies import copy, require_whole
from records.engine import connect

QUIET_S: Final = 5.0
ASKED_EVERY_S: Final = 0.005

ONE_WAY: Final = {"backup": "its pages, read as they stand", "vacuum": "VACUUM INTO"}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backup", description=__doc__)
    parser.add_argument("database", type=Path, help="as benchmarks.years writes it")
    parser.add_argument("--way", choices=ONE_WAY, help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help="where the copy goes; default: beside it")
    asked = parser.parse_args(arguments)
    target = asked.to or asked.database.with_name("copy.db")
    if asked.way:
        _copy(asked.way, asked.database, target)
        return 0
    print(heading(asked.database.parent))
    rows: list[tuple[str, ...]] = [
        ("", "copied, s", "verified, s", "MB/s", "commits p50, ms", "p99", "slowest")
    ]
    quiet = _commits(asked.database, _for(QUIET_S))
    rows.append(("nobody copies", "", "", "", *_times(quiet)))
    for way, called in ONE_WAY.items():
        rows.append((called, *_measured(way, asked.database, target)))
    print(table(rows[0], rows[1:]))
    return 0


def _measured(way: str, database: Path, target: Path) -> tuple[str, ...]:
    target.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.backup", "--way", way]
    began = time.perf_counter()
    with subprocess.Popen([*command, "--to", target, database]) as copying:
        commits = _commits(database, lambda: copying.poll() is None)
        took_s = time.perf_counter() - began
    assert copying.returncode == 0
    checked_s = seconds(lambda: require_whole(target, big_hall.HALL))
    speed = target.stat().st_size / 1e6 / took_s
    target.unlink()
    return f"{took_s:.1f}", f"{checked_s:.1f}", f"{speed:,.0f}", *_times(commits)


def _copy(way: str, database: Path, target: Path) -> None:
    if way == "backup":
        copy(database, target)
        return
    with sqlite.connect(database) as connection:
        connection.execute("VACUUM INTO ?", [str(target)])


def _commits(database: Path, go_on: Callable[[], bool]) -> list[float]:
    """Milliseconds of commits as the server makes them, one every few milliseconds."""
    engine, taken = connect(str(database)), []
    with engine.connect() as connection:
        while go_on():
            taken.append(1000 * seconds(lambda: _commit(connection)))
            time.sleep(ASKED_EVERY_S)
    engine.dispose()
    return taken


def _commit(connection: Connection) -> None:
    run = connection.exec_driver_sql
    run("INSERT OR REPLACE INTO probes VALUES ('nobody', '2026-11-22T00:00:00.000000+00:00')")
    connection.commit()


def _for(so_long_s: float) -> Callable[[], bool]:
    until = time.perf_counter() + so_long_s
    return lambda: time.perf_counter() < until


def _times(taken: list[float]) -> tuple[str, str, str]:
    return f"{percentile(taken, 50):.2f}", f"{percentile(taken, 99):.2f}", f"{max(taken):.0f}"


if __name__ == "__main__":
    sys.exit(main())
