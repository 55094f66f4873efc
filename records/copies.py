"""Copies of a whole SQLite file, and what is in one: made while the hall goes on, verified before
anybody relies on them. Which copy goes where is said in backup.py, restore.py and standby.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final
from urllib.parse import quote

from pysqlite3 import dbapi2 as sqlite

from records.errors import RecordsError

PAGES: Final = 2048  # copied in one go
REST_S: Final = 0.02  # between two syncs: the disk never owes so much that a commit waits for it
OURS: Final = 0o600  # records are for their owner only
PART: Final = "part"  # the ending of a copy that is not finished


@dataclass(frozen=True, slots=True)
class Extent:
    """Up to where the records of a hall go. `seq`: of the last event, 0 if nothing has happened."""

    seq: int = 0
    at: datetime | None = None
    day: date | None = None
    ticket: str | None = None  # the number that was given last on that day

    def __str__(self) -> str:
        if self.at is None:
            return "nothing has happened yet"
        last = f"event {self.seq:,}, {self.at.astimezone():%Y-%m-%d %H:%M:%S}"
        return f"{last}, last number {self.ticket}" if self.ticket else last


def copy(source: Path, target: Path) -> None:
    """All that stands in one file now, as a new file of its own, on the disk. Writers go on.

    Raises sqlite.Error or OSError; then the target is not there.
    """
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, OURS)
    done = False
    try:
        with _syncing(descriptor):
            _fill(source, target)
        os.fsync(descriptor)
        done = True
    finally:
        os.close(descriptor)
        if not done:
            remove(target)


@contextmanager
def _syncing(descriptor: int) -> Iterator[None]:
    """What is written meanwhile goes to the disk bit by bit, beside the writing. Raises OSError."""
    over = Event()
    failed: list[OSError] = []

    def sync() -> None:
        try:
            while not over.wait(REST_S):
                os.fdatasync(descriptor)
        except OSError as error:  # the system tells of it once: the last sync would not know
            failed.append(error)

    thread = Thread(target=sync, name="syncing")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failed:
        raise failed[0]


def _fill(source: Path, target: Path) -> None:
    with closing(reading(source)) as have, closing(sqlite.connect(target)) as copied:
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):  # nobody relies on it yet
            copied.execute(f"PRAGMA {pragma}")
        have.execute("BEGIN")
        have.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # stands still from here on
        have.backup(copied, pages=PAGES)
    with closing(sqlite.connect(target)) as copied:
        copied.execute("PRAGMA journal_mode=DELETE")  # one file, readable wherever it is taken


def require_whole(file: Path, hall: str) -> Extent:
    """What is in the file, once every page of it was looked at. Raises RecordsError, sqlite.Error.

    Whether the events are those that were written is proven by their chain, not here.
    """
    with closing(reading(file)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise RecordsError(f"{file} is damaged: {found}")
        return extent_in(connection, file, hall)


def extent(file: Path, hall: str) -> Extent:
    """What is in the file, as it says. Raises RecordsError, sqlite.Error."""
    with closing(reading(file)) as connection:
        return extent_in(connection, file, hall)


def extent_in(connection: Any, file: Path, hall: str) -> Extent:
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE name='events'").fetchone()
    if tables is None:
        raise RecordsError(f"{file} has no records of a hall")
    last = "SELECT seq, at, day FROM events WHERE hall = ? ORDER BY seq DESC LIMIT 1"
    row = connection.execute(last, [hall]).fetchone()
    if row is None:
        _require_no_other(connection, file, hall)
        return Extent()
    taken = (
        "SELECT ticket FROM events WHERE hall = ? AND day = ? AND kind = 'TicketTaken'"
        " ORDER BY seq DESC LIMIT 1"
    )
    ticket = connection.execute(taken, [hall, row[2]]).fetchone()
    at, day = datetime.fromisoformat(row[1]), date.fromisoformat(row[2])
    return Extent(row[0], at, day, ticket and ticket[0])


def _require_no_other(connection: Any, file: Path, hall: str) -> None:
    other = connection.execute("SELECT hall FROM events LIMIT 1").fetchone()
    if other is not None:
        raise RecordsError(f"{file} has records of the hall {other[0]}, and none of {hall}")


def reading(file: Path, **parameters: str) -> Any:
    """A connection that only reads. Raises sqlite.Error."""
    query = "&".join(f"{name}={value}" for name, value in {"mode": "ro", **parameters}.items())
    address = f"file:{quote(str(file.absolute()))}?{query}"
    connection = sqlite.connect(address, uri=True, isolation_level=None, timeout=5.0)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def unfinished(file: Path) -> Path:
    """Where a copy is made before it gets its name."""
    return file.with_name(f"{file.name}.{os.getpid()}.{PART}")


def remove(file: Path) -> None:
    """A file that SQLite wrote, and what lies beside it."""
    for ending in ("", "-journal", "-wal", "-shm"):
        file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make sure that new names in it, too, survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def explained(file: Path) -> Iterator[None]:
    """What disk or SQLite complain of becomes RecordsError, which names the file."""
    try:
        yield
    except OSError as error:
        raise RecordsError(f"{error.filename or file}: {error.strerror}") from error
    except sqlite.Error as error:
        raise RecordsError(f"{file}: {error}") from error
