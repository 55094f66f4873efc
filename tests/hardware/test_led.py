"""LED plates on a real pseudo-terminal: each shows its newest text, again and again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.addresses import SerialLine
from hardware.frames import Piece, Telegram, alpha, frame_of
from hardware.frames import Settings as How
from hardware.led import Bus, Limits, OnBus, PlateTrouble, Wanted, growing
from tests.hardware.pty_line import PtyLine
from tests.waiting import until_now as until

GONE, WELL = PlateTrouble("one", "no_plate"), PlateTrouble("one", None)


def frame_for(plate: str) -> OnBus:
    """A plate whose frames can be told from others on the line."""
    return OnBus(plate, lambda text: Telegram((Piece(f"<{plate}:{text}>".encode()),)))


class Shown:
    """A line's thread, what it told, and what came over the line."""

    def __init__(self, line: PtyLine, *plates: str, **limits: Any) -> None:
        self.line = line
        self.told: list[PlateTrouble] = []
        self._heard = b""
        address = SerialLine(str(line.device), 115_200)
        on_bus = [frame_for(plate) for plate in plates or ("one",)]
        self.bus = Bus(address, on_bus, self.told.append, limits=Limits(retry_s=0.02, **limits))

    def frames(self, plate: str = "one") -> list[str]:
        """Every text this plate was sent."""
        self._heard += self.line.heard()
        frames = [one.strip("<").partition(":") for one in self._heard.decode().split(">")[:-1]]
        return [text for name, _, text in frames if name == plate]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    line = PtyLine(tmp_path / "plate")
    line.plug_in()
    yield line
    line.unplug()


@pytest.fixture
def shown(line: PtyLine) -> Iterator[Shown]:
    shown = Shown(line, refresh_s=3600)
    shown.bus.start()
    until(shown.frames)
    yield shown
    shown.bus.stop()


# --- What is shown -------------------------------------------------------------------------------


def test_a_plate_is_blank_until_it_is_told_something_and_when_it_ends(shown: Shown) -> None:
    shown.bus.show("one", "A047")
    until(lambda: shown.frames() == ["", "A047"])
    shown.bus.stop()
    assert shown.frames() == ["", "A047", ""]


def test_the_same_text_is_sent_once(shown: Shown) -> None:
    for text in ("A047", "A047", "C001"):
        shown.bus.show("one", text)
        until(lambda text=text: shown.frames()[-1] == text)  # type: ignore[misc]
    assert shown.frames() == ["", "A047", "C001"]


def test_of_many_texts_at_once_each_plate_is_sent_the_newest_only(line: PtyLine) -> None:
    shown = Shown(line, "one", "two", refresh_s=3600)
    for number in range(100):
        shown.bus.show("one", f"A{number:03d}")
        shown.bus.show("two", f"C{number:03d}")
    shown.bus.start()
    until(lambda: shown.frames("one") == ["A099"] and shown.frames("two") == ["C099"])
    shown.bus.show("two", "C100")
    until(lambda: shown.frames("two") == ["C099", "C100"])
    shown.bus.stop()
    assert shown.frames("one") == ["A099", ""]
    assert shown.frames("two") == ["C099", "C100", ""]


def test_a_plate_that_lost_its_power_is_told_again(line: PtyLine) -> None:
    shown = Shown(line, "one", "two", refresh_s=0.05)
    shown.bus.show("one", "A047")
    shown.bus.start()
    until(lambda: shown.frames("one").count("A047") >= 3 and shown.frames("two").count("") >= 3)
    shown.bus.stop()


def test_a_plate_is_told_again_after_half_a_minute_in_a_hall() -> None:
    assert Limits().refresh_s == 30


def test_a_plate_blinks_at_a_call_and_then_stands_still(line: PtyLine) -> None:
    shown = Shown(line, "one", "two", refresh_s=3600, blink_s=0.1, blinks=2)
    shown.bus.show("one", "A047", blink=True)
    shown.bus.start()
    until(lambda: shown.frames("one") == ["A047", "", "A047", "", "A047"])
    shown.bus.stop()
    assert shown.told == []
    assert shown.frames("two") == ["", ""]


def test_a_blink_is_half_a_second_dark_each_second_five_times_over() -> None:
    wanted, limits = Wanted("A047", 100.0), Limits()
    seen = [wanted.at(100.25 + half / 2, limits) for half in range(14)]
    assert seen == ["A047", ""] * 5 + ["A047"] * 4


def test_showing_the_same_number_again_does_not_end_its_blinking(line: PtyLine) -> None:
    shown = Shown(line, refresh_s=3600, blink_s=0.1, blinks=1)
    shown.bus.show("one", "A047", blink=True)
    shown.bus.show("one", "A047")
    shown.bus.start()
    until(lambda: shown.frames() == ["A047", "", "A047"])
    shown.bus.stop()


def test_a_sign_that_wants_a_pause_is_given_it(line: PtyLine) -> None:
    how = {"speaks": "alpha", "unit": 1}
    head, rest = alpha("MOI SO A047", How(speaks="alpha", unit=1)).pieces
    bus = Bus(SerialLine(str(line.device), 9600), [OnBus("sign", frame_of(how))], print)
    bus.show("sign", "MOI SO A047")
    heard = b""

    def came(data: bytes) -> bool:
        nonlocal heard
        heard += line.heard()
        return heard == data

    began = time.monotonic()
    bus.start()
    until(lambda: came(head.data + rest.data))
    assert time.monotonic() - began > head.pause_s
    bus.stop()


# --- Its line ------------------------------------------------------------------------------------


def test_a_line_that_is_pulled_out_is_missed_and_shows_the_newest_when_it_is_back(
    shown: Shown,
) -> None:
    shown.bus.show("one", "A047")
    until(lambda: shown.frames()[-1] == "A047")
    shown.line.unplug()
    until(lambda: shown.told == [GONE])
    shown.bus.show("one", "A048")
    shown.line.plug_in()
    until(lambda: shown.told == [GONE, WELL])
    until(lambda: shown.frames()[-1] == "A048")
    assert shown.frames() == ["", "A047", "A048"]


def test_a_line_that_is_not_there_is_told_of_every_plate_on_it(tmp_path: Path) -> None:
    shown = Shown(PtyLine(tmp_path / "nowhere"), "one", "two")
    shown.bus.start()
    until(lambda: shown.told == [GONE, PlateTrouble("two", "no_plate")])
    shown.bus.stop()


def test_a_line_that_takes_no_bytes_is_no_plate_and_blocks_nobody(line: PtyLine) -> None:
    shown = Shown(line, refresh_s=0, write_s=0.1)
    shown.bus.show("one", "A" * 4000)
    shown.bus.start()
    until(lambda: GONE in shown.told)
    began = time.monotonic()
    shown.bus.stop()
    assert time.monotonic() - began < 5


def test_what_comes_unasked_is_nobodys_business(shown: Shown) -> None:
    shown.line.send(b"\x00ok\r\n" * 100)
    shown.bus.show("one", "A047")
    until(lambda: shown.frames()[-1] == "A047")
    assert shown.told == []


def test_a_silent_plate_is_left_alone_longer_each_time_up_to_a_limit() -> None:
    pauses = growing(Limits(silent_s=1, silent_most_s=10))
    assert [next(pauses) for _ in range(6)] == [1, 2, 4, 8, 10, 10]
