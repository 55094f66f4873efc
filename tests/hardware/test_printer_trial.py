"""`motcua printer` says in two languages how a printer is, and whether its test page came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PIL import ImageChops

from cli import main
from hardware.addresses import address_of
from hardware.device import Limits
from hardware.status import WORST_FIRST
from hardware.transport import open_port
from hardware.trial import LETTERS, TROUBLES, letters_page, print_test
from tests.hardware.fake_printer import Mechanism, NetworkPrinter, SerialPrinter

IMPATIENT = Limits(poll_s=0.05, fence_s=0.2)


@pytest.fixture
def paper() -> Iterator[NetworkPrinter]:
    with NetworkPrinter() as printer:
        yield printer


def test_the_status_of_a_ready_printer(
    paper: NetworkPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["printer", paper.address, "--status"]) == 0
    assert capsys.readouterr().out == "Máy in sẵn sàng.\nThe printer is ready.\n"
    assert paper.printed == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("paper", "Máy in hết giấy.\nThe printer is out of paper.\n"),
        ("cover", "Nắp máy in đang mở.\nThe printer's cover is open.\n"),
        ("jammed", "Dao cắt giấy bị kẹt.\nThe paper cutter is jammed.\n"),
    ],
)
@pytest.mark.parametrize("what", ["--status", "--test"])
def test_trouble_is_told_and_nothing_is_printed(
    paper: NetworkPrinter,
    capsys: pytest.CaptureFixture[str],
    spoil: str,
    words: str,
    what: str,
) -> None:
    setattr(paper.mechanism, spoil, spoil != "paper")
    assert main(["printer", paper.address, what]) == 2
    assert capsys.readouterr().out == words
    assert paper.printed == []


def test_a_roll_that_runs_low_is_told_and_is_no_failure(
    paper: NetworkPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    paper.mechanism.low = True
    assert main(["printer", paper.address, "--status"]) == 0
    assert "sắp hết giấy" in capsys.readouterr().out


@pytest.mark.parametrize("width", [576, 384])
def test_a_test_page_is_printed_and_confirmed(
    paper: NetworkPrinter, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    assert main(["printer", paper.address, "--test", "--width", str(width)]) == 0
    assert "Máy in xác nhận đã in xong trang thử." in capsys.readouterr().out
    assert len(paper.printed) == 1


def test_a_wrong_address_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["printer", "/dev/usb/lp0", "--status"]) == 2
    assert capsys.readouterr().err.startswith("motcua: '/dev/usb/lp0' is no device's address.")


def test_a_printer_that_is_not_there_or_silent_is_a_sentence(
    paper: NetworkPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    paper.silent = True
    assert main(["printer", paper.address, "--status"]) == 2
    assert "Máy in không phản hồi." in capsys.readouterr().out
    assert main(["printer", "file:///dev/no/printer", "--test"]) == 2
    assert "Không thấy máy in." in capsys.readouterr().out


def test_a_printer_that_another_program_uses_is_a_sentence(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with SerialPrinter() as printer:
        other = open_port(address_of(printer.address), 1)
        for what in ("--status", "--test"):
            assert main(["printer", printer.address, what]) == 2
            assert capsys.readouterr().out.startswith("Chương trình khác đang dùng máy in này.")
        assert "another program has it: close that one" in caplog.text
        other.close()


def test_a_page_held_in_the_printer_is_told_and_confirmed_when_it_comes(
    paper: NetworkPrinter,
) -> None:
    paper.mechanism.at_cut = lambda: setattr(paper.mechanism, "cover", True)
    said: list[str] = []
    assert print_test(address_of(paper.address), 384, close_when(paper.mechanism, said))
    assert said[0] == "Nắp máy in đang mở."
    assert said[-1] == "The printer confirms the test page."


def close_when(mechanism: Mechanism, said: list[str]) -> Callable[[str], None]:
    """A person who reads that the cover is open, and closes it."""

    def say(line: str) -> None:
        said.append(line)
        mechanism.cover = False

    return say


def test_a_page_that_is_never_confirmed_or_never_freed_fails_in_time(
    paper: NetworkPrinter,
) -> None:
    paper.mechanism.fences = False
    said: list[str] = []
    assert not print_test(address_of(paper.address), 384, said.append, IMPATIENT)
    paper.mechanism.at_cut = lambda: setattr(paper.mechanism, "paper", False)
    assert not print_test(address_of(paper.address), 384, said.append, IMPATIENT, patience_s=0.4)
    assert said[-1] == said[1]
    assert "did not confirm" in said[-1]


def test_every_trouble_has_words() -> None:
    assert set(TROUBLES) == set(WORST_FIRST)


def test_the_page_has_ink_for_every_letter_on_both_widths() -> None:
    assert LETTERS.split() == list("ơưạấậẩẫắặẳẵếệốộợựỷĐ")
    for width in (576, 384):
        page = letters_page("tcp://192.168.1.20:9100", width)
        assert page.width == width
        box = ImageChops.invert(page).getbbox()
        assert box is not None
        assert box[0] >= 8
        assert box[2] <= width - 8
