"""The shipped hall on one crowded Monday."""

from __future__ import annotations

from pathlib import Path

import pytest

from hall.model import Setup
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from tests.records.small import small_hall
from tests.whatif.mondays import LATER, MONDAY, driven, shipped
from whatif.day import Lived, lived


@pytest.fixture(scope="session")
def setup() -> Setup:
    return shipped()


@pytest.fixture(scope="session")
def crowded(setup: Setup) -> Lived:
    """The day at seven counters, read back from its events."""
    return lived(setup, MONDAY, driven(7).recorded(), LATER)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Of the small hall, in an empty file."""
    engine = connect(str(tmp_path / "hall.db"))
    upgrade(engine)
    return Journal(engine, small_hall())
