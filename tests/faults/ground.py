"""What a simulation stands on: an empty file of records on a fast disk, and a quiet server."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from sqlalchemy import Dialect, Table

from dispatch import dispatcher
from records import journal
from records.engine import connect
from records.migrate import upgrade
from records.prepared import Prepared

REFRESH_S: Final = 60.0  # virtual ones: most of a night is nothing but looking about


def fast_disk() -> TemporaryDirectory[str]:
    """A folder in memory where there is one: power cuts are not simulated here, kills are."""
    return TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)


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

    While nothing is due and nobody asks, they look about less often: that changes nothing.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatcher, "MAX_REMEMBERED", answers)
        patch.setattr(dispatcher, "REFRESH_S", REFRESH_S)
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


@contextmanager
def quiet() -> Iterator[None]:
    """What a server says of its troubles is no news here."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
