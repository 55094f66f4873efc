"""Plates in config.toml: what their screens are told, and every mistake that can be made."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from config import Config, Mistakes, check
from hardware.frames import frame_of
from tests.config import shipped
from tests.config.test_shipped import uncommented

LINE: Final = 'line = "serial:///dev/ttyUSB1?baud=9600"'
MODBUS: Final = 'speaks = "modbus"'
PLATE: Final = f'[[plates]]\ncode = "plate-1"\ndevice = "counter-1"\n{LINE}\ncounter = "Q1"\n'
SECOND: Final = PLATE.replace("plate-1", "plate-2")
SIGN: Final = PLATE.replace("counter-1", "board-1").replace('counter = "Q1"\n', "")

BROKEN: Final[dict[str, tuple[str, str]]] = {
    "a screen that is not there": (
        PLATE.replace("counter-1", "conter-1"),
        'plates[1].device: "conter-1" is no device. Did you mean "counter-1"?',
    ),
    "a screen that drives no plates": (
        PLATE.replace("counter-1", "kiosk-1"),
        'plates[1].device: "kiosk-1" drives no plates: a display or a counter does.',
    ),
    "a counter that is not there": (
        PLATE.replace("Q1", "Q11"),
        'plates[1].counter: "Q11" is no counter. Did you mean "Q1"?',
    ),
    "a counter of which its screen hears nothing": (
        PLATE.replace("Q1", "Q2"),
        'plates[1].counter: counter-1 knows nothing of "Q2".',
    ),
    "a line without its speed": (
        PLATE.replace("?baud=9600", ""),
        'plates[1].line: "serial:///dev/ttyUSB1" is not a line with its speed, such as'
        " serial:///dev/ttyUSB1?baud=9600, or tcp://192.168.1.30:4001.",
    ),
    "a unit twice on a line": (
        f"{PLATE}{MODBUS}\nunit = 3\n{SECOND}{MODBUS}\nunit = 3\n",
        "plates[2].unit: is that of plates[1] on the same line.",
    ),
    "two plates that nothing tells apart": (
        f"{PLATE}{SECOND}",
        "plates[2].unit: is that of plates[1] on the same line.",
    ),
    "a sign that hears what is for another": (
        SIGN
        + 'speaks = "alpha"\n'
        + SIGN.replace("plate-1", "sign")
        + 'speaks = "alpha"\nunit = 2\n',
        "plates[2].unit: is that of plates[1] on the same line.",
    ),
    "a unit that another has because it was left out": (
        f"{PLATE}{MODBUS}\n{SECOND}{MODBUS}\nunit = 1\n",
        "plates[2].unit: is that of plates[1] on the same line.",
    ),
    "a line at two speeds": (
        f"{PLATE}{SECOND}unit = 2\n".replace("9600", "19200", 1),
        'plates[2].line: is written as "serial:///dev/ttyUSB1?baud=19200" at plates[1]:'
        " one has to do.",
    ),
    "a line in the network with two screens": (
        (PLATE + SIGN.replace("plate-1", "sign") + "cells = 8\n").replace(
            "serial:///dev/ttyUSB1?baud=9600", "tcp://leds:4001"
        ),
        "plates[2].line: is driven by counter-1 already, for plates[1].",
    ),
    "a check that nobody knows": (
        PLATE + 'frame = "02 {text} 03 {xor9}"\n',
        "plates[1].frame: word 4, {xor9}, is no place and no check. Did you mean {xor8}?",
    ),
    "a byte that is none": (
        PLATE + "frame = '\"$\" 3 {text}'\n",
        "plates[1].frame: word 2, 3, is no byte such as 0D, no text in quotes and no place such"
        " as {text}.",
    ),
    "a frame that shows nothing": (
        PLATE + 'frame = "02 {unit} 03"\n',
        "plates[1].frame: shows nothing: it has neither {text} nor {number}.",
    ),
    "a frame for a plate that speaks otherwise": (
        f'{PLATE}{MODBUS}\nframe = "02 {{text}} 03"\n',
        "plates[1].frame: is for plates that speak frames, and this one speaks modbus.",
    ),
    "digits whose letter nobody knows": (
        f'{PLATE}speaks = "modbus_number"\n',
        "plates[1].letters: must be the one letter that is painted on it, as it has digits only.",
    ),
    "digits for two letters": (
        PLATE + 'frame = "{number}"\nletters = "AC"\n',
        "plates[1].letters: must be the one letter that is painted on it, as it has digits only.",
    ),
    "a pause that is too long": (
        PLATE + 'paused = "PAUSE"\n',
        'plates[1].paused: "PAUSE" is longer than cells, 4.',
    ),
    "a sign too small for what it says": (
        SIGN,
        'plates[1].text: "A047 9" is longer than cells, 4.',
    ),
    "a text without the number": (
        f'{PLATE}text = "QUAY 1"\n',
        'plates[1].text: "QUAY 1" has not exactly one {number}.',
    ),
    "a unit that Modbus does not have": (
        f"{PLATE}{MODBUS}\nunit = 248\n",
        "plates[1].unit: 248 is more than a Modbus line has: 247.",
    ),
}


def with_plates(folder: Path, plates: str) -> Config:
    return shipped.read_text(folder, f"{shipped.text()}\n{plates}")


@pytest.mark.parametrize("what", BROKEN)
def test_a_mistake_in_a_plate_is_named_with_its_place(what: str, tmp_path: Path) -> None:
    plates, expected = BROKEN[what]
    with pytest.raises(Mistakes) as raised:
        with_plates(tmp_path, plates)
    assert str(raised.value) == f"config.toml: {expected}"


def test_two_screens_may_each_have_a_line_of_the_same_name(tmp_path: Path) -> None:
    second = SECOND.replace("counter-1", "counter-2").replace("Q1", "Q2")
    config = with_plates(tmp_path, PLATE + second)
    assert [one.plate for one in config.devices["counter-2"].plates] == ["plate-2"]


def test_a_screen_is_told_of_its_plates_with_all_that_is_said_of_them(tmp_path: Path) -> None:
    config = with_plates(
        tmp_path, f'{PLATE}{MODBUS}\nunit = 3\ncells = 8\ntext = "{{number}} {{counter}}"\n'
    )
    (plate,) = config.devices["counter-1"].plates
    assert (plate.plate, plate.counter) == ("plate-1", "Q1")
    assert plate.line == "serial:///dev/ttyUSB1?baud=9600"
    assert plate.settings == {
        "speaks": "modbus",
        "unit": 3,
        "cells": 8,
        "text": "{number} 1",
        "paused": "----",
    }
    assert config.devices["counter-2"].plates == []


def test_a_sign_learns_of_its_counter_with_each_call(tmp_path: Path) -> None:
    config = with_plates(tmp_path, f"{SIGN}cells = 8\n")
    (sign,) = config.devices["board-1"].plates
    assert (sign.counter, sign.settings["text"]) == (None, "{number} {counter}")


def test_the_boards_that_are_shown_as_examples_are_sent_what_is_documented(tmp_path: Path) -> None:
    config = shipped.read_text(tmp_path, uncommented())
    plates = {one.plate: one.settings for dev in config.devices.values() for one in dev.plates}
    assert set(plates) == {"plate-1", "plate-2", "plate-3", "sign-1"}
    assert frame_of(plates["plate-2"])("A999").data == bytes.fromhex("05 03 E7 EF")
    assert frame_of(plates["plate-3"])("A888").data == bytes.fromhex("3A 00 78 03 01 B6 0A")


def test_who_leaves_a_plate_dark_is_said_by_the_check(tmp_path: Path) -> None:
    eighth = PLATE.replace("counter-1", "counter-8").replace("Q1", "Q8")
    config = with_plates(tmp_path, f"{eighth}{MODBUS}\n")
    assert "plates: plate-1 stays dark for numbers of M." in map(str, check(config))
