"""What the manager writes to a counter, on the officer's console."""

from __future__ import annotations

import msgspec

from link import messages as m
from tests.screens.consoles import READY, Desk, ago, desk
from tests.waiting import until

ONE = m.SentWord(word=7, text="Giúp quầy 3 [/nope]", at=ago(4))
TWO = m.SentWord(word=8, text="Họp lúc 16:30", at=ago(1))


def told(*words: m.SentWord) -> m.CounterView:
    return msgspec.structs.replace(READY, sent_words=list(words))


async def says(console: Desk, text: str) -> None:
    await until(lambda: text in " ".join(console.text().split()))


async def test_the_oldest_word_is_shown_with_the_key_that_says_read() -> None:
    async with desk(told(ONE, TWO)) as console:
        await says(console, "Quản lý nhắn lúc 08:26: Giúp quầy 3 [/nope] – phím @: đã đọc")
        await says(console, "(còn 1 tin nữa)")
        await console.press("at")
        assert console.asked == [m.ReadWord(word=7)]
        await console.show(told(TWO))
        await says(console, "Quản lý nhắn lúc 08:29: Họp lúc 16:30")
        await console.pilot.click("#word")
        assert console.asked[1:] == [m.ReadWord(word=8)]
        await console.show(told())
        assert "Quản lý nhắn" not in console.text()


async def test_without_a_word_there_is_nothing_to_read() -> None:
    async with desk(told()) as console:
        await console.press("at")
        assert console.asked == []


async def test_a_word_may_be_read_with_a_ticket_in_hand_and_while_others_are_asked() -> None:
    async with desk(told(ONE)) as console:
        console.may_answer.clear()
        await console.press("space", "at")
        assert console.asked == [m.CallNext(), m.ReadWord(word=7)]


async def test_a_locked_console_shows_no_word() -> None:
    async with desk(told(ONE)) as console:
        await console.press("f11")
        await until(lambda: "Quầy đang khóa" in console.text())
        await until(lambda: "Giúp quầy 3" not in console.text())
        await console.press("at")
        assert console.asked == []
