"""A backup or a standby file put in the place of a hall's database, which is kept beside it.

The server that owned it must have stopped. Nothing is in its place before it is whole there.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from records.carried import carry_access
from records.copies import (
    Extent,
    copy,
    explained,
    extent,
    remove,
    require_whole,
    sync_folder,
    unfinished,
)
from records.engine import connect, connect_readonly, own_file, require_no_other
from records.errors import RecordsError
from records.migrate import require_known


@dataclass(frozen=True, slots=True)
class Restored:
    """Up to where the records go now, and where those are that were there before."""

    extent: Extent
    kept: Path | None = None
    before: Extent | None = None  # None: nobody can read it
    access_carried: bool = False  # who may come in is as it was there, not as in the file


def restore(
    file: Path, database: Path, hall: str, now: datetime, *, replacing: bool = False
) -> Restored:
    """Put the file's records in the database's place; what was there is kept beside it.

    Raises RecordsError, AlreadyRunning; then the database is what it was.
    """
    if not file.is_file():
        raise RecordsError(f"there is no file {file}")
    if not database.parent.is_dir():
        raise RecordsError(f"the folder {database.parent} does not exist: create it first")
    database = database.resolve()
    require_no_other(database)
    if database.exists() and file.samefile(database):
        raise RecordsError(f"{file} is the database itself: nothing to restore")
    with explained(file), own_file(database):
        _require_readable(file)
        held = extent(file, hall)
        before = _before(database, hall)
        if database.exists() and not replacing:
            has = before or "cannot be read"
            raise RecordsError(
                f"there is a database at {database} ({has}): with --force {file} ({held}) takes "
                "its place, and it is kept beside it"
            )
        kept, carried = _put(file, database, hall, held, now)
    return Restored(held, kept, before, carried)


def _require_readable(file: Path) -> None:
    """Bring a standby file whose server died in the midst of writing to its last whole state."""
    journal = file.with_name(f"{file.name}-journal")
    if journal.exists():
        with closing(sqlite.connect(file)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _before(database: Path, hall: str) -> Extent | None:
    with suppress(RecordsError, sqlite.Error):
        return extent(database, hall) if database.exists() else None
    return None


def _put(
    file: Path, database: Path, hall: str, held: Extent, now: datetime
) -> tuple[Path | None, bool]:
    part = unfinished(database)
    try:
        copy(file, part)
        _require_known(part)
        if require_whole(part, hall) != held:
            raise RecordsError(f"{file} changed while it was read: nothing was restored")
        carried = database.exists() and carry_access(database, part, hall)
        kept = _keep(database, now)
        os.replace(part, database)
        sync_folder(database.parent)
    finally:
        remove(part)
    connect(str(database)).dispose()  # with every setting that the server needs
    return kept, carried


def _require_known(part: Path) -> None:
    """A newer program's records are for that program."""
    engine = connect_readonly(str(part))
    try:
        require_known(engine)
    finally:
        engine.dispose()


def _keep(database: Path, now: datetime) -> Path | None:
    """A second name for what is there, so that its own is never without records."""
    kept = _kept(database, now)
    if not database.exists():
        _move_log(database, kept)  # of a database that was deleted: it must not meet the new one
        return None
    with suppress(sqlite.Error):
        _put_log_into_file(database)
    os.link(database, kept)
    _move_log(database, kept)
    return kept


def _put_log_into_file(database: Path) -> None:
    with closing(sqlite.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _move_log(database: Path, kept: Path) -> None:
    """What is left of a log goes with the database that it is of."""
    for ending in ("-wal", "-shm", "-journal"):
        log = database.with_name(f"{database.name}{ending}")
        if log.exists():
            os.rename(log, kept.with_name(f"{kept.name}{ending}"))


def _kept(database: Path, now: datetime) -> Path:
    """A name that says when, and that nothing has: two may be restored within a second."""
    name = f"{database.name}.replaced-{now.astimezone():%Y-%m-%dT%H-%M-%S}"
    names = (name if not n else f"{name}-{n}" for n in count())
    return next(path for one in names if not (path := database.with_name(one)).exists())
