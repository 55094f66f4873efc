"""The tickets to print, in a small file of their own, so that a restart forgets none.

Whatever has become of the file, there are jobs to go on with. Talks to no printer. For one thread.
Times are seconds since 1970, UTC.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from hardware.print_job import PrintJob, Standing, State

log = logging.getLogger(__name__)

KEPT_S: Final = 86_400  # how long a finished job can be printed again
BUSY_S: Final = 5
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
BESIDE: Final = ("", "-wal", "-shm")  # the files of one database
ROOM: Final = 262_144  # bytes: more than a ticket and its copy; less is no room to go on with

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    first BLOB NOT NULL,
    again BLOB NOT NULL,
    created_at REAL NOT NULL,
    queued_at REAL NOT NULL,
    state TEXT NOT NULL,
    copies INTEGER NOT NULL
)
"""
COLUMNS: Final = "id, number, state, copies, created_at"


class PrintJobs:
    """The jobs in their file. Raises sqlite3.Error when that can no longer be used."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def close(self) -> None:
        self._file.close()

    # --- What changes a job ----------------------------------------------------------------------

    def add(self, job: PrintJob) -> Standing | None:
        """Queue a job. None: this id was queued before, and nothing changes."""
        with self._writing():
            self._forget(job.created_at - KEPT_S)
            added = self._file.execute(
                "INSERT OR IGNORE INTO jobs VALUES (?, ?, ?, ?, ?, ?, 'queued', 0)",
                (job.id, job.number, job.first, job.again, job.created_at, job.created_at),
            )
        return self._standing(job.id) if added.rowcount else None

    def send(self, job: Standing) -> Standing:
        """Mark one more copy as sent. To be called before its first byte leaves."""
        with self._writing():
            self._file.execute(
                "UPDATE jobs SET state = 'sent', copies = copies + 1 WHERE id = ?", (job.id,)
            )
        return self._known(job.id)

    def move(self, job: Standing, state: State) -> Standing:
        with self._writing():
            self._file.execute("UPDATE jobs SET state = ? WHERE id = ?", (state, job.id))
        return self._known(job.id)

    def move_from(self, job: str, before: tuple[State, ...], state: State) -> Standing | None:
        """Move a job that stands in one of these states; None: it does not."""
        standing = self._standing(job)
        if standing is None or standing.state not in before:
            return None
        return self.move(standing, state)

    def print_again(self, job: str, now: float) -> Standing | None:
        """A person wants another copy. None: it is not known, or still to come out."""
        with self._writing():
            self._file.execute(
                "UPDATE jobs SET state = 'queued', queued_at = ?"
                " WHERE id = ? AND state IN ('printed', 'unknown', 'expired')",
                (now, job),
            )
        standing = self._standing(job)
        return standing if standing is not None and standing.state == "queued" else None

    def withdraw(self, job: str) -> None:
        """From now on as late as can be: given up at once, or when it is known not to have come."""
        with self._writing():
            self._file.execute("UPDATE jobs SET queued_at = 0 WHERE id = ?", (job,))

    def recover(self, now: float) -> list[Standing]:
        """After a restart: what was in a printer is unknown; what is long finished goes."""
        with self._writing():
            self._forget(now - KEPT_S)
        return [self.move(job, "unknown") for job in self._those("state IN ('sent', 'held')")]

    def _forget(self, before: float) -> None:
        self._file.execute(
            "DELETE FROM jobs WHERE state IN ('printed', 'expired') AND created_at < ?", (before,)
        )

    def expire(self, before: float) -> list[Standing]:
        """Give up what was queued earlier than that: it is never printed later."""
        late = self._those("state IN ('queued', 'unknown') AND queued_at < ?", before)
        return [self.move(job, "expired") for job in late]

    # --- What is asked of jobs -------------------------------------------------------------------

    def to_print(self, reprint_since: float) -> list[Standing]:
        """What is to be sent now, oldest first.

        An unknown ticket created since then is among them, once: no number may be lost.
        """
        return self._those(
            "state = 'queued' OR (state = 'unknown' AND copies = 1 AND created_at >= ?)",
            reprint_since,
        )

    def in_doubt(self) -> bool:
        """Whether a copy was sent of which nobody knows that it came out whole."""
        return bool(self._those("copies > 0 AND state <> 'printed'"))

    def content(self, job: Standing) -> bytes:
        """The bytes of the copy that was just marked as sent."""
        row = self._file.execute("SELECT first, again FROM jobs WHERE id = ?", (job.id,))
        first, again = row.fetchone()
        return bytes(first if job.copies == 1 else again)

    def _those(self, condition: str, *values: float) -> list[Standing]:
        rows = self._file.execute(
            f"SELECT {COLUMNS} FROM jobs WHERE {condition} ORDER BY queued_at, rowid",  # noqa: S608
            values,
        )
        return [Standing(*row) for row in rows]

    def _standing(self, job: str) -> Standing | None:
        row = self._file.execute(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", (job,))  # noqa: S608
        found = row.fetchone()
        return None if found is None else Standing(*found)

    def _known(self, job: str) -> Standing:
        standing = self._standing(job)
        assert standing is not None
        return standing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, on the disk when it ends."""
        self._file.execute("BEGIN IMMEDIATE")
        with self._file:
            yield


# --- The file -------------------------------------------------------------------------------------


def open_jobs(path: Path) -> PrintJobs:
    """The jobs in this file; a damaged one is moved aside, and a new one begun.

    Where nothing can be written, they are kept in memory, with all that can still be read: they
    print all the same, and a restart forgets them. The log says what is wrong with the file.
    """
    try:
        return PrintJobs(_opened(path))
    except sqlite3.Error as error:
        if not _is_damaged(path, error):
            return PrintJobs(_in_memory(path, error))
        why = str(error)
    try:
        aside = _moved_aside(path)
        log.error("%s was damaged (%s): it is now %s, and a new one is begun", path, why, aside)
        return PrintJobs(_opened(path))
    except (sqlite3.Error, OSError) as error:
        return PrintJobs(_in_memory(path, error))


def _opened(path: Path) -> sqlite3.Connection:
    """A file that is whole, and can be written now. Raises sqlite3.Error."""
    file = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        file.execute("PRAGMA journal_mode = WAL")
        # Marked as sent means sent, also after a power cut: else a ticket would come out twice.
        file.execute("PRAGMA synchronous = FULL")
        file.execute(SCHEMA)
        _check(file)
        file.execute(
            "INSERT INTO jobs VALUES ('', '', zeroblob(?), '', 0, 0, 'expired', 0)", (ROOM,)
        )
        file.execute("DELETE FROM jobs WHERE id = ''")
    except sqlite3.Error:
        file.close()
        raise
    return file


def _check(file: sqlite3.Connection) -> None:
    (said,) = file.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        damage = sqlite3.DatabaseError(said.replace("\n", " "))
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def _is_damaged(path: Path, error: sqlite3.Error) -> bool:
    """Not only locked, full or read-only: no jobs can ever be kept in it."""
    return path.is_dir() or getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def _moved_aside(path: Path) -> Path:
    """Where a damaged file is now, for somebody to look at. Raises OSError."""
    aside = path.with_name(f"{path.name}.broken-{datetime.now().astimezone():%Y%m%d-%H%M%S}")
    for suffix in BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    return aside


def _in_memory(path: Path, why: Exception) -> sqlite3.Connection:
    log.error("%s cannot be used (%s): tickets are printed from memory", path, why)
    # On a read-only disk only the second way is open: it makes no file beside this one.
    jobs = _read(path, "mode=ro") or _read(path, "immutable=1")
    jobs = jobs or sqlite3.connect(":memory:", isolation_level=None)
    jobs.execute(SCHEMA)
    return jobs


def _read(path: Path, how: str) -> sqlite3.Connection | None:
    """A copy in memory of a file that can be read and is whole."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as file:
            file.backup(copy)
        _check(copy)
    except sqlite3.Error:
        copy.close()
        return None
    return copy
