"""The bytes that make a plate show a number, against those that are documented for it."""

from __future__ import annotations

import pytest

from hardware.frames import cd5220, frame_of, framed, modbus


def test_a_led_485_module_is_written_its_ascii_registers() -> None:
    assert modbus("A105", 3, 6) == bytes.fromhex("03 10 00 70 00 03 06 20 20 41 31 30 35 f4 aa")


def test_a_pole_display_is_written_its_upper_line() -> None:
    assert cd5220("A105") == b"\x1bQA        A105        \r"
    assert cd5220("") == b"\x1bQA" + b" " * 20 + b"\r"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("A047", b"  A047"), ("", b"      "), ("--", b"    --"), ("AB12345", b"B12345")],
)
def test_a_text_stands_to_the_right_and_covers_what_stood_there(text: str, shown: bytes) -> None:
    assert framed(text, "\x02{number}\x03", 6) == b"\x02" + shown + b"\x03"
    assert modbus(text, 1, 6)[7:-2] == shown


def test_a_module_of_five_digits_is_written_whole_registers() -> None:
    assert modbus("A047", 1, 5)[4:-2] == b"\x00\x03\x06  A047"


def test_a_plate_is_spoken_to_as_its_settings_say() -> None:
    assert frame_of({})("A047") == b"A047\r\n"
    own = {"plate_frame": "\xaa{number}#", "plate_cells": 5}
    assert frame_of(own)("A047") == b"\xaa A047#"
    led_485 = {"plate_speaks": "modbus", "plate_unit": 3, "plate_cells": 6}
    assert frame_of(led_485)("A105") == modbus("A105", 3, 6)
    assert frame_of({"plate_speaks": "cd5220"})("A105") == cd5220("A105")


def test_letters_that_no_plate_knows_do_no_harm() -> None:
    assert framed("NGHỈ", "{number}", 4) == b"NGH?"
