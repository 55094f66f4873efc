"""Texts that could lead to a person: kept apart from the events, so that they can be erased and the
chain of events holds. An event says of each only SHA-256(salt and the text in UTF-8), in `sealed`
of its data; the text and its salt, 16 random bytes, are a row of the table `erasable`. Without the
salt nobody can find a text by trying.

What was erased reads as "", so that figures which count how many there were stay what they are.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from hall.events import TextsErased
from records.engine import READING, outside_transactions
from records.errors import trouble_explained
from records.tables import erasable, erasures, events, ratings, turns

# Every text that a hall may choose to write down and may have to erase, by the kind of its event.
# All else that events hold are codes, words from the configuration, figures, times and the random
# token of a ticket. A notice is not here: the hall itself published it.
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ServiceFinished": ("dossier", "apology_no"),
    "TurnRated": ("text",),
    "WordSent": ("text",),
}

# Where rows that are worked out of the events repeat them, and what stands there afterwards.
REPEATED: Final[Mapping[Column[str], str | None]] = {
    turns.c.dossier: "",
    turns.c.apology_no: "",
    ratings.c.text: None,
}

# Made once: asked with the events of a day, mostly in vain.
TEXTS_OF: Final = select(erasable.c.seq, erasable.c.field, erasable.c.value).where(
    erasable.c.hall == bindparam("hall"), erasable.c.day == bindparam("day")
)

RETENTION: Final = "retention"  # who erased what was kept long enough

SALT: Final = 16  # bytes
ERASED: Final = ""

Texts = Mapping[str, str]  # by field


class Kept(NamedTuple):
    """A text that is kept apart: in which field it was, and what is needed to prove it."""

    field: str
    salt: bytes
    value: str


class Erasure(NamedTuple):
    """Which texts shall go: those of one visit, or of all days before one. `id`: of an order that
    waits in the records; "": it does not.
    """

    by: str
    of: date | None = None
    number: str | None = None
    before: date | None = None
    id: str = ""


def commitment(salt: bytes, value: str) -> str:
    """What an event says of a text, in hexadecimal digits."""
    return hashlib.sha256(salt + value.encode()).hexdigest()


def kept_apart(field: str, value: str) -> Kept:
    """The text with a salt of its own."""
    return Kept(field, secrets.token_bytes(SALT), value)


# --- Reading -------------------------------------------------------------------------------------


def texts_of(connection: Connection, hall: str, day: date) -> dict[int, dict[str, str]]:
    """The texts of a day's events that are still there, by seq and field."""
    found: dict[int, dict[str, str]] = {}
    for seq, field, value in connection.execute(TEXTS_OF, {"hall": hall, "day": day}):
        found.setdefault(seq, {})[field] = value
    return found


def count(engine: Engine, hall: str, erasure: Erasure) -> dict[str, int]:
    """How many texts would be erased, by field. Raises NotRecorded."""
    columns = erasable.c
    wanted = (
        select(columns.field, func.count())
        .where(*_meant(hall, erasure.of, erasure.number, erasure.before))
        .group_by(columns.field)
        .order_by(columns.field)
    )
    with trouble_explained(), engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted)}


def oldest(engine: Engine, hall: str) -> date | None:
    """The first day of which a text is kept. Raises NotRecorded."""
    with trouble_explained(), engine.connect() as connection:
        found: date | None = connection.execute(_oldest(hall)).scalar_one()
        return found


def visits_of(engine: Engine, hall: str, dossier: str) -> list[tuple[date, str]]:
    """The visits in which a dossier's code was noted: day and number. Raises NotRecorded."""
    wanted = (
        select(turns.c.day, turns.c.ticket)
        .where(turns.c.hall == hall, turns.c.dossier == dossier, turns.c.dossier != ERASED)
        .distinct()
        .order_by(turns.c.day, turns.c.ticket)
    )
    with trouble_explained(), engine.connect() as connection:
        return [(day, number) for day, number in connection.execute(wanted)]


# --- Erasing -------------------------------------------------------------------------------------


def erase(connection: Connection, hall: str, event: TextsErased) -> None:
    """Let go what the event says is gone, here and where it is repeated. Within the transaction
    that writes the event down.
    """
    first = connection.execute(_oldest(hall)).scalar_one()
    if first is None:
        return
    meant = _meant(hall, event.of, event.number, event.before)
    connection.execute(delete(erasable).where(*meant))
    for column, left in REPEATED.items():
        repeated, table = column.table.c, update(column.table)
        if event.before is not None:
            table = table.where(repeated.day >= first, repeated.day < event.before)
        else:
            table = table.where(repeated.day == event.of, repeated.ticket == event.number)
        there = (repeated.hall == hall, column.is_not(None), column != ERASED)
        connection.execute(table.where(*there).values({column.name: left}))


def scrub(engine: Engine) -> bool:
    """Bring the erasing to the file itself and empty the log beside it, where the texts still
    stand. False: somebody is reading; try again. PostgreSQL does so when it tidies up.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection, outside_transactions(connection):
        run = connection.exec_driver_sql
        run("PRAGMA busy_timeout=0")  # the server must not wait for readers
        busy, *_ = run("PRAGMA wal_checkpoint(TRUNCATE)").one()
        run(f"PRAGMA busy_timeout={READING['busy_timeout']}")
    return not busy


def _oldest(hall: str) -> Select[Any]:
    return select(func.min(erasable.c.day)).where(erasable.c.hall == hall)


def _meant(
    hall: str, of: date | None, number: str | None, before: date | None
) -> list[ColumnElement[bool]]:
    columns = erasable.c
    if before is not None:
        return [columns.hall == hall, columns.day < before]
    seqs = select(events.c.seq).where(
        events.c.hall == hall, events.c.day == of, events.c.ticket == number
    )
    return [columns.hall == hall, columns.day == of, columns.seq.in_(seqs)]


# --- Orders that wait for the server -------------------------------------------------------------


def order(engine: Engine, hall: str, erasure: Erasure, now: datetime) -> str:
    """Leave an order to the server that owns the hall; the order's id. Raises NotRecorded."""
    row = {
        "hall": hall,
        "id": str(uuid4()),
        "asked_at": now,
        "by": erasure.by,
        "of": erasure.of,
        "number": erasure.number,
        "before": erasure.before,
    }
    with trouble_explained(), engine.begin() as connection:
        connection.execute(insert(erasures).values(row))
    return str(row["id"])


def orders(engine: Engine, hall: str) -> list[Erasure]:
    """The orders that wait, oldest first. Raises NotRecorded."""
    columns = erasures.c
    wanted = (
        select(columns.by, columns.of, columns.number, columns.before, columns.id)
        .where(columns.hall == hall)
        .order_by(columns.asked_at, columns.id)
    )
    with trouble_explained(), engine.connect() as connection:
        return [Erasure(*row) for row in connection.execute(wanted)]


def carried_out(engine: Engine, hall: str, ids: Collection[str]) -> None:
    """Nothing is left of what these orders asked for. Raises NotRecorded."""
    columns = erasures.c
    with trouble_explained(), engine.begin() as connection:
        connection.execute(delete(erasures).where(columns.hall == hall, columns.id.in_(ids)))


def rows(hall: str, seq: int, day: date, kept: Collection[Kept]) -> Iterator[dict[str, Any]]:
    """The rows of the texts of one event."""
    for one in kept:
        yield {
            "hall": hall,
            "seq": seq,
            "field": one.field,
            "day": day,
            "salt": one.salt,
            "value": one.value,
        }
