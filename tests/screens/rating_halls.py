"""A rating screen at counter 1, and the citizen before it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from link.messages import Answer, AnyDo, RatingView, Welcome, WordInfo
from rating.pane import RatingPane
from terminal.app import HallApp
from terminal.pane import OnlineChanged, ViewChanged, Welcomed
from tests.screens.conftest import NOW, screen_text, welcome
from tests.waiting import until

LOW, HIGH, SMALL = (80, 24), (67, 120), (40, 30)
ASLEEP = "Khi xong việc"
QUESTION = "có hài lòng với lần phục vụ"
WHY = "Điều gì chưa tốt?"
THANKS = "Xin cảm ơn Quý khách!"
KEY_NAMES = {"*": "asterisk"}
TAGS = {
    "long_wait": ("Chờ lâu", "Long wait"),
    "equipment": ("Thiếu chỗ ngồi, thiết bị", "Too few seats, poor equipment"),
    "unclear": ("Hướng dẫn chưa rõ", "Unclear guidance"),
    "attitude": ("Thái độ phục vụ", "Attitude"),
    "many_supplements": ("Giấy tờ phải bổ sung nhiều lần", "Papers asked for again and again"),
    "late_result": ("Trễ hẹn", "Late result"),
    "other": ("Lý do khác", "Other"),
}


def greeting(levels: int = 5) -> Welcome:
    welcomed = welcome("rating-1", "rating", "Q1")
    welcomed.hall.names = {"vi": "Bộ phận Một cửa phường An Bình", "en": "An Bình one-stop hall"}
    welcomed.hall.rating_levels = levels
    welcomed.hall.rating_tags = [
        WordInfo(code, {"vi": vi, "en": en}) for code, (vi, en) in TAGS.items()
    ]
    welcomed.device.settings = {"awake_s": 60, "pad_codes": []}
    return welcomed


def finished(ticket: str = "A047", *, turn: int = 1, ago_s: float = 0, **more: Any) -> RatingView:
    """What the server shows when the officer has finished."""
    ended_at = NOW - timedelta(seconds=ago_s)
    facts = {"language": "vi", **more}
    return RatingView(counter="Q1", ticket=ticket, turn=turn, ended_at=ended_at, **facts)


NOBODY = RatingView(counter="Q1")


class Rating:
    """A rating screen whose clock stands still until told, and whoever touches it."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.asked: list[AnyDo] = []
        self.refuses: str | None = None
        self.pane = RatingPane()
        self.pane.clock = lambda: self.seconds
        self.pane.now = lambda: NOW
        self.app = HallApp(self.pane)
        self.pilot: Pilot[None] | None = None

    async def answer(self, do: AnyDo, *, patience_s: float | None = None, **_: object) -> Answer:
        self.asked.append(do)
        if self.refuses is not None:
            return Answer(id="", refused={"reason": self.refuses})
        return Answer(id="", ok={})

    def shows(self, text: str) -> bool:
        return text in " ".join(screen_text(self.app).split())

    async def see(self, text: str) -> None:
        await until(lambda: self.shows(text))

    async def told(self, view: RatingView, text: str) -> None:
        """The server says something new, and the screen shows it."""
        self.pane.post_message(ViewChanged(view))
        await self.see(text)
        assert self.pilot is not None
        await self.pilot.pause()
        self.seconds += 1

    async def press(self, keys: str) -> None:
        """Keys one after another, each when the page before has settled."""
        assert self.pilot is not None
        for key in keys.split():
            self.seconds += 1
            await self.pilot.press(KEY_NAMES.get(key, key))
            await self.pilot.pause()

    async def touch(self, text: str) -> None:
        """Touch where this text stands."""
        await until(lambda: text in screen_text(self.app))
        assert self.pilot is not None
        self.seconds += 1
        rows = screen_text(self.app).splitlines()
        x, y = next((row.index(text), y) for y, row in enumerate(rows) if text in row)
        await self.pilot.click(offset=(x, y))
        await self.pilot.pause()

    async def wait(self, seconds: float) -> None:
        """Let the screen's clock go on, and the screen look at it."""
        self.seconds += seconds
        assert self.pilot is not None
        self.pane._tick()
        await self.pilot.pause()


@asynccontextmanager
async def rating(
    size: tuple[int, int] = LOW, levels: int = 5, **settings: Any
) -> AsyncIterator[Rating]:
    """A rating screen that is online and asleep. `settings`: what config.toml says besides."""
    one = Rating()
    welcomed = greeting(levels)
    welcomed.device.settings |= settings
    async with one.app.run_test(size=size) as one.pilot:
        one.pane.ask = one.answer
        for message in (Welcomed(welcomed), OnlineChanged(True), ViewChanged(NOBODY)):
            one.pane.post_message(message)
        await one.see(ASLEEP)
        yield one
