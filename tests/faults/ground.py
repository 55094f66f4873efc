"""What a simulation stands on: an empty file of records on a fast disk, and a quiet server."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

import pytest
from sqlalchemy import Dialect, Engine, Table

from dispatch import dispatcher
from dispatch.replay import replayed
from hall.events import Event
from hall.evolve import evolve
from hall.model import Hall, Setup
from records import journal
from records.engine import connect
from records.erasable import Texts
from records.journal import Recorded
from records.migrate import upgrade
from records.prepared import Prepared
from tests.faults.witness import hold

REFRESH_S: Final = 60.0  # virtual ones: most of a night is nothing but looking about
PROBE_S: Final = 4.0  # virtual ones: a full disk that nobody asks for anything is full again
WHOLE_EVERY: Final = 8  # starts


IN_MEMORY: Final = Path("/dev/shm")


def fast_disk() -> TemporaryDirectory[str]:
    """A folder in memory where there is one: power cuts are not simulated here, kills are."""
    return TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)


@contextmanager
def new_records() -> Iterator[Path]:
    """An empty file of records for one life. It has the same name in all lives of this process."""
    file = _always_here()
    file.parent.mkdir(mode=0o700)
    try:
        file.write_bytes(empty_records())
        yield file
    finally:
        for engine in _engines.values():
            engine.dispose()
        rmtree(file.parent)


@cache
def _always_here() -> Path:
    disk = IN_MEMORY if IN_MEMORY.is_dir() else Path(gettempdir())
    return disk / f"motcua-lives-{os.getpid()}-{token_hex(4)}" / "hall.db"


def engine_for(reader: str, file: Path) -> Engine:
    """The engine of one who opens these records, the same in all lives: what it has compiled is no
    memory of a hall.
    """
    key = reader, file
    if key not in _engines:
        _engines[key] = connect(str(file))
    return _engines[key]


_engines: Final[dict[tuple[str, Path], Engine]] = {}


@cache
def empty_records() -> bytes:
    """A SQLite file with today's tables, made once."""
    with fast_disk() as folder:
        file = Path(folder, "empty.db")
        engine = connect(str(file))
        upgrade(engine)
        engine.dispose()
        return file.read_bytes()


@contextmanager
def remembering(answers: int) -> Iterator[None]:
    """Let servers keep so many answers in mind; with few, they must look them up.

    While nothing is due and nobody asks, they look about and try a full disk less often: that
    changes nothing.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatcher, "MAX_REMEMBERED", answers)
        patch.setattr(dispatcher, "REFRESH_S", REFRESH_S)
        patch.setattr(dispatcher, "PROBE_S", PROBE_S)
        yield


@contextmanager
def compiled_once() -> Iterator[None]:
    """Inserts are compiled once for all servers that start; they know nothing of any of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "Prepared", _prepared)
        yield


def _prepared(table: Table, dialect: Dialect, *, replacing: bool = False) -> Prepared:
    key = table.name, dialect.name, replacing
    if key not in _compiled:
        _compiled[key] = Prepared(table, dialect, replacing=replacing)
    return _compiled[key]


_compiled: Final[dict[tuple[str, str, bool], Prepared]] = {}


class _Readings:
    """Events as they are read back. The same bytes are the same event, which never changes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Event] = {}
        self._recorded: dict[int, Recorded] = {}

    def read(self, seq: int, kind: str, data: str, texts: Texts) -> Event:
        if texts:  # those may be erased
            return _read(seq, kind, data, texts)
        event = self._known.get((kind, data))
        if event is None:
            event = self._known[kind, data] = _read(seq, kind, data, texts)
        return event

    def recorded(self, seq: int, at: datetime, event: Event) -> Recorded:
        """The very same as long as it is the same: lists of them are compared at once."""
        known = self._recorded.get(seq)
        if known is None or known.event is not event or known.at != at:
            known = self._recorded[seq] = Recorded(seq, at, event)
        return known


class _Replays:
    """The hall as the records have it. What a start read back, the next one goes on from; each
    eighth begins with the first event of the day, and must come to the same hall.
    """

    def __init__(self) -> None:
        self._recorded: Sequence[Recorded] = ()
        self._hall: Hall | None = None
        self._starts = 0

    def replayed(self, setup: Setup, recorded: Sequence[Recorded]) -> Hall:
        self._starts += 1
        hall, known = self._hall, len(self._recorded)
        if hall is None or recorded[:known] != self._recorded:
            hall = replayed(setup, recorded)
        else:
            for happened in recorded[known:]:
                hall = evolve(hall, happened.event, happened.at)
            if self._starts % WHOLE_EVERY == 0:
                whole = replayed(setup, recorded)
                hold("replay_equals_the_live_hall", hall == whole, lambda: f"{hall}, not {whole}")
        self._recorded, self._hall = recorded, hall
        return replace(hall)  # whoever reads back has a hall of his own


_read: Final = journal._read


@contextmanager
def going_on() -> Iterator[None]:
    """One life's servers do not work out again what the one before had worked out of its records.

    They read all of them, each time.
    """
    with pytest.MonkeyPatch.context() as patch:
        readings = _Readings()
        patch.setattr(journal, "_read", readings.read)
        patch.setattr(journal, "Recorded", readings.recorded)
        patch.setattr(dispatcher, "replayed", _Replays().replayed)
        yield


@contextmanager
def quiet() -> Iterator[None]:
    """What a server says of its troubles is no news here."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
