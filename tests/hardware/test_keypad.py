"""A keypad on a real pseudo-terminal: each key that is pressed is told once, whatever ends it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.addresses import SerialLine
from hardware.keypad import LIMITS, Codes, Debounce, Keypad, KeypadTrouble, Pressed, Told
from hardware.lines import Lines
from tests.hardware.pty_line import PtyLine
from tests.waiting import until_now as until

GONE, BABBLE, WELL = KeypadTrouble("no_keypad"), KeypadTrouble("babble"), KeypadTrouble(None)
# A machine may be too busy to send a code without a pause: here silence ends nothing.
PATIENT = replace(LIMITS, retry_s=0.02, silence_s=3600, within_s=3600, quiet_s=3600)
CODES = ("N", "R", "F1", "1", "2", "\x01", "\xaa")


class Pad:
    """A keypad's thread, and what it told."""

    def __init__(self, line: PtyLine) -> None:
        self.line = line
        self.told: list[Told] = []

    @property
    def pressed(self) -> list[str]:
        return [one.code for one in self.told if isinstance(one, Pressed)]

    @contextmanager
    def read(self, *, silence_s: float = 3600, quiet_s: float = 3600) -> Iterator[None]:
        limits = replace(PATIENT, silence_s=silence_s, quiet_s=quiet_s)
        address = SerialLine(str(self.line.device), 9600)
        keypad = Keypad(address, CODES, self.told.append, debounce_s=0, limits=limits)
        keypad.start()
        try:
            until(lambda: self.told == [GONE])
            self.plug_in()
            yield
        finally:
            keypad.stop()

    def plug_in(self) -> None:
        self.line.plug_in()
        until(lambda: self.told[-1:] == [WELL])
        self.told.clear()


@pytest.fixture
def pad(tmp_path: Path) -> Iterator[Pad]:
    line = PtyLine(tmp_path / "keypad")
    yield Pad(line)
    line.unplug()


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_key_is_told_whatever_ends_its_code(pad: Pad, end: bytes) -> None:
    with pad.read():
        pad.line.send(b"F1" + end)
        until(lambda: pad.told)
    assert pad.told == [Pressed("F1")]


def test_a_key_without_an_end_is_told_after_a_moment_of_silence(pad: Pad) -> None:
    with pad.read(silence_s=LIMITS.silence_s):
        pad.line.send(b"N")
        until(lambda: pad.pressed == ["N"])
        pad.line.send(b"\xaa")
        until(lambda: pad.pressed == ["N", "\xaa"])


def test_two_codes_in_one_piece_are_two_keys(pad: Pad) -> None:
    with pad.read():
        pad.line.send(b"N\r\nR\r\nF112\rN")
        pad.line.send(b"\r")
        until(lambda: len(pad.pressed) == 6)
    assert pad.pressed == ["N", "R", "F1", "1", "2", "N"]


def test_a_pad_that_is_pulled_out_is_missed_once_and_read_again_when_it_is_back(pad: Pad) -> None:
    with pad.read():
        pad.line.send(b"N\rF")
        until(lambda: pad.pressed)
        pad.line.unplug()
        until(lambda: pad.told == [Pressed("N"), GONE])
        pad.plug_in()
        pad.line.send(b"R\r")
        until(lambda: pad.told)
    assert pad.told == [Pressed("R")]


@pytest.mark.parametrize("noise", [b"N" * 33, b"N\r" * 101])
def test_a_pad_that_sends_without_end_is_babbling_until_it_is_quiet(pad: Pad, noise: bytes) -> None:
    with pad.read(quiet_s=0.1):
        pad.line.send(noise)
        until(lambda: pad.told[-2:] == [BABBLE, WELL])
        pad.told.clear()
        pad.line.send(b"R\r")
        until(lambda: pad.told)
    assert pad.told == [Pressed("R")]


def test_no_key_is_ever_logged_or_shown(pad: Pad, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pad.read():
        pad.line.send(b"1\r2\r112\r")
        until(lambda: len(pad.pressed) == 5)
        pad.line.unplug()
        until(lambda: pad.told[-1] == GONE)
    assert str(pad.told[0]) == "Pressed(…)"
    assert len(caplog.records) == 3  # before it was there, when it was, and when it had gone
    assert "112" not in caplog.text.replace(str(pad.line.device), "")


# --- By the clock, and by the codes --------------------------------------------------------------


def test_a_code_ends_after_thirty_milliseconds_of_silence() -> None:
    lines = Lines(LIMITS)
    assert lines.take(b"N", 100.0) == []
    assert lines.take(b"", 100.02) == []
    assert lines.take(b"", 100.031) == [b"N"]


def test_a_key_that_bounces_or_is_held_down_is_pressed_once() -> None:
    debounce = Debounce(0.15)
    held = [debounce.is_new("N", 100 + n * 0.1) for n in range(10)]
    assert held == [True] + [False] * 9
    assert debounce.is_new("N", 101.06)
    assert debounce.is_new("R", 101.07)
    assert debounce.is_new("N", 101.08)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("N", ["N"]),
        ("NR1", ["N", "R", "1"]),
        ("F1", ["F1"]),  # not F, which is none, and 1
        ("F2", ["F2"]),  # a key that nobody gave a meaning types no digit
        ("N?", ["N?"]),
        ("\x01\xaa", ["\x01", "\xaa"]),
    ],
)
def test_codes_that_came_together_are_told_apart_where_all_are_known(
    text: str, codes: list[str]
) -> None:
    assert Codes(CODES).in_text(text) == codes


def test_a_pad_without_codes_tells_what_it_sends() -> None:
    assert Codes(()).in_text("N") == ["N"]
