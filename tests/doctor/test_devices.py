"""Devices on real sockets and lines: looked at, and left alone while a screen has them."""

from __future__ import annotations

import fcntl
import os
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from doctor.devices import checks
from doctor.finding import Finding, findings
from link.messages import DeviceInfo, PlateInfo, VoiceInfo
from terminal.words import load
from tests.hardware.fake_printer import NetworkPrinter
from tests.hardware.pty_line import PtyLine


def found(device: DeviceInfo, *, runs: bool = False, prints: bool = False) -> list[Finding]:
    return list(findings(checks(device, load("en"), runs=runs, prints=prints)))


def words(device: DeviceInfo, *, runs: bool = False, prints: bool = False) -> list[str]:
    return [f"{one.state}:{one.word}" for one in found(device, runs=runs, prints=prints)]


@pytest.fixture
def printer() -> Iterator[NetworkPrinter]:
    with NetworkPrinter() as one:
        yield one


def kiosk(*printers: str) -> DeviceInfo:
    return DeviceInfo("kiosk-1", "kiosk", settings={"printers": list(printers)})


def test_a_printer_that_is_ready_is_asked_and_prints_nothing(printer: NetworkPrinter) -> None:
    assert words(kiosk(printer.address)) == ["ok:printer"]
    assert printer.printed == []


def test_a_printer_without_paper_is_told(printer: NetworkPrinter) -> None:
    printer.mechanism.paper = False
    assert words(kiosk(printer.address)) == ["mend:printer_trouble"]


def test_a_page_is_printed_only_when_it_is_wished_for(printer: NetworkPrinter) -> None:
    assert words(kiosk(printer.address), prints=True) == ["ok:printer_printed"]
    assert len(printer.mechanism.drawn) == 1


def test_a_network_printer_of_a_screen_at_work_is_not_even_connected_to(
    printer: NetworkPrinter,
) -> None:
    assert words(kiosk(printer.address), runs=True, prints=True) == ["ok:line_in_use"]
    assert printer.mechanism.heard == b""


def test_a_printer_that_is_not_there_is_told() -> None:
    assert words(kiosk("tcp://127.0.0.1:9", "smoke signals")) == [
        "mend:line_missing",
        "mend:address_bad",
    ]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    one = PtyLine(tmp_path / "ttyUSB0")
    one.plug_in()
    yield one
    one.unplug()


def test_a_keypad_is_looked_for_and_nothing_is_sent_to_it(line: PtyLine) -> None:
    pad = DeviceInfo("counter-1", "counter", "Q1", {"keypad": f"serial://{line.device}?baud=9600"})
    assert words(pad) == ["ok:line_there"]
    line.unplug()
    assert words(pad) == ["mend:line_missing"]


def test_plates_of_one_line_are_one_line(line: PtyLine) -> None:
    plates = [PlateInfo(f"plate-{n}", f"serial://{line.device}?baud=9600") for n in (1, 2)]
    (one,) = found(DeviceInfo("board-1", "display", plates=plates))
    assert (one.word, one.facts["name"]) == ("plate_there", "plate-1, plate-2")


@pytest.mark.parametrize(("runs", "word"), [(True, "ok:line_in_use"), (False, "look:line_taken")])
def test_a_line_that_another_program_has_is_left_to_it(
    line: PtyLine, runs: bool, word: str
) -> None:
    holder = os.open(line.device, os.O_RDWR | os.O_NOCTTY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        fcntl.ioctl(holder, termios.TIOCEXCL)
        device = DeviceInfo("kiosk-1", "kiosk", settings={"scanner": f"serial://{line.device}"})
        assert words(device, runs=runs) == [word]
    finally:
        fcntl.ioctl(holder, termios.TIOCNXCL)
        os.close(holder)


def test_what_types_as_a_keyboard_has_no_line() -> None:
    assert words(DeviceInfo("kiosk-1", "kiosk", settings={"scanner": "keyboard"})) == ["ok:typed"]


def test_a_loudspeaker_is_looked_at_and_makes_no_sound() -> None:
    voice = VoiceInfo("null")
    assert words(DeviceInfo("board-1", "display", voice=voice)) == ["ok:speaker"]
    voice = VoiceInfo("no such loudspeaker")
    assert words(DeviceInfo("board-1", "display", voice=voice)) == ["mend:speaker_none"]


def test_a_layout_with_mistakes_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ticket.toml"
    file.write_text("paper = ")
    device = DeviceInfo("kiosk-1", "kiosk", settings={"template": str(file)})
    assert words(device) == ["mend:template_bad"]
