"""The code on an identity card. All numbers begin with 999, a province that does not exist."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.card import Card, NotACard, read_card

TODAY = date(2026, 11, 23)
NAME = "Nguyễn Thị Ước Mơ"
ADDRESS = "Tổ 5, Phường An Bình"
TEXT = f"999150000001||{NAME}|08031950|Nữ|{ADDRESS}|15042021"
KEY = "khoa-cua-trung-tam"
PERSON = "1b3cb4ef921731d99e6926349c495ab077760b42a7f48930cb13a1968a05ab98"


def card_text(number: str, born: str, before: str = "") -> str:
    return f"{number}|{before}|{NAME}|{born}|Nữ|{ADDRESS}|15042021"


def reason(text: str) -> str:
    with pytest.raises(NotACard) as no:
        read_card(text, TODAY)
    assert str(no.value) == no.value.reason
    assert no.value.__context__ is None
    return no.value.reason


# --- What is read --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT + "\r\n",
        TEXT + "\r",
        "\ufeff" + TEXT,
        "\r\n  " + TEXT + "  \t",
        unicodedata.normalize("NFD", TEXT),
        TEXT.encode("ascii", "replace").decode(),  # a scanner that types no Vietnamese letters
        TEXT.replace("||", "|099123456|"),
        TEXT.replace("|", " | "),
        TEXT + "|Nguyễn Văn Cha|Trần Thị Mẹ||",
        "999150000001|||08031950|||",
    ],
)
def test_a_card_is_read_however_a_scanner_sends_it(text: str) -> None:
    assert read_card(text, TODAY) == Card("999150000001", date(1950, 3, 8))


@pytest.mark.parametrize(
    ("number", "written", "born"),
    [
        ("999050000001", "31121950", date(1950, 12, 31)),
        ("999150000001", "31121950", date(1950, 12, 31)),
        ("999204000001", "29022004", date(2004, 2, 29)),
        ("999326000001", "23112026", date(2026, 11, 23)),
    ],
)
def test_the_fourth_digit_tells_the_century(number: str, written: str, born: date) -> None:
    assert read_card(card_text(number, written), TODAY).born == born


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("00001950", date(1950, 1, 1)),
        ("00051950", date(1950, 5, 1)),
        ("17001950", date(1950, 1, 1)),
        ("00000000", date(1950, 1, 1)),
        ("01010000", date(1950, 1, 1)),
        ("1950", date(1950, 1, 1)),
    ],
)
def test_who_does_not_know_the_day_of_birth_was_born_on_the_first(written: str, born: date) -> None:
    assert read_card(card_text("999050000001", written), TODAY).born == born


# --- What is not ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "|" * 6,
        "000.17.22.H56-210531-0001",
        "https://vi-du.gov.vn/?a=1|2|3|4|5|6|7",
        TEXT.rpartition("|")[0],  # six fields
        TEXT.replace("999150000001", "99915000001"),
        TEXT.replace("999150000001", "9991500000010"),
        TEXT.replace("999150000001", "99915000000A"),
        TEXT.replace("999150000001", "٩٩٩١٥٠٠٠٠٠٠١"),
        TEXT.replace("||", "|12345678|"),
        TEXT.replace("||", "|không có|"),
        "x" + TEXT,
    ],
)
def test_another_code_is_not_a_card(text: str) -> None:
    assert reason(text) == "not_a_card"


@pytest.mark.parametrize(
    "written", ["", "30021950", "08131950", "8/3/1950", "0831950", "０８０３１９５０", "không rõ"]
)
def test_a_birth_date_that_is_none_is_told(written: str) -> None:
    assert reason(card_text("999150000001", written)) == "bad_birth_date"


def test_nobody_is_born_tomorrow() -> None:
    assert reason(card_text("999226000001", "24112026")) == "bad_birth_date"


@pytest.mark.parametrize("number", ["999151000001", "999350000001", "999050000001"])
def test_a_number_of_another_year_or_century_is_not_believed(number: str) -> None:
    assert reason(card_text(number, "08031949")) == "bad_number"


@given(st.text() | st.text("0123456789|\r\n", min_size=20, max_size=60))
def test_any_text_is_a_card_or_not_one(text: str) -> None:
    with suppress(NotACard):
        assert read_card(text, TODAY).number in text


@given(st.dates(date(1900, 1, 1), TODAY), st.booleans(), st.integers(0, 999_999), st.text())
def test_every_true_card_is_read(born: date, woman: bool, chance: int, name: str) -> None:
    sex = (born.year - 1900) // 100 * 2 + woman
    number = f"999{sex}{born.year % 100:02}{chance:06}"
    text = f"{number}||{name.replace('|', '')}|{born:%d%m}{born.year}|||"
    assert read_card(text, TODAY) == Card(number, born)


# --- What is known of a card ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(1951, 11, 23), TODAY, 75),
        (date(1951, 11, 24), TODAY, 74),
        (date(1951, 11, 22), TODAY, 75),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (TODAY, TODAY, 0),
    ],
)
def test_an_age_is_in_whole_years(born: date, today: date, age: int) -> None:
    assert Card("999150000001", born).age(today) == age


def test_a_person_is_the_number_under_the_days_key() -> None:
    card = Card("999050000001", date(1950, 3, 8))
    # openssl dgst -sha256 -mac HMAC, first the day under the key, then the number under that
    assert card.person(KEY, TODAY) == PERSON


def test_a_person_is_the_same_on_one_day_only_and_under_one_key_only() -> None:
    one, other = Card("999050000001", TODAY), Card("999050000002", TODAY)
    persons = [
        one.person(KEY, TODAY),
        other.person(KEY, TODAY),
        one.person(KEY, date(2026, 11, 24)),
        one.person("khoa-khac", TODAY),
    ]
    assert len(set(persons)) == 4
    assert one.person(KEY, TODAY) == Card("999050000001", date(1950, 1, 1)).person(KEY, TODAY)


def test_nobody_is_made_out_without_a_key() -> None:
    with pytest.raises(AssertionError):
        read_card(TEXT, TODAY).person("", TODAY)


def test_a_card_keeps_number_and_birth_date_and_shows_neither() -> None:
    card = read_card(TEXT, TODAY)
    assert [field.name for field in fields(card)] == ["number", "born"]
    assert not hasattr(card, "__dict__")
    assert repr(card) == str(card) == f"{card}" == "Card(…)"
