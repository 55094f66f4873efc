"""The bytes that make a plate show a number, against those that are documented for it."""

from __future__ import annotations

from contextlib import suppress
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU

from hardware.checks import CHECKS
from hardware.frames import (
    SEGMENT_LETTERS,
    SPEECHES,
    Settings,
    alpha,
    cd5220,
    frame_of,
    legible,
    modbus,
    modbus_number,
    modbus_segments,
    own,
)
from hardware.own_frames import BadFrame, own_frame
from hardware.segments import drawn

FIELD_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # of a hall: neither I, O nor S
NUMBERS = st.from_regex(r"[A-HJ-NP-RT-Z][0-9]{3,5}", fullmatch=True)
SIGN = Settings(speaks="alpha")
BOARD = "{unit} {number} {sum8}"


def data(text: str, **settings: object) -> bytes:
    return frame_of(settings)(text).data


# --- Modbus --------------------------------------------------------------------------------------


def test_a_led_485_module_is_written_its_ascii_registers() -> None:
    telegram = modbus("A105", Settings(unit=3, cells=6))
    assert telegram.data == bytes.fromhex("03 10 00 70 00 03 06 20 20 41 31 30 35 f4 aa")
    assert telegram.answer[:-2] == bytes.fromhex("03 10 00 70 00 03")


def test_a_module_without_letters_is_written_the_number_and_says_it_again() -> None:
    telegram = modbus_number("A105", Settings(unit=3))
    assert telegram.data == bytes.fromhex("03 06 00 00 00 69 48 06")
    assert telegram.answer == telegram.data


def test_a_module_of_five_digits_is_written_whole_registers() -> None:
    assert modbus("A047", Settings(cells=5)).data[4:-2] == b"\x00\x03\x06  A047"


def test_segments_are_drawn_two_digits_in_a_register() -> None:
    telegram = modbus_segments("H047", Settings(unit=3))
    assert telegram.data[:-2] == bytes.fromhex("03 10 00 80 00 02 04 76 3f 66 07")


@given(NUMBERS, st.integers(1, 247), st.integers(6, 12))
def test_every_modbus_telegram_and_answer_has_the_check_that_others_compute(
    number: str, unit: int, cells: int
) -> None:
    for speaks in (modbus, modbus_segments, modbus_number):
        telegram = speaks(number, Settings(unit=unit, cells=cells))
        for message in (telegram.data, telegram.answer, *telegram.refusals):
            assert FramerRTU.compute_CRC(message[:-2]).to_bytes(2, "big") == message[-2:]


# --- Signs and pole displays ---------------------------------------------------------------------


def test_a_sign_is_sent_its_packet_with_a_pause_after_stx() -> None:
    head, rest = alpha("A105 > 3", SIGN, file="A").pieces
    assert head.data == bytes.fromhex("00 00 00 00 00 01 5a 30 30 02")
    assert rest.data == bytes.fromhex(
        "41 41 1b 26 62 41 31 30 35 20 3e 20 33 03 30 32 42 32 04"  # the file is A: text A
    )
    assert head.pause_s >= 0.1
    assert b"\xff" not in head.data + rest.data


def test_a_sign_is_called_by_its_unit_and_what_is_too_long_runs_through_it() -> None:
    head, rest = alpha("Moi so A105 quay 3", Settings(speaks="alpha", unit=26)).pieces
    assert head.data.endswith(b"Z1A\x02")
    assert rest.data.startswith(b"A0\x1b&aMOI SO A105 QUAY 3\x03")


def test_a_dark_sign_holds_a_blank_or_its_own_slogans_would_come_back() -> None:
    assert alpha("", SIGN).pieces[1].data.startswith(b"A0\x1b&b \x03")


def test_a_pole_display_is_written_the_number_above_and_the_counter_below() -> None:
    lines = cd5220("A105\nQUAY 3", Settings(speaks="cd5220")).data
    assert lines == b"\x1bQA        A105        \r\x1bQB       QUAY 3       \r"
    dark = b" " * 20
    assert data("", speaks="cd5220") == b"\x1bQA" + dark + b"\r\x1bQB" + dark + b"\r"


# --- The hall's own ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "settings", "expected"),
    [
        ("A999", {"frame": BOARD, "unit": 5}, "05 03 E7 EF"),
        ("A105", {"frame": BOARD, "unit": 3}, "03 00 69 6C"),
        ("A888", {"frame": "3A 00 {number little} 01 {sum8} 0A"}, "3A 00 78 03 01 B6 0A"),
    ],
)
def test_boards_with_a_check_are_sent_what_is_documented(
    number: str, settings: dict[str, object], expected: str
) -> None:
    assert data(number, letters="A", **settings) == bytes.fromhex(expected)


@pytest.mark.parametrize(
    ("frame", "sent"),
    [
        ("{text} 0D 0A", b"  A105\r\n"),
        ('"$3," {text} "#"', b"$3,  A105#"),
        ('"@" {unit hex} {text} 0D', b"@1F  A105\r"),
        ("02 {text} 03 {xor8 from 2}", b"\x02  A105\x03\x76"),
        ("02 {text} 03 {xor8 from 2 hex}", b"\x02  A105\x0376"),
        ("02{number bcd}03", b"\x02\x01\x05\x03"),
        ('{number hex}" "', b"0069 "),
        ('""', b""),
    ],
)
def test_what_a_frame_describes_is_sent(frame: str, sent: bytes) -> None:
    assert own("A105", Settings(frame=frame, unit=31, cells=6)).data == sent


def test_checks_are_those_that_others_compute() -> None:
    known = {  # of the digits 1 to 9, as catalogues of checks have them
        "sum8": "DD",
        "lrc": "23",
        "xor8": "31",
        "crc16-modbus": "37 4B",
        "crc16-ccitt": "29 B1",
    }
    assert {name: check(b"123456789") for name, check in CHECKS.items()} == {
        name: bytes.fromhex(value) for name, value in known.items()
    }
    swapped = own_frame('"123456789" {crc16-modbus swapped}')
    assert own("", Settings(frame='"123456789" {crc16-modbus swapped}')).data[-2:] == b"\x4b\x37"
    assert swapped.places == {"crc16-modbus"}


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        ("02 {tekst} 03", "word 2, {tekst}, is no place and no check. Did you mean {text}?"),
        ("02 {}", "word 2, {}, is no place and no check."),
        ("2", "word 1, 2, is no byte such as 0D, no text in quotes and no place such as {text}."),
        ("02 {text", "word 2 has a quote or a brace without the other one."),
        ('{text} "', "word 2 has a quote or a brace without the other one."),
        ("{text little}", "word 1, {text little}, says little, and may say: nothing."),
        ("{number big}", "word 1, {number big}, says big, and may say: little, bcd, hex."),
        ("{sum8 from}", "word 1, {sum8 from}, says no byte to begin from, such as {sum8 from 2}."),
        ('"Quầy"', 'word 1, "Quầy", has letters that are more than a byte.'),
    ],
)
def test_a_frame_that_describes_nothing_is_told_with_the_word(frame: str, problem: str) -> None:
    with pytest.raises(BadFrame) as raised:
        frame_of({"frame": frame})
    assert str(raised.value) == problem


@given(st.text())
def test_any_text_describes_a_frame_or_is_a_mistake(text: str) -> None:
    with suppress(BadFrame):
        assert own("A047", Settings(frame=text)).answer == b""


# --- What can be read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [("A047", b"  A047"), ("", b"      "), ("--", b"    --"), ("PAUSE NOW", b"PAUSE ")],
)
def test_a_text_stands_to_the_right_and_covers_what_stood_there(text: str, shown: bytes) -> None:
    assert data(text, frame="02 {text} 03", cells=6) == b"\x02" + shown + b"\x03"
    assert modbus(text, Settings(cells=6)).data[7:-2] == shown


def test_a_plate_is_spoken_to_as_its_settings_say() -> None:
    assert data("A047") == b"A047\r\n"
    assert data("A047", frame="AA {text} 23", cells=5) == b"\xaa A047#"
    led_485 = {"speaks": "modbus", "unit": 3, "cells": 6, "paused": "----"}
    assert frame_of(led_485)("A105") == modbus("A105", Settings(unit=3, cells=6))


def test_letters_that_no_plate_knows_do_no_harm() -> None:
    assert data("NGHỈ") == b"NGH?\r\n"


@pytest.mark.parametrize("number", ["A1000", "C1000"])
def test_a_number_without_room_leaves_the_plate_dark(number: str) -> None:
    assert data(number) == data("")
    assert data(number, speaks="modbus") == data("", speaks="modbus")
    assert data(number, frame=BOARD, letters="AC", cells=3) == data("", frame=BOARD)


def test_a_letter_that_seven_segments_do_not_have_leaves_the_plate_dark() -> None:
    assert set(FIELD_LETTERS) - set(SEGMENT_LETTERS) == set("KMQVWXZ")
    assert data("K047", speaks="modbus") == data("", speaks="modbus")
    assert data("K047", speaks="modbus", letters="AK") != data("", speaks="modbus")


def test_digits_alone_are_shown_of_the_one_letter_that_is_painted_on() -> None:
    plate = {"frame": BOARD, "letters": "A"}
    assert data("A105", **plate) == bytes.fromhex("01 00 69 6A")
    assert data("C105", **plate) == data("", **plate) == bytes.fromhex("01 00 00 01")
    assert data("----", **plate) == data("PIN", **plate) == data("", **plate)
    assert data("C105", speaks="modbus_number") == data("", speaks="modbus_number")


def test_a_plate_without_letters_is_darkened_with_a_frame_of_its_own() -> None:
    plate = {"frame": BOARD, "letters": "A", "blank": "{unit} FF FF {sum8}"}
    assert data("", **plate) == bytes.fromhex("01 FF FF FF")
    assert data("A001", **plate) == bytes.fromhex("01 00 01 02")


def test_a_sign_whose_text_has_a_number_it_cannot_show_stays_dark() -> None:
    assert legible("MOI SO K047 QUAY 3", Settings(letters="AC")) == ""
    assert legible("XIN CHAO\nQUAY 3", Settings(letters="AC")) == "XIN CHAO\nQUAY 3"


@given(NUMBERS, NUMBERS, st.sampled_from([*SPEECHES, BOARD, "{number bcd}"]), st.integers(4, 20))
def test_no_two_numbers_look_alike_on_any_plate(
    one: str, other: str, speaks: str, cells: int
) -> None:
    digits_only = "number" in speaks
    how = {"speaks": speaks} if speaks in SPEECHES else {"frame": speaks}
    frame = frame_of({**how, "cells": cells, "letters": "A" if digits_only else "ACH"})
    assert one == other or frame(one) != frame(other) or frame(one) == frame("")


def test_no_two_letters_or_digits_of_a_number_are_drawn_alike() -> None:
    for letters in (FIELD_LETTERS, "0123456789"):
        assert all(drawn(one) != drawn(other) for one, other in combinations(letters, 2))
