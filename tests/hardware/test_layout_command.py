"""`motcua ticket`: the ticket without a server; and how names and answers become facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import pytest
from PIL import Image

from cli import main
from config import read as read_config
from kiosk.paper import sample_facts, ticket_facts
from kiosk.ticket import Ticket
from link.messages import HallInfo
from tests.hardware.paper import printed

NOW = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)  # 08:12 in the hall
SHIPPED = Path(__file__).parents[2] / "config.toml"


@pytest.fixture(scope="module")
def hall() -> HallInfo:
    return read_config(SHIPPED).hall_info


def ticket(*arguments: str | int | Path) -> int:
    return main(["ticket", "--config", str(SHIPPED), *map(str, arguments)])


@pytest.mark.parametrize("width", [576, 384])
def test_the_picture_and_the_bytes_are_written_and_are_the_same(tmp_path: Path, width: int) -> None:
    png, escpos = tmp_path / "ticket.png", tmp_path / "ticket.bin"
    assert ticket("--preview", png, "--bytes", escpos, "--width", width, "--group", "elderly") == 0
    with Image.open(BytesIO(png.read_bytes())) as picture:
        assert picture.width == width
        assert printed(escpos.read_bytes()).picture().tobytes() == picture.tobytes()


def test_without_a_file_it_is_shown_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert ticket() == 0
    assert "█" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "wrong", "said"),
    [
        ("--service", "CT1", 'the hall has no service "CT1". Did you mean "CT01"?'),
        ("--group", "eldery", 'the hall has no group "eldery". Did you mean "elderly"?'),
        ("--language", "fr", 'the hall has no language "fr". It has: vi, en.'),
    ],
)
def test_what_the_hall_does_not_have_is_named_with_the_nearest(
    capsys: pytest.CaptureFixture[str], option: str, wrong: str, said: str
) -> None:
    assert ticket(option, wrong) == 2
    assert said in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert ticket("--bytes", tmp_path / "gone" / "x") == 2
    assert "No such file" in capsys.readouterr().err


def test_a_template_of_ones_own_is_used_and_its_troubles_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "my.toml"
    file.write_text('[[row]]\npicture = "logo.png"\n[[row]]\ntext = "{number}"\n')
    assert ticket("--template", file, "--preview", tmp_path / "x.png") == 0
    assert "logo.png cannot be used" in capsys.readouterr().err
    file.write_text('[[row]]\ntext = "{numbr}"\n')
    assert ticket("--template", file) == 1
    assert 'Did you mean "number"?' in capsys.readouterr().err


# --- Names and answers become facts --------------------------------------------------------------


def test_a_sample_in_vietnamese_says_what_the_kiosk_would_print(hall: HallInfo) -> None:
    facts = sample_facts(hall, "CT01", "elderly", None, NOW)
    assert facts.number == "A047"
    assert facts.hall == "Trung tâm Phục vụ hành chính công phường An Bình"
    assert facts.service == "Chứng thực bản sao từ bản chính"
    assert facts.service_translated == ""
    assert facts.where.replace("\u00a0", " ") == "Quầy 1, 2, 3, 4 – Khu A – Tầng 1"
    assert facts.taken == "08:12 ngày 23/11/2026"
    assert facts.ahead == "7 người chờ"
    assert facts.wait == "khoảng 20–30 phút"
    assert facts.priority == "Người từ 75 tuổi trở lên"
    assert facts.proof == "Giấy tờ chứng minh: Căn cước"


def test_a_sample_in_english_keeps_the_service_in_vietnamese_beside_it(hall: HallInfo) -> None:
    facts = sample_facts(hall, "CT01", None, "en", NOW)
    assert facts.service == "Chứng thực bản sao từ bản chính"
    assert facts.service_translated == "Certified copy"
    assert facts.where.replace("\u00a0", " ") == "Counter 1, 2, 3, 4 – Zone A – Floor 1"
    assert facts.wait == "about 20–30 minutes"
    assert facts.priority == facts.proof == ""


def test_a_ticket_for_two_services_names_both_and_a_wait_nobody_knows_is_said(
    hall: HallInfo,
) -> None:
    taken = Ticket(ticket="C001", services=("HT01", "CT01"), issued_at=NOW, ahead=0, language="vi")
    facts = ticket_facts(hall, taken, notices=["Xin lưu ý"], reprint=1)
    assert facts.service == "Đăng ký khai sinh\nChứng thực bản sao từ bản chính"
    assert facts.papers.count("\n") == 1
    assert (facts.where, facts.ahead, facts.wait) == ("", "chưa có ai chờ", "quầy chưa mở")
    assert (facts.notices, facts.reprint) == (("Xin lưu ý",), 1)


def test_facts_are_printed_in_composed_letters(hall: HallInfo) -> None:
    facts = sample_facts(hall, "CT01", None, None, NOW)
    decomposed = replace(facts, service=normalize("NFD", facts.service))
    assert decomposed.service != facts.service
    assert decomposed.texts() == facts.texts()
