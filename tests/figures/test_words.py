"""The words of reports: the same in every language, none empty, none untranslated."""

from __future__ import annotations

from string import Formatter

import pytest

from figures.words import FIRST_LANGUAGE, languages, load

# What is the same word, sign or name in both.
ALIKE = {"unit.percent", "unit.axis_percent", "figure.r3", "apology.blank", "apology.heading"}


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", [one for one in languages() if one != FIRST_LANGUAGE])
def test_a_language_has_every_word_with_the_same_facts(language: str) -> None:
    first, other = load(FIRST_LANGUAGE).texts, load(language).texts
    assert first.keys() == other.keys()
    assert {key for key in first if facts(first[key]) != facts(other[key])} == set()
    assert {key for key in first if first[key] == other[key]} == ALIKE
    assert all(text.strip() for text in (*first.values(), *other.values()))


def test_numbers_are_written_as_the_language_does() -> None:
    assert load("vi").number(1234.56) == "1.234,6"
    assert load("en").number(1234.56) == "1,234.6"
    assert load("vi").percent(0.995) == "99,5 %"
    assert load("vi").minutes(750) == "12,5 phút"


def test_a_word_nobody_knows_is_shown_as_it_is() -> None:
    assert load("vi").of("trouble", "lens_dirty") == "lens dirty"
