"""Text in block characters: exact in size, and every mark of a letter tells it from others."""

from __future__ import annotations

from itertools import combinations

import pytest

from display.lettering import LINE_ROWS, letter, written
from tests.screens.boards import SLOW, board
from tests.waiting import until

SIZES = [(80, 9), (60, 14), (200, 40), (10, 3), (1, 1), (0, 4)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("text", ["TẠM NGHỈ", "PAUSED", ""])
def test_the_drawing_has_exactly_the_size_asked_for(text: str, width: int, height: int) -> None:
    assert [len(row) for row in letter(text, width, height)] == [width] * height


@pytest.mark.parametrize(
    "vowels", ["aáàảãạăắằẳẵặâấầẩẫậ", "oóòỏõọôốồổỗộơớờởỡợ", "uúùủũụưứừửữự", "dđ"]
)
def test_no_two_vietnamese_letters_look_alike(vowels: str) -> None:
    for letters in (vowels, vowels.upper()):
        drawn = {one: tuple(written(f"n{one}n", LINE_ROWS)) for one in letters}
        assert [pair for pair in combinations(drawn, 2) if drawn[pair[0]] == drawn[pair[1]]] == []


def test_lines_of_text_are_of_one_height_and_as_wide_as_they_are() -> None:
    short, long = written("Lệ phí", LINE_ROWS), written("Giấy tờ cần mang", LINE_ROWS)
    assert len(short) == len(long) == LINE_ROWS
    assert len({len(row) for row in short}) == len({len(row) for row in long}) == 1
    assert len(long[0]) > 2 * len(short[0])


def test_words_without_room_are_written_plainly() -> None:
    assert letter("TẠM NGHỈ", 12, 1) == ["  TẠM NGHỈ  "]


async def test_on_a_huge_board_every_line_of_text_is_drawn() -> None:
    async with board(SLOW, size=(480, 135)) as b:
        await b.hall.show(notice="Nghỉ trưa lúc 11:30.")
        await b.hall.call(("A105", "Q2"), priority=True)
        drawn = written("Nghỉ trưa lúc 11:30.", LINE_ROWS)[LINE_ROWS // 2].strip()
        await until(lambda: drawn in b.text)
        for plain in ("Một cửa", "NOW CALLING", "PRIORITY", "Khu A", "08:30", "11:30"):
            assert plain not in b.text
