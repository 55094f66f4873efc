"""A manager's screen with views made by hand: what is seen, what was asked, what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from textual.pilot import Pilot

from dispatch.permissions import AccountRole, kinds_of
from figures.document import Report
from link import messages as m
from manager.pane import ManagerPane
from terminal.app import HallApp
from terminal.caps import KeyCap
from terminal.pane import OnlineChanged, ViewChanged, Welcomed
from tests.screens.conftest import NOW, screen_text, welcome
from tests.screens.consoles import Passed, ago
from tests.waiting import until

TRIAL = "0123456789abcdef"
SIGN_IN = (*"ql1", "enter", *"1234", "enter")


def busy(**other: object) -> m.LiveView:
    """A morning with somewhat too much to do."""
    view = m.LiveView(
        counters=counters(),
        fields=[
            m.FieldWaiting(field="A", waiting=9, oldest_at=ago(34), low_s=1800, high_s=2700),
            m.FieldWaiting(field="C", waiting=2, oldest_at=ago(16)),
        ],
        today=today(),
        troubles=[m.Trouble(device="kiosk-1/printer", trouble="no_paper", since=ago(5))],
        closed_services=[],
        alarms=alarms(),
        longest=[
            m.WaitingTicket(number="A015", service="HT01", since=ago(34), group="elderly"),
            m.WaitingTicket(number="C007", service="CT01", since=ago(16)),
        ],
        half_hours=half_hours(),
        rated=m.RatedToday(ended=38, levels=[1, 0, 2, 11, 20]),
        screens=[
            m.ScreenShown(device="counter-1", role="counter", online=True, since=ago(90)),
            m.ScreenShown(device="board-1", role="display", online=False, since=ago(12)),
            m.ScreenShown(device="rating-1", role="rating", online=False),
        ],
    )
    return msgspec.structs.replace(view, **other)


def counters() -> list[m.LiveCounter]:
    """One that serves, for rather long, and one that pauses."""
    serving = m.LiveCounter(
        counter="Q1",
        state="open",
        since=ago(60),
        officer="cb1",
        number="A012",
        service="HT01",
        stage="serving",
        stage_since=ago(17),
    )
    paused = m.LiveCounter(
        counter="Q2", state="paused", since=ago(22), officer="cb2", pause_reason="other"
    )
    return [serving, paused]


def today() -> m.Today:
    return m.Today(
        issued=52,
        waiting=11,
        served=38,
        no_shows=2,
        cancelled=1,
        transfers=3,
        left_over=0,
        mean_wait_s=1092,
        within_target=0.553,
    )


def alarms() -> list[m.Alarm]:
    """Somebody waits too long, a printer is out of paper, and one the manager has seen."""
    return [
        m.Alarm(
            alarm="wait_over_limit:A",
            kind="wait_over_limit",
            since=ago(4),
            of="A",
            number="A015",
            value_s=1800,
        ),
        m.Alarm(
            alarm="device_trouble:kiosk-1/printer",
            kind="device_trouble",
            since=ago(5),
            of="kiosk-1/printer",
            detail="no_paper",
        ),
        m.Alarm(
            alarm="mean_over_target",
            kind="mean_over_target",
            since=ago(21),
            acknowledged_at=ago(20),
        ),
    ]


def half_hours() -> list[m.HalfHour]:
    """Ever longer waits; the last half hour has just begun."""
    return [
        m.HalfHour(at=NOW - timedelta(minutes=90), taken=12, served=8, mean_wait_s=360),
        m.HalfHour(at=NOW - timedelta(minutes=60), taken=18, served=12, mean_wait_s=840),
        m.HalfHour(at=NOW - timedelta(minutes=30), taken=14, served=11, mean_wait_s=1500),
        m.HalfHour(at=NOW, taken=8, served=7),
    ]


@dataclass
class Office:
    """A manager's screen on a made-up link: what was asked, and what comes back."""

    app: HallApp
    pane: ManagerPane
    pilot: Pilot[None]
    passed: Passed
    asked: list[m.AnyDo] = field(default_factory=list)
    answers: list[m.Answer] = field(default_factory=list)  # for the next requests, else ok
    reports: dict[str, Report] = field(default_factory=dict)
    trial: str | None = None  # that runs on the server
    progress: list[tuple[int, int]] = field(default_factory=list)  # told before its report
    role: AccountRole = "manager"  # of whoever signs in
    entrance: dict[str, Any] = field(default_factory=dict)  # devices and accounts
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, do: m.AnyDo, *, patience_s: float | None = None, **_: object) -> m.Answer:
        self.asked.append(do)
        await self.may_answer.wait()
        if self.answers:
            return self.answers.pop(0)
        match do:
            case m.SignIn():
                told = {"role": self.role, "may": kinds_of("manager", self.role)}
                return m.Answer(id="", ok=told)
            case m.Access():
                return m.Answer(id="", ok=self.entrance)
            case m.Report(report=name, part=part):
                return self._part(name, part)
            case m.WhatIf() | m.Staffing():
                self.trial = str(do.__struct_config__.tag)
                return m.Answer(id="", ok={"trial": TRIAL})
            case m.Trial(part=part):
                return self._of_trial(part)
            case m.StopTrial():
                self.trial = None
        return m.Answer(id="", ok={})

    def _part(self, name: str, part: int) -> m.Answer:
        """In three parts."""
        if name not in self.reports:
            return refused("unknown_report")
        text = msgspec.json.encode(self.reports[name]).decode()
        parts = 3
        size = -(-len(text) // parts)
        piece = text[(part - 1) * size : part * size]
        return m.Answer(id="", ok={"part": part, "parts": parts, "text": piece})

    def _of_trial(self, part: int) -> m.Answer:
        """How far it is, as often as that is told; then its report."""
        if self.trial is None:
            return refused("unknown_trial")
        if self.progress:
            done, of = self.progress[0]
            if len(self.progress) > 1:
                self.progress.pop(0)
            return m.Answer(id="", ok={"trial": TRIAL, "done": done, "of": of})
        return self._part(self.trial, part)

    async def link(self, online: bool) -> None:
        self.pane.post_message(OnlineChanged(online))
        await until(lambda: self.pane.online is online)
        await self.pilot.pause()

    async def show(self, view: m.LiveView) -> None:
        self.pane.post_message(ViewChanged(view))
        await until(lambda: self.pane.view is view)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def says(self, text: str) -> None:
        """Wait until this stands on the screen."""
        await until(lambda: text in self.text())

    def bright(self) -> set[str]:
        caps = (cap for cap in self.app.query(KeyCap) if cap.is_on_screen and cap.display)
        return {cap.key.kind for cap in caps if cap.has_class("-on")}

    def text(self) -> str:
        return screen_text(self.app)


def refused(reason: str, **facts: object) -> m.Answer:
    return m.Answer(id="", refused={"reason": reason, **facts})


@asynccontextmanager
async def office(
    view: m.LiveView | None = None,
    size: tuple[int, int] = (80, 24),
    language: str = "vi",
    *,
    signed_in: bool = True,
    role: AccountRole = "manager",
    entrance: dict[str, Any] | None = None,
    plain_text: bool = False,
    settings: dict[str, str | int | float | bool | list[str]] | None = None,
) -> AsyncIterator[Office]:
    """A manager's screen that shows this view; `settings` as config.toml gives them."""
    pane = ManagerPane(language=language, clock=(passed := Passed()))
    app = HallApp(pane, may_quit=True)
    app.set_reactive(HallApp.language, language)
    async with app.run_test(size=size) as pilot:
        made = Office(app, pane, pilot, passed, role=role, entrance=entrance or {})
        made.may_answer.set()
        pane.ask, pane.now = made.ask, lambda: NOW
        told = welcome("manager-1", "manager")
        told.device.settings.update(settings or {})
        told.hall.plain_text = plain_text
        pane.post_message(Welcomed(told))
        pane.post_message(OnlineChanged(True))
        await made.show(view or busy())
        await until(lambda: pane.live)
        if signed_in:
            await made.press(*SIGN_IN)
            await until(lambda: pane.signed_in)
            await pilot.pause()
            made.asked.clear()
        yield made
