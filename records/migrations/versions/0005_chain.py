"""Events become links of a chain, and nobody can change them; texts that could lead to a person
are kept apart from them.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from records.chain import genesis, link
from records.codec import with_seals
from records.erasable import Kept, kept_apart
from records.tables import Utc, utc_text

revision = "0005"
down_revision = "0004"

CHUNK = 5_000  # events in memory
TOLD = 100_000  # events after which the log says how far it is
TEXTS = {
    "ServiceFinished": ("dossier", "apology_no"),
    "TurnRated": ("text",),
    "WordSent": ("text",),
}
WHY = "what happened is never changed"

log = logging.getLogger("records.migrate")


def upgrade() -> None:
    create_erasable()
    create_erasures()
    create_heads()
    set_old_events_aside()
    create_events()
    chain_events()
    op.drop_table("events_before")
    op.create_index("ix_events_hall_day", "events", ["hall", "day"])
    forbid_changes("events")
    forbid_changes("heads")


# --- Tables --------------------------------------------------------------------------------------


def create_erasable() -> None:
    op.create_table(
        "erasable",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hall", "seq", "field", name="pk_erasable"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_erasable_hall_day", "erasable", ["hall", "day"])


def create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("asked_at", Utc, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("of", sa.Date),
        sa.Column("number", sa.Text),
        sa.Column("before", sa.Date),
        sa.PrimaryKeyConstraint("hall", "id", name="pk_erasures"),
        sqlite_with_rowid=False,
    )


def create_heads() -> None:
    op.create_table(
        "heads",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary),
        sa.Column("signature", sa.LargeBinary),
        sa.PrimaryKeyConstraint("hall", "seq", name="pk_heads"),
        sqlite_with_rowid=False,
    )


def set_old_events_aside() -> None:
    op.drop_index("ix_events_hall_day", "events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE events RENAME CONSTRAINT pk_events TO pk_events_before")
    op.rename_table("events", "events_before")


def create_events() -> None:
    op.create_table(
        "events",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ticket", sa.Text),
        sa.Column("counter", sa.Text),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("request", sa.Text),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hall", "seq", name="pk_events"),
        sqlite_with_rowid=False,
    )


# --- The chain -----------------------------------------------------------------------------------

COLUMNS = ("hall", "seq", "day", "at", "kind", "ticket", "counter", "data", "request")
BEFORE = f"SELECT {', '.join(COLUMNS)} FROM events_before"  # noqa: S608 - names of our own


def chain_events() -> None:
    """Write every event anew, in the order of its hall, with the hash of its link."""
    connection, began = op.get_bind(), time.monotonic()
    total = connection.exec_driver_sql("SELECT count(*) FROM events_before").scalar_one()
    done, before, hall = 0, b"", None
    for rows in chunks(connection):
        linked, texts = [], []
        for row in rows:
            if row[0] != hall:
                hall = row[0]
                before = genesis(hall)
            one, kept = bare(row)
            before = link(before, one[0], one[1], *as_text(one[2], one[3]), *one[4:])
            linked.append((*one, before))
            texts += [(*row[:2], text.field, row[2], text.salt, text.value) for text in kept]
        write(connection, "events", 10, linked)
        write(connection, "erasable", 6, texts)
        done += len(rows)
        if done % TOLD == 0 or (done == total and total >= TOLD):
            took_s = time.monotonic() - began
            log.info("events made links of a chain: %d of %d, %.0f s", done, total, took_s)


def chunks(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    halls = connection.exec_driver_sql("SELECT DISTINCT hall FROM events_before ORDER BY hall")
    mark = placeholder(connection)
    wanted = f"{BEFORE} WHERE hall = {mark} AND seq > {mark} ORDER BY seq LIMIT {CHUNK}"
    for (hall,) in halls.all():
        last = -1
        while rows := connection.exec_driver_sql(wanted, (hall, last)).all():
            last = rows[-1][1]
            yield rows


def bare(row: Sequence[Any]) -> tuple[tuple[Any, ...], list[Kept]]:
    """The event without texts that could lead to a person, and those texts."""
    fields = TEXTS.get(row[4])
    if fields is None:
        return tuple(row), []
    data = json.loads(row[7])
    kept = [kept_apart(name, data[name]) for name in fields if data.get(name)]
    if not kept:
        return tuple(row), []
    data |= {text.field: "" for text in kept}
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return (*row[:7], with_seals(plain, kept), row[8]), kept


def as_text(day: date | str, at: datetime | str) -> tuple[str, str]:
    """As the chain has them; SQLite has nothing else."""
    return (
        day if isinstance(day, str) else day.isoformat(),
        at if isinstance(at, str) else utc_text(at),
    )


def write(connection: sa.Connection, table: str, columns: int, rows: list[Any]) -> None:
    if rows:
        marks = ", ".join([placeholder(connection)] * columns)
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608


def placeholder(connection: sa.Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


# --- Triggers ------------------------------------------------------------------------------------


def forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        forbid_on_postgresql(table)
    else:
        forbid_on_sqlite(table)


def forbid_on_sqlite(table: str) -> None:
    """INSERT OR REPLACE deletes without asking the trigger for DELETE: hence the third."""
    again = f"EXISTS (SELECT 1 FROM {table} WHERE hall = NEW.hall AND seq = NEW.seq)"  # noqa: S608
    for name, when in (
        ("never_changed", f"UPDATE ON {table}"),
        ("never_deleted", f"DELETE ON {table}"),
        ("never_replaced", f"INSERT ON {table} WHEN {again}"),
    ):
        raises = f"SELECT RAISE(ABORT, '{WHY}')"
        op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {when} BEGIN {raises}; END")


def forbid_on_postgresql(table: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION motcua_never() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{WHY}'; END $$"
    )
    for name, when in (
        ("never_changed", f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"),
        ("never_emptied", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"),
    ):
        op.execute(f"CREATE TRIGGER {table}_{name} {when} EXECUTE FUNCTION motcua_never()")
