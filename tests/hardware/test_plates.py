"""The plates of one screen: each line has its thread, and each plate its way of showing a call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.led import Limits, PlateTrouble
from hardware.plates import Call, Described, Face, Pause, Plates, Words, text_of
from tests.hardware.pty_line import PtyLine
from tests.waiting import until_now as until

SIGN: dict[str, Any] = {"text": "MOI SO {number} QUAY {counter}"}


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[list[PtyLine]]:
    lines = [PtyLine(tmp_path / name) for name in ("left", "right")]
    for line in lines:
        line.plug_in()
    yield lines
    for line in lines:
        line.unplug()


def described(plate: str, line: PtyLine, **settings: Any) -> Described:
    return Described(plate, f"serial://{line.device}?baud=115200", settings)


@pytest.mark.parametrize(
    ("face", "settings", "text"),
    [
        (Call("A047", 3), {}, "A047"),
        (Call("A047", 3), SIGN, "MOI SO A047 QUAY 3"),
        (Call("A047"), {"text": "{number} {counter}"}, "A047"),
        (Call("A047", 3), {"text": "{number}\nQUAY {counter}"}, "A047\nQUAY 3"),
        (Pause(), {}, "----"),
        (Pause(), {"paused": "NGHI"}, "NGHI"),
        (Words("PIN"), SIGN, "PIN"),
        (Words(), SIGN, ""),
    ],
)
def test_a_plate_says_a_call_in_its_own_way(
    face: Face, settings: dict[str, Any], text: str
) -> None:
    assert text_of(face, settings) == text


def test_plates_of_one_line_share_it_and_other_lines_go_on_beside_it(lines: list[PtyLine]) -> None:
    left, right = lines
    told: list[PlateTrouble] = []
    mine = [
        described("one", left, frame='"1" {text} 0D'),
        described("three", right, frame='"3" {text} 0D'),
        described("two", left, frame='"2" {text} 0D'),
    ]
    plates = Plates(mine, told.append, limits=Limits(refresh_s=3600, retry_s=0.02))
    assert list(plates) == ["one", "three", "two"]
    for plate in plates:
        plates.show(plate, Call("A047"))
    plates.start()
    heard = {left: b"", right: b""}

    def came(line: PtyLine, sent: bytes) -> bool:
        heard[line] += line.heard()
        return heard[line] == sent

    until(lambda: came(left, b"1A047\r2A047\r") and came(right, b"3A047\r"))
    right.unplug()
    until(lambda: told == [PlateTrouble("three", "no_plate")])
    plates.show("two", Pause())
    until(lambda: came(left, b"1A047\r2A047\r2----\r"))
    plates.stop()
    assert came(left, b"1A047\r2A047\r2----\r1    \r2    \r")


def test_a_line_that_is_none_is_told_of_and_the_others_work(lines: list[PtyLine]) -> None:
    told: list[PlateTrouble] = []
    wrong = Described("wrong", "serial:///dev/ttyUSB0?speed=9600")
    plates = Plates([wrong, described("right", lines[0])], told.append)
    plates.start()
    assert told == [PlateTrouble("wrong", "bad_address")]
    for plate in plates:
        plates.show(plate, Call("A047"))
    until(lambda: b"A047" in lines[0].heard())
    plates.stop()
