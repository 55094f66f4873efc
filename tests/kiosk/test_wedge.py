"""A scanner that types like a keyboard, and people at the same keys. Time is a number here."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner import Scanned, ScannerTrouble
from kiosk.wedge import MOST, Heard, Pressed, Wedge

CARD = "999150000001||Nguyễn Thị Ước Mơ|08031950|Nữ|Tổ 5, Phường An Bình|15042021"
FAST_S, SLOW_S = 0.01, 0.06


class Keyboard:
    """Strikes keys in a wedge, and asks it as punctually as told."""

    def __init__(self) -> None:
        self.wedge = Wedge()
        self.now = 100.0
        self.heard: list[Heard] = []

    def type(self, text: str, every_s: float = FAST_S) -> None:
        for character in text:
            self.strike(character, character, every_s)

    def strike(self, key: str, character: str | None = None, after_s: float = FAST_S) -> None:
        self.wait(after_s)
        self.heard += self.wedge.feed(key, character, self.now)

    def enter(self, after_s: float = FAST_S) -> None:
        self.strike("enter", "\r", after_s)

    def wait(self, seconds: float) -> None:
        """Let time pass, and ask whenever it is due."""
        until = self.now + seconds
        while self.wedge.due_at is not None and self.wedge.due_at < until:
            self.now = self.wedge.due_at
            self.heard += self.wedge.due(self.now)
        self.now = until


def keys(text: Iterable[str]) -> list[Heard]:
    return [Pressed(key) for key in text]


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


# --- People --------------------------------------------------------------------------------------


def test_one_key_is_one_key_after_a_moment(keyboard: Keyboard) -> None:
    keyboard.type("3")
    assert keyboard.heard == []
    keyboard.wait(0.051)
    assert keyboard.heard == keys("3")
    assert keyboard.wedge.due_at is None


def test_a_person_who_types_is_heard_key_by_key(keyboard: Keyboard) -> None:
    keyboard.type("12345678", SLOW_S)
    keyboard.enter(SLOW_S)
    keyboard.wait(1)
    assert keyboard.heard == [*keys("12345678"), Pressed("enter")]


@pytest.mark.parametrize("drummed", ["12", "121", "12345", "#*0"])
def test_a_person_who_drums_is_heard_in_order(keyboard: Keyboard, drummed: str) -> None:
    keyboard.type(drummed)
    keyboard.enter()
    keyboard.strike("escape")
    keyboard.wait(1)
    assert keyboard.heard == [*keys(drummed), Pressed("enter"), Pressed("escape")]


def test_a_key_held_down_is_one_press_and_no_scan(keyboard: Keyboard) -> None:
    keyboard.type("1")
    keyboard.wait(0.25)
    keyboard.type("1" * 40, 0.03)
    keyboard.enter()
    keyboard.wait(1)
    assert keyboard.heard == [Pressed("1"), Pressed("enter")]


def test_keys_that_type_nothing_are_no_scan(keyboard: Keyboard) -> None:
    for key in ("up", "down", "up", "left", "f1", "home", "end"):
        keyboard.strike(key)
    keyboard.wait(1)
    assert keyboard.heard == keys(["up", "down", "up", "left", "f1", "home", "end"])


# --- Scanners ------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["enter", "ctrl+j", "tab"])
def test_a_scan_is_one_text_and_none_of_it_a_key(keyboard: Keyboard, end: str) -> None:
    keyboard.type(CARD)
    keyboard.strike(end, "\n")
    assert keyboard.heard == [Scanned(CARD)]
    keyboard.wait(1)
    assert keyboard.heard == [Scanned(CARD)]


def test_a_scan_without_enter_ends_with_silence(keyboard: Keyboard) -> None:
    keyboard.type(CARD)
    keyboard.wait(0.29)
    assert keyboard.heard == []
    keyboard.wait(0.02)
    assert keyboard.heard == [Scanned(CARD)]


def test_a_scanner_may_falter_once_it_is_known_to_scan(keyboard: Keyboard) -> None:
    keyboard.type(CARD[:20])
    keyboard.wait(0.2)
    keyboard.type(CARD[20:])
    keyboard.enter(0.2)
    assert keyboard.heard == [Scanned(CARD)]


def test_the_second_end_of_a_scan_presses_nothing(keyboard: Keyboard) -> None:
    keyboard.type(CARD)
    keyboard.enter()
    keyboard.strike("ctrl+j", "\n")
    keyboard.wait(1)
    assert keyboard.heard == [Scanned(CARD)]
    keyboard.enter()
    keyboard.wait(1)
    assert keyboard.heard == [Scanned(CARD), Pressed("enter")]


def test_two_scans_one_after_the_other_are_two(keyboard: Keyboard) -> None:
    for text in ("999111", "999222"):
        keyboard.type(text)
        keyboard.enter()
    assert keyboard.heard == [Scanned("999111"), Scanned("999222")]


def test_a_key_pressed_before_a_scan_and_one_after_it_are_keys(keyboard: Keyboard) -> None:
    keyboard.type("2")
    keyboard.wait(SLOW_S)
    keyboard.type(CARD)
    keyboard.enter()
    keyboard.type("0")
    keyboard.wait(1)
    assert keyboard.heard == [Pressed("2"), Scanned(CARD), Pressed("0")]


def test_what_a_scanner_types_without_a_letter_is_left_out(keyboard: Keyboard) -> None:
    keyboard.type(CARD[:20])
    keyboard.strike("alt+1")
    keyboard.strike("ctrl+b", "\x02")
    keyboard.type(CARD[20:])
    keyboard.enter()
    assert keyboard.heard == [Scanned(CARD)]


def test_nothing_of_a_scan_stays(keyboard: Keyboard) -> None:
    keyboard.type(CARD)
    keyboard.enter()
    assert "999" not in "".join(map(str, vars(keyboard.wedge).values()))
    assert vars(keyboard.wedge)["_strokes"] == []
    assert str(keyboard.heard) == "[Scanned(…)]"


# --- Babble --------------------------------------------------------------------------------------


def test_strokes_without_end_are_dropped_and_told_once(keyboard: Keyboard) -> None:
    keyboard.type("0123456789" * (MOST // 10))
    assert keyboard.heard == []
    keyboard.type("0123456789" * MOST)
    keyboard.enter()
    keyboard.type(CARD)
    keyboard.enter()
    assert keyboard.heard == [ScannerTrouble("babble")]
    keyboard.wait(0.31)
    assert keyboard.heard == [ScannerTrouble("babble"), ScannerTrouble(None)]
    keyboard.type(CARD)
    keyboard.enter()
    assert keyboard.heard[2:] == [Scanned(CARD)]


# --- A screen that was busy ----------------------------------------------------------------------


def test_strokes_that_stood_in_line_while_the_screen_was_busy_are_still_a_scan() -> None:
    wedge = Wedge()
    assert wedge.feed("9", "9", 100.0) == []
    assert wedge.due(100.4) == []  # the screen was drawing: what was struck meanwhile comes now
    heard: list[Heard] = []
    for index, character in enumerate(CARD[1:], start=1):
        heard += wedge.feed(character, character, 100.0 + index * FAST_S)
    heard += wedge.feed("enter", "\r", 101.0)
    assert heard == [Scanned(CARD)]


def test_a_key_is_heard_however_busy_the_screen_is() -> None:
    wedge = Wedge()
    wedge.feed("9", "9", 100.0)
    assert wedge.due(100.4) == []
    assert wedge.due(100.8) == keys("9")


# --- Anything ------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.sampled_from("0123456789|#*"), st.floats(0.051, 5)), min_size=1),
)
def test_whoever_strikes_slowly_is_always_heard(strokes: list[tuple[str, float]]) -> None:
    keyboard = Keyboard()
    for key, after_s in strokes:
        keyboard.strike(key, key, after_s)
    keyboard.wait(1)
    assert keyboard.heard == keys(key for key, _ in strokes)


@given(
    st.text("0123456789|aơ", min_size=5, max_size=80),
    st.lists(st.floats(0, 0.049), min_size=81, max_size=81),
    st.booleans(),
)
def test_no_character_of_a_fast_scan_is_ever_a_key(
    text: str, gaps: list[float], enter: bool
) -> None:
    keyboard = Keyboard()
    whole = "9|" + text
    for character, gap_s in zip(whole, gaps, strict=False):
        keyboard.strike(character, character, gap_s)
    if enter:
        keyboard.enter()
    keyboard.wait(1)
    assert keyboard.heard == [Scanned(whole)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*"012|", "enter", "up"]), st.sampled_from([0.01, 0.04, 0.06, 0.2, 0.4])
        )
    )
)
def test_nothing_is_heard_that_was_not_struck_and_nothing_stays(
    strokes: list[tuple[str, float]],
) -> None:
    keyboard = Keyboard()
    for key, after_s in strokes:
        keyboard.strike(key, key if len(key) == 1 else None, after_s)
    keyboard.wait(1)
    struck = iter([key for key, _ in strokes])
    for one in keyboard.heard:
        assert not isinstance(one, ScannerTrouble)
        for key in [one.key] if isinstance(one, Pressed) else one.text:
            assert key in struck  # in this order: a search moves on
    assert keyboard.wedge.due_at is None
    assert keyboard.wedge.due(keyboard.now) == []
