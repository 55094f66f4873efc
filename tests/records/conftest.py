"""A real SQLite file and a real PostgreSQL server to write into, and a small hall to tell of."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from hall.model import Setup
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from tests.records.small import small_hall

HALL = "an-binh"


@pytest.fixture
def day() -> date:
    return date(2026, 11, 23)


@pytest.fixture
def eight() -> datetime:
    """Eight o'clock in the hall on that day."""
    return datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def setup() -> Setup:
    return small_hall()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "hall.db")
    new_database: str = request.getfixturevalue("new_database")
    return new_database


@pytest.fixture
def new_database(cluster: Path) -> str:
    """The address of an empty database in the PostgreSQL server."""
    name = f"hall_{uuid.uuid4().hex}"
    with psycopg.connect(host=str(cluster), user="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"postgresql://postgres@/{name}?host={cluster}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine on a database with today's tables."""
    engine = connect(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def journal(engine: Engine, setup: Setup) -> Iterator[Journal]:
    journal = Journal(engine, setup)
    yield journal
    journal.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A PostgreSQL server of our own: the folder of its socket."""
    programs = _postgresql_programs()
    if programs is None:
        pytest.skip("no PostgreSQL is installed on this machine")
    folder = Path(tempfile.mkdtemp(prefix="motcua-postgresql-"))
    user = _as_whom(folder)
    try:
        _run(programs / "initdb", "-D", folder / "db", "-U", "postgres", "-A", "trust", user=user)
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        log = folder / "log"
        _run(
            *(programs / "pg_ctl", "-D", folder / "db", "-l", log, "-o", options, "-w", "start"),
            user=user,
        )
        yield folder
        _run(programs / "pg_ctl", "-D", folder / "db", "-m", "immediate", "stop", user=user)
    finally:
        shutil.rmtree(folder)


def _postgresql_programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def _as_whom(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root; its own user then owns the folder."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "postgres")
    return "postgres"


def _run(*command: str | Path, user: str | None) -> None:
    subprocess.run(
        command, user=user, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/"
    )
