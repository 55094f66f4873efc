"""Inserts compiled once, whose rows go straight to the driver: Core would cost twice the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert


class Prepared:
    """Writes whole rows into one table; with `replacing`, over the rows with the same key."""

    def __init__(self, table: Table, dialect: Dialect, *, replacing: bool = False) -> None:
        statement = _insert(table, dialect)
        if replacing:
            statement = _replacing(statement, table)
        # an insert of every column names them in the table's order
        self._sql = str(statement.compile(dialect=dialect))
        self._columns = [
            (column.name, column.type.dialect_impl(dialect).bind_processor(dialect))
            for column in table.columns
        ]

    def run(self, connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
        """Write the rows, each with a value for every column, in their order."""
        values = [self._for_driver(row) for row in rows]
        if values:
            connection.exec_driver_sql(self._sql, values)

    def _for_driver(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            [row[name] if bind is None else bind(row[name]) for name, bind in self._columns]
        )


def _insert(table: Table, dialect: Dialect) -> SqliteInsert | PostgresqlInsert:
    return sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)


def _replacing(
    statement: SqliteInsert | PostgresqlInsert, table: Table
) -> SqliteInsert | PostgresqlInsert:
    key = [column.name for column in table.primary_key.columns]
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)
