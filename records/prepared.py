"""Inserts compiled once, whose rows go straight to the driver: Core would cost twice the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Boolean, Column, Connection, Date, Dialect, LargeBinary, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert

from records.tables import Utc, utc_text

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql.dml import Insert as PostgresqlInsert

Bind = Callable[[Any], Any]  # of a value that is there

# How SQLite's file has them: the same as by way of SQLAlchemy's types, in a fifth of the time.
IN_SQLITE: Final[Mapping[type, Bind | None]] = {
    Utc: utc_text,
    Date: date.isoformat,
    Boolean: int,
    LargeBinary: None,
}


class Prepared:
    """Writes whole rows into one table; with `replacing`, over the rows with the same key."""

    def __init__(self, table: Table, dialect: Dialect, *, replacing: bool = False) -> None:
        statement = _insert(table, dialect)
        if replacing:
            statement = _replacing(statement, table)
        # an insert of every column names them in the table's order
        self._sql = str(statement.compile(dialect=dialect))
        self._values = itemgetter(*(column.name for column in table.columns))
        binds = enumerate(bind_of(column, dialect) for column in table.columns)
        self._binds = [(place, bind) for place, bind in binds if bind is not None]

    def run(self, connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
        """Write the rows, each with a value for every column, in their order."""
        values = [self._for_driver(row) for row in rows]
        if values:
            connection.exec_driver_sql(self._sql, values)

    def _for_driver(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        values = [*self._values(row)]
        for place, bind in self._binds:
            value = values[place]
            if value is not None:
                values[place] = bind(value)
        return tuple(values)


def bind_of(column: Column[Any], dialect: Dialect) -> Bind | None:
    """What makes a column's value the driver's; None: nothing is needed."""
    if dialect.name == "sqlite":
        for kind, bind in IN_SQLITE.items():
            if isinstance(column.type, kind):
                return bind
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _insert(table: Table, dialect: Dialect) -> SqliteInsert | PostgresqlInsert:
    if dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # large: not where the records are a file

    return postgresql.insert(table)


def _replacing(
    statement: SqliteInsert | PostgresqlInsert, table: Table
) -> SqliteInsert | PostgresqlInsert:
    key = [column.name for column in table.primary_key.columns]
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)
