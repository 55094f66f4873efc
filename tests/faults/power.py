"""Power cuts: a stretch of a hall's records is written down step by step, then the disk is put
together again as it may be found after a cut at any of the steps, and the records are opened.

What was not synced may be there, be lost, be torn or have overtaken what came before it; a name
that was made or taken away is so at once, or only when the folder was synced, or by chance.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Final

import apsw
import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from dispatch.replay import replayed
from hall.commands import Command
from hall.events import NoticeSet
from hall.model import Hall, Setup, empty_hall
from records import engine as engines
from records.engine import connect
from records.errors import NotRecorded, RecordsError
from records.journal import Entry, Journal, Recorded
from records.migrate import upgrade
from records.turns import Row, TurnKey
from tests.faults.disk import FOLDER, Step, watched
from tests.faults.ground import fast_disk, quiet
from tests.faults.witness import hold
from tests.records.busy import BusyDays
from tests.records.small import small_hall

SECTOR: Final = 512  # bytes that a disk writes whole, or not at all
DAYS: Final = (date(2026, 11, 20), date(2026, 11, 23))  # the first is rolled up in the second
RESTARTS: Final = 0.02  # of all commits: the file is closed after them, or its log emptied
SYNCS_THAT_FAIL: Final = 0.02
WHOLE_EVERY: Final = 25  # cuts; the hall is read back and goes on
FILE: Final = "hall.db"

WRITES: Final = ("lost", "kept", "by chance", "torn", "out of order")
NAMES: Final = ("at once", "with the folder", "by chance")

SETTINGS: Final[dict[str, dict[str, str | int]]] = {
    "WAL, FULL": {},
    "WAL, NORMAL": {"synchronous": 1},
    "WAL, OFF": {"synchronous": 0},
    "DELETE, FULL": {"journal_mode": "delete"},
}


@dataclass(frozen=True, slots=True)
class Told:
    """People were answered: everything up to here is promised. `step`: how many came before."""

    step: int
    seq: int
    answers: dict[str, str]


@dataclass(slots=True)
class Trace:
    """Everything done to the disk, and when people were told what."""

    steps: list[Step] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # requests
    ends: set[int] = field(default_factory=set)  # seq of the last event of each batch
    halls: dict[int, Hall] = field(default_factory=dict)  # seq -> the hall then
    fails: Random | None = None  # drawn from at each sync that may fail

    def before(self, step: Step, _file: apsw.VFSFile | None) -> None:
        """What a sync that fails was to save is lost, though whoever wrote it can still read it."""
        may_fail = self.fails is not None and step.kind == "sync" and step.file != FOLDER
        if may_fail and self.fails and self.fails.random() < SYNCS_THAT_FAIL:
            self.steps.append(Step("failed sync", step.file))
            raise apsw.IOError("the disk did not take it")

    def after(self, step: Step) -> None:
        if step.kind != "read":
            self.steps.append(step)


class TellingJournal(Journal):
    """The real journal; after each commit the trace says what was promised, and now and then the
    server starts again."""

    def __init__(self, engine: Engine, setup: Setup, trace: Trace, chance: Random) -> None:
        super().__init__(engine, setup)
        self._trace, self._chance = trace, chance

    def append(
        self,
        first_seq: int,
        entries: Sequence[Entry],
        turns: Sequence[Row],
        gone: Collection[TurnKey] = (),
    ) -> None:
        last = first_seq - 1 + sum(len(entry.events) for entry in entries)
        self._trace.ends.add(last)
        self._trace.asked.update(entry.request for entry in entries if entry.request)
        super().append(first_seq, entries, turns, gone)
        answers = {e.request: e.answer.decode() for e in entries if e.request and e.answer}
        self._trace.told.append(Told(len(self._trace.steps), last, answers))
        if self._chance.random() < RESTARTS:
            with suppress(NotRecorded):
                self._chance.choice([self.close, self.reopen])()


class RememberedDays(BusyDays):
    """Days of which it is known how the hall was after each commit."""

    def __init__(self, journal: Journal, setup: Setup, seed: int, trace: Trace) -> None:
        super().__init__(journal, setup, seed)
        self._trace = trace

    def _write(self, now: datetime, *commands: Command) -> None:
        try:
            super()._write(now, *commands)
        except NotRecorded:
            self._read_back()
        self._trace.halls[self._seq - 1] = self._hall

    def _read_back(self) -> None:
        """As the server does: the records decide what has happened, and that is told."""
        seq, recorded = self._recovered()
        self._hall, self._seq = replayed(self._setup, recorded), seq + 1
        self._trace.told.append(Told(len(self._trace.steps), seq, {}))

    def _recovered(self) -> tuple[int, list[Recorded]]:
        """The row that is written first is what makes the rest last: it syncs the emptied log."""
        while True:
            with suppress(NotRecorded):
                self._journal.reopen()
                self._journal.probe(self._hall.at)
                return self._journal.last_day()


def record(seed: int, days: Sequence[date] = DAYS, *, syncs_fail: bool = False) -> Trace:
    """Days of a small hall, from a file that does not exist yet."""
    trace, chance, setup = Trace(), Random(f"{seed} days"), small_hall()
    with fast_disk() as folder, watched(trace), quiet():
        engine = connect(str(Path(folder, FILE)))
        upgrade(engine)
        journal = TellingJournal(engine, setup, trace, chance)
        trace.fails = Random(f"{seed} syncs") if syncs_fail else None
        busy = RememberedDays(journal, setup, chance.randrange(1_000_000), trace)
        for day in days:
            busy.play(day)
        journal.close()
    return trace


# --- The disk -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Content:
    """Of one file: the bytes that are safe, and what is on its way to them."""

    safe: bytearray = field(default_factory=bytearray)
    pending: list[Step] = field(default_factory=list)


class Platter:
    """What is safe on the disk, and what is only on its way, as step follows step."""

    def __init__(self) -> None:
        self._now: dict[str, Content] = {}
        self._names: dict[str, Content] = {}  # that are safe
        self._renamed: list[tuple[str, Content | None]] = []  # made or taken away since

    def take(self, step: Step) -> None:
        match step.kind:
            case "create":
                self._now[step.file] = Content()
                self._renamed.append((step.file, self._now[step.file]))
            case "unlink":
                del self._now[step.file]
                self._renamed.append((step.file, None))
            case "sync" if step.file == FOLDER:
                _rename(self._names, self._renamed)
                self._renamed.clear()
            case "failed sync":
                self._now[step.file].pending.clear()
            case "sync":
                content = self._now[step.file]
                for one in content.pending:
                    _write(content.safe, one)
                content.pending.clear()
            case _:
                self._now[step.file].pending.append(step)

    def after_cut(self, chance: Random, writes: str, names: str) -> dict[str, bytes]:
        """What may be found, by name."""
        found = dict(self._names)
        kept = {"at once": 1.0, "with the folder": 0.0, "by chance": 0.5}[names]
        _rename(found, [one for one in self._renamed if chance.random() < kept])
        return {name: _survived(content, chance, writes) for name, content in found.items()}


def _rename(names: dict[str, Content], changes: Iterable[tuple[str, Content | None]]) -> None:
    for name, content in changes:
        if content is None:
            names.pop(name, None)
        else:
            names[name] = content


def _survived(content: Content, chance: Random, writes: str) -> bytes:
    pending, kept = list(content.pending), bytearray(content.safe)
    if writes == "lost":
        return bytes(kept)
    if writes == "out of order":
        chance.shuffle(pending)
    for step in pending:
        if writes == "torn" and step.kind == "write":
            for part in _sectors(step):
                if chance.random() < 0.5:
                    _write(kept, part)
        elif writes == "kept" or chance.random() < 0.5:
            _write(kept, step)
    return bytes(kept)


def _sectors(step: Step) -> Iterator[Step]:
    """The parts of a write that a disk writes whole or not at all."""
    start, end = step.at, step.at + len(step.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Step("write", step.file, start, step.data[start - step.at : stop - step.at])
        start = stop


def _write(content: bytearray, step: Step) -> None:
    if step.kind == "truncate":
        del content[step.at :]
        return
    if len(content) < step.at:
        content.extend(bytes(step.at - len(content)))
    content[step.at : step.at + len(step.data)] = step.data


# --- What is found -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cut:
    """One power cut: after so many steps, what became of writes and of names."""

    after: int
    writes: str
    names: str
    chance: int


def cuts_by_chance(trace: Trace, seed: int, count: int) -> list[Cut]:
    """Most of them aimed: where something is on its way, and just after people were told."""
    chance = Random(f"{seed} cuts")
    told = [one.step for one in trace.told]
    places = [
        chance.choice(told) + chance.randrange(3)
        if chance.random() < 0.3
        else chance.randrange(1, len(trace.steps) + 1)
        for _ in range(count)
    ]
    return [
        Cut(
            min(place, len(trace.steps)),
            chance.choice(WRITES),
            chance.choice(NAMES),
            chance.randrange(1 << 30),
        )
        for place in sorted(places)
    ]


def cuts_everywhere(trace: Trace, seed: int, every: int = 1) -> list[Cut]:
    """At each boundary of two steps, and each time another fate of what was on its way."""
    fates = [(writes, names) for writes in WRITES for names in NAMES]
    places = range(1, len(trace.steps) + 1, every)
    return [
        Cut(place, *fates[(place + seed) % len(fates)], chance=place + seed) for place in places
    ]


def cut_power(trace: Trace, cuts: Iterable[Cut]) -> Counter[str]:
    """What was found after each: see `_found`; and how often the interesting things happened."""
    seen: Counter[str] = Counter()
    platter, taken, told = Platter(), 0, 0
    promised: dict[str, str] = {}
    with fast_disk() as folder, quiet():
        for number, cut in enumerate(cuts):
            for step in trace.steps[taken : cut.after]:
                platter.take(step)
            taken = max(taken, cut.after)
            while told < len(trace.told) and trace.told[told].step <= cut.after:
                promised |= trace.told[told].answers
                told += 1
            files = platter.after_cut(Random(cut.chance), cut.writes, cut.names)
            with _laid_out(Path(folder), files) as file:
                least = trace.told[told - 1].seq if told else 0
                whole = number % WHOLE_EVERY == 0
                finding = _found(file, trace, least, promised, whole=whole)
            seen["cuts"] += 1
            seen[f"writes {cut.writes}"] += 1
            seen[f"names {cut.names}"] += 1
            seen["with a log to read back"] += len(files.get(f"{FILE}-wal", b"")) > 0
            seen["inside a commit"] += _inside_a_commit(trace, told, cut.after)
            seen["read back and gone on"] += whole
            seen[finding] += 1
    return seen


def _inside_a_commit(trace: Trace, told: int, after: int) -> bool:
    """Has the next batch begun to be written, and nobody was told of it?"""
    since = trace.told[told - 1].step if told else 0
    return told < len(trace.told) and since < after < trace.told[told].step


@contextmanager
def _laid_out(folder: Path, files: dict[str, bytes]) -> Iterator[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        yield folder / FILE
    finally:
        for entry in os.scandir(folder):
            os.unlink(entry)


def _found(file: Path, trace: Trace, least: int, promised: dict[str, str], *, whole: bool) -> str:
    """One word for what became of what was promised: of `least` events at least, and these answers.
    "kept" is all of it, once, in whole batches.
    """
    try:
        engine = connect(str(file))
        _upgrade_if_needed(engine)
    except (RecordsError, apsw.Error, sqlite.Error, DBAPIError):
        return "unreadable"
    try:
        finding = _finding(engine, trace, least, promised)
        if finding == "kept" and whole:
            _goes_on(engine, trace)
    except (sqlite.DatabaseError, NotRecorded):
        return "unreadable"
    else:
        return finding
    finally:
        engine.dispose()


def _upgrade_if_needed(engine: Engine) -> None:
    """A start brings the tables up to date; where nothing was begun, that is not tried again."""
    with closing(engine.raw_connection()) as raw:
        [tables] = raw.cursor().execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables == 0:
        upgrade(engine)


def _finding(engine: Engine, trace: Trace, least: int, promised: dict[str, str]) -> str:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        sound = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
        rows = cursor.execute("SELECT seq, request, at FROM events ORDER BY seq").fetchall()
        answers = dict(cursor.execute("SELECT id, answer FROM requests").fetchall())
    finally:
        raw.close()
    seqs = [seq for seq, _, _ in rows]
    if sound != "ok" or seqs != list(range(1, len(seqs) + 1)):
        return "corrupt"
    if len(seqs) < least:
        return "lost"
    if _twice(rows):
        return "done twice"
    if seqs and len(seqs) not in trace.ends:
        return "half a batch"
    if not promised.items() <= answers.items():
        return "lost"
    return "kept" if answers.keys() <= trace.asked else "unasked"


def _twice(rows: Iterable[tuple[int, str | None, str]]) -> bool:
    """Did one request bring something at two times?"""
    moments: dict[str, str] = {}
    return any(
        request is not None and moments.setdefault(request, at) != at for _, request, at in rows
    )


def _goes_on(engine: Engine, trace: Trace) -> None:
    """The hall is read back from what is left, and the next batch can be written. Raises Broken."""
    journal, setup = Journal(engine, small_hall()), small_hall()
    seq, recorded = journal.last_day()
    hall = replayed(setup, recorded)
    live = trace.halls.get(seq) if seq else empty_hall(setup)
    told = {one.seq for one in trace.told}
    known = live is not None or seq not in told  # of a batch that failed nobody has seen the hall
    hold("replay_equals_the_live_hall", known and live in (None, hall), f"{hall}\n  not {live}")
    at = hall.at
    journal.append(
        seq + 1, [Entry(at, at.date(), (NoticeSet("on"),), "after the cut", "", None, b"{}")], []
    )
    hold("the_hall_goes_on", journal.last_day()[0] == seq + 1, f"{seq}")
    journal.close()


# --- Other settings ------------------------------------------------------------------------------


@contextmanager
def set_so(settings: str) -> Iterator[None]:
    """The records are opened with these settings: the product's own, or worse ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "WRITING", {**engines.WRITING, **SETTINGS[settings]})
        yield


def power_cuts(seed: int, count: int, settings: str = "WAL, FULL") -> Counter[str]:
    """So many cuts of one seed; in every second, a sync fails now and then."""
    with set_so(settings):
        trace = record(seed, syncs_fail=seed % 2 == 1)
        seen = cut_power(trace, cuts_by_chance(trace, seed, count))
    seen["syncs that failed"] = sum(step.kind == "failed sync" for step in trace.steps)
    return seen


def cut_everywhere(seed: int, every: int = 1) -> Counter[str]:
    """A cut at each step of a seed, or at each so many."""
    trace = record(seed)
    return cut_power(trace, cuts_everywhere(trace, seed, every))
