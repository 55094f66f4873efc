"""Workbooks as another program reads them: numbers, days, formats, charts, and no formulas."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from sheets import render
from tests.sheets.reports import (
    COLUMNS,
    HARMFUL,
    LETTERS,
    empty,
    hostile,
    long,
    report,
    table,
    whole,
)


def read(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def cells(book: Workbook, name: str) -> list[list[Any]]:
    return [list(row) for row in book[name].iter_rows(values_only=True)]


def test_a_table_has_real_numbers_and_days_in_the_formats_of_their_columns() -> None:
    book = read(render(report(table()), "xlsx"))
    sheet = book["Theo thủ tục"]
    first = sheet[5]
    assert [cell.value for cell in first] == [
        "Chứng thực",
        1234,
        pytest.approx(738.4 / 60),
        0.7421,
        4.52,
        datetime.fromisoformat("2026-11-24"),
        datetime.fromisoformat("2026-11-24T08:05:30"),
        "Có",
    ]
    assert [cell.number_format for cell in first[1:7]] == [
        *["#,##0", "#,##0.0", "0.0%", "#,##0.00", "dd/mm/yyyy", "dd/mm/yyyy hh:mm"]
    ]
    rows = cells(book, "Theo thủ tục")
    assert rows[6] == ["Đất đai", 0, "–", "–", "–", "–", "–", "–"]
    assert rows[7][1:5] == [-12, -1.5, -0.125, -0.25]
    assert rows[8][:2] == ["Tổng cộng", 1278]


def test_heads_stay_in_sight_and_are_printed_on_every_page() -> None:
    sheet = read(render(report(table()), "xlsx"))["Theo thủ tục"]
    assert sheet.freeze_panes == "B5"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.auto_filter.ref == "A4:H8"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.page_setup.fitToHeight == 0  # as many pages as it needs, each as wide as the sheet
    widths = [sheet.column_dimensions[letter].width for letter in "AB"]
    assert widths[0] > len("Chênh lệch")
    assert all(9 <= width <= 50 for width in widths)


def test_the_first_sheet_begins_as_every_official_paper_does() -> None:
    book = read(render(whole(), "xlsx"))
    first = cells(book, "Báo cáo")
    text = [[cell for cell in row if cell not in (None, "")] for row in first]
    assert text[0] == ["ỦY BAN NHÂN DÂN PHƯỜNG AN BÌNH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
    assert text[1][1] == "Độc lập - Tự do - Hạnh phúc"
    assert text[2] == ["Số: ………/BC-………", "An Bình, ngày 01 tháng 12 năm 2026"]
    assert text[4] == ["BÁO CÁO KỲ"]
    assert [LETTERS] in text
    assert ["Số lượt", 5210, 4980, "–"] in text
    assert any(row[:2] == ["Thời gian chờ trung bình", pytest.approx(738.4 / 60)] for row in text)
    assert text[-1] == ["(Ký, ghi rõ họ tên)", "(Ký tên, đóng dấu)"]


def test_charts_are_excels_own_and_a_heat_map_is_coloured_cells() -> None:
    book = read(render(whole(), "xlsx"))
    bars, lines, heat = (book[name] for name in book.sheetnames[2:])
    assert [len(sheet._charts) for sheet in (bars, lines, heat)] == [1, 1, 0]
    (drawn,) = lines._charts
    assert [len(part.series) for part in drawn._charts] == [2, 1]
    assert cells(book, lines.title)[3:5] == [
        ["Ngày", "Trung bình", "P90", "Mục tiêu: 15"],
        ["02/11", 12.5, 21, 15],
    ]
    assert cells(book, bars.title)[6] == ["08:30", None]
    (rules,) = heat.conditional_formatting
    assert str(rules.sqref) == "B5:D6"
    assert [rule.type for rule in rules.rules] == ["colorScale"]


def test_no_text_becomes_a_formula_or_a_link() -> None:
    book = read(render(hostile(), "xlsx"))
    everything = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in everything} <= {"n", "s", "d"}
    assert not any(cell.hyperlink for cell in everything)
    texts = [cell.value for cell in everything if cell.data_type == "s"]
    assert {"=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", HARMFUL[11]} <= set(texts)
    assert not any(ord(letter) < 32 for text in texts for letter in str(text))


def test_sheets_have_names_that_excel_takes_and_no_two_the_same() -> None:
    names = read(render(hostile(), "xlsx")).sheetnames
    assert len({name.lower() for name in names}) == len(names) == 4
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_an_empty_report_and_a_long_one_open() -> None:
    sheet = read(render(empty(), "xlsx"))["Theo thủ tục"]
    assert sheet["A5"].value == "Không có số liệu."
    assert sheet["A4"].value == COLUMNS[0].title
    assert read(render(long(3000), "xlsx"))["Theo thủ tục"].max_row == 3000 + 4 + 1 + 2


def test_english_is_english() -> None:
    assert read(render(whole("en"), "xlsx")).sheetnames[0] == "Report"
