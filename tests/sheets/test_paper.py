"""The PDF as another program reads it: A4, every letter, heads on every page, signatures."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from figures.document import Cell, Text
from sheets import SheetError, render
from tests.sheets.reports import LETTERS, column, empty, hostile, long, report, table, whole

A4_POINTS = (595, 842)


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def size(reader: PdfReader) -> tuple[int, int]:
    box = reader.pages[0].mediabox
    return round(box.width), round(box.height)


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_paper_begins_as_every_official_one_does_and_ends_with_two_signatures() -> None:
    reader = read(render(whole(), "pdf"))
    text = letters(text_of(reader))
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN PHƯỜNG AN BÌNH",
        "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG PHƯỜNG AN BÌNH",
        "An Bình, ngày 01 tháng 12 năm 2026",
        "BÁO CÁO KỲ",
        "Từ ngày 01/11/2026 đến ngày 30/11/2026",
        "12,3 phút",
        "NGƯỜI LẬP BIỂU",
        "THỦ TRƯỞNG ĐƠN VỊ",
        f"Trang 1/{len(reader.pages)}",
    ):
        assert letters(said) in text, said
    assert reader.metadata is not None
    assert reader.metadata.title == "Báo cáo kỳ"


def test_every_letter_of_vietnamese_is_in_the_font_and_can_be_copied_out() -> None:
    assert LETTERS in letters(text_of(read(render(report(Text(key="t", lines=[LETTERS])), "pdf"))))


def test_paper_is_a4_upright_and_on_its_side_for_wide_tables() -> None:
    assert size(read(render(report(table()), "pdf"))) in (A4_POINTS, A4_POINTS[::-1])
    narrow = report(Text(key="t", lines=["x"]))
    assert size(read(render(narrow, "pdf"))) == A4_POINTS
    wide = table([], None)
    wide.columns = [column(f"c{n}", f"Cột số {n} trung bình", "seconds") for n in range(16)]
    wide.rows = [[60_000.0 * n for n in range(16)]]
    assert size(read(render(report(wide), "pdf"))) == A4_POINTS[::-1]


def test_a_long_table_has_its_heads_on_every_page_and_loses_no_row() -> None:
    reader = read(render(long(300), "pdf"))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 5
    tables = [page for page in pages if "Dòng" in page]
    assert all("Điểm" in page and "Trang" in page for page in tables)
    found = re.findall(r"Dòng (\d+)", "\n".join(pages))
    assert [int(number) for number in found] == list(range(300))


def test_a_cell_longer_than_a_page_goes_on_on_the_next() -> None:
    words = [f"từ{number}" for number in range(3000)]
    rows: list[list[Cell]] = [[" ".join(words), *[None] * 7]]
    reader = read(render(report(table(rows, None)), "pdf"))
    assert len(reader.pages) > 2
    assert [int(one) for one in re.findall(r"từ(\d+)", letters(text_of(reader)))] == list(
        range(3000)
    )


def test_a_total_never_stands_alone_on_a_page() -> None:
    for rows in range(30, 60):
        pages = [page.extract_text() for page in read(render(long(rows), "pdf")).pages]
        (last,) = [page for page in pages if "Tổng cộng" in page]
        assert f"Dòng {rows - 1}" in last


def test_what_has_too_many_columns_for_paper_is_refused_in_words() -> None:
    wide = table([], None)
    wide.columns = [column(f"c{n}", f"rất_nhiều_chữ_{n}", "text") for n in range(40)]
    wide.rows = [["x"] * 40]
    with pytest.raises(SheetError, match="40 columns are too many") as refused:
        render(report(wide), "pdf")
    assert refused.value.reason == "too_wide"


def test_charts_are_pictures_on_the_paper() -> None:
    reader = read(render(whole(), "pdf"))
    assert sum(len(page.images) for page in reader.pages) == 3


def test_empty_and_hostile_reports_are_papers_too() -> None:
    assert "Không có số liệu." in text_of(read(render(empty(), "pdf")))
    reader = read(render(hostile(), "pdf"))
    text = text_of(reader)
    assert "<script>alert(1)</script>" in text
    assert "{nb}" not in text
    assert not any("/Annots" in page or "/AA" in page for page in reader.pages)


def test_the_same_report_is_the_same_paper() -> None:
    assert render(whole(), "pdf") == render(whole(), "pdf")


def test_what_nobody_would_read_on_paper_is_refused_in_words() -> None:
    with pytest.raises(SheetError, match="too many for paper: take csv or xlsx") as refused:
        render(long(20_001), "pdf")
    assert refused.value.reason == "too_long"
