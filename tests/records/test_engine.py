"""How the database is opened, what is refused in words, and that a hall has one owner."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from records import engine as opening
from records.engine import address_of, connect, connect_readonly, own
from records.errors import AlreadyRunning, RecordsError

ROOT = Path(__file__).parents[2]


def pragma(engine: Engine, name: str) -> Any:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def test_every_connection_has_the_settings_that_keep_records_safe(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "hall.db"))
    for name, wanted in opening.WRITING.items():
        assert pragma(engine, name) == wanted, name
    assert opening.WRITING["journal_mode"] == "wal"
    assert opening.WRITING["synchronous"] == 2
    engine.dispose()


def test_a_setting_that_does_not_take_stops_the_server() -> None:
    # a database in memory cannot have a write-ahead log, nor can one on some network disks
    engine = opening._sqlite_engine(address_of(":memory:"), opening.WRITING, "BEGIN IMMEDIATE")
    with pytest.raises(RecordsError, match="journal_mode=wal, it says memory"):
        opening._checked(engine)


def test_transactions_begin_at_once_so_that_nobody_fails_halfway(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/hall.db")
    another = sqlite.connect(tmp_path / "hall.db", isolation_level=None, timeout=0)
    with engine.begin(), pytest.raises(sqlite.OperationalError, match="locked"):
        another.execute("BEGIN IMMEDIATE")  # although nobody has asked for anything yet
    another.execute("BEGIN IMMEDIATE")
    another.rollback()
    another.close()
    engine.dispose()


def test_an_old_sqlite_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        opening._warn_of_old_sqlite((3, 51, 3))
        assert caplog.records == []
        opening._warn_of_old_sqlite((3, 40, 1))
    assert "SQLite 3.40.1 can corrupt a file" in caplog.text


def test_the_sqlite_delivered_is_a_safe_one() -> None:
    assert sqlite.sqlite_version_info >= opening.SAFE_SQLITE


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match=f"the folder {tmp_path}/none for the records hall.db"):
        connect(str(tmp_path / "none" / "hall.db"))


@pytest.mark.parametrize("opens", [connect, connect_readonly])
def test_a_folder_and_a_device_are_no_place_for_records(
    tmp_path: Path, opens: Callable[[str], Engine]
) -> None:
    with pytest.raises(RecordsError, match=f"{tmp_path} is a folder: the records need a file"):
        opens(str(tmp_path))
    for device in ("/dev/zero", "sqlite:////dev/null"):
        with pytest.raises(RecordsError, match="is a device: the records need a file"):
            opens(device)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Kính gửi Ủy ban nhân dân phường An Bình, " * 100, encoding="utf-8")
    before = letter.read_bytes()
    with pytest.raises(RecordsError, match=r"letter\.txt is not a database"):
        connect(str(letter))
    assert letter.read_bytes() == before


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", ":memory:", ""])
def test_records_in_memory_are_refused(url: str) -> None:
    with pytest.raises(RecordsError, match="need a file on disk"):
        connect(url)


@pytest.mark.parametrize("url", ["mysql://localhost/hall", "http://localhost", "sqlite//x://"])
def test_an_address_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(RecordsError):
        connect(url)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(RecordsError, match=r"127\.0\.0\.1:1/hall cannot be opened") as refused:
        connect("postgresql://motcua:s3cret@127.0.0.1:1/hall")
    assert "s3cret" not in str(refused.value)


def test_a_reader_cannot_write(engine: Engine, url: str) -> None:
    reader = connect_readonly(url)
    with reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar_one() == 0
        with pytest.raises(DBAPIError, match=r"read-?only"):
            connection.execute(text("DELETE FROM events"))
    reader.dispose()


def test_a_reader_does_not_wait_for_the_writer(engine: Engine, url: str) -> None:
    reader = connect_readonly(url)
    with engine.begin() as writing, reader.connect() as reading:
        writing.execute(text("DELETE FROM probes"))
        assert reading.execute(text("SELECT count(*) FROM probes")).scalar_one() == 0
    reader.dispose()


def test_a_reader_of_records_that_are_not_there_creates_none(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="there are no records at"):
        connect_readonly(str(tmp_path / "hall.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_second_server_is_told_who_owns_the_hall(engine: Engine, url: str) -> None:
    second = connect(url)
    owned = pytest.raises(AlreadyRunning, match="stop it first")
    with own(engine, "an-binh"), owned, own(second, "an-binh"):
        pass
    with own(second, "an-binh"):
        pass
    second.dispose()


def test_two_halls_in_one_server_database_have_their_own_owners(new_database: str) -> None:
    first, second = connect(new_database), connect(new_database)
    with own(first, "an-binh"), own(second, "hoa-binh"):
        pass
    first.dispose()
    second.dispose()


def test_ownership_outlives_a_reopening_of_the_journal(engine: Engine, url: str) -> None:
    second = connect(url)
    with own(engine, "an-binh"):
        engine.dispose()
        opening.settle(engine)
        with pytest.raises(AlreadyRunning), own(second, "an-binh"):
            pass
    second.dispose()


def test_a_hall_is_taken_back_from_a_session_that_only_the_database_believes_in(
    new_database: str,
) -> None:
    engine, second = connect(new_database), connect(new_database)
    with own(engine, "an-binh"):
        lock = opening._locks[engine]
        assert lock._session is not None
        forgotten = lock._session.connection.dbapi_connection
        assert forgotten is not None
        lock._session.detach()
        lock._session = None
        opening.settle(engine)
        with pytest.raises(psycopg.OperationalError):
            forgotten.cursor().execute("SELECT 1")
        with pytest.raises(AlreadyRunning), own(second, "an-binh"):
            pass
        forgotten.close()
    with own(second, "an-binh"):
        pass
    for one in (engine, second):
        one.dispose()


OWNER = """
import sys
from records.engine import connect, own
with own(connect(sys.argv[1]), "an-binh"):
    print("mine", flush=True)
    sys.stdin.read()
"""


def test_a_killed_server_owns_nothing_any_more(engine: Engine, url: str) -> None:
    command = [sys.executable, "-c", OWNER, url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "mine\n"
        with pytest.raises(AlreadyRunning), own(engine, "an-binh"):
            pass
        owner.kill()
    with own(engine, "an-binh"):
        pass


def test_the_folder_of_a_new_file_is_made_safe_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    for _ in range(2):
        connect(str(tmp_path / "hall.db")).dispose()
    assert synced == [str(tmp_path)]
