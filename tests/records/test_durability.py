"""What is left after a kill, a full disk, a read-only file, a lost database: all of a batch or
nothing, and the journal goes on when the trouble ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, event

from hall.events import NoticeSet
from records.engine import connect, connect_readonly
from records.errors import NotRecorded
from records.journal import Entry, Journal
from records.migrate import upgrade
from tests.records.small import small_hall

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 1, tzinfo=UTC)
NOBODY = 65534

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")


def batch(request: str, size: int = 10) -> list[Entry]:
    return [Entry(EIGHT, DAY, (NoticeSet("x" * size),), request, "m", None, b"{}")]


@pytest.mark.parametrize(
    ("moment", "left"), [("between statements", 0), ("before commit", 0), ("after commit", 2)]
)
def test_a_server_killed_leaves_the_whole_batch_or_nothing(
    url: str, engine: Engine, journal: Journal, moment: str, left: int
) -> None:
    killed = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("killed.py")), url, moment],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert journal.last_day()[0] == left
    assert sorted(journal.answers(10)) == ["first", "second"][:left]
    journal.append(left + 1, batch("third"), [])
    assert journal.last_day()[0] == left + 1


# --- SQLite -------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@as_root
def test_a_full_disk_refuses_and_goes_on_when_there_is_room_again(small_disk: Path) -> None:
    with opened(small_disk / "hall.db") as journal:
        journal.append(1, batch("before"), [])
        filler = small_disk / "filler"
        fill(filler)
        with pytest.raises(NotRecorded) as refused:
            journal.append(2, batch("while full", size=100_000), [])
        assert refused.value.reason == "disk_full"
        with pytest.raises(NotRecorded) as refused:
            journal.append(2, batch("too early"), [])
        assert refused.value.reason == "not_reopened"
        filler.unlink()
        journal.probe(EIGHT)
        journal.reopen()
        assert list(journal.answers(10)) == ["before"]
        journal.append(2, batch("while full", size=100_000), [])
        assert journal.last_day()[0] == 2


@as_root
def test_a_disk_mounted_read_only_refuses_and_goes_on_when_it_is_writable(small_disk: Path) -> None:
    with opened(small_disk / "hall.db") as journal:
        journal.append(1, batch("before"), [])
        journal.close()  # as long as a file is open, no disk is made read-only
        mount_again(small_disk, "ro")
        with pytest.raises(NotRecorded) as refused:
            journal.append(2, batch("while read-only"), [])
        assert refused.value.reason in ("read_only", "cannot_open")
        with pytest.raises(NotRecorded):
            journal.probe(EIGHT)
        mount_again(small_disk, "rw")
        journal.reopen()
        journal.probe(EIGHT)
        assert list(journal.answers(10)) == ["before"]
        journal.append(2, batch("while read-only"), [])
        assert journal.last_day()[0] == 2


def mount_again(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


def test_a_file_that_may_not_grow_refuses_and_goes_on_when_it_may(tmp_path: Path) -> None:
    with opened(tmp_path / "hall.db") as journal:
        journal.append(1, batch("before"), [])
        pages = ["PRAGMA max_page_count=30"]
        event.listen(journal._engine, "connect", lambda raw, _: raw.execute(pages[0]))
        journal.reopen()
        with pytest.raises(NotRecorded) as refused:
            journal.append(2, batch("while full", size=200_000), [])
        assert refused.value.reason == "disk_full"
        pages[0] = "PRAGMA max_page_count=1000000"
        journal.reopen()
        assert list(journal.answers(10)) == ["before"]
        journal.append(2, batch("while full", size=200_000), [])


def test_a_read_only_file_refuses_and_goes_on_when_it_is_writable() -> None:
    with TemporaryDirectory() as folder, opened(Path(folder, "hall.db")) as journal:
        journal.append(1, batch("before"), [])
        journal.close()
        with read_only(Path(folder, "hall.db")):
            with pytest.raises(NotRecorded) as refused:
                journal.append(2, batch("while read-only"), [])
            assert refused.value.reason == "read_only"
            with pytest.raises(NotRecorded):
                journal.probe(EIGHT)
        journal.reopen()
        assert list(journal.answers(10)) == ["before"]
        journal.append(2, batch("while read-only"), [])


def test_a_file_that_somebody_else_holds_refuses_after_the_time_to_wait(tmp_path: Path) -> None:
    with opened(tmp_path / "hall.db") as journal:
        impatient(journal, "PRAGMA busy_timeout=1")
        other = sqlite.connect(str(tmp_path / "hall.db"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotRecorded) as refused:
            journal.append(1, batch("while locked"), [])
        assert refused.value.reason == "locked"
        other.execute("ROLLBACK")
        other.close()
        journal.reopen()
        journal.append(1, batch("while locked"), [])


def test_reopening_leaves_everything_in_the_file_and_nothing_in_its_log(tmp_path: Path) -> None:
    file, log = tmp_path / "hall.db", tmp_path / "hall.db-wal"
    with opened(file) as journal:
        reader = connect_readonly(str(file))
        with reader.connect() as reading:  # while somebody has the file open, its log stays
            journal.append(1, batch("a"), [])
            reading.exec_driver_sql("SELECT count(*) FROM events")
            reading.rollback()
            assert log.stat().st_size > 0
            journal.reopen()
            assert log.stat().st_size == 0
        reader.dispose()
        assert list(journal.answers(10)) == ["a"]


def test_reopening_waits_for_nobody_who_reads(tmp_path: Path) -> None:
    file = tmp_path / "hall.db"
    with opened(file) as journal:
        journal.append(1, batch("before"), [])
        reader = connect_readonly(str(file))
        with reader.connect() as reading:  # such as a long report
            reading.exec_driver_sql("SELECT count(*) FROM events").one()
            journal.append(2, batch("meanwhile"), [])
            journal.reopen()
            journal.append(3, batch("after"), [])
            assert reading.exec_driver_sql("SELECT count(*) FROM events").one() == (1,)
        reader.dispose()
        journal.reopen()
        assert set(journal.answers(10)) == {"before", "meanwhile", "after"}
        assert file.with_name("hall.db-wal").stat().st_size == 0


@contextmanager
def opened(file: Path) -> Iterator[Journal]:
    engine = connect(str(file))
    upgrade(engine)
    journal = Journal(engine, small_hall())
    try:
        yield journal
    finally:
        journal.close()


def impatient(journal: Journal, setting: str) -> None:
    """Let the journal's connections wait for a millisecond only."""

    def set_it(raw: Any, _record: Any) -> None:
        raw.execute(setting)
        raw.commit()

    event.listen(journal._engine, "connect", set_it)
    journal.reopen()


def fill(filler: Path) -> None:
    """Write until the disk is full."""
    with filler.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(bytes(1024))


@contextmanager
def read_only(file: Path) -> Iterator[None]:
    """Nobody may write the file, not even we; its folder is open to all."""
    file.chmod(0o444)
    file.parent.chmod(0o777)
    os.seteuid(NOBODY if os.geteuid() == 0 else os.geteuid())  # root may write everywhere
    try:
        yield
    finally:
        os.seteuid(os.getuid())
        file.chmod(0o644)


# --- PostgreSQL ---------------------------------------------------------------------------------


@pytest.fixture
def server_journal(new_database: str) -> Iterator[Journal]:
    engine = connect(new_database)
    upgrade(engine)
    journal = Journal(engine, small_hall())
    journal.append(1, batch("before"), [])
    yield journal
    journal.close()


def test_a_lost_connection_refuses_and_is_made_again(
    server_journal: Journal, cluster: Path
) -> None:
    name = server_journal._engine.url.database
    connections = f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'"
    administer(cluster, f"SELECT pg_terminate_backend(pid) FROM ({connections}) AS c")
    with pytest.raises(NotRecorded) as refused:
        server_journal.append(2, batch("while away"), [])
    assert refused.value.reason == "connection_lost"
    server_journal.reopen()
    assert list(server_journal.answers(10)) == ["before"]
    server_journal.append(2, batch("while away"), [])


def test_a_database_set_read_only_refuses_and_goes_on_when_it_is_writable(
    server_journal: Journal, cluster: Path
) -> None:
    name = server_journal._engine.url.database
    administer(cluster, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    server_journal.reopen()
    with pytest.raises(NotRecorded) as refused:
        server_journal.append(2, batch("while read-only"), [])
    assert refused.value.reason == "read_only"
    with pytest.raises(NotRecorded):
        server_journal.probe(EIGHT)
    administer(cluster, f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    server_journal.reopen()
    server_journal.append(2, batch("while read-only"), [])


def test_a_table_that_somebody_else_holds_refuses_after_the_time_to_wait(
    server_journal: Journal, new_database: str
) -> None:
    impatient(server_journal, "SET lock_timeout = 1")
    other = connect(new_database)
    with other.begin() as holding:
        holding.exec_driver_sql("LOCK TABLE events")
        with pytest.raises(NotRecorded) as refused:
            server_journal.append(2, batch("while locked"), [])
        assert refused.value.reason == "locked"
    other.dispose()
    server_journal.reopen()
    server_journal.append(2, batch("while locked"), [])


def administer(cluster: Path, statement: str) -> None:
    with psycopg.connect(host=str(cluster), user="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
