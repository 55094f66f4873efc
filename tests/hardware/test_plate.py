"""An LED plate on a real pseudo-terminal: it shows the newest text, again and again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.plate import Limits, Plate, PlateTrouble, Wanted
from hardware.transport import SerialLine
from tests.hardware.pty_line import PtyLine
from tests.waiting import until_now as until

GONE, WELL = PlateTrouble("no_plate"), PlateTrouble(None)


def frame(text: str) -> bytes:
    return f"<{text}>".encode()


class Shown:
    """A plate's thread, what it told, and what came over its line."""

    def __init__(self, line: PtyLine, **limits: Any) -> None:
        self.line = line
        self.told: list[PlateTrouble] = []
        self._heard = b""
        address = SerialLine(str(line.device), 9600)
        self.plate = Plate(address, frame, self.told.append, limits=Limits(retry_s=0.02, **limits))

    @property
    def frames(self) -> list[str]:
        self._heard += self.line.heard()
        return [one.strip("<") for one in self._heard.decode().split(">")[:-1]]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    line = PtyLine(tmp_path / "plate")
    line.plug_in()
    yield line
    line.unplug()


@pytest.fixture
def shown(line: PtyLine) -> Iterator[Shown]:
    shown = Shown(line, refresh_s=3600)
    shown.plate.start()
    until(lambda: shown.frames)
    yield shown
    shown.plate.stop()


def test_a_plate_is_blank_until_it_is_told_something_and_when_it_ends(shown: Shown) -> None:
    shown.plate.show("A047")
    until(lambda: shown.frames == ["", "A047"])
    shown.plate.stop()
    assert shown.frames == ["", "A047", ""]


def test_the_same_text_is_sent_once(shown: Shown) -> None:
    for text in ("A047", "A047", "C001"):
        shown.plate.show(text)
        until(lambda text=text: shown.frames[-1] == text)  # type: ignore[misc]
    assert shown.frames == ["", "A047", "C001"]


def test_a_plate_that_lost_its_power_is_told_again(line: PtyLine) -> None:
    shown = Shown(line, refresh_s=0.05)
    shown.plate.show("A047")
    shown.plate.start()
    until(lambda: shown.frames.count("A047") >= 3)
    shown.plate.stop()


def test_a_plate_blinks_at_a_call_and_then_stands_still(line: PtyLine) -> None:
    shown = Shown(line, refresh_s=3600, blink_s=0.1, blinks=2)
    shown.plate.show("A047", blink=True)
    shown.plate.start()
    until(lambda: shown.frames == ["A047", "", "A047", "", "A047"])
    shown.plate.stop()
    assert shown.told == []


def test_a_blink_is_half_a_second_dark_each_second_five_times_over() -> None:
    wanted, limits = Wanted("A047", 100.0), Limits()
    seen = [wanted.at(100.25 + half / 2, limits) for half in range(14)]
    assert seen == ["A047", ""] * 5 + ["A047"] * 4


def test_showing_the_same_number_again_does_not_end_its_blinking(line: PtyLine) -> None:
    shown = Shown(line, refresh_s=3600, blink_s=0.1, blinks=1)
    shown.plate.show("A047", blink=True)
    shown.plate.show("A047")
    shown.plate.start()
    until(lambda: shown.frames == ["A047", "", "A047"])
    shown.plate.stop()


def test_a_plate_that_is_pulled_out_is_missed_and_shows_the_newest_when_it_is_back(
    shown: Shown,
) -> None:
    shown.plate.show("A047")
    until(lambda: shown.frames[-1] == "A047")
    shown.line.unplug()
    until(lambda: shown.told == [GONE])
    shown.plate.show("A048")
    shown.line.plug_in()
    until(lambda: shown.told == [GONE, WELL])
    until(lambda: shown.frames[-1] == "A048")
    assert shown.frames == ["", "A047", "A048"]


def test_a_line_that_takes_no_bytes_is_no_plate_and_blocks_nobody(line: PtyLine) -> None:
    shown = Shown(line, refresh_s=0, write_s=0.1)
    shown.plate.show("A" * 4000)
    shown.plate.start()
    until(lambda: GONE in shown.told)
    began = time.monotonic()
    shown.plate.stop()
    assert time.monotonic() - began < 5


def test_what_a_plate_answers_is_nobodys_business(shown: Shown) -> None:
    shown.line.send(b"\x00ok\r\n" * 100)
    shown.plate.show("A047")
    until(lambda: shown.frames[-1] == "A047")
    assert shown.told == []
