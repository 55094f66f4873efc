"""`motcua what-if` and `staffing`: figures on the terminal and in files, or why there are none."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

import cli
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from tests.cli.commands import MOTCUA, ROOT, Ended, config_with, run
from tests.whatif.driven import DrivenDay
from tests.whatif.mondays import MONDAY, driven, shipped

DAY, WEEK = MONDAY.isoformat(), timedelta(days=7)
OPEN_TWO = ("--open", "Q7@07:30", "--open", "Q8@07:30")


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped hall on two Mondays, the first one crowded."""
    file = Path(tmp_path_factory.mktemp("records"), "hall.db")
    return written(file, driven(7), DrivenDay(shipped(), MONDAY + WEEK, visits=90, seed=2))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two Mondays on which hardly anybody came."""
    file = Path(tmp_path_factory.mktemp("records"), "hall.db")
    days = (DrivenDay(shipped(), MONDAY + week * WEEK, 25, seed=week) for week in range(2))
    return written(file, *days)


def written(file: Path, *days: DrivenDay) -> Path:
    engine = connect(str(file))
    upgrade(engine)
    for day in days:
        day.write(Journal(engine, shipped()))
    engine.dispose()
    return file


def what_if(records: Path, *arguments: str | Path) -> Ended:
    given = ("--day", DAY, "--runs", "4", "--database", f"sqlite:///{records}")
    return run("what-if", *given, *arguments, cwd=records.parent)


def test_a_manager_sees_what_two_more_counters_would_have_done(records: Path) -> None:
    done = what_if(records, *OPEN_TWO)
    assert (done.code, done.err) == (0, "")
    assert "Nếu làm khác đi thì sao?" in done.out
    assert "Với phương án này, thời gian chờ trung bình là" in done.out
    assert "Quầy 8 mở thêm từ 07:30 đến hết ngày." in done.out
    assert "đều được gọi đúng giờ, đúng quầy như sổ sách đã ghi" in done.out
    english = what_if(records, *OPEN_TWO, "--language", "en")
    assert "Side by side" in english.out


def in_this_process(records: Path, *arguments: str | Path) -> int:
    given = ("--day", DAY, "--runs", "4", "--database", f"sqlite:///{records}", *arguments)
    return cli.main(["what-if", *map(str, given)])


def test_the_same_seed_says_the_same_and_another_another(
    records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows(seed: str) -> list[dict[str, object]]:
        assert in_this_process(records, *OPEN_TWO, "--seed", seed, "--format", "json") == 0
        blocks = json.loads(capsys.readouterr().out)["blocks"]
        (found,) = [one["rows"] for one in blocks if one["key"] == "whatif"]
        return found  # type: ignore[no-any-return]

    assert rows("1") == rows("1") != rows("2")


def test_it_is_written_into_a_file_like_any_report(records: Path, tmp_path: Path) -> None:
    assert in_this_process(records, "--skill", "Q9+A", "--out", tmp_path) == 0
    assert (tmp_path / f"what_if-{DAY}.txt").stat().st_size > 1000
    book = tmp_path / "plan.xlsx"
    assert in_this_process(records, "--arrivals", "0.8", "--out", book) == 0
    assert len(openpyxl.load_workbook(book).sheetnames) > 3
    pages = tmp_path / "plan.pdf"
    assert in_this_process(records, "--close", "Q3@09:00", "--out", pages) == 0
    assert pages.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--day", "2026-11-01"), "There are no records of 01/11/2026; there are from 02/11/2026"),
        (("--day", "2099-11-22"), "There are no records of 22/11/2099"),
        (("--open", "Q99@08:00"), "There is no counter Q99"),
        (("--open", "8 o'clock"), "cannot be read"),
        (("--skill", "Q1+ZZ99"), "There is no service or field ZZ99"),
        (("--close", "Q6@07:30"), "No counter would be left for: DD01"),
        (("--priority", "elderly=soon"), "GROUP=30"),
        (("--arrivals", "0"), "above 0"),
        (("--runs", "0"), "The number of runs is from 1"),
        (("--format", "pdf"), "give its name with --out"),
        (("--language", "fr"), "the hall does not have the language fr"),
        (("--out", "nowhere/x.csv"), "there is no such folder"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    records: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--day", DAY, "--runs", "1", "--language", "en", *arguments]
    code = cli.main(["what-if", *given, "--database", f"sqlite:///{records}"])
    out, err = capsys.readouterr()
    assert Ended(code, out, err).refused().count(said) == 1


def test_a_service_that_the_hall_no_longer_has_is_named(records: Path, tmp_path: Path) -> None:
    renamed = config_with(tmp_path, ('code = "CT02"', 'code = "CT99"'))
    refused = what_if(records, "--config", renamed, "--language", "en").refused()
    assert "The service CT02 is in the records of that day" in refused


def test_records_that_are_not_there_or_empty_are_said(tmp_path: Path) -> None:
    assert "there are no records at" in what_if(tmp_path / "hall.db").refused()
    (tmp_path / "hall.db").touch()
    assert "hãy chạy máy chủ một lần" in what_if(tmp_path / "hall.db").refused()


def listens_to_interrupts() -> None:
    """Also where these tests run in the background of a shell, which ignores them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_bar_shows_how_it_gets_on_and_an_interrupt_ends_it(records: Path) -> None:
    main, terminal = pty.openpty()
    given = ("--day", DAY, "--runs", "5000", "--database", f"sqlite:///{records}")
    with (
        os.fdopen(main, "rb", buffering=0) as shown,
        subprocess.Popen(
            [*MOTCUA, "what-if", *given],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=terminal,
            preexec_fn=listens_to_interrupts,  # noqa: PLW1509 - no thread runs here yet
        ) as process,
    ):
        os.close(terminal)
        seen = b""
        while b"/5000" not in seen:
            seen += shown.read(1000)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in seen


# --- A weekday -----------------------------------------------------------------------------------


def test_a_manager_sees_how_many_counters_a_monday_needs(
    quiet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--weekday", "mon", "--runs", "20", "--format", "json", "--language", "en"]
    assert cli.main(["staffing", *given, "--database", f"sqlite:///{quiet}"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["report"] == "staffing"
    tables = {block["key"] for block in report["blocks"]}
    assert {"staffing", "staffing_without", "staffing_learns"} <= tables


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--weekday", "tue"), "only 0 such weekdays that are over; at least 2 are needed"),
        (("--weekday", "mon", "--weeks", "1"), "The number of weeks is from 2"),
        (("--weekday", "mon", "--weeks", "99"), "The number of weeks is from 2 to 52"),
        (("--weekday", "mon", "--runs", "2"), "The number of runs is from 20"),
    ],
)
def test_too_little_history_is_said(
    records: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*arguments, "--language", "en", "--database", f"sqlite:///{records}"]
    code = cli.main(["staffing", *given])
    out, err = capsys.readouterr()
    assert Ended(code, out, err).refused().count(said) == 1
