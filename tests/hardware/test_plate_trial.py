"""`motcua plate` shows a text on a plate, and says in two languages what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import main
from hardware.led import Limits
from hardware.plate_trial import CANNOT_SHOW, NOT_OPENED, SENT, TROUBLES
from hardware.plates import Call, Described, Plates
from hardware.transport import PortTaken
from tests.config import shipped
from tests.hardware.modbus_line import ModbusLine
from tests.hardware.pty_line import PtyLine
from tests.waiting import until_now as until


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    line = PtyLine(tmp_path / "plate")
    line.plug_in()
    yield line
    line.unplug()


@pytest.fixture
def modules() -> Iterator[ModbusLine]:
    with ModbusLine() as line:
        yield line


def hall(folder: Path, line: str, *more: str) -> str:
    """A configuration with a plate over counter 1 at this line."""
    plate = ("[[plates]]", 'code = "plate-1"', 'device = "counter-1"', 'counter = "Q1"')
    path = folder / "hall.toml"
    path.write_text("\n".join((shipped.text(), *plate, f'line = "{line}"', *more)))
    return str(path)


def said(words: tuple[str, str], **facts: str) -> list[str]:
    return [line.format(**facts) for line in words]


def test_a_plate_that_answers_is_known_to_show_it(
    modules: ModbusLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = hall(tmp_path, str(modules.address).partition("&")[0], 'speaks = "modbus"')
    assert main(["plate", "plate-1", "--show", "A105", "--config", config]) == 0
    assert modules.text(1) == "A105"
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Bảng đã nhận và trả lời. Bảng đang hiện A105.",
        "The plate took it and answered. It shows A105.",
    ]
    assert main(["plate", "counter-1", "--blank", "--config", config]) == 0
    assert modules.text(1) == ""
    assert "It is dark." in capsys.readouterr().out


def test_a_plate_that_does_not_answer_is_asked_twice_and_told(
    modules: ModbusLine, capsys: pytest.CaptureFixture[str]
) -> None:
    modules.dead = {7}
    on_line = ["plate", str(modules.address), "--speaks", "modbus", "--unit", "7", "--cells", "6"]
    assert main([*on_line, "--show", "A105"]) == 2
    assert capsys.readouterr().out.splitlines()[1:] == said(TROUBLES["no_answer"])
    assert modules.asked == [7, 7]


def test_a_plate_that_refuses_is_told(
    modules: ModbusLine, capsys: pytest.CaptureFixture[str]
) -> None:
    on_line = ["plate", str(modules.address), "--speaks", "modbus_number", "--letters", "A"]
    assert main([*on_line, "--show", "A105"]) == 2
    assert capsys.readouterr().out.splitlines()[1:] == said(TROUBLES["refuses"])


def test_a_plate_that_never_answers_is_to_be_looked_at(
    line: PtyLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = hall(tmp_path, f"serial://{line.device}?baud=9600")
    assert main(["plate", "plate-1", "--show", "A105", "--config", config]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == said(SENT, text="A105")
    assert line.heard() == b"A105\r\n"


def test_a_number_the_plate_cannot_show_is_told_and_not_sent(
    line: PtyLine, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"serial://{line.device}?baud=9600"
    assert main(["plate", where, "--speaks", "modbus", "--show", "K105"]) == 2
    assert capsys.readouterr().out.splitlines()[1:] == said(CANNOT_SHOW, text="K105")
    assert line.heard() == b""


def test_a_line_that_a_running_screen_has_is_left_alone(
    line: PtyLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"serial://{line.device}?baud=9600"
    screen = Plates([Described("plate-1", where)], print, limits=Limits(refresh_s=3600))
    screen.show("plate-1", Call("A001"))
    screen.start()
    until(lambda: line.heard() == b"A001\r\n")
    config = hall(tmp_path, where)
    assert main(["plate", "plate-1", "--show", "A105", "--config", config]) == 2
    assert capsys.readouterr().out.splitlines()[1:] == list(NOT_OPENED[PortTaken])
    assert line.heard() == b""
    screen.stop()


def test_a_line_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plate", f"serial://{tmp_path}/none?baud=9600", "--blank"]) == 2
    assert "The plate's line is not there." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["plate-2"], "hall.toml has no plate plate-2. It has: plate-1."),
        (["kiosk-1"], "hall.toml has no plate kiosk-1. It has: plate-1."),
        (["usb://1"], "'usb://1' is no device's address"),
        (["serial:///dev/x?baud=9600", "--frame", "0"], "word 1, 0, is no byte such as 0D"),
    ],
)
def test_what_names_no_plate_is_told_in_a_sentence(
    arguments: list[str], problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = hall(tmp_path, "serial:///dev/ttyUSB1?baud=9600")
    assert main(["plate", *arguments, "--blank", "--config", config]) == 2
    assert problem in capsys.readouterr().err
