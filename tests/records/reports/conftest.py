"""Three days on which everything happens, for whoever only reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Engine

from hall.model import Setup
from records.engine import connect, connect_readonly
from records.journal import Journal
from records.migrate import upgrade
from tests.records.busy import BusyDays
from tests.records.small import small_hall

DAYS = (date(2026, 10, 30), date(2026, 11, 2), date(2026, 11, 6))  # Friday, Monday, Friday


class Busy(NamedTuple):
    """A database that nobody may write to any more."""

    engine: Engine
    setup: Setup
    path: Path


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    path, setup = tmp_path_factory.mktemp("busy") / "hall.db", small_hall()
    writer = connect(str(path))
    upgrade(writer)
    journal = Journal(writer, setup)
    days = BusyDays(journal, setup)
    for day in DAYS:
        days.play(day)
    journal.close()
    reader = connect_readonly(str(path))
    yield Busy(reader, setup, path)
    reader.dispose()
