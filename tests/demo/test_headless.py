"""A whole day through `motcua demo --headless`: its figures, and the records that it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest

from config import read
from config.names import hall_names
from demo.play import as_text, main_figures
from records.engine import connect
from records.journal import Journal
from records.rebuild import compare
from records.reports import report
from tests.cli.commands import ROOT, Ended, run

DAY = date(2026, 11, 24)
CONFIG = read(ROOT / "config.toml")
SETUP = CONFIG.setup


def play(folder: Path, *how: str) -> Ended:
    return run("demo", "--headless", "--visits=40", "--speed=max", *how, cwd=folder)


def kept(folder: Path) -> str:
    return f"--database=sqlite:///{folder / 'demo.db'}"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder of a day's database, and the figures that were printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = play(folder, kept(folder))
    assert (done.code, done.err) == (0, "")
    return folder, done.out.splitlines()


@contextmanager
def journal(folder: Path) -> Iterator[Journal]:
    engine = connect(str(folder / "demo.db"))
    journal = Journal(engine, SETUP)
    try:
        yield journal
    finally:
        journal.close()


def number(figures: list[str], name: str) -> float:
    """The figure printed under this name."""
    (line,) = [line for line in figures if line.startswith(name + " ")]
    return float(line.removeprefix(name).split()[0])


def test_everybody_who_came_is_in_the_figures(played: tuple[Path, list[str]]) -> None:
    _, figures = played
    visits, turned_away = number(figures, "visits"), number(figures, "came, but got no number")
    assert visits + turned_away == 40
    ends = ("served", "no-shows", "left over")
    assert sum(number(figures, end) for end in ends) == visits
    assert 3 < number(figures, "mean service") < 20


def test_the_records_hold_the_figures_that_were_printed(played: tuple[Path, list[str]]) -> None:
    folder, figures = played
    with journal(folder) as records:
        assert records.days() == [DAY]
    engine = connect(str(folder / "demo.db"))
    sheet = report(
        *(engine, SETUP, hall_names(CONFIG, "vi"), "day_sheet", DAY, DAY),
        language="vi",
        now=datetime(2026, 11, 24, 23, tzinfo=SETUP.hours.timezone),
        officers_named=True,
    )
    recorded = main_figures(sheet)
    engine.dispose()
    turned_away = int(number(figures, "came, but got no number"))
    assert list(as_text(recorded, turned_away)) == figures


def test_the_turns_are_what_the_events_say(played: tuple[Path, list[str]]) -> None:
    folder, figures = played
    with journal(folder) as records:
        assert compare(records, SETUP, DAY) == []
        assert len(records.turns(DAY)) >= number(figures, "visits")


def test_the_same_seed_plays_the_same_day_and_another_seed_another(
    played: tuple[Path, list[str]], tmp_path: Path
) -> None:
    _, figures = played
    assert play(tmp_path).out.splitlines() == figures
    assert play(tmp_path, "--seed=8").out.splitlines() != figures
    assert list(tmp_path.iterdir()) == []  # a demo without a database leaves nothing


def test_on_a_textbook_day_everybody_comes_and_nobody_is_sent_on(tmp_path: Path) -> None:
    figures = play(tmp_path, "--textbook").out.splitlines()
    assert number(figures, "served") == number(figures, "visits") > 30
    assert number(figures, "no-shows") == number(figures, "transfers") == 0


def test_a_day_off_is_refused(tmp_path: Path) -> None:
    assert "closed on 2026-11-22: choose another" in play(tmp_path, "--day=2026-11-22").refused()


@pytest.mark.parametrize("count", ["0", "2"])
def test_too_few_counters_are_refused(count: str, tmp_path: Path) -> None:
    said = play(tmp_path, f"--counters={count}").refused()
    assert f"{count} counters cannot serve every service" in said


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-24"])
def test_a_day_is_not_played_before_what_was_recorded(
    day: str, played: tuple[Path, list[str]]
) -> None:
    folder, _ = played
    said = play(folder, kept(folder), f"--day={day}").refused()
    assert "has records up to 2026-11-24: choose a later --day" in said


def test_a_later_day_goes_into_the_same_database(tmp_path: Path) -> None:
    for day in ("2026-11-23", "2026-11-24"):
        assert play(tmp_path, kept(tmp_path), f"--day={day}", "--visits=5").code == 0
    with journal(tmp_path) as records:
        assert records.days() == [date(2026, 11, 23), DAY]
