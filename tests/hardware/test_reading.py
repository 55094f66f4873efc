"""Numbers are read as people say them: every one of them, in both regions, and in English."""

from __future__ import annotations

from typing import Final

import pytest
from vietnam_number import n2w

from hardware.reading import (
    DEFAULT_TEMPLATES,
    LETTERS,
    BadNumber,
    Reading,
    Region,
    clip_name,
    english,
    parts_of,
    vietnamese,
)

# number; miền Bắc; miền Nam; từng chữ số
TABLE: Final = """
0; không; không; không không không
1; một; một; không không một
4; bốn; bốn; không không bốn
5; năm; năm; không không năm
9; chín; chín; không không chín
10; mười; mười; không một không
11; mười một; mười một; không một một
12; mười hai; mười hai; không một hai
14; mười bốn; mười bốn; không một bốn
15; mười lăm; mười lăm; không một năm
19; mười chín; mười chín; không một chín
20; hai mươi; hai mươi; không hai không
21; hai mươi mốt; hai mươi mốt; không hai một
24; hai mươi tư; hai mươi bốn; không hai bốn
25; hai mươi lăm; hai mươi lăm; không hai năm
30; ba mươi; ba mươi; không ba không
31; ba mươi mốt; ba mươi mốt; không ba một
34; ba mươi tư; ba mươi bốn; không ba bốn
35; ba mươi lăm; ba mươi lăm; không ba năm
40; bốn mươi; bốn mươi; không bốn không
41; bốn mươi mốt; bốn mươi mốt; không bốn một
44; bốn mươi tư; bốn mươi bốn; không bốn bốn
45; bốn mươi lăm; bốn mươi lăm; không bốn năm
50; năm mươi; năm mươi; không năm không
51; năm mươi mốt; năm mươi mốt; không năm một
54; năm mươi tư; năm mươi bốn; không năm bốn
55; năm mươi lăm; năm mươi lăm; không năm năm
90; chín mươi; chín mươi; không chín không
91; chín mươi mốt; chín mươi mốt; không chín một
94; chín mươi tư; chín mươi bốn; không chín bốn
95; chín mươi lăm; chín mươi lăm; không chín năm
99; chín mươi chín; chín mươi chín; không chín chín
100; một trăm; một trăm; một không không
101; một trăm linh một; một trăm lẻ một; một không một
104; một trăm linh bốn; một trăm lẻ bốn; một không bốn
105; một trăm linh năm; một trăm lẻ năm; một không năm
109; một trăm linh chín; một trăm lẻ chín; một không chín
110; một trăm mười; một trăm mười; một một không
111; một trăm mười một; một trăm mười một; một một một
114; một trăm mười bốn; một trăm mười bốn; một một bốn
115; một trăm mười lăm; một trăm mười lăm; một một năm
120; một trăm hai mươi; một trăm hai mươi; một hai không
121; một trăm hai mươi mốt; một trăm hai mươi mốt; một hai một
124; một trăm hai mươi tư; một trăm hai mươi bốn; một hai bốn
125; một trăm hai mươi lăm; một trăm hai mươi lăm; một hai năm
140; một trăm bốn mươi; một trăm bốn mươi; một bốn không
141; một trăm bốn mươi mốt; một trăm bốn mươi mốt; một bốn một
145; một trăm bốn mươi lăm; một trăm bốn mươi lăm; một bốn năm
150; một trăm năm mươi; một trăm năm mươi; một năm không
151; một trăm năm mươi mốt; một trăm năm mươi mốt; một năm một
155; một trăm năm mươi lăm; một trăm năm mươi lăm; một năm năm
199; một trăm chín mươi chín; một trăm chín mươi chín; một chín chín
200; hai trăm; hai trăm; hai không không
205; hai trăm linh năm; hai trăm lẻ năm; hai không năm
210; hai trăm mười; hai trăm mười; hai một không
215; hai trăm mười lăm; hai trăm mười lăm; hai một năm
221; hai trăm hai mươi mốt; hai trăm hai mươi mốt; hai hai một
225; hai trăm hai mươi lăm; hai trăm hai mươi lăm; hai hai năm
300; ba trăm; ba trăm; ba không không
404; bốn trăm linh bốn; bốn trăm lẻ bốn; bốn không bốn
444; bốn trăm bốn mươi tư; bốn trăm bốn mươi bốn; bốn bốn bốn
500; năm trăm; năm trăm; năm không không
505; năm trăm linh năm; năm trăm lẻ năm; năm không năm
515; năm trăm mười lăm; năm trăm mười lăm; năm một năm
555; năm trăm năm mươi lăm; năm trăm năm mươi lăm; năm năm năm
604; sáu trăm linh bốn; sáu trăm lẻ bốn; sáu không bốn
705; bảy trăm linh năm; bảy trăm lẻ năm; bảy không năm
810; tám trăm mười; tám trăm mười; tám một không
901; chín trăm linh một; chín trăm lẻ một; chín không một
999; chín trăm chín mươi chín; chín trăm chín mươi chín; chín chín chín
1000; một nghìn; một ngàn; một không không không
1001; một nghìn không trăm linh một; một ngàn không trăm lẻ một; một không không một
1004; một nghìn không trăm linh bốn; một ngàn không trăm lẻ bốn; một không không bốn
1005; một nghìn không trăm linh năm; một ngàn không trăm lẻ năm; một không không năm
1010; một nghìn không trăm mười; một ngàn không trăm mười; một không một không
1011; một nghìn không trăm mười một; một ngàn không trăm mười một; một không một một
1014; một nghìn không trăm mười bốn; một ngàn không trăm mười bốn; một không một bốn
1015; một nghìn không trăm mười lăm; một ngàn không trăm mười lăm; một không một năm
1021; một nghìn không trăm hai mươi mốt; một ngàn không trăm hai mươi mốt; một không hai một
1024; một nghìn không trăm hai mươi tư; một ngàn không trăm hai mươi bốn; một không hai bốn
1025; một nghìn không trăm hai mươi lăm; một ngàn không trăm hai mươi lăm; một không hai năm
1100; một nghìn một trăm; một ngàn một trăm; một một không không
1101; một nghìn một trăm linh một; một ngàn một trăm lẻ một; một một không một
1105; một nghìn một trăm linh năm; một ngàn một trăm lẻ năm; một một không năm
1110; một nghìn một trăm mười; một ngàn một trăm mười; một một một không
1115; một nghìn một trăm mười lăm; một ngàn một trăm mười lăm; một một một năm
1121; một nghìn một trăm hai mươi mốt; một ngàn một trăm hai mươi mốt; một một hai một
1505; một nghìn năm trăm linh năm; một ngàn năm trăm lẻ năm; một năm không năm
2000; hai nghìn; hai ngàn; hai không không không
2005; hai nghìn không trăm linh năm; hai ngàn không trăm lẻ năm; hai không không năm
2021; hai nghìn không trăm hai mươi mốt; hai ngàn không trăm hai mươi mốt; hai không hai một
2024; hai nghìn không trăm hai mươi tư; hai ngàn không trăm hai mươi bốn; hai không hai bốn
2025; hai nghìn không trăm hai mươi lăm; hai ngàn không trăm hai mươi lăm; hai không hai năm
9999; chín nghìn chín trăm chín mươi chín; chín ngàn chín trăm chín mươi chín; chín chín chín chín
"""
ROWS: Final = [line.split("; ") for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("number", "north", "south", "digits"), ROWS)
def test_numbers_are_read_as_in_the_table(number: str, north: str, south: str, digits: str) -> None:
    assert " ".join(vietnamese(int(number), "north")) == north
    assert " ".join(vietnamese(int(number), "south")) == south
    assert " ".join(Reading().words("vi", int(number))) == digits


@pytest.mark.parametrize("region", ["north", "south"])
def test_every_number_is_read_as_others_read_it(region: Region) -> None:
    """Another program's words, once both are spelled alike: it writes lẽ, bốn and nghìn."""

    def folded(words: str) -> str:
        for one, other in (("lẽ", "lẻ"), ("linh", "lẻ"), ("tư", "bốn"), ("ngàn", "nghìn")):
            words = words.replace(one, other)
        return words

    wrong = [
        number
        for number in range(10_000)
        if folded(" ".join(vietnamese(number, region))) != folded(n2w(str(number)))
    ]
    assert wrong == []


@pytest.mark.parametrize(("region", "theirs"), [("north", "lẻ ngàn"), ("south", "linh tư nghìn")])
def test_no_region_uses_the_words_of_the_other(region: Region, theirs: str) -> None:
    said = {word for number in range(10_000) for word in vietnamese(number, region)}
    assert said.isdisjoint(theirs.split())


def test_no_two_numbers_sound_alike() -> None:
    for region in ("north", "south"):
        assert len({tuple(vietnamese(number, region)) for number in range(10_000)}) == 10_000
    assert len({tuple(english(number)) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (7, "seven"),
        (10, "ten"),
        (15, "fifteen"),
        (20, "twenty"),
        (42, "forty two"),
        (100, "one hundred"),
        (105, "one hundred and five"),
        (999, "nine hundred and ninety nine"),
        (1000, "one thousand"),
        (1001, "one thousand and one"),
        (2100, "two thousand one hundred"),
        (9999, "nine thousand nine hundred and ninety nine"),
    ],
)
def test_english_numbers(number: int, words: str) -> None:
    assert " ".join(english(number)) == words


@pytest.mark.parametrize(
    ("number", "digits", "north", "south"),
    [
        ("A105", "A, một, không, năm", "A một trăm linh năm", "A một trăm lẻ năm"),
        ("A005", "A, không, không, năm", "A năm", "A năm"),
        ("a5", "A, không, không, năm", "A năm", "A năm"),
        ("C024", "Xê, không, hai, bốn", "Xê hai mươi tư", "Xê hai mươi bốn"),
        ("H1001", "Hát, một, không, không, một", *["Hát một nghìn không trăm linh một"] * 2),
        ("105", "một, không, năm", "một trăm linh năm", "một trăm lẻ năm"),
    ],
)
def test_a_call_says_the_ticket_as_its_style_and_region_do(
    number: str, digits: str, north: str, south: str
) -> None:
    south = south.replace("nghìn", "ngàn").replace("linh", "lẻ")
    readings = (Reading("digits"), Reading("full", "north"), Reading("full", "south"))
    for reading, said in zip(readings, (digits, north, south), strict=True):
        text = reading.sentence("vi", number, 3).text
        assert text == f"Mời công dân có số {said}, đến quầy số ba"


def test_a_counter_is_one_number_in_both_styles() -> None:
    for reading in (Reading("digits"), Reading("full")):
        text = reading.sentence("vi", "A105", 15).text
        assert text is not None
        assert text.endswith("đến quầy số mười lăm")


def test_the_english_call() -> None:
    said = Reading("digits").sentence("en", "A105", 12).text
    assert said == "Ticket A, one, zero, five, please proceed to counter twelve"
    full = Reading("full").sentence("en", "A105", 12).text
    assert full == "Ticket A, one hundred and five, please proceed to counter twelve"


def test_every_letter_has_a_name_and_no_two_the_same() -> None:
    assert list(LETTERS) == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert len(set(LETTERS.values())) == len(LETTERS)
    names = "A, Bê, Xê, Dê, E, Gờ, Hát, Ca, Pê, Quy, Ét, Tê, U, Vê, Ích"
    assert ", ".join(LETTERS[letter] for letter in "ABCDEGHKPQSTUVX") == names


def test_a_hall_has_its_own_sentences() -> None:
    templates = {"vi": "Số {number}: mời vào cửa {counter}.", "en": "{number}"}
    reading = Reading(templates=templates)
    assert reading.sentence("vi", "A047", 2).text == "Số A, không, bốn, bảy: mời vào cửa hai."
    assert reading.sentence("en", "A047", 2).text == "A, zero, four, seven"


def test_a_sentence_names_the_clips_that_say_the_same() -> None:
    said = Reading().sentence("vi", "C005", 3)
    phrases = ("Mời công dân có số", "đến quầy số")
    assert said.clips == (phrases[0], "C", "không", "không", "năm", phrases[1], "ba")
    assert clip_name(", please proceed to counter ") == "please proceed to counter"


def test_a_language_that_only_clips_can_speak_is_read_digit_by_digit() -> None:
    said = Reading("full", templates={"km": "{number} tov {counter}"}).sentence("km", "A105", 12)
    assert said.text is None
    assert said.clips == ("A", "1", "0", "5", "tov", "1", "2")


def test_twenty_clips_are_enough_for_a_hall_that_reads_digits() -> None:
    needed = Reading().clips_needed("vi", "ACHKLMTX", range(1, 10))
    assert len(needed) == len(set(needed)) == 20


def test_the_clips_needed_are_those_that_sentences_name() -> None:
    reading = Reading("full", "south")
    needed = set(reading.clips_needed("vi", "AC", range(1, 30)))
    named = {
        clip
        for letter in "AC"
        for number in range(1000)
        for clip in reading.sentence("vi", f"{letter}{number:03d}", number % 29 + 1).clips
    }
    assert needed == named


@pytest.mark.parametrize(
    "number", ["", "A", "A1O5", "AB1", "A12345", "A-5", "105A", "Đ105", "A١٠٥"]
)
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(BadNumber, match="is no number of a ticket"):
        parts_of(number)


def test_a_language_without_a_sentence_is_not_known() -> None:
    assert [Reading().knows(language) for language in ("vi", "en", "km")] == [True, True, False]
    assert set(DEFAULT_TEMPLATES) == {"vi", "en"}
