"""The words around figures: complete in both languages, and numbers as each of them writes them."""

from __future__ import annotations

import ast
import string
from decimal import Decimal

import pytest

from figures.document import Cell, Kind
from sheets.wording import clean, languages, load
from tests.architecture.sources import ROOT
from tests.sheets.reports import report


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_every_word_with_the_same_facts() -> None:
    assert languages() == ["en", "vi"]
    vi, en = load("vi").texts, load("en").texts
    assert set(vi) == set(en)
    assert [key for key in vi if placeholders(vi[key]) != placeholders(en[key])] == []
    letters = {key for key, text in vi.items() if any(letter.isalpha() for letter in text)}
    assert {key for key in letters if vi[key] == en[key]} == set()


def test_every_word_is_said_somewhere() -> None:
    sources = [*(ROOT / "sheets").glob("*.py"), ROOT / "sheets" / "page.html"]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    families = {
        str(node.values[0].value)
        for path in sources[:-1]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    }
    unsaid = [
        key
        for key in load("vi").texts
        if f'"{key}"' not in text and not any(key.startswith(f) for f in families if f[-1:] == ".")
    ]
    assert unsaid == []


@pytest.mark.parametrize(
    ("value", "kind", "vi", "en"),
    [
        (738.4, "seconds", "12,3", "12.3"),
        (15.0, "seconds", "0,3", "0.3"),  # a quarter of a minute: half of the last digit counts up
        (0, "seconds", "0,0", "0.0"),
        (5_000_000.0, "seconds", "83.333,3", "83,333.3"),
        (0.7421, "share", "74,2%", "74.2%"),
        (1, "share", "100,0%", "100.0%"),
        (0.9995, "share", "100,0%", "100.0%"),
        (1_234_567, "count", "1.234.567", "1,234,567"),
        (12.5, "count", "12,5", "12.5"),
        (-12, "count", "-12", "-12"),
        (4.5, "score", "4,50", "4.50"),
        (15, "score", "15", "15"),
        ("2026-02-05", "date", "05/02/2026", "05/02/2026"),
        ("2026-11-24T08:05:30+07:00", "time", "24/11/2026 08:05", "24/11/2026 08:05"),
        ("hôm nay", "date", "hôm nay", "hôm nay"),
        (True, "flag", "Có", "Yes"),
        (False, "flag", "Không", "No"),
        (None, "seconds", "–", "–"),
        (float("nan"), "share", "–", "–"),
        ("dưới 30 phiếu", "share", "dưới 30 phiếu", "dưới 30 phiếu"),
    ],
)
def test_a_cell_is_shown_as_the_language_writes_it(
    value: Cell, kind: Kind, vi: str, en: str
) -> None:
    assert (load("vi").shown(value, kind), load("en").shown(value, kind)) == (vi, en)


def test_a_duration_that_stands_alone_has_its_unit() -> None:
    assert load("vi").with_unit(738.4, "seconds") == "12,3 phút"
    assert load("en").with_unit(738.4, "seconds") == "12.3 min"
    assert load("vi").with_unit(None, "seconds") == "–"


def test_a_number_is_exact_whatever_floats_think_of_it() -> None:
    assert load("vi").number(0.05, 1) == "0,1"
    assert load("vi").number(Decimal("2.675"), 2) == "2,68"


@pytest.mark.parametrize(
    ("made_at", "said"),
    [
        ("2026-11-24T07:00:00+07:00", "An Bình, ngày 24 tháng 11 năm 2026"),
        ("2026-02-05T07:00:00+07:00", "An Bình, ngày 05 tháng 02 năm 2026"),
        ("2026-03-09T07:00:00+07:00", "An Bình, ngày 09 tháng 3 năm 2026"),
    ],
)
def test_the_date_line_is_written_as_decrees_want_it(made_at: str, said: str) -> None:
    assert load("vi").place_and_date(report(made_at=made_at)) == said


def test_a_period_of_one_day_is_that_day() -> None:
    one = report(first="2026-11-24", last="2026-11-24")
    assert load("vi").period(one) == "Ngày 24/11/2026"
    assert load("vi").period(report()) == "Từ ngày 01/11/2026 đến ngày 30/11/2026"


def test_what_steers_devices_is_not_shown() -> None:
    assert clean("a\x1b[2Jb\u202ec\ud800d\ne\u00a0f ") == "a [2Jb c d e f"


def test_a_language_without_words_is_vietnamese() -> None:
    assert load("tay") == load("vi")
