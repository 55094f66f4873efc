"""The ticket on paper: what stands there, how large, and that nothing is lost."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from PIL import Image, ImageChops
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from hardware.facts import NAMES, TicketFacts
from hardware.layout import ticket_picture
from hardware.letters import DOTS_PER_MM, FILES, font, number, paragraph
from hardware.raster import preview
from hardware.template import GapRow, LineRow, NumberRow, QrRow, Template, TextRow, read
from tests.hardware.paper import HARD_LETTERS, TICKET, WIDTHS, ink_box

GOLDEN = Path(__file__).with_name("golden")
ONLY_NUMBER = TicketFacts(number="A047")


def rows(*some: TextRow | NumberRow | QrRow | LineRow | GapRow) -> Template:
    return Template(tuple(some), {})


def drawn(*some: TextRow | NumberRow | QrRow | LineRow | GapRow, width: int = 576) -> Image.Image:
    return ticket_picture(TICKET, rows(*some), width)


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and one.tobytes() == other.tobytes()


# --- The whole ticket ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_the_shipped_ticket_is_this_picture_dot_by_dot(width: int) -> None:
    """After a wanted change: TICKET_GOLDEN=write pytest tests/hardware, and look at the files."""
    picture = ticket_picture(TICKET, read(), width)
    file = GOLDEN / f"ticket-{width}.png"
    if os.environ.get("TICKET_GOLDEN") == "write":
        file.write_bytes(preview(picture))
    with Image.open(file) as golden:
        assert same(picture, golden)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_ticket_is_black_dots_on_white_with_margins(width: int) -> None:
    picture = ticket_picture(TICKET, read(), width)
    left, top, right, bottom = ink_box(picture)
    assert picture.mode == "1"
    assert picture.width == width
    assert min(left, width - right, top, picture.height - bottom) >= 4


def test_every_known_fact_changes_the_picture() -> None:
    """Or else the shipped template would keep it from the citizen."""
    template = read()
    whole = ticket_picture(replace(TICKET, service_translated="Certified copy"), template, 576)
    for name in set(NAMES) - {"address", "notices", "reprint"}:
        empty: dict[str, Any] = {"service_translated": "Certified copy", name: ""}
        less = replace(TICKET, **empty)
        assert not same(ticket_picture(less, template, 576), whole), name
    for less in (replace(TICKET, notices=()), replace(TICKET, reprint=0)):
        assert not same(ticket_picture(less, template, 576), whole)


def test_facts_that_are_not_known_leave_no_gap() -> None:
    """Neither blank rows, nor lines or gaps that have nothing left to part."""
    little = ticket_picture(ONLY_NUMBER, read(), 576)
    assert longest_blank(little) <= 6 * DOTS_PER_MM
    assert little.height < ticket_picture(TICKET, read(), 576).height * 0.6


def longest_blank(picture: Image.Image) -> int:
    """Rows without ink, between rows with."""
    wide = picture.width // 8
    data = picture.tobytes()
    inked = [y for y in range(picture.height) if data[y * wide : (y + 1) * wide] != b"\xff" * wide]
    return max(after - before - 1 for before, after in pairwise(inked))


def test_nothing_on_the_ticket_is_about_a_person() -> None:
    """A new fact is a decision about privacy: it is added here by somebody who has made it."""
    assert {field.name for field in fields(TicketFacts)} == {
        "number", "language", "hall", "unit", "address", "service", "service_translated", "where",
        "taken", "serving", "ahead", "wait", "papers", "priority", "proof", "token", "code",
        "notices", "free_line", "reprint",
    }  # fmt: skip


def test_the_same_rows_speak_the_language_of_the_citizen() -> None:
    row = TextRow(text={"vi": "SỐ THỨ TỰ", "en": "YOUR NUMBER"})
    english = ticket_picture(replace(TICKET, language="en"), rows(row), 576)
    other = ticket_picture(replace(TICKET, language="km"), rows(row), 576)
    assert same(english, drawn(TextRow(text="YOUR NUMBER")))
    assert same(other, drawn(TextRow(text="SỐ THỨ TỰ")))


# --- The number ----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("text", ["A047", "K1234", "M9999999", "T001"])
def test_the_number_is_at_least_14_mm_high_and_never_cut(text: str, width: int) -> None:
    template = rows(NumberRow(number="{number}", height_mm=16))
    picture = ticket_picture(TicketFacts(number=text), template, width)
    left, top, right, bottom = ink_box(picture)
    assert (bottom - top) / DOTS_PER_MM >= 14
    assert left > 0
    assert right < width


def test_a_number_with_room_is_as_high_as_asked_for() -> None:
    ink = number("A047", "bold", 18, 14, 576)
    assert 18 <= ink.height / DOTS_PER_MM <= 19


# --- Letters -------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", FILES)
def test_no_vietnamese_letter_is_missing(weight: str) -> None:
    letters = font(weight, 40)
    missing = letters.getmask("\uffff").getbbox(), bytes(letters.getmask("\uffff"))
    for letter in (HARD_LETTERS + HARD_LETTERS.upper() + "–…“”·").replace(" ", ""):
        mask = letters.getmask(letter)
        assert (mask.getbbox(), bytes(mask)) != missing, letter
        assert mask.getbbox() is not None, letter


def test_decomposed_letters_print_the_same_as_composed_ones() -> None:
    composed = TicketFacts(number="A047", hall=HARD_LETTERS, free_line="Đỗ Thị Hường")
    decomposed = replace(
        composed,
        hall=normalize("NFD", composed.hall),
        free_line=normalize("NFD", composed.free_line),
    )
    assert decomposed.hall != composed.hall
    assert same(ticket_picture(decomposed, read(), 576), ticket_picture(composed, read(), 576))


def test_a_decomposed_template_prints_the_same_too() -> None:
    assert same(
        drawn(TextRow(text=normalize("NFD", HARD_LETTERS))), drawn(TextRow(text=HARD_LETTERS))
    )


def test_letters_without_a_shape_never_reach_the_paper() -> None:
    steered = replace(TICKET, free_line="Đường\x1b dây\u200b nóng: 1022\x00")
    assert same(ticket_picture(steered, read(), 576), ticket_picture(TICKET, read(), 576))


@pytest.mark.parametrize("width", [60, 152, 360, 552])
def test_a_long_text_wraps_without_losing_a_letter(width: int) -> None:
    text = "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất " * 4
    lines = paragraph(text.strip(), "bold", 30, width)
    assert "".join(lines.lines).replace(" ", "") == text.replace(" ", "")
    assert lines.width <= width + 2


def test_a_long_word_is_set_smaller_before_it_is_broken() -> None:
    word = "marital-status-certificate"
    smaller, broken = paragraph(word, "bold", 40, 300), paragraph(word * 4, "bold", 40, 300)
    assert smaller.lines == (word,)
    assert smaller.font.size < 40
    assert len(broken.lines) > 1
    assert "".join(broken.lines) == word * 4


def test_lines_of_one_paragraph_are_about_even() -> None:
    lines = paragraph("Bản chính và bản sao cần chứng thực", "semibold", 24, 400).lines
    assert lines == ("Bản chính và bản", "sao cần chứng thực")


@pytest.mark.parametrize("width", WIDTHS)
def test_very_long_names_leave_the_paper_nowhere(width: int) -> None:
    long = "Trung tâm Phục vụ hành chính công " * 6 + "x" * 90
    facts = replace(TICKET, hall=long, service=long, papers=long, priority=long, where=long)
    left, _, right, _ = ink_box(ticket_picture(facts, read(), width))
    assert 0 < left < right < width


# --- Kinds of rows -------------------------------------------------------------------------------


@pytest.mark.parametrize(("align", "side"), [("left", 0), ("center", 1), ("right", 2)])
def test_a_text_stands_where_it_is_told(align: str, side: int) -> None:
    left, _, right, _ = ink_box(drawn(TextRow(text="Quầy 1", align=align)))  # type: ignore[arg-type]
    free = [left, abs(left - (576 - right)), 576 - right]
    assert free[side] <= 16
    assert max(free) > 100


def test_labels_form_a_column_and_stand_above_where_the_paper_is_narrow() -> None:
    label = TextRow(label="Lấy số lúc", text="{taken}")
    longer = TextRow(label="Dự kiến chờ", text="{wait}")
    wide, narrow = drawn(label, longer), drawn(label, longer, width=240)
    assert narrow.height > 1.5 * wide.height
    column = font("regular", 24).getlength("Dự kiến chờ") + 12
    blank = wide.crop((round(column) + 3, 0, round(column) + 14, wide.height))
    assert blank.getextrema() == (255, 255)


def test_a_frame_goes_all_around_its_text() -> None:
    framed, plain = (
        drawn(TextRow(text="ƯU TIÊN: {priority}", frame=frame)) for frame in (True, False)
    )
    outer, inner = ink_box(framed), ink_box(plain)
    assert outer[2] - outer[0] >= inner[2] - inner[0] + 20
    middle = (outer[1] + outer[3]) // 2
    assert framed.getpixel((outer[0], middle)) == framed.getpixel((outer[2] - 1, middle)) == 0


@pytest.mark.parametrize(("line", "rows_of_ink"), [("thin", 2), ("thick", 4), ("dashed", 2)])
def test_a_line_goes_across(line: str, rows_of_ink: int) -> None:
    text = TextRow(text="{number}")
    left, top, right, bottom = ink_box(drawn(LineRow(line=line)))  # type: ignore[arg-type]
    assert bottom - top == rows_of_ink
    assert right - left > 540
    assert drawn(LineRow(line="thin"), text).height > drawn(text).height


def test_a_gap_is_as_high_as_it_says_and_gaps_that_meet_are_the_largest() -> None:
    above, below = TextRow(text="{number}"), TextRow(text="{service}")
    gone = TextRow(text="{service_translated}")
    one = drawn(above, GapRow(gap=5), below)
    met = drawn(above, GapRow(gap=5), gone, GapRow(gap=2), below)
    assert one.height == drawn(above, below).height + round(5 * DOTS_PER_MM)
    assert same(one, met)


def test_lines_that_meet_are_one() -> None:
    line, gap, text = LineRow(line="thin"), GapRow(gap=2), TextRow(text="{number}")
    gone = TextRow(text="{address}")
    met = drawn(text, gap, line, gap, gone, gap, line, gap, text)
    assert same(met, drawn(text, gap, line, gap, text))


def test_a_row_with_a_condition_is_printed_only_where_that_fact_is_known() -> None:
    row = TextRow(text="BẢN IN LẠI {reprint}", only_if="reprint")
    first = ticket_picture(replace(TICKET, reprint=0), rows(row), 576)
    assert first.getextrema() == (255, 255)
    assert same(drawn(row), drawn(TextRow(text="BẢN IN LẠI 2")))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("text", ["{token}", "https://mot-cua.an-binh.example/luot/{token}"])
def test_the_qr_code_says_the_token_and_nothing_else(text: str, width: int) -> None:
    """Its modules are those of the text, four dots or more a side, with four modules around."""
    picture = drawn(QrRow(qr=text, box=5), width=width)
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text.format(token=TICKET.token))
    modules = code.get_matrix()
    left, top, right, bottom = ink_box(picture)
    box, rest = divmod(right - left, len(modules))
    assert (box, rest) == (5, 0)
    assert bottom - top == right - left
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            x, y = left + column * box, top + row * box
            module = picture.crop((x, y, x + box, y + box))
            assert module.getextrema() == ((0, 0) if dark else (255, 255))
    assert min(left, top, width - right, picture.height - bottom) >= 4 * box


def test_a_qr_code_shrinks_to_four_dots_and_is_left_out_before_it_cannot_be_read() -> None:
    long, too_long = QrRow(qr="{token}" * 14, box=16), QrRow(qr="{token}" * 60, box=5)
    left, _, right, _ = ink_box(drawn(long, width=384))
    assert 200 < right - left < 384
    assert drawn(too_long, width=384).getextrema() == (255, 255)


def test_a_picture_is_scaled_to_fit_and_has_only_black_and_white(tmp_path: Path) -> None:
    logo = Image.new("RGBA", (900, 300), (0, 0, 0, 0))
    logo.paste((200, 20, 20, 255), (100, 0, 800, 300))
    logo.save(tmp_path / "logo.png")
    file = tmp_path / "ticket.toml"
    file.write_text('[[row]]\npicture = "logo.png"\nwidth_mm = 30\nheight_mm = 15\n')
    template = read(file)
    picture = ticket_picture(TICKET, template, 384)
    left, top, right, bottom = ink_box(picture)
    assert not template.troubles
    assert (right - left) / DOTS_PER_MM == pytest.approx(30 * 7 / 9, abs=0.3)
    assert (bottom - top) / DOTS_PER_MM == pytest.approx(10, abs=0.3)
    assert picture.crop((left + 2, top + 2, right - 2, bottom - 2)).getextrema() == (0, 0)


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\nbroken", b"<svg/>"])
def test_without_its_picture_the_ticket_is_printed_and_the_technician_told(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "logo.png").write_bytes(content)
    file = tmp_path / "ticket.toml"
    file.write_text('[[row]]\npicture = "logo.png"\n[[row]]\ntext = "{number}"\n')
    template = read(file)
    (trouble,) = template.troubles
    assert str(tmp_path / "logo.png") in trouble
    assert "Put a PNG" in trouble
    assert same(ticket_picture(TICKET, template, 576), drawn(TextRow(text="{number}")))


def test_rows_that_touch_do_not_cut_each_other() -> None:
    """Marks on capitals reach above their row: they are there even right under another row."""
    alone = ink_box(drawn(GapRow(gap=10), TextRow(text="ẪẤ")))
    under = drawn(LineRow(line="thick"), TextRow(text="ẪẤ"))
    both = ImageChops.invert(under.convert("L")).crop((100, 0, 476, under.height)).getbbox()
    assert both is not None
    assert ink_box(under)[3] - both[1] >= alone[3] - alone[1]
