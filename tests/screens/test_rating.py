"""The citizen before the rating screen: one touch is enough, and nobody is made to say anything."""

from __future__ import annotations

import logging

import pytest
from syrupy.assertion import SnapshotAssertion

from link.messages import Rate
from rating.course import Asleep
from terminal.pane import OnlineChanged, Welcomed
from tests.screens.conftest import screen_text
from tests.screens.rating_halls import (
    ASLEEP,
    HIGH,
    LOW,
    NOBODY,
    QUESTION,
    SMALL,
    THANKS,
    WHY,
    finished,
    greeting,
    rating,
)
from tests.screens.test_kiosk_contrast import faint

SIZES = {"low": LOW, "high": HIGH, "small": SMALL}
PAGES = {"level": "", "reasons": "2 1 3", "words": "2 9 c h o space l a u", "thanks": "5"}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", PAGES)
async def test_a_page_looks_like_this(page: str, size: str, screen: SnapshotAssertion) -> None:
    async with rating(SIZES[size]) as one:
        await one.told(finished(), QUESTION)
        await one.press(PAGES[page])
        assert screen_text(one.app) == screen
        assert list(faint(one.app)) == []


@pytest.mark.parametrize("size", SIZES)
async def test_three_levels_look_like_this(size: str, screen: SnapshotAssertion) -> None:
    async with rating(SIZES[size], levels=3) as one:
        await one.told(finished(), QUESTION)
        await one.press("")
        assert screen_text(one.app) == screen


async def test_asleep_it_greets_in_both_languages(screen: SnapshotAssertion) -> None:
    async with rating() as one:
        assert screen_text(one.app) == screen
        assert list(faint(one.app)) == []


async def test_it_asks_in_the_language_of_the_ticket_and_sleeps_in_that_of_the_hall() -> None:
    async with rating() as one:
        await one.told(finished(language="en"), "How satisfied are you")
        await one.press("*")
        await one.see(QUESTION)
        await one.press("*")
        await one.see("How satisfied are you")
        await one.press("0")
        await one.see(ASLEEP)


@pytest.mark.parametrize(("touched", "level"), [("Rất hài lòng", 5), ("Hài lòng", 4)])
async def test_one_touch_of_somebody_satisfied_is_a_rating(touched: str, level: int) -> None:
    async with rating(HIGH) as one:
        await one.told(finished(), QUESTION)
        await one.touch(touched)
        await one.see(THANKS)
        assert one.asked == [Rate(level, "A047", 1)]
        await one.wait(6)
        await one.see(ASLEEP)


async def test_of_three_levels_the_lowest_alone_is_asked_for_reasons() -> None:
    async with rating(levels=3) as one:
        await one.told(finished(), QUESTION)
        await one.press("5 4 2")
        await one.see(THANKS)
        await one.told(finished("A048"), QUESTION)
        await one.press("1")
        await one.see(WHY)
        assert one.asked == [Rate(2, "A047", 1)]


async def test_whoever_is_not_satisfied_may_say_why_and_in_own_words() -> None:
    async with rating() as one:
        await one.told(finished(turn=2), QUESTION)
        await one.press("2")
        await one.see("Không hài lòng. Điều gì chưa tốt?")
        await one.press("1 3 7 4 3")  # a fourth is not taken, the third one is taken back
        await one.press("9")
        await one.see("Xin đừng ghi tên")
        await one.press("c h o x backspace space l a u 5")
        await one.touch("Gửi")
        await one.see(THANKS)
        assert one.asked == [Rate(2, "A047", 2, tags=["long_wait", "other"], text="cho lau")]


async def test_letters_are_touched_on_the_screen_and_two_hundred_are_enough() -> None:
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.press("1 9")
        await one.see("Xin đừng ghi tên")
        await one.touch("  T  ")
        for _ in range(210):
            one.seconds += 1
            one.pane.press("o")
        await one.press("enter")
        assert one.asked == [Rate(1, "A047", 1, text="t" + 199 * "o")]


async def test_a_level_touched_by_mistake_is_chosen_anew() -> None:
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.press("1 2 0")
        await one.see(QUESTION)
        await one.press("5")
        assert one.asked == [Rate(5, "A047", 1)]


async def test_nobody_is_made_to_say_anything() -> None:
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.touch("Bỏ qua")
        await one.see(ASLEEP)
        await one.told(finished("A048"), QUESTION)
        await one.press("1")
        await one.touch("Bỏ qua")
        await one.see(THANKS)
        assert one.asked == [Rate(1, "A048", 1)]


# --- Time ----------------------------------------------------------------------------------------


async def test_a_question_nobody_answers_goes_after_a_while_and_asks_no_more() -> None:
    async with rating(awake_s=30) as one:
        await one.told(finished(), QUESTION)
        await one.wait(28)
        await one.see(QUESTION)
        await one.wait(2)
        await one.see(ASLEEP)
        renamed = greeting()
        renamed.hall.names = {"vi": "Tên mới", "en": "A new name"}
        one.pane.post_message(Welcomed(renamed))
        await one.see("Tên mới")
        await one.see(ASLEEP)
        assert one.asked == []


async def test_a_level_is_not_lost_because_somebody_walks_away() -> None:
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.press("2 1")
        await one.wait(22)
        await one.see("sẽ được gửi sau 8 giây")
        await one.wait(9)
        await one.see(THANKS)
        assert one.asked == [Rate(2, "A047", 1, tags=["long_wait"])]


async def test_it_sleeps_when_the_next_number_is_called_or_the_finish_is_taken_back() -> None:
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.told(NOBODY, ASLEEP)
        assert one.asked == []


async def test_what_was_said_until_the_next_number_is_called_is_sent() -> None:
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.press("1 4")
        await one.told(NOBODY, THANKS)
        assert one.asked == [Rate(1, "A047", 1, tags=["attitude"])]


async def test_nobody_rates_a_turn_that_ended_before_the_screen_was_switched_on() -> None:
    async with rating() as one:
        await one.told(finished(ago_s=61), ASLEEP)
        await one.press("5")
        assert one.asked == []
        await one.told(finished("A048", ago_s=50), QUESTION)
        await one.wait(10)
        await one.see(ASLEEP)


async def test_a_finish_that_was_taken_back_and_made_again_is_asked_about_again() -> None:
    async with rating() as one:
        await one.told(finished(ago_s=9), QUESTION)
        await one.told(NOBODY, ASLEEP)
        await one.told(finished(ago_s=1), QUESTION)


async def test_the_next_citizen_is_asked_while_the_one_before_is_thanked() -> None:
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.press("5")
        await one.told(NOBODY, THANKS)
        await one.told(finished("A048"), QUESTION)
        await one.press("4")
        assert one.asked == [Rate(5, "A047", 1), Rate(4, "A048", 1)]


async def test_the_second_half_of_a_double_tap_rates_nothing() -> None:
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.press("2")
        assert one.pilot is not None
        await one.pilot.press("1")
        await one.press("enter")
        assert one.asked == [Rate(2, "A047", 1)]


async def test_a_sleeping_screen_takes_no_touch_and_no_key() -> None:
    async with rating() as one:
        await one.press("5 1 0 enter * 9 x")
        await one.touch("Kính chào")
        assert one.asked == []
        assert isinstance(one.pane._page, Asleep)


# --- Trouble -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["already_rated", "not_rateable", "unknown_ticket", "busy"])
async def test_no_citizen_is_shown_a_refusal(reason: str) -> None:
    async with rating() as one:
        one.refuses = reason
        await one.told(finished(), QUESTION)
        await one.press("5")
        await one.see(THANKS)
        await one.wait(6)
        await one.see(ASLEEP)
        assert len(one.asked) == 1


async def test_a_lost_server_is_said_calmly_and_whoever_answers_goes_on() -> None:
    async with rating() as one:
        one.pane.post_message(OnlineChanged(False))
        await one.see("Máy đang tạm mất kết nối")
        one.pane.post_message(OnlineChanged(True))
        await one.told(finished(), QUESTION)
        one.pane.post_message(OnlineChanged(False))
        await one.see("sẽ được gửi khi có kết nối lại")
        await one.press("3 3 enter")
        await one.see(THANKS)
        assert one.asked == [Rate(3, "A047", 1, tags=["unclear"])]
        await one.wait(6)
        await one.see("Máy đang tạm mất kết nối")


async def test_nothing_of_a_rating_is_logged_or_left(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with rating() as one:
        await one.told(finished(), QUESTION)
        await one.press("1 4 9 b u c enter")
        await one.see(THANKS)
        assert not one.shows("buc")
        await one.wait(6)
        await one.see(ASLEEP)
        told = [record.getMessage() for record in caplog.records if "motcua" in record.name]
        assert [
            text for text in told if "A047" in text or "buc" in text or "attitude" in text
        ] == []
        assert isinstance(one.pane._page, Asleep)


async def test_a_hall_without_reasons_asks_for_words_alone() -> None:
    async with rating() as one:
        one.pane.hall.rating_tags.clear()
        await one.told(finished(), QUESTION)
        await one.press("1")
        await one.see(WHY)
        await one.press("9 a enter")
        assert one.asked == [Rate(1, "A047", 1, text="a")]
