"""`motcua verify` and `motcua erase`: the records are proven, and what leads to a person goes."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config import read
from hall import commands as c
from records.engine import connect
from records.heads import signer_of
from records.journal import Journal
from records.migrate import upgrade
from records.verify import verify
from tests.cli.commands import ROOT, Ended, config_with, run, served
from tests.records.attacker import without_guards
from tests.records.days import Day

SETUP = read(ROOT / "config.toml").setup
HALL = SETUP.hall
DAY = date.today() - timedelta(days=3)  # noqa: DTZ011 - younger than the hall keeps texts
EIGHT = datetime(DAY.year, DAY.month, DAY.day, 1, 0, tzinfo=UTC)
CODES = ("H57.132-260804-0583", "H57.132-260804-0584")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the records of one day, which is closed."""
    folder = tmp_path_factory.mktemp("lived")
    engine = connect(str(folder / "hall.db"))
    upgrade(engine)
    journal = Journal(engine, SETUP, signer_of(folder / "hall.key"))
    day = Day(journal, SETUP, EIGHT)
    day.at(0, c.SignIn("Q1", "cb1"), c.Open("Q1"))
    for place, code in enumerate((*CODES, None)):
        day.at(1 + 5 * place, c.TakeTicket(("CT01",), f"t{place}"), c.CallNext("Q1"))
        day.at(2 + 5 * place, c.Start("Q1"))
        outcome = sorted(SETUP.outcomes - SETUP.result_outcomes)[0]
        day.at(4 + 5 * place, c.Finish("Q1", outcome, code))
    day.at(16, c.Rate("A001", 1, 2, (), "Tôi phải chờ lâu"))
    day.time_passes(15 * 60)
    journal.close()
    return folder


@pytest.fixture
def records(lived: Path, tmp_path: Path) -> Path:
    shutil.copytree(lived, tmp_path, dirs_exist_ok=True)
    return tmp_path


def motcua(records: Path, *arguments: str | Path) -> Ended:
    name, *rest = arguments
    database = f"sqlite:///{records / 'hall.db'}"
    return run(name, "--config", ROOT / "config.toml", "--database", database, *rest, cwd=records)


def tamper(records: Path, change: str) -> None:
    with connect(str(records / "hall.db")).begin() as connection:
        without_guards(connection)
        connection.exec_driver_sql(change)


# --- Verify --------------------------------------------------------------------------------------


def test_records_that_nobody_touched_are_whole_in_both_languages(records: Path) -> None:
    done = motcua(records, "verify", "--public-key", records / "hall.key.pub", "--figures")
    assert (done.code, done.err) == (0, "")
    assert "Hồ sơ nguyên vẹn" in done.out
    assert "Mã chốt ngày đã đối chiếu: 1." in done.out
    assert "Số liệu tính lại từ các sự kiện khớp" in done.out
    english = motcua(records, "verify", "--language", "en", "--day", str(DAY))
    assert english.code == 0
    assert "The records are whole" in english.out
    assert "give a copy kept elsewhere: --public-key FILE" in english.out


def test_what_somebody_changed_is_told_with_its_place_and_the_exit_code(records: Path) -> None:
    tamper(records, "UPDATE events SET data = REPLACE(data, 'cb1', 'cb2') WHERE seq = 2")
    done = motcua(records, "verify", "--language", "en")
    day, clock = f"{DAY}", f"{DAY:%d/%m/%Y} 08:00:00"
    assert done.code == 1
    assert f"✗ Event 2, {day}, at {clock}: it was changed" in done.out
    assert "NOT whole: 1 faults" in done.out
    assert "✗ Hồ sơ KHÔNG nguyên vẹn: phát hiện 1 chỗ sai." in motcua(records, "verify").out


def test_a_wrong_figure_is_found_when_everything_is_counted_again(records: Path) -> None:
    tamper(records, "UPDATE turns SET service_s = 7 WHERE ticket = 'A002'")
    assert motcua(records, "verify").code == 0
    done = motcua(records, "verify", "--figures", "--language", "en")
    assert done.code == 1
    assert "table turns, row A002 1, column service_s: it says 7" in done.out


def test_the_head_of_a_printed_sheet_is_compared(records: Path) -> None:
    sheet = motcua(records, "report", "day_sheet", "--from", str(DAY))
    (head,) = re.findall(r"Mã chốt ngày [\d/]+: ([0-9a-f ]{19}) ", sheet.out)
    done = motcua(records, "verify", "--head", head.upper())
    assert done.code == 0
    assert "mọi việc đến lúc đó không bị thay đổi" in done.out
    tamper(records, "DELETE FROM heads")
    tamper(records, "DELETE FROM erasable")
    tamper(records, "DELETE FROM events WHERE seq > 1")
    assert motcua(records, "verify").code == 0
    cut = motcua(records, "verify", "--head", head)
    assert cut.code == 1
    assert "Không có sự kiện nào mang mã đã cho" in cut.out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--head", "9f86 d081"), "a head has 16 to 64 hexadecimal digits"),
        (("--head", "z" * 16), "a head has 16 to 64 hexadecimal digits"),
        (("--public-key", "nowhere.pub"), "nowhere.pub: No such file or directory"),
    ],
)
def test_what_cannot_be_compared_is_said(
    records: Path, arguments: tuple[str, ...], why: str
) -> None:
    assert why in motcua(records, "verify", "--language", "en", *arguments).refused()


def test_without_records_nothing_is_proven(tmp_path: Path) -> None:
    assert "there are no records at" in motcua(tmp_path, "verify").refused()
    connect(str(tmp_path / "hall.db")).dispose()
    assert "phiên bản cũ, hoặc còn trống" in motcua(tmp_path, "verify").refused()
    upgrade(connect(str(tmp_path / "hall.db")))
    assert "chưa có sự kiện nào" in motcua(tmp_path, "verify").refused()


# --- Erase ---------------------------------------------------------------------------------------


def holding(records: Path, secret: str) -> list[str]:
    return [
        path.name
        for path in records.iterdir()
        if path.name.startswith("hall.db") and secret.encode() in path.read_bytes()
    ]


def test_it_is_shown_first_and_erased_only_when_somebody_says_yes(records: Path) -> None:
    of_visit = ("erase", "--ticket", "a001", "--day", str(DAY), "--language", "en")
    shown = motcua(records, *of_visit)
    assert shown.code == 1
    assert f"A001 on {DAY}: 1 dossier codes, 1 words of citizens or managers." in shown.out
    assert "Nothing was erased." in shown.out
    assert holding(records, CODES[0])
    done = motcua(records, *of_visit, "--by", "lan", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "Erased, and recorded" in done.out
    assert holding(records, CODES[0]) == holding(records, "Tôi phải chờ lâu") == []
    assert holding(records, CODES[1])
    proof = motcua(records, "verify", "--language", "en", "--figures")
    assert proof.code == 0, proof
    assert f"words of citizens or managers of A001 on {DAY} (command:lan)." in proof.out
    assert "there is nothing of the kind to erase" in motcua(records, *of_visit).refused()


def test_a_dossier_is_erased_in_every_visit_it_was_noted_in(records: Path) -> None:
    done = motcua(records, "erase", "--dossier", CODES[1], "--yes")
    assert done.code == 0
    assert CODES[1] not in done.out
    assert f"Số A002 ngày {DAY}: 1 mã số hồ sơ." in done.out
    assert holding(records, CODES[1]) == []
    assert "không có nội dung" in motcua(records, "erase", "--dossier", CODES[1]).refused()


def test_everything_older_is_erased(records: Path) -> None:
    younger = motcua(records, "erase", "--older-than", "30", "--yes")
    assert "không có nội dung" in younger.refused()
    assert motcua(records, "erase", "--older-than", "1", "--yes").code == 0
    proof = verify(connect(str(records / "hall.db")), HALL)
    assert (proof.faults, proof.texts, proof.erased) == ([], 0, 3)


def test_while_the_server_runs_it_is_the_server_that_erases(records: Path) -> None:
    config = config_with(records)
    with served("--config", config, cwd=records) as server:
        done = motcua(records, "erase", "--dossier", CODES[0], "--by", "lan", "--yes")
        assert (done.code, done.err) == (0, "")
        assert "Đã xóa" in done.out
        assert holding(records, CODES[0]) == []
        assert motcua(records, "verify").code == 0
        assert "erased by command:lan: 1 dossier" in server.log.read_text(encoding="utf-8")
        assert CODES[0] not in server.log.read_text(encoding="utf-8")
        assert server.stop() == 0
    proof = verify(connect(str(records / "hall.db")), HALL)
    assert [event.by for _, event in proof.asked] == ["command:lan"]


def test_a_ticket_needs_its_day(records: Path) -> None:
    assert "ngày nào?" in motcua(records, "erase", "--ticket", "A001").refused()
