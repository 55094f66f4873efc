"""What is found for what people type, and in which order."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.keys import LONGEST, letter_step, search_after
from kiosk.search import Service, find, services
from kiosk.visit import Confirm, Erase, Groups, Search, Services, Start, Taking, Type
from terminal.keys import BLANK, ERASE
from terminal.words import load
from tests.screens.conftest import small_hall

COPY = "Chứng thực bản sao từ bản chính"
SIGNATURE = "Chứng thực chữ ký"
BIRTH = "Đăng ký khai sinh"
DEATH = "Đăng ký khai tử"
MARRIAGE = "Đăng ký kết hôn"
FUNERAL = "Hỗ trợ chi phí mai táng"
BUSINESS = "Đăng ký thành lập hộ kinh doanh"
RESULT = "Nhận kết quả"
RESIDENCE = "Cư trú (thường trú, tạm trú)"
HALL = {
    "CT01": (COPY, "Certified copy", "Chứng thực", "Certification"),
    "CT02": (SIGNATURE, "Signature certification", "Chứng thực", "Certification"),
    "HT01": (BIRTH, "Birth registration", "Hộ tịch", "Civil status"),
    "HT02": (MARRIAGE, "Marriage registration", "Hộ tịch", "Civil status"),
    "HT03": (DEATH, "Death registration", "Hộ tịch", "Civil status"),
    "XH02": (FUNERAL, "Funeral support", "Văn hóa – Xã hội", "Social affairs"),
    "KD01": (BUSINESS, "Household business", "Đăng ký kinh doanh", "Business registration"),
    "TR00": (RESULT, "Collect a result", "Nhận kết quả", "Collect a result"),
    "CU01": (RESIDENCE, "Residence", "Cư trú", "Residence"),
}
VIETNAMESE = [
    Service(code, (vi, en), (field, in_english))
    for code, (vi, en, field, in_english) in HALL.items()
]
ENGLISH = [Service(one.code, one.names[::-1], one.fields[::-1]) for one in VIETNAMESE]


def found(text: str, among: list[Service] = VIETNAMESE) -> list[str]:
    return [HALL[code][0] for code in find(text, among)]


BIRTH_IS_MEANT = [
    *("khai sinh", "khaisinh", "KHAI SINH", "khai sinh", "Khai Sinh", "KHAISINH"),
    *("đăng ký khai sinh", "dang ky khai sinh", "dang ki khai sinh", "dangkykhaisinh"),
    *("sinh khai", "khai s", "dang sinh", "  khai   sinh  ", "dkks", "đkks", "ĐKKS"),
    *("khai sjnh", "khai snh", "khai isnh", "khaii sinh", "kai sinh", "khaisjnh"),
    *("ddawng kys khai sinh", "HT01", "ht01", "birth", "birth reg", "brith"),
]


@pytest.mark.parametrize("text", BIRTH_IS_MEANT)
def test_one_service_is_found_however_it_is_typed(text: str) -> None:
    assert found(text) == [BIRTH]
    assert found(normalize("NFD", text)) == [BIRTH]


@pytest.mark.parametrize("text", ["chung thux", "chugn thuc", "chuwngs thuwcj", "chứng thực"])
def test_slips_and_telex_find_all_that_is_meant(text: str) -> None:
    assert found(text) == [COPY, SIGNATURE]


@pytest.mark.parametrize("text", ["", "  ", "-", "?!"])
def test_nothing_typed_is_every_service_in_vietnamese_order(text: str) -> None:
    in_order = [COPY, SIGNATURE, RESIDENCE, MARRIAGE, BIRTH, DEATH, BUSINESS, FUNERAL, RESULT]
    assert found(text) == in_order


def test_nothing_typed_is_every_service_in_the_order_of_the_readers_language() -> None:
    first = [one.names[0] for code in find("", ENGLISH) for one in ENGLISH if one.code == code]
    assert first == sorted(first)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nhan ket qua", [RESULT]),
        ("k", [SIGNATURE, MARRIAGE, BIRTH, DEATH, BUSINESS, RESULT]),
        ("ket", [MARRIAGE, RESULT]),
        ("ho", [FUNERAL, MARRIAGE, BUSINESS, BIRTH, DEATH]),  # begins, has the word, has the field
        ("hộ", [BUSINESS, FUNERAL, MARRIAGE, BIRTH, DEATH]),  # the accent was meant
        ("ho tich", [MARRIAGE, BIRTH, DEATH]),
        ("kinh doanh", [BUSINESS]),
        ("ct", [COPY, SIGNATURE, RESIDENCE]),  # the initials of all three
        ("tam tru", [RESIDENCE]),
        ("dang ky", [MARRIAGE, BIRTH, DEATH, BUSINESS]),
        ("xyzq", []),
        ("kxz", []),
    ],
)
def test_the_best_comes_first(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_names_in_the_readers_language_come_before_those_in_others() -> None:
    assert found("c")[:3] == [COPY, SIGNATURE, RESIDENCE]
    assert found("c").index(FUNERAL) < found("c").index(RESULT)
    assert [HALL[code][1] for code in find("c", ENGLISH)][:2] == [
        "Certified copy",
        "Collect a result",
    ]


@given(st.text())
def test_no_text_is_too_strange_to_look_for(text: str) -> None:
    codes = find(text, VIETNAMESE)
    assert len(set(codes)) == len(codes) <= len(VIETNAMESE)


@given(st.sampled_from(VIETNAMESE), st.data())
def test_whoever_types_on_never_loses_what_they_mean(service: Service, data: st.DataObject) -> None:
    name = service.names[0]
    typed = name[: data.draw(st.integers(1, len(name)))]
    assert service.code in find(typed, VIETNAMESE)


def test_only_what_the_kiosk_offers_is_looked_for() -> None:
    listed = services(small_hall(), ["HT01", "gone"], load("en"))
    names, fields = ("Birth registration", "Đăng ký khai sinh"), ("Civil status", "Hộ tịch")
    assert listed == [Service("HT01", names, fields)]


# --- What letters do -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", [Start(), Services("A"), Groups(Start())])
def test_a_letter_opens_the_search_on_pages_to_choose_from(page: Start | Services | Groups) -> None:
    step = letter_step(page, "đ")
    assert step == Type("đ")
    assert search_after(page, step) == Search("đ", page)
    assert letter_step(page, BLANK) is letter_step(page, ERASE) is letter_step(page, "?") is None


@pytest.mark.parametrize("page", [Confirm("HT01", Start()), Taking(Start())])
def test_a_letter_does_nothing_where_nothing_is_looked_for(page: Confirm | Taking) -> None:
    assert letter_step(page, "k") is None


@pytest.mark.parametrize("key", ["1", "Enter", "*", "#", "", "\x1b"])
def test_other_keys_type_nothing(key: str) -> None:
    assert letter_step(Search(), key) is None


def test_accents_typed_after_their_letter_become_one_with_it() -> None:
    page = Search("ky")
    for key in ("\u0301", BLANK, "k"):
        step = letter_step(page, key)
        assert step is not None
        page = search_after(page, step)
    assert page.text == "ký k"
    for _ in range(3):
        page = search_after(page, Erase())
    assert page.text == "k"


def test_a_search_has_an_end_and_no_blank_before_it() -> None:
    assert search_after(Search(), Type(BLANK)).text == ""
    assert search_after(Search(), Erase()).text == ""
    full = Search("a" * LONGEST)
    assert search_after(full, Type("b")) == full


def test_what_was_typed_is_not_in_the_names_of_things_that_might_be_logged() -> None:
    assert "ly hôn" not in f"{Search('ly hôn')!r} {Type('ly hôn')!r}"
