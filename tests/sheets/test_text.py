"""Reports as text for a terminal, and as JSON for programs."""

from __future__ import annotations

import json
import re

from msgspec.structs import replace
from rich.cells import cell_len

from figures.document import Series
from sheets import render
from tests.sheets.reports import LETTERS, bars, empty, hostile, report, table, whole


def shown(text: bytes, title: str) -> list[str]:
    """The lines below the rule under a title, up to the next empty line."""
    lines = text.decode().splitlines()
    start = lines.index(title) + 2
    return lines[start : lines.index("", start)]


def words(row: str) -> list[str]:
    return re.split(r"  +", row)


def test_columns_stand_one_below_the_other_with_numbers_at_the_right() -> None:
    lines = shown(render(report(table()), "table"), "Theo thủ tục")
    highest, upper, head, rule, first, *_, last_rule, total, note = lines
    assert words(highest.strip()) == ["Chờ trung"]
    assert words(upper.strip()) == ["Đã phục", "bình", "Chờ ≤ 15", "Ngày đông"]
    assert words(head)[:5] == ["Thủ tục", "vụ", "(phút)", "phút", "Điểm"]
    assert words(first)[:5] == ["Chứng thực", "1.234", "12,3", "74,2%", "4,52"]
    assert words(first)[5:] == ["24/11/2026", "24/11/2026 08:05", "Có"]
    assert rule == last_rule
    ends = [rule.index("  "), rule.index("  ", 14)]
    assert head[: ends[1]].endswith("vụ")
    assert first[: ends[1]].endswith("1.234")
    assert total[: ends[1]].endswith("1.278")
    assert note == "* Không tính giờ nghỉ trưa."


def test_wide_letters_take_two_cells() -> None:
    rows = table([["漢字", 1, *[None] * 6], ["ab", 22, *[None] * 6]], None)
    _, _, _, _, wide, narrow, _ = shown(render(report(rows), "table"), "Theo thủ tục")
    assert cell_len(wide[: wide.index("1") + 1]) == cell_len(narrow[: narrow.index("2") + 2])


def test_bars_are_drawn_and_what_is_not_known_has_none() -> None:
    first, second, third = shown(render(report(bars()), "table"), "Lượt đến theo nửa giờ")
    assert second == f"08:00  30  {'█' * 30}"
    assert first == f"07:30  12  {'█' * 12}"
    assert third == "08:30   –"


def test_bars_of_two_series_stand_one_below_the_other_in_their_own_shades() -> None:
    needed, opened = Series(title="Cần mở", values=[2.0, 6.0]), Series(title="Đã mở", values=[3, 0])
    chart = replace(bars(), x=["07:30", "08:00"], series=[needed, opened])
    lines = shown(render(report(chart), "table"), "Lượt đến theo nửa giờ")
    assert lines == [
        f"07:30  Cần mở  2  {'█' * 10}",
        f"       Đã mở   3  {'▒' * 15}",
        f"08:00  Cần mở  6  {'█' * 30}",
        "       Đã mở   0",
    ]


def test_a_report_is_text_whatever_is_in_it() -> None:
    for made in (whole("vi"), whole("en"), empty(), hostile()):
        text = render(made, "table").decode()
        assert not any(ord(letter) < 32 and letter != "\n" for letter in text)
        assert "\u202e" not in text
    assert LETTERS in render(whole(), "table").decode()
    assert "Không có số liệu." in render(empty(), "table").decode()
    assert "There is nothing to count." in render(empty("en"), "table").decode()


def test_json_has_the_figures_as_they_are_under_the_keys_of_their_columns() -> None:
    read = json.loads(render(whole(), "json"))
    assert (read["report"], read["from"], read["to"]) == ("period", "2026-11-01", "2026-11-30")
    text, figures, rows, chart, *_ = read["blocks"]
    assert text["lines"][1] == LETTERS
    assert figures["figures"]["wait_mean"]["value"] == 738.4
    assert rows["rows"][0] == {
        "service": "Chứng thực",
        "served": 1234,
        "wait_mean": 738.4,
        "within_15": 0.7421,
        "score": 4.52,
        "busiest": "2026-11-24",
        "longest_at": "2026-11-24T08:05:30+07:00",
        "met": True,
    }
    assert rows["rows"][2]["wait_mean"] is None
    assert rows["columns"]["wait_mean"] == {"title": "Chờ trung bình", "kind": "seconds"}
    assert rows["total"]["served"] == 1278
    assert chart["series"][0]["values"] == [12.0, 30.0, None]
