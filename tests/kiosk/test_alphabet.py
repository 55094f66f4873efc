"""The Vietnamese alphabet: what is ignored in a search, and what comes before what."""

from __future__ import annotations

from random import Random
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.alphabet import LETTERS, fold, sort_key

IN_ORDER = [
    ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "i", "n", "o", "ô", "ơ", "t", "u", "ư", "v", "y"],
    ["ma", "mà", "mả", "mã", "má", "mạ", "mác", "mắc", "mấc"],
    ["ba", "ba má", "bà", "bà cô", "bác"],
    ["Cấp bản sao", "Cấp phép", "Cập nhật", "Cha mẹ", "Chứng thực", "Cư trú"],
    ["Dân số", "Đăng ký kết hôn", "Đăng ký khai sinh", "Đất đai", "Em"],
    ["khai sinh", "khai tử", "khám"],
    ["Ngân", "Nghĩa", "Ngọc", "Phúc", "Quang", "Quý"],
    ["Tạ", "Thế", "Trần", "Từ", "Vũ"],
    ["Quầy 2", "Quầy 10", "Quầy A"],
    ["Echo", "Éclair", "ñandu", "Zulu", "Ω"],
]
LATIN = st.characters(max_codepoint=0x24F) | st.sampled_from(
    [*map(chr, range(0x1E00, 0x1F00)), *"\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"]
)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("names", IN_ORDER, ids=lambda names: names[0])
def test_names_stand_as_in_a_vietnamese_list(names: list[str], form: str) -> None:
    mixed = [normalize(form, name) for name in names]  # type: ignore[arg-type]
    Random(7).shuffle(mixed)
    assert [normalize("NFC", name) for name in sorted(mixed, key=sort_key)] == names


def test_the_alphabet_is_sorted_by_itself_and_not_by_code_points() -> None:
    assert sorted(LETTERS, key=sort_key) == list(LETTERS)
    assert sorted(LETTERS) != list(LETTERS)


def test_signs_and_capitals_decide_only_between_names_that_are_the_same() -> None:
    assert sorted(["đất – đai b", "ĐẤT ĐAI A", "Đất đai, c"], key=sort_key)[0] == "ĐẤT ĐAI A"
    assert sort_key("đất đai") != sort_key("Đất đai")


@pytest.mark.parametrize(
    "typed", ["Đăng ký", "đăng ký", "ĐĂNG KÝ", normalize("NFD", "Đăng ký"), "Ðăng ký", "dang ky"]
)
def test_what_is_typed_in_a_hurry_is_the_same_text(typed: str) -> None:
    assert fold(typed) == "dang ky"


@given(st.text(LATIN))
def test_any_text_is_folded_and_sorted_the_same_composed_or_not(text: str) -> None:
    composed, decomposed = normalize("NFC", text), normalize("NFD", text)
    assert fold(composed) == fold(decomposed) == fold(fold(text))
    assert sort_key(composed) == sort_key(decomposed)
