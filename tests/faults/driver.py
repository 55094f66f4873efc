"""Another SQLite under the product's own engine: apsw as the driver, on a disk that can be watched.

The product's SQLite cannot be told to write through us; this one can, and is as new. Only what the
records need of a driver is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import apsw
import pytest

from records import engine

sqlite_version_info: Final = tuple(map(int, apsw.sqlite_lib_version().split(".")))
paramstyle: Final = "qmark"
threadsafety: Final = 3
apilevel: Final = "2.0"
SQLITE_NOTADB: Final = apsw.SQLITE_NOTADB


class Error(Exception):
    """What the driver says, with SQLite's own number of it."""

    def __init__(self, message: str, code: int = apsw.SQLITE_ERROR) -> None:
        super().__init__(message)
        self.sqlite_errorcode = code


class DatabaseError(Error): ...


class OperationalError(DatabaseError): ...


class IntegrityError(DatabaseError): ...


class InterfaceError(Error): ...


class DataError(DatabaseError): ...


class InternalError(DatabaseError): ...


class NotSupportedError(DatabaseError): ...


class ProgrammingError(DatabaseError): ...


Binary = bytes
Row = tuple[Any, ...]


class Cursor:
    """Runs a statement to its end at once and keeps its rows."""

    arraysize = 1
    lastrowid: int | None = None

    def __init__(self, raw: apsw.Connection) -> None:
        self._raw = raw
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount = -1
        self._rows: Iterator[Row] = iter(())

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        self.description = None
        with _translated():
            cursor = self._raw.cursor()
            cursor.exec_trace = self._describe
            self._rows = iter(cursor.execute(sql, tuple(values)).fetchall())
        self.rowcount = self._raw.changes()
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        self.description, self._rows = None, iter(())
        with _translated():
            self._raw.cursor().executemany(sql, [tuple(values) for values in rows])
        return self

    def fetchone(self) -> Row | None:
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[Row]:
        return [row for _, row in zip(range(size), self._rows, strict=False)]

    def fetchall(self) -> list[Row]:
        return list(self._rows)

    def close(self) -> None:
        """Its rows are in memory: there is nothing to give back."""

    def _describe(self, cursor: apsw.Cursor, _sql: str, _values: object) -> bool:
        columns = cursor.get_description()
        self.description = tuple((name, *[None] * 6) for name, *_ in columns) or None
        return True


class Connection:
    """One connection that begins nothing by itself."""

    isolation_level = None

    def __init__(self, path: str) -> None:
        with _translated():
            self._raw = apsw.Connection(path, vfs=_disk)

    def cursor(self) -> Cursor:
        return Cursor(self._raw)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(sql, values)

    def commit(self) -> None:
        if self._raw.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self._raw.in_transaction:
            self.execute("ROLLBACK")

    def create_function(self, name: str, args: int, work: Callable[..., Any], **_: object) -> None:
        self._raw.create_scalar_function(name, work, args)

    def close(self) -> None:
        self._raw.close(True)


def connect(path: str, **_: object) -> Connection:
    """A connection to a file on the disk chosen with `through`."""
    return Connection(path)


_disk: str | None = None


@contextmanager
def through(disk: apsw.VFS, name: str) -> Iterator[None]:
    """The product's engines work on this disk for as long as this lasts."""
    global _disk  # noqa: PLW0603 - a driver is a module, and modules have no other place
    before, _disk = _disk, name
    assert disk is not None
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "sqlite", _this_module())
            yield
    finally:
        _disk = before


def _this_module() -> Any:
    from tests.faults import driver

    return driver


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        _raise(error)


def _raise(error: apsw.Error) -> NoReturn:
    code = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
    kind = IntegrityError if isinstance(error, apsw.ConstraintError) else OperationalError
    raise kind(str(error), code) from error
