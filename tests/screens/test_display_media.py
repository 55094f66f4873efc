"""Pages of a folder: what they come to in rows of a terminal, and when they stand on a board."""

from __future__ import annotations

import logging
import os
import random
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from syrupy.assertion import SnapshotAssertion

from display.media import MOST_PICTURE, MOST_TEXT, BadPage, Room, Sheet, files_in, sheets
from display.pages import Pages
from link.messages import DeviceState
from tests.screens.boards import SLOW, Board, Settings, board, old_calls
from tests.waiting import until

ROOM = Room(40, 12, "#0b1524", "#ffcd00")
PAPERS = """# Giấy tờ cần mang

Đăng ký **khai sinh**:

- Tờ khai đăng ký khai sinh
- Giấy chứng sinh
- Căn cước của [cha, mẹ](https://example.vn)

## Lệ phí

Không thu.
"""
HOURS = "Giờ làm việc\n\nThứ Hai đến thứ Sáu: 07:30 – 11:30 và 13:00 – 17:00"
BAD = {
    "empty": ("trong.txt", b" \n"),
    "not a text in UTF-8": ("a.txt", "Giờ".encode("utf-16")),
    "control characters": ("a.md", b"# Gi\x1b]52;c;eA==\x07"),
    "larger than 64 kB": ("a.txt", b"a " * MOST_TEXT),
    "not a picture": ("a.png", b"\x89PNG\r\n\x1a\n and no more"),
    "larger than 32768 kB": ("a.jpg", bytes(1) + b"a" * MOST_PICTURE),
    "neither a text": ("phi.pdf", b"%PDF-1.7"),
}


def picture(kind: str, size: tuple[int, int] = (60, 40), *, colour: str = "red") -> bytes:
    written = BytesIO()
    Image.new("RGB", size, colour).save(written, kind)
    return written.getvalue()


def text_of(sheet: Sheet) -> str:
    return "\n".join("".join(piece.text for piece in row).rstrip() for row in sheet)


# --- A page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", BAD)
def test_what_is_no_page_is_refused_with_the_reason(why: str, tmp_path: Path) -> None:
    name, content = BAD[why]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadPage, match=why):
        sheets(tmp_path / name, ROOM)


def test_a_pipe_in_the_folder_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(BadPage, match="not a file"):
        sheets(tmp_path / "a.txt", ROOM)


def test_a_page_that_vanished_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(BadPage):
        sheets(tmp_path / "a.txt", ROOM)


def test_markdown_shows_headings_lists_and_bold_words_and_no_link_to_follow(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.md").write_text(PAPERS, encoding="utf-8")
    first, *_ = sheets(tmp_path / "a.md", ROOM)
    pieces = {piece.text.strip(): piece.style for row in first for piece in row}
    heading, bold = pieces["Giấy tờ cần mang"], pieces["khai sinh"]
    assert heading is not None
    assert heading.color is not None
    assert (heading.color.name, heading.bold) == (ROOM.heading, True)
    assert bold is not None
    assert bold.bold
    assert "• Giấy chứng sinh" in text_of(first)
    assert not any(style and style.link for style in pieces.values())


def test_a_long_page_comes_in_sheets_cut_between_paragraphs(tmp_path: Path) -> None:
    paragraphs = [f"Mục {n}: " + "nội dung " * 12 for n in range(9)]
    (tmp_path / "a.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    those = sheets(tmp_path / "a.txt", ROOM)
    assert len(those) > 2
    assert all(len(sheet) <= ROOM.height for sheet in those)
    assert all(text_of(sheet).startswith("Mục ") for sheet in those)
    words = " ".join(text_of(sheet) for sheet in those).split()
    assert words == " ".join(paragraphs).split()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_as_large_as_it_fits_and_in_the_middle(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"a.{kind.lower()}"
    file.write_bytes(picture(kind))
    (sheet,) = sheets(file, ROOM)
    rows = [row for row in sheet if row]
    cells = [sum(len(piece.text) for piece in row) for row in rows]
    assert (len(rows), set(cells)) == (12, {2 + 36})
    assert max(map(len, rows)) < 20  # neighbours of one colour are one piece


def test_of_a_moving_picture_the_first_one_is_shown(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    (sheet,) = sheets(tmp_path / "a.webp", ROOM)
    colours = {piece.style.color.name for row in sheet for piece in row if piece.style}  # type: ignore[union-attr]
    assert colours == {"rgb(255,0,0)"}


def test_a_broken_picture_is_a_bad_page_whatever_is_wrong_with_it(tmp_path: Path) -> None:
    chance = random.Random(5)
    whole = [picture(kind) for kind in ("PNG", "JPEG", "WEBP")]
    outcomes = set()
    for _ in range(300):
        broken = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        (tmp_path / "a.png").write_bytes(broken)
        try:
            outcomes.add(bool(sheets(tmp_path / "a.png", ROOM)))
        except BadPage:
            outcomes.add(False)
    assert outcomes == {True, False}


def test_whatever_a_text_holds_no_control_character_comes_of_it(tmp_path: Path) -> None:
    every = "".join(chr(code) for code in range(0x20, 0x3000) if not 0x7F <= code < 0xA0)
    (tmp_path / "a.md").write_text(every, encoding="utf-8")
    (tmp_path / "a.txt").write_text(every + "\u202e\u200b\ufeff", encoding="utf-8")
    for name in ("a.md", "a.txt"):
        shown = "".join(map(text_of, sheets(tmp_path / name, ROOM)))
        steering = {c for c in shown if unicodedata.category(c).startswith("C")} - {"\n"}
        assert {unicodedata.category(c) for c in steering} <= {"Cn"}


def test_pages_stand_in_the_order_of_the_vietnamese_alphabet(tmp_path: Path) -> None:
    names = ["Đất đai.txt", "Dân sự.md", "10.txt", "9.txt", "Ấp.txt", "Am.txt"]
    for name in (*names, ".an.txt"):
        (tmp_path / name).touch()
    (tmp_path / "thư mục").mkdir()
    assert [file.name for file in files_in(tmp_path)] == [
        *("9.txt", "10.txt", "Am.txt", "Ấp.txt", "Dân sự.md", "Đất đai.txt")
    ]


# --- On the board --------------------------------------------------------------------------------


def settings(folder: Path, **others: int | float) -> Settings:
    return {**SLOW, "media": str(folder), "media_s": 0.2, **others}


def states(b: Board) -> list[str | None]:
    """What the board told of its pages."""
    return [do.trouble for do in b.hall.told if isinstance(do, DeviceState)]


async def test_pages_stand_on_the_board_in_turn_and_bad_ones_are_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "1.md").write_text(PAPERS, encoding="utf-8")
    (tmp_path / "2.txt").write_bytes(b"\x1b[2J")
    (tmp_path / "3.txt").write_text(HOURS, encoding="utf-8")
    caplog.set_level(logging.WARNING, "motcua.screen")
    async with board(settings(tmp_path)) as b:
        await until(lambda: "Giấy chứng sinh" in b.text)
        await until(lambda: "Giờ làm việc" in b.text)
        await until(lambda: "Giấy chứng sinh" in b.text)
        await until(lambda: states(b)[-1:] == ["bad_page"])
        (tmp_path / "2.txt").unlink()
        await until(lambda: states(b)[-1:] == [None])
    assert caplog.text.count("the page '2.txt' is left out: not a text") == 1


async def test_a_page_that_is_laid_into_the_folder_is_shown_without_a_restart(
    tmp_path: Path,
) -> None:
    async with board(settings(tmp_path)) as b:
        await until(lambda: states(b) == [None])
        assert not b.app.query_one(Pages).display
        (tmp_path / "1.txt").write_text(HOURS, encoding="utf-8")
        await until(lambda: "Giờ làm việc" in b.text)
        (tmp_path / "1.txt").unlink()
        await until(lambda: "Giờ làm việc" not in b.text)
        assert not b.app.query_one(Pages).display


async def test_a_folder_that_is_not_there_is_reported_and_takes_no_room(tmp_path: Path) -> None:
    async with board(settings(tmp_path / "nowhere")) as b:
        await until(lambda: states(b) == ["no_folder"])
        assert not b.app.query_one(Pages).display


async def test_a_board_without_a_folder_has_no_such_part() -> None:
    async with board(SLOW) as b:
        assert not b.app.query(Pages)


@pytest.mark.parametrize(
    ("size", "stays"), [((80, 24), False), ((160, 45), True), ((67, 120), True)], ids=str
)
async def test_a_call_takes_the_room_of_the_pages_on_a_small_board(
    size: tuple[int, int], stays: bool, tmp_path: Path
) -> None:
    (tmp_path / "1.txt").write_text("Lệ phí", encoding="utf-8")
    async with board(settings(tmp_path), size=size) as b:
        await until(lambda: "Lệ phí" in b.text)
        await b.hall.call(("A105", "Q2"))
        await until(lambda: b.number == "A105")
        await until(lambda: ("Lệ phí" in b.text) is stays)


async def test_no_pages_on_a_board_that_has_hardly_room_for_calls(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("Lệ phí", encoding="utf-8")
    async with board(settings(tmp_path), size=(50, 18)) as b:
        await until(lambda: states(b) == [None])
        await until(lambda: not b.app.query_one(Pages).display)


@pytest.mark.parametrize("size", [(160, 45), (67, 120)], ids=str)
async def test_a_board_with_pages_in_both_shapes(
    size: tuple[int, int], tmp_path: Path, screen: SnapshotAssertion
) -> None:
    (tmp_path / "1.md").write_text(PAPERS, encoding="utf-8")
    async with board(settings(tmp_path, media_s=60), size=size, calls=old_calls(12)) as b:
        await b.hall.call(("A105", "Q2"))
        await until(lambda: b.number == "A105" and "Không thu" in b.text)
        await b.settled()
        assert b.text == screen
