"""The journal of one hall: what a batch of requests brought is written in one transaction, and read
back at start. Decides nothing; what is in the rows beside the events is said in turns.py, spans.py
and rollup.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any, Final, cast

import msgspec
from sqlalchemy import Connection, Engine, Select, Table, delete, select
from sqlalchemy.exc import IntegrityError

from hall.events import DayClosed, Event, TextsErased, TurnRated
from hall.model import Setup
from records import chain, codec, erasable, rollup, tables
from records.engine import settle
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
from records.spans import Spans
from records.turns import Row, TurnKey

NOTHING_KNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Entry:
    """What one request, or the passing of time, brought. `answer`: the very bytes sent back."""

    at: datetime
    day: date
    events: tuple[Event, ...]
    request: str | None = None
    device: str = ""
    officer: str | None = None
    answer: bytes | None = None


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
        gone: Iterable[TurnKey] = (),
    ) -> None:
        """Write a batch in one transaction; its events are numbered from `first_seq` on.

        `turns`: rows that are new or changed; `gone`: turns that were taken back.

        Raises NotRecorded, AlreadyAnswered or OwnedByAnother; then nothing of the batch is kept,
        except that after NotRecorded only `reopen` and `last_day` can tell.
        """
        if self._seen != first_seq - 1:
            self.last_day()
        gone = tuple(gone)
        today, self._today, self._seen = self._today, None, NOTHING_KNOWN  # until it is written
        try:
            with self._transaction() as connection:
                events, texts = event_rows(self._hall, first_seq, entries, self._hash)
                self._erase(connection, entries)
                self._events.run(connection, events)
                self._texts.run(connection, texts)
                self._heads.run(connection, self._closed(events))
                self._requests.run(connection, request_rows(self._hall, entries))
                self._drop_turns(connection, gone)
                self._turns.run(connection, turns)
                self._ratings.run(connection, rating_rows(self._hall, entries))
                self._keep_spans(connection, first_seq, entries)
                today = self._keep_rollup(connection, today, _days(entries, turns, gone))
        except IntegrityError:
            self._say_what_is_there(first_seq, entries)
            raise
        self._seen, self._today = first_seq - 1 + len(events), today
        self._hash = cast(bytes, events[-1]["hash"]) if events else self._hash

    def _erase(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Before the batch is written: what comes after an erasing in the same batch stays."""
        for entry in entries:
            for event in entry.events:
                if isinstance(event, TextsErased):
                    erasable.erase(connection, self._hall, event)

    def _closed(self, events: Iterable[Row]) -> Iterator[Row]:
        """The head of the chain wherever a day was closed, signed if somebody signs."""
        for event in events:
            if event["kind"] == DayClosed.__name__:
                head = Head(*(cast(Any, event[name]) for name in ("day", "seq", "at", "hash")))
                signed = self._signer.signed(self._hall, head) if self._signer else head
                yield row(self._hall, signed)

    def _keep_spans(self, connection: Connection, first_seq: int, entries: Iterable[Entry]) -> None:
        """What the batch brought to the tables of what lasts."""
        happened = ((entry.at, event) for entry in entries for event in entry.events)
        written = [
            row
            for seq, (at, event) in enumerate(happened, first_seq)
            for row in self._spans.see(seq, at, event)
        ]
        for table, prepared in self._lasting.items():
            prepared.run(connection, (row for of, row in written if of is table))

    def _keep_rollup(
        self, connection: Connection, today: date | None, touched: set[date]
    ) -> date | None:
        """Roll up a day once the next one has begun, and anew if it is changed later.

        Every day before `today` is rolled up; the new one is the answer.
        """
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
        columns = tables.events.c
        last = (
            select(columns.seq, columns.day, columns.hash)
            .where(columns.hall == self._hall)
            .order_by(columns.seq.desc())
            .limit(1)
        )
        rows = self._rows(last)
        seq, recorded = (rows[0].seq, self.events(rows[0].day)) if rows else (0, [])
        self._spans, self._seen = Spans(self._setup), seq
        self._hash = rows[0].hash if rows else chain.genesis(self._hall)
        for one in recorded:
            self._spans.see(one.seq, one.at, one.event)
        return seq, recorded

    def events(self, day: date) -> list[Recorded]:
        """All events of a day, in order; texts that were erased are "" in them."""
        columns = tables.events.c
        wanted = (
            select(columns.seq, columns.at, columns.kind, columns.data)
            .where(columns.hall == self._hall, columns.day == day)
            .order_by(columns.seq)
        )
        with trouble_explained(), self._engine.connect() as connection:
            rows = connection.execute(wanted).all()
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
        columns = tables.requests.c
        wanted = (
            select(columns.id, columns.answer)
            .where(columns.hall == self._hall)
            .order_by(columns.day.desc(), columns.at.desc(), columns.id)
            .limit(limit)
        )
        return {row.id: row.answer.encode() for row in reversed(self._rows(wanted))}

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
                with self._writer.begin():
                    yield self._writer
        except NotRecorded:
            self._in_doubt = True
            raise

    def _rows(self, wanted: Select[Any]) -> Sequence[Any]:
        with trouble_explained(), self._engine.connect() as connection:
            return connection.execute(wanted).all()

    def _say_what_is_there(self, first_seq: int, entries: Sequence[Entry]) -> None:
        """Raise OwnedByAnother or AlreadyAnswered, if that is why a batch did not go in."""
        if self._rows(_events_from(self._hall, first_seq)):
            raise OwnedByAnother(
                f"event {first_seq} of the hall {self._hall} was written by somebody else"
            )
        ids = [entry.request for entry in entries if entry.request is not None]
        answered = self._rows(_requests_with(self._hall, ids))
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


def _events_from(hall: str, seq: int) -> Select[Any]:
    columns = tables.events.c
    return select(columns.seq).where(columns.hall == hall, columns.seq >= seq).limit(1)


def _requests_with(hall: str, ids: Sequence[str]) -> Select[Any]:
    columns = tables.requests.c
    return select(columns.id, columns.answer).where(columns.hall == hall, columns.id.in_(ids))


def _days(entries: Iterable[Entry], turns: Iterable[Row], gone: Iterable[TurnKey]) -> set[date]:
    """The days that a batch is about: one, but at midnight and for what comes late."""
    days = {entry.day for entry in entries}
    days.update(cast(date, row["day"]) for row in turns)
    days.update(day for day, *_ in gone)
    return days


# --- The rows of a batch ------------------------------------------------------------------------


def event_rows(
    hall: str, first_seq: int, entries: Iterable[Entry], before: bytes
) -> tuple[list[Row], list[Row]]:
    """One row per event, numbered from `first_seq` on, each a link to the one before; and the rows
    of the texts that are kept apart. `before`: the hash of the event before the first.
    """
    events: list[Row] = []
    texts: list[Row] = []
    seqs = count(first_seq)
    for entry in entries:
        day, at = entry.day.isoformat(), tables.utc_text(entry.at)
        for event in entry.events:
            seq, kind = next(seqs), type(event).__name__
            ticket, counter = getattr(event, "ticket", None), getattr(event, "counter", None)
            data, kept = codec.written(event)
            before = chain.link(
                before, hall, seq, day, at, kind, ticket, counter, data, entry.request
            )
            texts += erasable.rows(hall, seq, entry.day, kept)
            events.append(
                {
                    "hall": hall,
                    "seq": seq,
                    "day": entry.day,
                    "at": entry.at,
                    "kind": kind,
                    "ticket": ticket,
                    "counter": counter,
                    "data": data,
                    "request": entry.request,
                    "hash": before,
                }
            )
    return events, texts


def request_rows(hall: str, entries: Iterable[Entry]) -> Iterator[Row]:
    """One row per request; what nobody asked for, such as the passing of time, has none."""
    for entry in entries:
        if entry.request is not None:
            assert entry.answer is not None, entry.request
            yield {
                "hall": hall,
                "id": entry.request,
                "day": entry.day,
                "at": entry.at,
                "device": entry.device,
                "officer": entry.officer,
                "answer": entry.answer.decode(),
            }


def rating_rows(hall: str, entries: Iterable[Entry]) -> Iterator[Row]:
    """One row per rating given."""
    for entry in entries:
        for event in entry.events:
            if isinstance(event, TurnRated):
                yield {
                    "hall": hall,
                    "day": entry.day,
                    "ticket": event.ticket,
                    "turn": event.turn,
                    "at": entry.at,
                    "level": event.level,
                    "levels": event.levels,
                    "tags": msgspec.json.encode(event.tags).decode(),
                    "device": entry.device,
                    "text": event.text or None,
                }
