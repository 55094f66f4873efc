"""`motcua report`: figures on the terminal and in files, and clear words where there are none."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import cli
from commands.report import turning
from tests.cli.commands import MOTCUA, ROOT, Ended, config_with, run, served
from tests.dispatch.processes import report_processes
from tests.dispatch.screens import screen
from tests.waiting import until

LAST_WEEK = (datetime.now(UTC) - timedelta(days=7)).date()
WEDNESDAY = LAST_WEEK - timedelta(days=LAST_WEEK.weekday() - 2)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of a hall on one Wednesday."""
    folder = tmp_path_factory.mktemp("records")
    day = ("--day", WEDNESDAY.isoformat(), "--visits", "12", "--speed", "max")
    done = run(
        "demo", "--headless", *day, "--database", f"sqlite:///{folder / 'hall.db'}", cwd=folder
    )
    assert done.code == 0, done
    return folder / "hall.db"


def report(records: Path, *arguments: str | Path) -> Ended:
    return run("report", *arguments, "--database", f"sqlite:///{records}", cwd=records.parent)


def test_without_a_name_the_reports_are_listed_in_words(tmp_path: Path) -> None:
    done = run("report", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert any(line.startswith("day_sheet ") and "Báo cáo ngày" in line for line in lines(done.out))
    assert "--by day|" in done.out
    assert "Báo cáo" not in run("report", "--language", "en", cwd=tmp_path).out


def test_a_report_goes_to_the_terminal_unless_it_is_told_where(records: Path) -> None:
    done = report(records, "day_sheet", "--from", str(WEDNESDAY))
    assert (done.code, done.err) == (0, "")
    assert lines(done.out)[0] == "Trung tâm Phục vụ hành chính công phường An Bình"
    assert f"{WEDNESDAY:%d/%m/%Y}" in lines(done.out)[1]
    english = report(records, "day_sheet", "--from", str(WEDNESDAY), "--language", "en")
    assert lines(english.out)[0] == "An Binh Ward Public Administration Service Centre"


def test_a_period_of_the_calendar_has_a_name(records: Path) -> None:
    named = report(
        records, "period", "--period", "week", "--of", str(WEDNESDAY), "--format", "json"
    )
    monday = WEDNESDAY - timedelta(days=2)
    read = json.loads(named.out)
    assert (read["from"], read["to"]) == (str(monday), str(monday + timedelta(days=6)))
    dates = ("--from", str(monday), "--to", str(monday + timedelta(days=6)), "--format", "json")
    assert json.loads(report(records, "period", *dates).out)["blocks"] == read["blocks"]


def test_a_file_has_the_format_of_its_ending_and_in_a_folder_a_name_of_its_own(
    records: Path, tmp_path: Path
) -> None:
    of = ("--from", str(WEDNESDAY))
    assert report(records, "period", *of, "--out", tmp_path / "x.xlsx").code == 0
    assert (tmp_path / "x.xlsx").read_bytes().startswith(b"PK")
    done = report(records, "period", *of, "--format", "pdf", "--out", tmp_path)
    own = tmp_path / f"period-{WEDNESDAY}.pdf"
    assert done.out == f"{own}: Báo cáo tổng hợp theo kỳ\n"
    assert own.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("horoscope", "--from", "DAY"), "no report horoscope. There are: day_sheet, period"),
        (("period", "--from", "DAY", "--by", "moon"), "cannot be split by moon, but by: day"),
        (("heat", "--from", "DAY", "--by", "day"), "heat cannot be split by day, but by: nothing"),
        (("period", "--from", "DAY", "--to", "2020-01-01"), "is after 2020-01-01: give the first"),
        (("period", "--from", "2999-01-01"), "2999-01-01 has not come yet; today is 20"),
        (("period",), "of which days? --from"),
        (("period", "--of", "DAY"), "--of needs --period"),
        (("period", "--period", "day", "--from", "DAY"), "either --period with --of, or --from"),
        (("period", "--from", "DAY", "--language", "tay"), "does not have the language tay"),
        (("period", "--from", "DAY", "--format", "pdf"), "pdf is for a file: give its name"),
        (("r3", "--from", "DAY", "--format", "svg"), "the report r3 has no charts"),
        (("period", "--from", "DAY", "--out", "nowhere/x.csv"), "there is no such folder"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    records: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [argument.replace("DAY", str(WEDNESDAY)) for argument in arguments]
    code = cli.main(["report", *given, "--database", f"sqlite:///{records}"])
    out, err = capsys.readouterr()
    assert Ended(code, out, err).refused().count(said) == 1


def test_a_day_that_no_calendar_has_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    done = run("report", "period", "--from", "2026-02-30", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "--from" in done.err


def test_a_day_on_which_nobody_came_is_reported_as_such(records: Path) -> None:
    done = report(records, "day_sheet", "--from", str(WEDNESDAY - timedelta(days=1)))
    assert done.code == 0
    assert f"{WEDNESDAY:%d/%m/%Y}" in done.out  # when there was somebody


def test_records_that_are_not_there_or_of_another_version_are_said(tmp_path: Path) -> None:
    missing = report(tmp_path / "hall.db", "period", "--from", str(WEDNESDAY)).refused()
    assert "there are no records at" in missing
    (tmp_path / "hall.db").touch()
    empty = report(tmp_path / "hall.db", "period", "--from", str(WEDNESDAY)).refused()
    assert "start the server once" in empty
    (tmp_path / "hall.db").write_text("no database, but a letter " * 100)
    assert (
        "is not a database"
        in report(tmp_path / "hall.db", "period", "--from", str(WEDNESDAY)).refused()
    )


def test_a_broken_configuration_is_named(tmp_path: Path) -> None:
    broken = config_with(tmp_path, ("recalls", "recals"))
    done = run("report", "period", "--from", str(WEDNESDAY), "--config", broken, cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "calling.recals" in done.err


def test_no_line_of_progress_gets_into_what_is_read(records: Path) -> None:
    """On a terminal a quick report shows none either; its figures stand alone."""
    main, terminal = pty.openpty()
    arguments = ["report", "period", "--from", str(WEDNESDAY), "--database", f"sqlite:///{records}"]
    done = subprocess.run(
        [*MOTCUA, *arguments, "--format", "json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=terminal,
        timeout=60,
        check=True,
    )
    os.close(terminal)
    os.close(main)
    assert json.loads(done.stdout)["report"] == "period"


def test_a_report_that_takes_long_says_on_the_terminal_that_it_is_at_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as errors, os.fdopen(main, "rb", buffering=0) as shown:
        monkeypatch.setattr("sys.stderr", errors)
        monkeypatch.setattr("commands.report.PATIENCE_S", 0.0)
        with turning("period 2026-11-01 – 2026-11-30"):
            assert "period 2026-11-01 – 2026-11-30" in shown.read(1000).decode()
        assert shown.read(1000).endswith(b"\x1b[K")  # and takes it away again


async def test_a_server_that_is_killed_takes_the_reports_process_with_it(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as server:
        async with screen(server.url, "manager", "manager-1") as manager:
            await manager.ok("sign_in", officer="ql1", pin="1234")
            today = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
            await manager.ok("report", report="period", **{"from": today, "to": today})
            (process,) = report_processes(server.process.pid)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
        await until(lambda: not Path(f"/proc/{process}").exists() or is_gone(process))


def is_gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def lines(text: str) -> list[str]:
    return text.splitlines()
