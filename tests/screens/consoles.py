"""A console with views made by hand: what the officer sees, what was asked, what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from textual.events import Key
from textual.pilot import Pilot

from counter.pane import CounterPane
from link import messages as m
from terminal.app import HallApp
from terminal.caps import KeyCap
from terminal.pane import OnlineChanged, ViewChanged, Welcomed
from tests.screens.conftest import NOW, screen_text, welcome
from tests.waiting import until

NUMBERS = {"vi": "Căn cước hoặc giấy xác nhận", "en": "Identity card or certificate"}


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def idle(*may: str, **other: Any) -> m.CounterView:
    """An open counter without a ticket."""
    return m.CounterView(
        counter="Q2",
        state=other.pop("state", "open"),
        since=ago(60),
        officer="cb1",
        may=list(may),
        **other,
    )


def ticket(**other: Any) -> m.CounterTicket:
    """A012, called a minute ago."""
    values: dict[str, Any] = {
        "number": "A012",
        "service": "HT01",
        "stage": "called",
        "language": "vi",
        "issued_at": ago(24),
        "opened_at": ago(24),
        "called_at": ago(1),
        "last_called_at": ago(1),
        "why": m.Why(rule="first_in_line"),
    }
    return m.CounterTicket(**values | other)


NOBODY = m.CounterView(counter="Q2", state="closed", since=ago(600), may=["sign_in"])
READY = idle(
    "call_next",
    "call_ticket",
    "cancel",
    "resume",
    "pause",
    "close",
    "sign_out",
    next=m.NextUp(
        number="C007", service="CT01", why=m.Why(rule="head_start", overtook=2, longest="A013")
    ),
    queue=[
        m.QueueLength(service="HT01", waiting=4, oldest_at=ago(34)),
        m.QueueLength(service="CT01", waiting=12, oldest_at=ago(16)),
    ],
    held=[m.HeldTicket(number="A003", service="HT01", since=ago(21))],
)
CALLED = idle(
    "recall", "start", "finish", "no_show", "transfer", "hold", "put_back", "cancel",
    ticket=ticket(), next=READY.next, queue=READY.queue,
)  # fmt: skip
SERVING = idle(
    "finish", "transfer", "hold", "cancel",
    ticket=ticket(
        stage="serving",
        language="en",
        group="elderly",
        recalls=1,
        called_at=ago(13),
        last_called_at=ago(12),
        started_at=ago(11),
        why=m.Why(rule="priority_first", overtook=3, longest="A009"),
        later=["CT01"],
    ),
    next=READY.next,
    queue=READY.queue,
    held=READY.held,
    troubles=[m.Trouble(device="kiosk-1/printer", trouble="no_paper", since=ago(5))],
    notice="15:00 họp toàn bộ phận",
)  # fmt: skip
PAUSED = idle("open", "close", "pause", "sign_out", state="paused", pause_reason="other")
CLOSED = idle("open", "sign_out", state="closed")
STATES = {
    "sign-in": NOBODY,
    "ready": READY,
    "called": CALLED,
    "serving": SERVING,
    "paused": PAUSED,
}


@dataclass
class Passed:
    """The console's own clock, which goes on when a test says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Desk:
    """A console on a made-up link: what was asked, and what comes back."""

    app: HallApp
    pane: CounterPane
    pilot: Pilot[None]
    passed: Passed
    asked: list[m.AnyDo] = field(default_factory=list)
    answers: list[m.Answer] = field(default_factory=list)  # for the next requests, else ok
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    now: datetime = NOW

    async def ask(self, do: m.AnyDo, *, patience_s: float | None = None, **_: object) -> m.Answer:
        self.asked.append(do)
        await self.may_answer.wait()
        return self.answers.pop(0) if self.answers else m.Answer(id="", ok={})

    async def hurry(self, *keys: str) -> None:
        """Press keys faster than anything can follow: all are there before the first is seen."""
        for key in keys:
            character = key if len(key) == 1 else None
            self.app.post_message(Key(key, character).set_sender(self.app))
        await self.pilot.pause()

    async def link(self, online: bool) -> None:
        self.pane.post_message(OnlineChanged(online))
        await until(lambda: self.pane.online is online)
        await self.pilot.pause()

    async def show(self, view: m.CounterView) -> None:
        self.pane.post_message(ViewChanged(view))
        await until(lambda: self.pane.view is view)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def bright(self) -> set[str]:
        """The kinds of request whose keys are bright."""
        return {cap.key.kind for cap in self.app.query(KeyCap) if cap.has_class("-on")}

    def text(self) -> str:
        return screen_text(self.app)


def refused(reason: str, **facts: object) -> m.Answer:
    return m.Answer(id="", refused={"reason": reason, **facts})


def greeting() -> m.Welcome:
    """The small hall with enough words and services to choose from."""
    told = welcome("counter-2", "counter", "Q2")
    told.hall.groups[0].proof = NUMBERS
    told.hall.outcomes.append(m.WordInfo(code="returned", names={"vi": "Đã trả kết quả"}))
    told.hall.result_outcomes.append("returned")
    return told


@asynccontextmanager
async def desk(
    view: m.CounterView,
    size: tuple[int, int] = (80, 24),
    language: str = "vi",
    settings: dict[str, int] | None = None,
) -> AsyncIterator[Desk]:
    """A console of counter 2 that shows this view; `settings` as config.toml gives them."""
    pane = CounterPane(language=language, clock=(passed := Passed()))
    app = HallApp(pane, may_quit=True)
    app.set_reactive(HallApp.language, language)
    async with app.run_test(size=size) as pilot:
        made = Desk(app, pane, pilot, passed)
        made.may_answer.set()
        pane.ask, pane.now = made.ask, lambda: made.now
        told = greeting()
        told.device.settings.update(settings or {})
        pane.post_message(Welcomed(told))
        pane.post_message(OnlineChanged(True))
        await made.show(view)
        await until(lambda: pane.live)
        yield made
