"""The journal of one hall: what a batch of requests brought is written in one transaction, and read
back at start. Decides nothing; what is in the rows beside the events is said in turns.py, spans.py
and rollup.py.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Select, Table, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from hall.events import Event
from hall.model import Setup
from records import chain, codec, erasable, halls, rollup, tables
from records.engine import settle
from records.entries import Batch, Entry, batch_of
from records.errors import (
    AlreadyAnswered,
    NotRecorded,
    OwnedByAnother,
    RecordsError,
    trouble_explained,
)
from records.heads import Head, Signer, row
from records.periods import DAY
from records.prepared import Prepared
from records.spans import TABLES as SPANS
from records.spans import OfAgency, Spans
from records.turns import Row, TurnKey

__all__ = ["Entry", "Journal", "Recorded"]

NOTHING_KNOWN: Final = -1

# What a start reads, and a batch that did not go in: made once, as making one costs more than most
# of their answers.
_EVENTS, _REQUESTS = tables.events.c, tables.requests.c
_OF_HALL = _EVENTS.hall == bindparam("hall")
LAST: Final = (
    select(_EVENTS.seq, _EVENTS.day, _EVENTS.hash)
    .where(_OF_HALL)
    .order_by(_EVENTS.seq.desc())
    .limit(1)
)
OF_DAY: Final = (
    select(_EVENTS.seq, _EVENTS.at, _EVENTS.kind, _EVENTS.data)
    .where(_OF_HALL, _EVENTS.day == bindparam("day"))
    .order_by(_EVENTS.seq)
)
EVENTS_FROM: Final = select(_EVENTS.seq).where(_OF_HALL, _EVENTS.seq >= bindparam("seq")).limit(1)
LATEST_ANSWERS: Final = (
    select(_REQUESTS.id, _REQUESTS.answer)
    .where(_REQUESTS.hall == bindparam("hall"))
    .order_by(_REQUESTS.day.desc(), _REQUESTS.at.desc(), _REQUESTS.id)
    .limit(bindparam("limit"))
)
ANSWERED: Final = select(_REQUESTS.id, _REQUESTS.answer).where(
    _REQUESTS.hall == bindparam("hall"), _REQUESTS.id.in_(bindparam("ids", expanding=True))
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the journal."""

    seq: int
    at: datetime
    event: Event


class Journal:
    """The records of one hall. Used by one thread at a time, not always the same one.

    After NotRecorded nothing more is written until `reopen` succeeds: only then is it known what
    the disk has.
    """

    def __init__(self, engine: Engine, setup: Setup, signer: Signer | None = None) -> None:
        self._engine, self._signer = engine, signer
        self._setup, self._hall = setup, setup.hall
        self._writer: Connection | None = None
        self._in_doubt = False
        self._events = Prepared(tables.events, engine.dialect)
        self._texts = Prepared(tables.erasable, engine.dialect)
        self._heads = Prepared(tables.heads, engine.dialect)
        self._requests = Prepared(tables.requests, engine.dialect)
        self._turns = Prepared(tables.turns, engine.dialect, replacing=True)
        self._ratings = Prepared(tables.ratings, engine.dialect)
        self._lasting = {table: Prepared(table, engine.dialect, replacing=True) for table in SPANS}
        self._spans = Spans(setup)
        self._seen = NOTHING_KNOWN  # seq of the last event that `_spans` has seen
        self._hash = b""  # of that event
        self._today: date | None = None  # every day before it is rolled up, if it is known
        self._probes = Prepared(tables.probes, engine.dialect, replacing=True)

    # --- Writing ---

    def append(
        self,
        first_seq: int,
        entries: Sequence[Entry],
        turns: Sequence[Row],
        gone: Collection[TurnKey] = (),
    ) -> None:
        """Write a batch in one transaction; its events are numbered from `first_seq` on.

        `turns`: rows that are new or changed; `gone`: turns that were taken back.

        Raises NotRecorded, AlreadyAnswered or OwnedByAnother; then nothing of the batch is kept,
        except that after NotRecorded only `reopen` and `last_day` can tell.
        """
        if self._seen != first_seq - 1:
            self.last_day()
        batch = batch_of(self._hall, first_seq, entries, self._hash)
        batch.days.update([cast(date, row["day"]) for row in turns], [day for day, *_ in gone])
        seen, today = self._seen, self._today
        self._seen, self._today = NOTHING_KNOWN, None  # until it is written
        try:
            with self._transaction() as connection:
                self._write(connection, batch, turns, gone)
                rolled = self._keep_rollup(connection, today, batch.days)
        except IntegrityError:
            try:
                self._say_what_is_there(first_seq, entries)
            except AlreadyAnswered:  # found before anything here had seen the batch
                self._seen, self._today = seen, today
                raise
            raise
        self._seen, self._hash, self._today = batch.seq, batch.hash, rolled

    def _write(
        self,
        connection: Connection,
        batch: Batch,
        turns: Sequence[Row],
        gone: Collection[TurnKey],
    ) -> None:
        """What comes after an erasing in the same batch stays."""
        for event in batch.erasings:
            erasable.erase(connection, self._hall, event)
        self._events.run(connection, batch.events)
        self._texts.run(connection, batch.texts)
        if batch.closed:
            self._heads.run(connection, self._closed(batch.closed))
        self._requests.run(connection, batch.requests)
        if gone:
            self._drop_turns(connection, gone)
        self._turns.run(connection, turns)
        self._ratings.run(connection, batch.ratings)
        if batch.telling:
            self._keep_spans(connection, batch.telling)

    def _closed(self, events: Iterable[Row]) -> Iterator[Row]:
        """The head of the chain where a day was closed, signed if somebody signs."""
        for event in events:
            head = Head(*(cast(Any, event[name]) for name in ("day", "seq", "at", "hash")))
            signed = self._signer.signed(self._hall, head) if self._signer else head
            yield row(self._hall, signed)

    def _keep_spans(
        self, connection: Connection, telling: Iterable[tuple[int, datetime, Event]]
    ) -> None:
        """What the batch brought to the tables of what lasts."""
        written: dict[Table, list[Row]] = {}
        moved: list[OfAgency] = []
        for one in telling:
            for told in self._spans.see(*one):
                if isinstance(told, OfAgency):
                    moved.append(told)
                else:
                    written.setdefault(told[0], []).append(told[1])
        for table, rows in written.items():
            self._lasting[table].run(connection, rows)
        for all_spans in moved:
            self._move(connection, all_spans)

    def _move(self, connection: Connection, moved: OfAgency) -> None:
        columns = tables.counter_spans.c
        of_counter = (columns.day == moved.day, columns.counter == moved.counter)
        connection.execute(
            update(tables.counter_spans)
            .where(columns.hall == self._hall, *of_counter, columns.agency != moved.agency)
            .values(agency=moved.agency)
        )

    def _keep_rollup(
        self, connection: Connection, today: date | None, touched: set[date]
    ) -> date | None:
        """Roll up a day once the next one has begun, and anew if it is changed later.

        Every day before `today` is rolled up; the new one is the answer.
        """
        if touched == {today}:
            return today
        new: list[date] = []
        latest = max(touched, default=date.min)
        if today is None or today < latest:
            new = rollup.roll_up_before(connection, self._setup, latest)
            rolled = rollup.last_rolled(connection, self._hall)
            today = max(latest, rolled + DAY) if rolled else latest
        for day in touched.difference(new):
            if day < today:
                rollup.roll_up(connection, self._setup, day)
        return today

    def _drop_turns(self, connection: Connection, gone: Iterable[TurnKey]) -> None:
        columns = tables.turns.c
        for day, ticket, turn in gone:
            of_turn = (columns.day == day, columns.ticket == ticket, columns.turn == turn)
            connection.execute(delete(tables.turns).where(columns.hall == self._hall, *of_turn))

    def replace_turns(self, day: date, turns: Sequence[Row]) -> None:
        """Write the rows of a day's turns anew. Raises NotRecorded."""
        self.replace(day, {tables.turns: turns})

    def replace(self, day: date, rows: Mapping[Table, Sequence[Row]]) -> None:
        """Write a day's rows in these tables anew, and what is rolled up of it. Raises NotRecorded.

        The day is no stale one any more.
        """
        with self._transaction() as connection:
            for table in (tables.stale_days, *rows):
                of_day = (table.c.hall == self._hall, table.c.day == day)
                connection.execute(delete(table).where(*of_day))
            for table, anew in rows.items():
                Prepared(table, self._engine.dialect).run(connection, anew)
            rolled = rollup.last_rolled(connection, self._hall)
            if rolled is not None and day <= rolled:
                rollup.roll_up(connection, self._setup, day)

    def roll_up(self, before: date) -> None:
        """Roll up what is not yet, of the days before this one. Raises NotRecorded."""
        with self._transaction() as connection:
            rollup.roll_up_before(connection, self._setup, before)

    def forget_requests(self, before: date) -> None:
        """Drop the answers of days before this one: nobody repeats those. Raises NotRecorded."""
        columns = tables.requests.c
        old = delete(tables.requests).where(columns.hall == self._hall, columns.day < before)
        with self._transaction() as connection:
            connection.execute(old)

    def probe(self, at: datetime) -> None:
        """Write one row on a connection of its own, to see whether it works. Raises NotRecorded."""
        with trouble_explained(), self._engine.begin() as connection:
            self._probes.run(connection, [{"hall": self._hall, "at": at}])

    def reopen(self) -> None:
        """Drop the connections and see what the disk has. Raises NotRecorded if it still fails."""
        self._in_doubt = True
        self.close()
        with trouble_explained():
            settle(self._engine)
        self._in_doubt = False

    def close(self) -> None:
        """Give the connections back. The journal may be used again afterwards."""
        if self._writer is not None:
            self._writer.invalidate()
            self._writer.close()
            self._writer = None
        self._engine.dispose()

    # --- Reading ---

    def last_day(self) -> tuple[int, list[Recorded]]:
        """The hall's last seq, 0 if there is none, and all events of its latest day, in order."""
        rows = self._rows(LAST, hall=self._hall)
        seq, recorded = (rows[0].seq, self.events(rows[0].day)) if rows else (0, [])
        if not rows:
            self._warn_of_other_halls()
        self._spans, self._seen = Spans(self._setup), seq
        self._hash = rows[0].hash if rows else chain.genesis(self._hall)
        for one in recorded:
            self._spans.see(one.seq, one.at, one.event)
        return seq, recorded

    def _warn_of_other_halls(self) -> None:
        with trouble_explained(), self._engine.connect() as connection:
            warning = halls.warning(connection, self._hall)
        if warning is not None:
            log.warning("%s", warning, extra={"event": "advice"})

    def events(self, day: date) -> list[Recorded]:
        """All events of a day, in order; texts that were erased are "" in them."""
        with trouble_explained(), self._engine.connect() as connection:
            rows = connection.execute(OF_DAY, {"hall": self._hall, "day": day}).all()
            texts = erasable.texts_of(connection, self._hall, day)
        return [
            Recorded(seq, at, _read(seq, kind, data, texts.get(seq, codec.NO_TEXTS)))
            for seq, at, kind, data in rows
        ]

    def days(self) -> list[date]:
        """The days of which there are events, in order."""
        columns = tables.events.c
        wanted = select(columns.day).where(columns.hall == self._hall).distinct()
        return [row.day for row in self._rows(wanted.order_by(columns.day))]

    def stale_days(self) -> list[date]:
        """The days whose rows an older program worked out, in order."""
        columns = tables.stale_days.c
        wanted = select(columns.day).where(columns.hall == self._hall).order_by(columns.day)
        return [row.day for row in self._rows(wanted)]

    def turns(self, day: date) -> list[Row]:
        """The rows of a day's turns, by ticket and turn."""
        return self.rows(tables.turns, day)

    def rows(self, table: Table, day: date) -> list[Row]:
        """The rows of a day in a table that has days, in the order of their key."""
        wanted = (
            select(table)
            .where(table.c.hall == self._hall, table.c.day == day)
            .order_by(*table.primary_key)
        )
        return [dict(row._mapping) for row in self._rows(wanted)]

    def answers(self, limit: int) -> dict[str, bytes]:
        """The most recently answered requests and their answers, oldest first."""
        rows = self._rows(LATEST_ANSWERS, hall=self._hall, limit=limit)
        return {request: answer.encode() for request, answer in reversed(rows)}

    # --- What both need ---

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """The one writer's connection, in a transaction. Raises NotRecorded."""
        if self._in_doubt:
            raise NotRecorded("not_reopened", "an earlier batch failed")
        try:
            with trouble_explained():
                if self._writer is None:
                    self._writer = self._engine.connect()
                transaction = self._writer.begin()
                try:
                    yield self._writer
                    transaction.commit()
                finally:
                    transaction.close()  # rolled back, where it is not committed
        except NotRecorded:
            self._in_doubt = True
            raise

    def _rows(self, wanted: Select[Any], **of: object) -> Sequence[Any]:
        with trouble_explained(), self._engine.connect() as connection:
            return connection.execute(wanted, of).all()

    def _say_what_is_there(self, first_seq: int, entries: Sequence[Entry]) -> None:
        """Raise OwnedByAnother or AlreadyAnswered, if that is why a batch did not go in."""
        if self._rows(EVENTS_FROM, hall=self._hall, seq=first_seq):
            raise OwnedByAnother(
                f"event {first_seq} of the hall {self._hall} was written by somebody else"
            )
        ids = [entry.request for entry in entries if entry.request is not None]
        answered = self._rows(ANSWERED, hall=self._hall, ids=ids)
        if answered:
            raise AlreadyAnswered({row.id: row.answer.encode() for row in answered})


def _read(seq: int, kind: str, data: str, texts: erasable.Texts) -> Event:
    """The event that stands there. Raises RecordsError where none does."""
    try:
        return codec.decode(kind, data, texts)
    except (KeyError, ValueError) as error:
        raise RecordsError(
            f"event {seq} of the records cannot be read: it was changed, or the disk fails. "
            "`motcua verify` says more, `motcua restore` puts a backup in their place"
        ) from error
