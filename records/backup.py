"""One file with all the records of a hall, made while its server runs. Puts none back."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import URL

from records.copies import Extent, copy, explained, extent, require_whole, sync_folder, unfinished
from records.copies import remove as removed
from records.errors import RecordsError
from records.standby import keep_up


def backup(database: Path, file: Path, hall: str, *, replacing: bool = False) -> Extent:
    """Copy the database into a file that is complete and verified before it gets its name.

    Raises RecordsError; then nothing is left behind, and what was there before still is.
    """
    _require_place(database, file, replacing)
    part = unfinished(file)
    try:
        with explained(file):
            copy(database, part)
            held = require_whole(part, hall)
            _give_name(part, file, replacing)
    finally:
        removed(part)
    return held


def bring_up_to_date(database: Path, file: Path, hall: str) -> tuple[Extent, Extent]:
    """Add to an earlier backup what has happened since, all or nothing; up to where it went, and
    goes now. Raises RecordsError.
    """
    with explained(file):
        _require_place(database, file, replacing=True)
        before = _before(file, hall)
        done = keep_up(database, file, hall)
        if done.trouble is not None:
            raise RecordsError(f"{file}: {done.trouble}: {done.detail}")
        return before, extent(file, hall)


def _before(file: Path, hall: str) -> Extent:
    """Nothing where there is none, or where it is to be begun anew."""
    with suppress(RecordsError, sqlite.Error):
        return extent(file, hall)
    return Extent()


def _require_place(database: Path, file: Path, replacing: bool) -> None:
    if not database.is_file():
        raise RecordsError(f"there are no records at {database}")
    if not file.parent.is_dir():
        raise RecordsError(f"the folder {file.parent} does not exist: create it, or name another")
    if file.is_dir():
        raise RecordsError(f"{file} is a folder: name a file in it")
    if not file.exists():
        return
    if file.samefile(database):
        raise RecordsError(f"{file} is the database itself: name another file, on another disk")
    if not replacing:
        raise RecordsError(f"{file} is there already: name another, or replace it with --force")


def _give_name(part: Path, file: Path, replacing: bool) -> None:
    """Its name, in one step. A file that came meanwhile is not overwritten."""
    if replacing:
        os.replace(part, file)
    else:
        _link(part, file)
    sync_folder(file.parent)


def _link(part: Path, file: Path) -> None:
    try:
        os.link(part, file)
    except FileExistsError:
        raise
    except OSError:  # a stick's file system may have no second names
        os.rename(part, file)


def dump_command(address: URL, file: Path) -> str:
    """How PostgreSQL's own program makes a backup; the password is for ~/.pgpass."""
    return f"pg_dump --format=custom --file={file} --dbname={_without_password(address)}"


def load_command(address: URL, file: Path) -> str:
    """How PostgreSQL's own program puts one back."""
    place = _without_password(address)
    return f"pg_restore --clean --if-exists --single-transaction --dbname={place} {file}"


def _without_password(address: URL) -> str:
    bare = URL.create(
        "postgresql",
        username=address.username,
        host=address.host,
        port=address.port,
        database=address.database,
        query=address.query,
    )
    return bare.render_as_string()
