"""A second file with the same records, on another disk, kept up with the first. Whole at any time.

What every table adds is copied, in one transaction: `WAYS` says how. What is worked out of a day is
copied once the day is over; until then it is marked as stale, and whoever starts on the standby
file works it out anew. The hall's own file is only read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Table, select

from hall.events import ClockStepped, TextsErased
from records import codec, tables
from records.cells import KEYS
from records.copies import copy, extent, reading, remove, sync_folder
from records.engine import connect_standby
from records.erasable import erase
from records.errors import NotRecorded, RecordsError, trouble_explained
from records.periods import beginning

Way = Literal["appended", "by rowid", "by ticket", "worked out", "rolled up", "whole", "not"]

# How each table is kept up with. A new table needs a way of its own.
WAYS: Final[Mapping[Table, Way]] = {
    tables.events: "appended",
    tables.erasable: "appended",
    tables.requests: "by rowid",
    tables.turns: "by ticket",
    tables.ratings: "by ticket",
    tables.counter_spans: "worked out",
    tables.outages: "worked out",
    tables.alarms: "worked out",
    tables.announcements: "worked out",
    tables.rollup: "rolled up",
    tables.heads: "whole",
    tables.erasures: "whole",
    tables.devices: "whole",
    tables.pins: "whole",
    tables.codes: "whole",
    tables.suspended: "whole",
    tables.access_changes: "whole",
    tables.stale_days: "not",  # says what is to be worked out of this very file
    tables.probes: "not",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Up to which event the standby file goes, or what is in the way, in a word and in detail."""

    seq: int = 0
    trouble: str | None = None
    detail: str = ""


def keep_up(database: Path, file: Path, hall: str) -> Kept:
    """Bring the standby file to where the database is; begin it anew where that cannot be."""
    try:
        if not file.parent.is_dir():
            return Kept(trouble="no_folder", detail=f"{file.parent} is not there")
        if file.exists() and not file.is_file():
            return Kept(trouble="bad_address", detail=f"{file} is no file")
        if file.exists() and file.samefile(database):
            return Kept(trouble="bad_address", detail=f"{file} is the database itself")
        if _is_anothers(file, hall):
            return Kept(trouble="bad_address", detail=f"{file} is another hall's, or none's")
        if not _continues(database, file, hall):
            _begin_anew(database, file)
        with trouble_explained():
            return Kept(_copy_news(database, file, hall))
    except NotRecorded as error:
        return Kept(trouble=TROUBLE.get(error.reason, "error"), detail=str(error))
    except sqlite.Error as error:
        return Kept(trouble="error", detail=f"{file}: {error}")
    except OSError as error:
        return Kept(trouble=ERRORS.get(error.errno or 0, "io_error"), detail=str(error))


def touch(file: Path) -> None:
    """Come back once the disk or the share of a standby file has answered, whatever it says."""
    with suppress(OSError):
        sync_folder(file.parent)
        if file.is_file():
            with file.open("rb", buffering=0) as there:
                os.fsync(there.fileno())
                there.read(1)


# --- Is it the same hall's, and only older? ------------------------------------------------------


def _continues(database: Path, file: Path, hall: str) -> bool:
    """Are the records in the file the first part of those in the database?

    A file with other ones is given another name, so that nothing is lost by what may be a mistake.
    """
    if not file.exists():
        return False
    try:
        with closing(reading(database)) as have, closing(sqlite.connect(file)) as kept:
            versions = [one.execute(VERSION).fetchone() for one in (have, kept)]
            last = kept.execute(LAST, [hall]).fetchone()
            same = last is None or have.execute(SAME, [hall, *last]).fetchone() is not None
    except sqlite.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in DAMAGED:
            raise
        same, versions = False, [None, None]
    if not same:
        _put_aside(file)
    return same and versions[0] == versions[1]


VERSION: Final = "SELECT version_num FROM alembic_version"
LAST: Final = "SELECT seq, at, kind FROM events WHERE hall = ? ORDER BY seq DESC LIMIT 1"
SAME: Final = "SELECT 1 FROM events WHERE hall = ? AND seq = ? AND at = ? AND kind = ?"
DAMAGED: Final = frozenset({sqlite.SQLITE_CORRUPT, sqlite.SQLITE_NOTADB, sqlite.SQLITE_ERROR})

# Without it the rows of a period would be sought among those of all years.
OF_A_KEY: Final = f'"by" IN ({", ".join(repr(by) for by in KEYS)})'

TROUBLE: Final = {
    "disk_full": "disk_full",
    "read_only": "not_writable",
    "cannot_open": "not_writable",
    "io_error": "io_error",
}
ERRORS: Final = {28: "disk_full", 122: "disk_full", 13: "not_writable", 30: "not_writable"}


def _is_anothers(file: Path, hall: str) -> bool:
    """Another hall's server may be writing there this very second."""
    try:
        if file.exists():
            extent(file, hall)
    except RecordsError:
        return True
    except sqlite.Error:  # damaged, or not written to its end: looked at below
        return False
    return False


def _put_aside(file: Path) -> None:
    now = datetime.now(UTC).astimezone()
    file.rename(file.with_name(f"{file.name}.until-{now:%Y-%m-%dT%H-%M-%S}"))


def _begin_anew(database: Path, file: Path) -> None:
    """A whole copy. What was there stays until it is complete."""
    part = file.with_name(f"{file.name}.part")
    remove(part)  # of a server that was killed
    copy(database, part)
    os.replace(part, file)
    sync_folder(file.parent)


# --- What is new ---------------------------------------------------------------------------------


def _copy_news(database: Path, file: Path, hall: str) -> int:
    """All that is new, in one transaction; the last event that the file has now."""
    engine = connect_standby(file, database)
    try:
        with engine.begin() as connection:
            return _News(connection, hall).copy()
    finally:
        engine.dispose()


class _News:
    """What the database, attached as `source`, has more than the standby file."""

    def __init__(self, connection: Connection, hall: str) -> None:
        self._connection, self._hall = connection, hall
        self._last = self._last_seq("main")

    def copy(self) -> int:
        new = self._new_events()
        for table, way in WAYS.items():
            match way:
                case "appended":
                    self._add(table, "seq > ?", self._last)
                case "by rowid":
                    self._add_by_rowid(table)
                case "by ticket":
                    self._add_by_ticket(table, new)
                case "whole":
                    self._make_same(table)
                case "worked out" | "rolled up" | "not":
                    pass
        self._erase(new)
        self._mark_stale({day for day, *_ in new})
        self._finish_days()
        return self._last_seq("main")

    def _new_events(self) -> Sequence[Any]:
        """Day, ticket, kind and data of each."""
        return self._run(
            "SELECT day, ticket, kind, data FROM source.events"
            " WHERE hall = ? AND seq > ? ORDER BY seq",
            self._last,
        )

    def _add(self, table: Table, where: str, *facts: object) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        self._run(
            f"INSERT INTO main.{table.name} ({names})"  # noqa: S608 - names of ours
            f" SELECT {names} FROM source.{table.name} WHERE hall = ? AND {where}",
            *facts,
        )

    def _add_by_rowid(self, table: Table) -> None:
        """Rows without an order of their own, in that in which they were written."""
        names = ", ".join(["rowid", *(f'"{column.name}"' for column in table.columns)])
        name, key = table.name, "id"
        last = f"SELECT rowid, {key} FROM main.{name} ORDER BY rowid DESC LIMIT 1"  # noqa: S608
        row = self._connection.exec_driver_sql(last).first() or (0, None)
        same = f"SELECT {key} FROM source.{name} WHERE rowid = ?"  # noqa: S608
        there = self._connection.exec_driver_sql(same, (row[0],)).first()
        if row[0] and there != (row[1],):  # tidied up, and numbered anew
            self._run(f"DELETE FROM main.{name} WHERE hall = ?")  # noqa: S608
            row = (0, None)
        self._run(
            f"INSERT INTO main.{name} ({names}) SELECT {names} FROM source.{name}"  # noqa: S608
            " WHERE hall = ? AND rowid > ?",
            row[0],
        )
        first = f"SELECT min(day) FROM source.{name} WHERE hall = ?"  # noqa: S608
        self._run(f"DELETE FROM main.{name} WHERE day < ({first})")  # noqa: S608

    def _add_by_ticket(self, table: Table, new: Sequence[Any]) -> None:
        """The rows of the tickets that something happened to, as they are now."""
        whole_days = {day for day, _, kind, _ in new if kind == ClockStepped.__name__}
        for day in whole_days:
            self._make_same_on(table, day)
        for day, ticket in {(day, ticket) for day, ticket, *_ in new if ticket is not None}:
            where = "day = ? AND ticket = ?"
            self._run(f"DELETE FROM main.{table.name} WHERE hall = ? AND {where}", day, ticket)  # noqa: S608
            self._add(table, where, day, ticket)

    def _make_same(self, table: Table) -> None:
        """A small table: what is gone goes, what is new or different comes."""
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
        name, run = table.name, self._connection.exec_driver_sql
        run(f"DELETE FROM main.{name} WHERE ({keys}) NOT IN (SELECT {keys} FROM source.{name})")  # noqa: S608
        run(
            f"INSERT OR REPLACE INTO main.{name} ({names}) SELECT {names} FROM source.{name}"  # noqa: S608
            f" EXCEPT SELECT {names} FROM main.{name}"
        )

    def _make_same_on(self, table: Table, day: str) -> None:
        self._run(f"DELETE FROM main.{table.name} WHERE hall = ? AND day = ?", day)  # noqa: S608
        self._add(table, "day = ?", day)

    # --- What follows from it ---

    def _erase(self, new: Sequence[Any]) -> None:
        """What was erased there is erased here."""
        for _, _, kind, data in new:
            if kind == TextsErased.__name__:
                event = codec.decode(kind, data)
                assert isinstance(event, TextsErased)
                erase(self._connection, self._hall, event)

    def _mark_stale(self, days: set[str]) -> None:
        for day in days:
            self._connection.exec_driver_sql(
                "INSERT OR IGNORE INTO main.stale_days (hall, day) VALUES (?, ?)", (self._hall, day)
            )

    def _finish_days(self) -> None:
        """Copy what was worked out of the days that are over."""
        columns = tables.stale_days.c
        stale = select(columns.day).where(columns.hall == self._hall)
        latest = self._run("SELECT max(day) FROM source.events WHERE hall = ?")[0][0]
        there = {day for (day,) in self._run("SELECT day FROM source.stale_days WHERE hall = ?")}
        for (day,) in self._connection.execute(stale).all():
            if day.isoformat() < latest and day.isoformat() not in there:
                self._finish(day)

    def _finish(self, day: date) -> None:
        for table, way in WAYS.items():
            if way in ("by ticket", "worked out"):
                self._make_same_on(table, day.isoformat())
            elif way == "rolled up":
                for period in ("day", "month", "year"):
                    first = day if period == "day" else beginning(period, day)
                    where = f"period = ? AND first = ? AND {OF_A_KEY}"
                    facts = (period, first.isoformat())
                    self._run(f"DELETE FROM main.{table.name} WHERE hall = ? AND {where}", *facts)  # noqa: S608
                    self._add(table, where, *facts)
        self._run("DELETE FROM main.stale_days WHERE hall = ? AND day = ?", day.isoformat())

    # --- Small parts ---

    def _last_seq(self, schema: str) -> int:
        last = f"SELECT coalesce(max(seq), 0) FROM {schema}.events WHERE hall = ?"  # noqa: S608
        return int(self._run(last)[0][0])

    def _run(self, statement: str, *facts: object) -> Sequence[Any]:
        """Run a statement whose first gap is the hall; what it finds."""
        result = self._connection.exec_driver_sql(statement, (self._hall, *facts))
        return result.all() if result.returns_rows else ()
