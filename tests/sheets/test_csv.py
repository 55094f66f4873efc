"""CSV as spreadsheets here read it: what is a number stays one, what is a text never reckons."""

from __future__ import annotations

import csv
import io

import pytest

from figures.document import Text
from sheets import render
from sheets.plain import harmless
from tests.sheets.reports import COLUMNS, HARMFUL, LETTERS, empty, hostile, report, table, whole


def rows_of(content: bytes) -> list[list[str]]:
    """As somebody else's reader has them."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def section(content: bytes, title: str) -> list[list[str]]:
    rows = rows_of(content)
    start = rows.index([title]) + 1
    return rows[start : rows.index([], start)]


def test_a_table_is_one_section_with_decimal_commas_in_vietnamese() -> None:
    heads, first, _, nothing, negative, total, note = section(
        render(report(table()), "csv"), "Theo thủ tục"
    )
    assert heads[1:5] == ["Đã phục vụ", "Chờ trung bình (phút)", "Chờ ≤ 15 phút (%)", "Điểm"]
    assert first == [
        *["Chứng thực", "1234", "12,3067", "74,21", "4,52"],
        *["2026-11-24", "2026-11-24T08:05:30+07:00", "Có"],
    ]
    assert nothing == ["Đất đai", "0", "", "", "", "", "", ""]
    assert negative[1:5] == ["-12", "-1,5", "-12,5", "-0,25"]
    assert total[:2] == ["Tổng cộng", "1278"]
    assert note == ["Không tính giờ nghỉ trưa."]


def test_english_has_decimal_points() -> None:
    _, first, *_ = section(render(report(table(), language="en"), "csv"), "Theo thủ tục")
    assert first[1:5] == ["1234", "12.3067", "74.21", "4.52"]


def test_figures_say_their_units() -> None:
    heads, visits, wait, *_ = section(render(whole(), "csv"), "Các chỉ tiêu chính")
    assert heads[:4] == ["Chỉ tiêu", "Đơn vị", "Kết quả", "Kỳ trước"]
    assert visits[:4] == ["Số lượt", "", "5210", "4980"]
    assert wait[:4] == ["Thời gian chờ trung bình", "phút", "12,3067", "15,02"]


def test_every_letter_is_there() -> None:
    assert [LETTERS] in rows_of(render(whole(), "csv"))


@pytest.mark.parametrize("text", HARMFUL[:11])
def test_what_a_spreadsheet_would_reckon_is_made_harmless(text: str) -> None:
    assert harmless(text).startswith("'")


def test_nothing_harmful_is_left_anywhere() -> None:
    cells = [cell for row in rows_of(render(hostile(), "csv")) for cell in row]
    numbers = {"-1"}
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r\n") and cell not in numbers] == []
    assert not any(ord(letter) < 32 for cell in cells for letter in cell)
    assert 'a;b"c,d' in cells
    assert len([cell for cell in cells if cell == "-1"]) == 4 * len(HARMFUL) + 2  # -60 s, too


def test_an_empty_report_has_its_heads() -> None:
    ((*heads,), _) = section(render(empty(), "csv"), "Theo thủ tục")
    assert len(heads) == len(COLUMNS)


def test_a_text_on_several_lines_is_one_cell() -> None:
    assert ["a b"] in rows_of(render(report(Text(key="t", lines=["a\nb"])), "csv"))
