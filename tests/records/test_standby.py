"""The standby file: at any time a whole database from which the hall can go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine

from hall.events import TextsErased
from hall.model import Setup
from records import tables
from records.engine import connect
from records.journal import Entry, Journal
from records.migrate import upgrade
from records.pins import keep_pin
from records.rebuild import compare, freshen
from records.standby import OF_A_KEY, WAYS, Kept, keep_up
from tests.disks import fill, small_disk
from tests.records.busy import BusyDays

HALL = "an-binh"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NOT_COPIED = {table.name for table, way in WAYS.items() if way == "not"}
LATER = {table.name for table, way in WAYS.items() if way in ("worked out", "rolled up")}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.fixture
def standby(tmp_path: Path) -> Path:
    return tmp_path / "standby.db"


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    engine = connect(str(database))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def journal(engine: Engine, setup: Setup) -> Iterator[Journal]:
    journal = Journal(engine, setup)
    yield journal
    journal.close()


class KeptUp(BusyDays):
    """Busy days during which the standby file keeps up, now and then."""

    def keep_up_with(self, database: Path, standby: Path, every: int) -> None:
        self._place, self._every, self.kept = (database, standby), every, Kept()

    def _write(self, now: datetime, *wishes: Any) -> None:
        super()._write(now, *wishes)
        if self._chance.randrange(self._every) == 0:
            self.kept = keep_up(*self._place, HALL)
            assert self.kept.trouble is None, self.kept


def rows(file: Path, *, without: set[str]) -> dict[str, set[Any]]:
    """Everything in a file, by table."""
    with closing(sqlite.connect(file)) as connection:
        return {
            table.name: set(connection.execute(f"SELECT * FROM {table.name}"))
            for table in tables.metadata.sorted_tables
            if table.name not in without
        }


@contextmanager
def opened(file: Path, setup: Setup) -> Iterator[Journal]:
    engine = connect(str(file))
    journal = Journal(engine, setup)
    try:
        yield journal
    finally:
        journal.close()


def test_every_table_has_a_way_to_the_standby_file() -> None:
    """A new table: say in WAYS how its rows get there, or that they need not."""
    assert set(WAYS) == set(tables.metadata.tables.values())


def test_a_standby_file_has_everything_and_works_out_the_rest_when_it_is_needed(
    journal: Journal, setup: Setup, database: Path, standby: Path
) -> None:
    days = KeptUp(journal, setup)
    days.keep_up_with(database, standby, every=5)
    days.play(MONDAY)
    days.play(TUESDAY)
    assert keep_up(database, standby, HALL).seq == journal.last_day()[0] > 100
    now = NOT_COPIED | LATER
    assert rows(standby, without=now) == rows(database, without=now)
    with opened(standby, setup) as woken:
        assert woken.stale_days() == [TUESDAY]  # the day before is over, and was copied
        assert compare(woken, setup, MONDAY) == []
        freshen(woken, setup)
        assert compare(woken, setup, TUESDAY) == []
        assert woken.last_day() == journal.last_day()
    assert rows(standby, without=NOT_COPIED) == rows(database, without=NOT_COPIED)


def test_what_changes_without_an_event_is_there_too(
    engine: Engine, database: Path, standby: Path
) -> None:
    assert keep_up(database, standby, HALL) == Kept(0)
    for pin_hash in ("first", "second"):
        keep_pin(engine, HALL, "cb1", pin_hash, datetime.now(UTC))
        assert keep_up(database, standby, HALL) == Kept(0)
        assert rows(standby, without=set()) == rows(database, without=set())


def test_what_is_erased_is_erased_in_the_standby_file(
    journal: Journal, setup: Setup, database: Path, standby: Path
) -> None:
    BusyDays(journal, setup).play(MONDAY)
    assert keep_up(database, standby, HALL).trouble is None
    texts = {value for *_, value in rows(standby, without=NOT_COPIED)["erasable"]}
    assert texts
    last, recorded = journal.last_day()
    at = recorded[-1].at + timedelta(seconds=1)
    gone = TextsErased("ql1", {"dossier": 1}, before=TUESDAY)
    journal.append(last + 1, [Entry(at, MONDAY, (gone,))], [])
    assert keep_up(database, standby, HALL) == Kept(last + 1)
    assert rows(standby, without=NOT_COPIED)["erasable"] == set()
    now = NOT_COPIED | LATER
    assert rows(standby, without=now) == rows(database, without=now)
    file = standby.read_bytes()
    assert [text for text in texts if len(text) > 6 and text.encode() in file] == []


def test_other_records_in_its_place_are_kept_under_another_name(
    journal: Journal, setup: Setup, database: Path, standby: Path, tmp_path: Path
) -> None:
    BusyDays(journal, setup, seed=1).play(MONDAY)
    assert keep_up(database, standby, HALL).trouble is None
    before = rows(standby, without=NOT_COPIED)
    journal.close()
    other = tmp_path / "other.db"
    engine = connect(str(other))
    upgrade(engine)
    BusyDays(Journal(engine, setup), setup, seed=2).play(MONDAY)
    assert keep_up(other, standby, HALL).trouble is None
    (aside,) = tmp_path.glob("standby.db.until-*")
    assert rows(aside, without=NOT_COPIED) == before
    assert rows(standby, without=NOT_COPIED) == rows(other, without=NOT_COPIED)
    engine.dispose()


def test_a_damaged_standby_file_is_put_aside_and_begun_anew(
    engine: Engine, database: Path, standby: Path, tmp_path: Path
) -> None:
    standby.write_bytes(b"what a dying stick gives" * 1000)
    assert keep_up(database, standby, HALL) == Kept(0)
    assert len(list(tmp_path.glob("standby.db.until-*"))) == 1
    assert rows(standby, without=set()) == rows(database, without=set())


def test_another_halls_standby_file_and_the_database_itself_are_left_alone(
    journal: Journal, setup: Setup, database: Path, standby: Path
) -> None:
    BusyDays(journal, setup).play(MONDAY)
    assert keep_up(database, standby, HALL).trouble is None
    before = standby.read_bytes()
    assert keep_up(database, standby, "hoa-binh").trouble == "bad_address"
    assert standby.read_bytes() == before
    assert keep_up(database, database, HALL).trouble == "bad_address"


def test_a_disk_that_is_away_or_full_is_named_and_caught_up_with_later(
    journal: Journal, setup: Setup, database: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    assert keep_up(database, stick / "hall.db", HALL).trouble == "no_folder"
    stick.mkdir()
    with small_disk(stick, kib=4096):
        assert keep_up(database, stick / "hall.db", HALL).trouble is None
        filler = fill(stick)
        BusyDays(journal, setup).play(MONDAY)
        assert keep_up(database, stick / "hall.db", HALL).trouble == "disk_full"
        filler.unlink()
        assert keep_up(database, stick / "hall.db", HALL) == Kept(journal.last_day()[0])


def test_requests_that_were_forgotten_are_forgotten_there(
    journal: Journal, setup: Setup, database: Path, standby: Path
) -> None:
    days = BusyDays(journal, setup)
    days.play(MONDAY)
    assert keep_up(database, standby, HALL).trouble is None
    days.play(TUESDAY)
    journal.forget_requests(TUESDAY)
    assert keep_up(database, standby, HALL).trouble is None
    there = rows(standby, without=NOT_COPIED)["requests"]
    assert there == rows(database, without=NOT_COPIED)["requests"]
    assert {day for _, _, day, *_ in there} == {TUESDAY.isoformat()}


@pytest.mark.usefixtures("engine")
def test_a_finished_day_is_found_in_the_rollup_by_its_key(database: Path) -> None:
    """Ten years of it are a million rows, in the standby file and in the database."""
    with closing(sqlite.connect(database)) as connection:
        for statement in ("DELETE", "SELECT tally"):
            plan = connection.execute(
                f"EXPLAIN QUERY PLAN {statement} FROM rollup"
                f" WHERE hall = ? AND period = ? AND first = ? AND {OF_A_KEY}",
                ("an-binh", "day", "2026-11-23"),
            ).fetchall()
            assert ["period=? AND by=? AND first=?" in step[-1] for step in plan] == [True]
