"""The words: complete in every language, and what they say."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest

from terminal.words import languages, load

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", languages())
def test_no_language_lacks_a_word_or_a_fact(language: str) -> None:
    first, other = load("vi").texts, load(language).texts
    assert set(first) == set(other)
    wrong = [key for key in first if placeholders(first[key]) != placeholders(other[key])]
    assert wrong == []


@pytest.mark.parametrize("language", [one for one in languages() if one != "vi"])
def test_every_word_is_translated(language: str) -> None:
    same = {key for key, text in load("vi").texts.items() if load(language).texts[key] == text}
    assert {key for key in same if any(character.isalpha() for character in key)} <= set()


def test_an_unknown_language_is_vietnamese_and_an_unknown_key_is_itself() -> None:
    assert load("xx")("common.connecting") == "Đang kết nối…"
    assert load("vi")("kiosk.nowhere") == "kiosk.nowhere"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0, "1 phút", "1 minute"),
        (61, "2 phút", "2 minutes"),
        (720, "12 phút", "12 minutes"),
        (5401, "trên 90 phút", "more than 90 minutes"),
    ],
)
def test_durations_are_whole_minutes(seconds: float, vi: str, en: str) -> None:
    assert (load("vi").duration(seconds), load("en").duration(seconds)) == (vi, en)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (600, 900, "10–15 phút"),
        (600, 600, "10 phút"),
        (600, 9000, "trên 90 phút"),
        (6000, 9000, "trên 90 phút"),
    ],
)
def test_a_wait_is_said_from_to(low: float, high: float, said: str) -> None:
    assert load("vi").span(low, high) == said


def test_a_refusal_says_when_by_the_halls_clock() -> None:
    words = load("vi")
    today = {"reason": "service_closed", "opens_at": "2026-11-23T06:30:00+00:00"}
    later = {"reason": "service_closed", "opens_at": "2026-11-24T07:30:00+07:00"}
    assert words.refusal(today, NOW).endswith("mở lại lúc 13:30.")
    assert words.refusal(later, NOW).endswith("mở lại lúc 07:30 ngày 24/11.")
    assert words.refusal({"reason": "service_closed"}, NOW).endswith("đang tạm ngừng tiếp nhận.")


@pytest.mark.parametrize("refused", [{"reason": "brand_new"}, {}, {"reason": 3}])
def test_an_unknown_refusal_is_answered_politely(refused: dict[str, object]) -> None:
    assert load("vi").refusal(refused, NOW).startswith("Rất tiếc")


def test_a_refusal_with_a_missing_or_strange_fact_is_still_said() -> None:
    assert "…" in load("vi").refusal({"reason": "counter_busy"}, NOW)
    strange = {"reason": "hall_closed", "opens_at": "{evil} [/nope]"}
    assert "{evil} [/nope]" in load("vi").refusal(strange, NOW)


def test_a_name_falls_back_to_vietnamese_and_then_to_any() -> None:
    words = load("en")
    assert words.name({"vi": "Quầy", "en": "Counter"}) == "Counter"
    assert words.name({"vi": "Quầy"}) == "Quầy"
    assert words.name({"tay": "x"}) == "x"
    assert words.name({}) == ""


def test_a_device_beside_a_screen_has_a_name_and_its_trouble_words() -> None:
    words = load("vi")
    assert words.device("kiosk-1/printer") == "kiosk-1, máy in"
    assert words.device("kiosk-1/printer-2") == "kiosk-1, máy in 2"
    assert words.device("counter-4/lamp") == "counter-4/lamp"
    assert words.trouble("no_paper") == "hết giấy"
    assert words.trouble("on_fire") == "on fire"
