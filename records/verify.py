"""Proves that no event was changed, taken out, put in, moved or cut off, and that texts are what
was written; says where if not. Reads only, within one transaction, so that it may run beside the
server; its memory does not grow with the records.

What came after the last head that somebody keeps elsewhere is proven only by the next one: a chain
says that its links fit, not that there were no more of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, func, select, text

from hall.events import DayClosed, TextsErased
from records import codec, heads, tables
from records.chain import genesis, link
from records.erasable import RETENTION, commitment
from records.errors import trouble_explained

MOST: Final = 50  # faults that are told one by one
STEP: Final = 5_000  # events between two words of how far it is
FIRST_OF_ALL: Final = -(1 << 62)  # somebody may have put events before the first

Told = Callable[[int, int], None]  # how many are done, of how many


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is not as it was written, in one word, and where: at an event, or after one."""

    what: str
    seq: int | None = None
    day: str | None = None
    at: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Proof:
    """What was looked at, and what is wrong."""

    events: int = 0
    first_day: str = ""
    last_day: str = ""
    seq: int = 0  # of the last event
    hash: bytes = b""  # of the last event
    heads: int = 0
    keys: list[tuple[str, date]] = field(default_factory=list)  # who signed, from which day on
    texts: int = 0  # that are there and are what was written
    erased: int = 0
    asked: list[tuple[str, TextsErased]] = field(default_factory=list)  # when, what was erased
    retired: Counter[str] = field(default_factory=Counter)  # erased because they were old
    known_at: tuple[int, str] | None = None  # where the head that was asked for is: seq and time
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)  # the first of them

    def found(self, fault: Fault) -> None:
        self.wrong += 1
        if len(self.faults) < MOST:
            self.faults.append(fault)


class _Event(NamedTuple):
    """An event as its row has it; somebody may have put anything there."""

    seq: int
    day: str
    at: str
    kind: str
    ticket: str | None
    counter: str | None
    data: str
    request: str | None
    hash: bytes


class _Text(NamedTuple):
    seq: int
    field: str
    day: str
    salt: bytes
    value: str


def verify(
    engine: Engine,
    hall: str,
    *,
    day: date | None = None,
    since: date | None = None,
    known: str = "",
    keys: Collection[bytes] = (),
    told: Told = lambda _done, _of: None,
) -> Proof:
    """What the records prove: of everything; or of what came between the head before a `day` and
    the head after it; or `since` the head before a day, that one included, to the end.

    `known`: the hexadecimal digits of a head that somebody kept. `keys`: the public keys that heads
    may be signed with; without any, those are believed that stand in the records.

    Raises NotRecorded.
    """
    proof = Proof()
    with trouble_explained(), _reading(engine) as connection:
        stretch = _stretch(connection, hall, day) if not since else _end(connection, hall, since)
        looking = _Looking(connection, stretch, proof, known.lower(), keys)
        for event in _events(connection, stretch):
            looking.see(event)
            if proof.events % STEP == 0:
                told(event.seq - stretch.since + 1, stretch.length)
        looking.end()
    return proof


# --- Which events --------------------------------------------------------------------------------


class _Stretch(NamedTuple):
    """From one event to another, and the hash before the first."""

    hall: str
    since: int
    until: int
    before: bytes
    to_the_end: bool

    @property
    def length(self) -> int:
        return max(1, self.until - self.since + 1)


def _end(connection: Connection, hall: str, since: date) -> _Stretch:
    """From the last head before a day on, so that this one is compared, too."""
    last = _last_seq(connection, hall)
    head = heads.last_before(connection, hall, since)
    if head is None:
        return _Stretch(hall, 1, last, genesis(hall), to_the_end=True)
    columns = tables.events.c
    wanted = select(columns.hash).where(columns.hall == hall, columns.seq == head.seq - 1)
    before = connection.execute(wanted).scalar() or genesis(hall)
    return _Stretch(hall, head.seq, last, before, to_the_end=True)


def _last_seq(connection: Connection, hall: str) -> int:
    columns = tables.events.c
    wanted = select(func.max(columns.seq)).where(columns.hall == hall)
    return connection.execute(wanted).scalar() or 0


def _stretch(connection: Connection, hall: str, day: date | None) -> _Stretch:
    last = _last_seq(connection, hall)
    if day is None:
        return _Stretch(hall, 1, last, genesis(hall), to_the_end=True)
    before, until = None, None
    for head in heads.all_heads(connection, hall):
        if head.day < day:
            before = head
        elif until is None:
            until = head.seq
    if before is None:
        return _Stretch(hall, 1, until or last, genesis(hall), to_the_end=until is None)
    return _Stretch(hall, before.seq + 1, until or last, before.hash, to_the_end=until is None)


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """A connection on which everything is of one moment."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection.execution_options(yield_per=STEP)


def _events(connection: Connection, stretch: _Stretch) -> Iterator[_Event]:
    """The rows as the database has them, SQLite's untouched by any type of ours."""
    found = _rows(connection, stretch, f"{', '.join(_Event._fields)} FROM events", "seq")
    if connection.dialect.name == "sqlite":
        return (_Event(*row) for row in found)
    return (_Event(row[0], str(row[1]), tables.utc_text(row[2]), *row[3:]) for row in found)


def _texts(connection: Connection, stretch: _Stretch) -> Iterator[_Text]:
    wanted = "CAST(seq AS BIGINT), field, day, salt, value FROM erasable"
    found = _rows(connection, stretch, wanted, "seq, field")
    return (_Text(row[0], row[1], str(row[2]), row[3], row[4]) for row in found)


def _rows(connection: Connection, stretch: _Stretch, wanted: str, order: str) -> Iterator[Any]:
    end = "" if stretch.to_the_end else " AND seq <= :until"
    of_stretch = f"hall = :hall AND seq >= :since{end}"
    since = stretch.since if stretch.since > 1 else FIRST_OF_ALL
    values = {"hall": stretch.hall, "since": since, "until": stretch.until}
    if stretch.to_the_end:
        del values["until"]
    sql = f"SELECT {wanted} WHERE {of_stretch} ORDER BY {order}"
    return iter(connection.execute(text(sql), values))


# --- Event by event ------------------------------------------------------------------------------


class _Looking:
    """Sees the events in their order, and the heads and texts beside them."""

    def __init__(
        self,
        connection: Connection,
        stretch: _Stretch,
        proof: Proof,
        known: str,
        keys: Collection[bytes],
    ) -> None:
        self._hall, self._proof, self._known = stretch.hall, proof, known
        self._before, self._seq = stretch.before, stretch.since - 1
        self._last: _Event | None = None
        self._heads = _Heads(connection, stretch, proof, keys)
        self._texts = _Texts(connection, stretch, proof)

    def see(self, event: _Event) -> None:
        proof = self._proof
        if not _is_number(event.seq) or event.seq <= self._seq:
            proof.found(Fault("put_in", None, str(event.day), str(event.at)))
            return
        if event.seq != self._seq + 1:
            gone = event.seq - self._seq - 1
            proof.found(_fault("missing", event, seq=self._seq + 1, gone=gone))
        elif self._hash(event) != event.hash:
            proof.found(_fault("changed", event))
        self._before = event.hash if isinstance(event.hash, bytes) else b""
        self._seq, self._last = event.seq, event
        proof.events += 1
        proof.first_day = proof.first_day or str(event.day)
        self._heads.see(event)
        self._texts.see(event)
        if self._known and self._before.hex().startswith(self._known):
            proof.known_at = event.seq, event.at

    def end(self) -> None:
        proof, last = self._proof, self._last
        if last is not None:
            proof.last_day, proof.seq, proof.hash = str(last.day), last.seq, self._before
        self._heads.end(last)
        self._texts.end()
        if self._known and proof.known_at is None:
            proof.found(Fault("unknown_head"))

    def _hash(self, event: _Event) -> bytes | None:
        """What the event's hash has to be; None: no event could be like this."""
        try:
            return link(self._before, self._hall, *event[:-1])
        except (TypeError, UnicodeEncodeError):
            return None


class _Heads:
    """The heads of the days, and whether the chain comes by each of them."""

    def __init__(
        self,
        connection: Connection,
        stretch: _Stretch,
        proof: Proof,
        keys: Collection[bytes],
    ) -> None:
        self._hall, self._proof, self._keys = stretch.hall, proof, keys
        every = list(heads.all_heads(connection, stretch.hall))
        self._first = every[0].seq if every else None  # days before the chain was made have none
        self._left = {
            head.seq: head
            for head in every
            if head.seq >= stretch.since and (stretch.to_the_end or head.seq <= stretch.until)
        }
        self._good = ""  # the last day whose head the chain came by
        self._signed = False

    def see(self, event: _Event) -> None:
        head = self._left.pop(event.seq, None)
        if head is not None:
            self._came_by(event, head)
        elif event.kind == DayClosed.__name__ and self._first and event.seq > self._first:
            self._proof.found(_fault("no_head", event))

    def end(self, last: _Event | None) -> None:
        """Heads of events that are not there: somebody cut the records off."""
        for head in self._left.values():
            facts = {"until": head.seq, "closed": str(head.day)}
            if last is None:
                self._proof.found(Fault("cut_off", 1, facts=facts))
            else:
                self._proof.found(_fault("cut_off", last, seq=last.seq + 1, **facts))

    def _came_by(self, event: _Event, head: heads.Head) -> None:
        proof = self._proof
        proof.heads += 1
        said = {"seq": head.seq, "day": str(head.day), "at": tables.utc_text(head.at)}
        if said != {name: getattr(event, name) for name in said} or head.hash != event.hash:
            proof.found(_fault("other_history", event, good=self._good))
        else:
            self._good = str(event.day)
        wrong = self._wrongly_signed(head)
        if wrong is not None:
            proof.found(_fault(wrong, event))
        if head.public_key is not None:
            self._signed = True
            name = heads.key_name(head.public_key)
            if not proof.keys or proof.keys[-1][0] != name:
                proof.keys.append((name, head.day))

    def _wrongly_signed(self, head: heads.Head) -> str | None:
        if head.public_key is None or head.signature is None:
            return "unsigned" if self._signed or self._keys else None
        if not heads.is_signed(self._hall, head):
            return "badly_signed"
        return "other_key" if self._keys and head.public_key not in self._keys else None


class _Texts:
    """The texts kept apart, and whether each is what its event says of it."""

    def __init__(self, connection: Connection, stretch: _Stretch, proof: Proof) -> None:
        self._proof = proof
        self._rows = _texts(connection, stretch)
        self._next = next(self._rows, None)
        self._erased_before = date.min.isoformat()
        self._visits: dict[tuple[str, str | None], int] = {}  # day and number -> seq of the erasing
        # whatever erased a text came after it; of a day in the midst all of them are told
        since = stretch.since if stretch.to_the_end else FIRST_OF_ALL
        of_hall = {"hall": stretch.hall, "since": since}
        for seq, at, data in connection.execute(_ERASINGS, of_hall).all():
            self._note(seq, at, data)

    def see(self, event: _Event) -> None:
        while self._next is not None and self._next.seq < event.seq:
            self._without_event(self._take())
        there: dict[str, _Text] = {}
        while self._next is not None and self._next.seq == event.seq:
            one = self._take()
            there[one.field] = one
        for name, hashed in _sealed(event.data).items():
            self._compare(event, name, hashed, there.pop(name, None))
        for one in there.values():
            self._without_event(one)

    def end(self) -> None:
        while self._next is not None:
            self._without_event(self._take())

    def _compare(self, event: _Event, name: str, hashed: str, there: _Text | None) -> None:
        proof = self._proof
        if there is None:
            if self._was_erased(event):
                proof.erased += 1
            else:
                proof.found(_fault("text_missing", event, field=name))
        elif there.day != str(event.day) or _commitment(there) != hashed:
            proof.found(_fault("text_changed", event, field=name))
        else:
            proof.texts += 1

    def _was_erased(self, event: _Event) -> bool:
        if str(event.day) < self._erased_before:
            return True
        return self._visits.get((str(event.day), event.ticket), 0) > event.seq

    def _note(self, seq: int, at: datetime | str, data: str) -> None:
        try:
            erased = codec.decode(TextsErased.__name__, data)
        except ValueError:  # whoever wrote this is told of where its hash is checked
            return
        assert isinstance(erased, TextsErased)
        if erased.before is not None:
            self._erased_before = max(self._erased_before, erased.before.isoformat())
        elif erased.of is not None:
            self._visits[erased.of.isoformat(), erased.number] = seq
        if erased.by == RETENTION:
            self._proof.retired.update(erased.texts)
        else:
            moment = at if isinstance(at, str) else tables.utc_text(at)
            self._proof.asked.append((moment, erased))

    def _without_event(self, one: _Text) -> None:
        self._proof.found(Fault("text_put_in", one.seq, one.day, facts={"field": one.field}))

    def _take(self) -> _Text:
        taken = self._next
        assert taken is not None
        self._next = next(self._rows, None)
        return taken


_ERASINGS: Final = text(
    f"SELECT seq, at, data FROM events WHERE hall = :hall AND kind = '{TextsErased.__name__}'"  # noqa: S608
    " AND seq >= :since ORDER BY seq"
)


def _sealed(data: object) -> Mapping[str, str]:
    """The hashes of an event's texts; none where somebody made its data unreadable."""
    try:
        return codec.sealed(data) if isinstance(data, str) else {}
    except ValueError:
        return {}


def _is_number(seq: object) -> bool:
    return isinstance(seq, int)


def _commitment(one: _Text) -> str | None:
    try:
        return commitment(one.salt, one.value)
    except (TypeError, AttributeError, UnicodeEncodeError):
        return None


def _fault(what: str, event: _Event, *, seq: int | None = None, **facts: object) -> Fault:
    return Fault(what, event.seq if seq is None else seq, str(event.day), str(event.at), facts)
