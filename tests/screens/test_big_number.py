"""Big numbers: exact in size, distinct in form, cheap to change."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.app import App, ComposeResult

from terminal.big_number import PATHS, BigNumber, draw
from tests.screens.conftest import screen_text
from tests.waiting import until

SIZES = [(20, 5), (40, 9), (80, 20), (200, 60)]


@pytest.mark.parametrize(("width", "height"), [*SIZES, (1, 1), (3, 2), (7, 40), (60, 3), (0, 4)])
def test_the_drawing_has_exactly_the_size_asked_for(width: int, height: int) -> None:
    rows = draw("A001", width, height)
    assert [len(row) for row in rows] == [width] * height


@pytest.mark.parametrize("height", [3, 4, 5, 9, 20])
def test_no_two_characters_look_alike_at_any_size(height: int) -> None:
    drawn = {character: tuple(draw(character, 2 * height, height)) for character in PATHS}
    twins = [pair for pair in combinations(drawn, 2) if drawn[pair[0]] == drawn[pair[1]]]
    assert twins == []


@pytest.mark.parametrize("pair", ["0O", "0D", "08", "8B", "1I", "17", "5S", "2Z", "6G", "0Q"])
def test_letters_easily_confused_differ_in_a_tenth_of_their_ink(pair: str) -> None:
    one, other = ("".join(draw(character, 12, 9)) for character in pair)
    ink = sum(cell != " " for cell in one)
    assert sum(a != b for a, b in zip(one, other, strict=True)) >= ink / 10


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_number_uses_the_room_it_has(width: int, height: int) -> None:
    rows = draw("A001", width, height)
    inked = [row for row in rows if row.strip()]
    left = min(len(row) - len(row.lstrip()) for row in inked)
    assert len(inked) >= 0.85 * height or left <= 0.1 * width


def test_a_number_without_room_is_written_plainly() -> None:
    assert draw("a001", 8, 1) == ["  A001  "]


async def test_the_widget_follows_its_text() -> None:
    class Board(App[None]):
        def compose(self) -> ComposeResult:
            yield BigNumber("A001")

    app = Board()
    async with app.run_test(size=(40, 9)) as pilot:
        await until(lambda: screen_text(app).split() == "\n".join(draw("A001", 40, 9)).split())
        app.query_one(BigNumber).text = "G999"
        await pilot.pause()
        await until(lambda: screen_text(app).split() == "\n".join(draw("G999", 40, 9)).split())
