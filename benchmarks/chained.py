"""The events of years that `benchmarks.years` wrote: those of every turn, in their chain, with a
signed head for every day. What turns do not tell of, such as alarms and devices, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, func, select

from benchmarks import big_hall, years
from hall import events as e
from hall.model import Because
from records import chain, tables
from records.copies import copy
from records.engine import connect
from records.entries import Entry, batch_of
from records.heads import Head, Signer, row
from records.periods import DAY
from records.prepared import Prepared

TOGETHER: Final = 20  # days in one transaction
TOKEN: Final = "0123456789abcdef"

Happening = tuple[datetime, e.Event]


def kept(folder: Path, turns: int) -> Path:
    """A database of about so many turns and their events, kept in this folder; made when there is
    none, which takes minutes for a million.
    """
    file = folder / f"told-{turns}.db"
    if not file.exists():
        with TemporaryDirectory(dir=folder) as begun:
            part = Path(begun, "told.db")
            copy(years.kept(folder, turns), part)
            tell(part)
            part.replace(file)
    return file


def tell(database: Path) -> int:
    """Write the events of all days that have turns into a database that has none; how many."""
    engine = connect(str(database))
    with engine.connect() as connection:
        day = tables.turns.c.day
        days = connection.execute(select(day).distinct().order_by(day)).scalars().all()
        writing = Writing(connection)
        for place, one in enumerate(days):
            writing.write(one, happened_on(connection, one))
            if place % TOGETHER == TOGETHER - 1:
                connection.commit()
        connection.commit()
    engine.dispose()
    return writing.seq


class Writing:
    """Goes on with the chain where it has come to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        columns = tables.events.c
        last = select(columns.seq, columns.hash).order_by(columns.seq.desc()).limit(1)
        found = connection.execute(last).first()
        self.seq: int = found.seq if found else 0
        self._hash: bytes = found.hash if found else chain.genesis(big_hall.HALL)
        self._signer = Signer(Ed25519PrivateKey.generate())
        self._tables = [
            Prepared(table, connection.dialect)
            for table in (tables.events, tables.erasable, tables.heads)
        ]

    def write(self, day: date, happened: Sequence[Happening]) -> None:
        """A day from its opening to its close, in the transaction that goes on."""
        (opens, _), *_, (closes, _) = happened
        told = [(opens, e.DayOpened(day)), *happened, (closes, e.DayClosed(0))]
        entries = [
            Entry(at, day, (event,), str(UUID(int=self.seq + n)), answer=b"")
            for n, (at, event) in enumerate(told)
        ]
        batch = batch_of(big_hall.HALL, self.seq + 1, entries, self._hash)
        head = self._signer.signed(big_hall.HALL, Head(day, batch.seq, closes, batch.hash))
        rows = (batch.events, batch.texts, [row(big_hall.HALL, head)])
        for prepared, written in zip(self._tables, rows, strict=True):
            prepared.run(self._connection, written)
        self.seq, self._hash = batch.seq, batch.hash


def happened_on(connection: Connection, day: date) -> list[Happening]:
    """What the turns of a day tell of, in order."""
    turns = tables.turns
    wanted = select(turns).where(turns.c.hall == big_hall.HALL, turns.c.day == day)
    told = [one for row in connection.execute(wanted) for one in _of_turn(row)]
    return sorted(told, key=itemgetter(0))


def _of_turn(turn: Row[Any]) -> Iterator[Happening]:
    ticket, counter = turn.ticket, turn.counter
    if turn.turn == 1:
        services, group, channel = (turn.service,), turn.group_code, turn.channel
        facts = (services, turn.language, group, channel, turn.queued_at)
        yield turn.issued_at, e.TicketTaken(ticket, TOKEN, *facts, None, 3, 600, 1200)
    if turn.called_at is not None:
        because = Because(turn.rule or "first_in_line", turn.overtook)
        yield (
            turn.called_at,
            e.TicketCalled(ticket, counter, turn.officer, 1, because, turn.agency),
        )
    if turn.started_at is not None:
        yield turn.started_at, e.ServiceStarted(ticket, counter)
    if turn.ended_at is not None:
        yield turn.ended_at, e.ServiceFinished(ticket, counter, turn.outcome or "", turn.dossier)


def add_day(database: Path) -> date:
    """One more day like the last one, a day later, its turns and its events; which it is."""
    engine = connect(str(database))
    with engine.begin() as connection:
        turns = tables.turns
        last = connection.execute(select(func.max(turns.c.day))).scalar_one()
        of_last = select(turns).where(turns.c.hall == big_hall.HALL, turns.c.day == last)
        rows = [_a_day_later(dict(row._mapping)) for row in connection.execute(of_last)]
        Prepared(turns, connection.dialect).run(connection, rows)
        day: date = last + DAY
        Writing(connection).write(day, happened_on(connection, day))
    engine.dispose()
    return day


def _a_day_later(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value + DAY if isinstance(value, date) else value for name, value in row.items()}
