"""`motcua demo --from DATABASE --day D`: figures beside the recorded ones; what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from hall.hours import business_day
from tests.cli.commands import Ended, config_with, run, served
from tests.demo.rehearsals import events, journal
from tests.records.untouched import killed, prints
from tests.whatif.driven import DrivenDay
from tests.whatif.mondays import MONDAY, shipped

DAY = MONDAY.isoformat()
FIRST_MONDAY = "monday = [\n    { opens = "
CAUGHT = "UPDATE probes SET at = at"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The shipped hall on one Monday, put away in order."""
    file = tmp_path / "hall.db"
    written(file, MONDAY)
    return file


def written(file: Path, day: date) -> None:
    with journal(file, shipped()) as records:
        DrivenDay(shipped(), day, 25, counters=6).write(records)


def rehearse(file: Path | str, *arguments: str | Path, day: str = DAY) -> Ended:
    given = ("demo", "--headless", "--from", str(file), "--day", day)
    return run(*given, *arguments, cwd=Path(file).parent if isinstance(file, Path) else Path())


def said(file: Path | str, *arguments: str | Path, day: str = DAY) -> str:
    return rehearse(file, *arguments, day=day).refused()


def test_the_figures_stand_beside_the_recorded_ones_and_the_file_is_as_it_was(file: Path) -> None:
    before = prints(file)
    done = rehearse(file)
    assert done.code == 0
    assert done.err.startswith("rehearsal of 2026-11-02: ws://127.0.0.1:")
    lines = done.out.splitlines()
    assert lines[0].split() == ["recorded", "rehearsed"]
    assert lines[-1] == "Every figure is as recorded."
    visits = next(line for line in lines if line.startswith("visits"))
    assert len(set(visits.split()[1:])) == 1
    assert prints(file) == before
    assert not [one for one in file.parent.iterdir() if one.suffix not in (".db", ".key", "")]


def test_what_a_killed_server_left_stays_where_it_is(file: Path) -> None:
    killed(file, CAUGHT)
    with sqlite.connect(file) as connection:  # while somebody has it open, the log stays
        connection.execute("SELECT count(*) FROM events").fetchone()
        before = prints(file)
        assert rehearse(file).code == 0
        assert prints(file) == before


def test_a_hall_at_work_is_rehearsed_beside_itself(file: Path) -> None:
    recorded = events(file, shipped(), MONDAY)
    with served(cwd=file.parent) as hall:
        assert rehearse(file).out.endswith("Every figure is as recorded.\n")
        assert hall.stop() == 0
    assert events(file, shipped(), MONDAY) == recorded


def test_a_rehearsal_may_be_kept_and_is_never_written_over_its_source(file: Path) -> None:
    own = f"sqlite:///{file.with_name('kept.db')}"
    assert rehearse(file, "--database", own).code == 0
    assert len(events(file.with_name("kept.db"), shipped(), MONDAY)) > 50
    assert "has records up to 2026-11-02" in said(file, "--database", own)
    before = prints(file)
    assert "the day comes from, and stays as it is" in said(file, "--database", f"sqlite:///{file}")
    other_name = file.with_name("link.db")
    other_name.symlink_to(file)
    assert "stays as it is" in said(file, "--database", f"sqlite:///{other_name}")
    assert prints(file) == before


def test_a_counter_is_left_to_somebody_real_and_told_how_to_join(file: Path) -> None:
    done = rehearse(file, "--without", "Q3", "--speed", "max")
    assert "counter Q3 is yours: motcua counter --device counter-3 --port " in done.err
    assert "officer cb3, PIN 1234" in done.err
    assert "there is no counter Q99. There are: Q1, Q2" in said(file, "--without", "Q99")


def test_hours_that_have_changed_are_said_and_a_day_off_is_refused(
    file: Path, tmp_path: Path
) -> None:
    later = config_with(
        tmp_path,
        (
            'numbers_from = "07:00", numbers_to = "11:00"',
            'numbers_from = "08:30", numbers_to = "11:00"',
        ),
    )
    done = rehearse(file, "--config", later)
    assert "note: " in done.err
    assert "get none now: to have them, give 2026-11-02 the hours it had" in done.err
    assert "Not as recorded: visits" in done.out
    closed = config_with(tmp_path, ("    2027-01-01,", "    2026-11-02,\n    2027-01-01,"))
    assert "the hall is closed on 2026-11-02, but it was open" in said(file, "--config", closed)


def test_a_day_that_is_not_there_or_not_over_is_refused(file: Path) -> None:
    assert "Ngày 03/11/2026 không có dữ liệu; dữ liệu có từ 02/11/2026" in said(
        file, day="2026-11-03"
    )
    today = business_day(shipped().hours, datetime.now(UTC))
    running = file.with_name("today.db")
    with served("--database", f"sqlite:///{running}", cwd=file.parent) as hall:
        assert "không có lượt khách nào" in said(running, day=today.isoformat())
        hall.stop()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "CT02"', 'code = "CT99"', "CT02"),
        ('code = "elderly"', 'code = "aged"', "elderly"),
    ],
)
def test_what_the_configuration_no_longer_has_is_named(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "hall.db"
    with journal(file, shipped()) as records:
        DrivenDay(shipped(), MONDAY, 250).write(records)
    changed = config_with(tmp_path, (old, new))
    assert told in said(file, "--config", changed)


def test_a_database_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    assert f"there are no records at {missing}" in said(missing)
    assert not missing.exists()
    other = tmp_path / "other.db"
    other.write_bytes(b"nothing that a database would write" * 300)
    assert "is not a database" in said(other)
    with sqlite.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE cakes (name TEXT)")
    assert "hãy chạy máy chủ một lần" in said(tmp_path / "shop.db")


def test_a_database_that_somebody_locks_is_named(file: Path) -> None:
    with sqlite.connect(file, isolation_level=None) as holder:
        holder.execute("PRAGMA journal_mode=delete")
        holder.execute("BEGIN EXCLUSIVE")
        assert "locked" in said(file)
        holder.execute("ROLLBACK")


def test_what_belongs_together_is_asked_for_together(file: Path) -> None:
    alone = run("demo", "--headless", "--without", "Q3", cwd=file.parent)
    assert "it goes with --from" in alone.refused()
    without_day = run("demo", "--headless", "--from", str(file), cwd=file.parent)
    assert "--from needs the day" in without_day.refused()
