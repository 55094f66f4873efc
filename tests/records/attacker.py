"""Somebody who has the database, and writes into it what they like."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from records import tables
from records.chain import genesis, link
from records.tables import utc_text

GUARDED = ("events", "heads")
TRIGGERS = {
    "sqlite": ("never_changed", "never_deleted", "never_replaced"),
    "postgresql": ("never_changed", "never_emptied"),
}


def without_guards(connection: Connection) -> None:
    """Whoever owns a database can drop its triggers."""
    dialect = connection.dialect.name
    for table in GUARDED:
        for name in TRIGGERS[dialect]:
            on = f" ON {table}" if dialect == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")


def all_events(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(tables.events.select().order_by(tables.events.c.seq))
    return [dict(row) for row in rows.mappings()]


def chained_anew(connection: Connection, hall: str) -> None:
    """Compute every hash again, as somebody could who has read how it is done."""
    before = genesis(hall)
    for row in all_events(connection):
        day: date = row["day"]
        rest = (row[name] for name in ("kind", "ticket", "counter", "data", "request"))
        before = link(before, hall, row["seq"], day.isoformat(), utc_text(row["at"]), *rest)
        change = text("UPDATE events SET hash = :hash WHERE hall = :hall AND seq = :seq")
        connection.execute(change, {"hash": before, "hall": hall, "seq": row["seq"]})
