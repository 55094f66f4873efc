"""A whole day played over the link: citizens come, officers work, and the figures are asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from demo.day import LIFE, Habits, Visit, staffed_counters
from demo.people import Crowd, Officer
from demo.stage import Stage
from figures.document import Figures, Report
from hall.hours import at, closing
from hall.model import Setup
from link import messages as m
from link.client import Link
from manager.reading import NoReport, read_report

DOORS_OPEN: Final = time(6, 50)
AT_THE_END_S: Final = 60.0  # after those still waiting are left over

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays: the hall, its screens by role, its officers, and the PIN they all have."""

    setup: Setup
    hall_info: m.HallInfo
    devices: Mapping[str, m.DeviceInfo]
    officers: Sequence[str]
    manager: str
    pin: str

    def device(self, role: m.Role) -> m.DeviceInfo:
        """The first screen of this kind. Raises ValueError when the hall has none."""
        for device in self.devices.values():
            if device.role == role:
                return device
        raise ValueError(f"the hall has no {role}: the demo needs one")

    def at_counters(self) -> dict[str, m.DeviceInfo]:
        """Counter -> the officer's screen there."""
        devices = self.devices.values()
        return {d.counter: d for d in devices if d.role == "counter" and d.counter}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played: a day, who comes, how many counters are staffed, and the seed of chance."""

    day: date
    visits: Sequence[Visit]
    counters: int
    seed: int
    habits: Habits = LIFE


@dataclass(slots=True)
class Links:
    """One link per screen, kept up while the play runs."""

    url: str
    by_device: dict[str, Link] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def to(self, device: m.DeviceInfo) -> Link:
        """The screen's link; made when first asked for."""
        if device.device not in self.by_device:
            link = Link(self.url, m.Hello(m.PROTOCOL, device.role, device.device), **_SILENT)
            self.by_device[device.device] = link
            self._tasks.append(asyncio.create_task(link.run()))
        return self.by_device[device.device]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


_SILENT: Final[dict[str, Any]] = {
    "on_welcome": lambda welcome: None,
    "on_view": lambda view: None,
    "on_online": lambda online, why: None,
    "on_goodbye": lambda goodbye: log.warning("goodbye: %s", goodbye.reason),
}


class Play:
    """One day: the crowd, the officers, and what is to happen when."""

    def __init__(self, cast: Cast, links: Links, stage: Stage, plan: Plan) -> None:
        self.cast, self.links, self.stage, self.plan = cast, links, stage, plan
        self.crowd = Crowd(cast.setup, Random(f"{plan.seed} crowd"), plan.habits)
        self.kiosk = links.to(cast.device("kiosk"))
        staffed = staffed_counters(cast.setup, plan.counters)
        self.officers = {code: self._officer(code, place) for place, code in enumerate(staffed)}

    def _officer(self, counter: str, place: int) -> Officer:
        cast, screens = self.cast, self.cast.at_counters()
        if counter not in screens:
            raise ValueError(f"counter {counter} has no screen: the demo needs one")
        infos = {info.code: info for info in cast.hall_info.counters}
        rating = next((d for d in cast.devices.values() if d.role == "rating"), None)
        return Officer(
            cast.officers[place],
            cast.pin,
            infos[counter],
            self.links.to(screens[counter]),
            self.stage,
            self.crowd,
            self.links.to(rating) if rating else None,
        )

    def expect_day(self) -> None:
        """Put the whole day on the list."""
        for officer in self.officers.values():
            officer.expect_day(doors_open(self.cast.setup, self.plan.day))
        for visit in self.plan.visits:
            self.stage.at(visit.arrives_at, lambda visit=visit: self._arrive(visit))  # type: ignore[misc]

    async def _arrive(self, visit: Visit) -> None:
        if await self.crowd.take_ticket(self.kiosk, visit):
            await self.wake_somebody_for(visit.service)

    async def wake_somebody_for(self, service: str) -> None:
        """Whoever has been idle longest, and may serve it, presses next."""
        idle = [o for o in self.officers.values() if o.idle_since and service in o.counter.services]
        if idle:
            await min(idle, key=lambda officer: officer.idle_since or self.stage.now()).call_next()

    async def figures(self) -> dict[str, Any]:
        """The main figures of the day sheet, by key, asked for as a manager would."""
        manager = self.links.to(self.cast.device("manager"))
        await manager.ask(m.SignIn(self.cast.manager, self.cast.pin))
        day = self.plan.day.isoformat()
        sheet = m.Report("day_sheet", day, day)
        try:
            report = await read_report(lambda part, _: manager.ask(part), sheet, _told)
        except NoReport as refused:
            raise ValueError(f"no figures: {refused}") from refused
        return main_figures(report)


def main_figures(report: Report) -> dict[str, Any]:
    """The values of its main figures, by key."""
    return {
        figure.key: figure.value
        for block in report.blocks
        if isinstance(block, Figures) and block.key == "main"
        for figure in block.figures
    }


def _told(part: int, parts: int) -> None:
    """Nobody watches how a report comes."""


def doors_open(setup: Setup, day: date) -> datetime:
    """When the demo's day begins. Raises ValueError on a day off."""
    if closing(setup.hours, day) is None:
        raise ValueError(f"the hall is closed on {day}: choose another --day")
    return at(setup.hours, day, DOORS_OPEN)


async def play_day(cast: Cast, url: str, stage: Stage, plan: Plan) -> tuple[dict[str, Any], int]:
    """Play a day to its end; its figures, and how many citizens got no number."""
    links = Links(url)
    try:
        play = Play(cast, links, stage, plan)
        play.expect_day()
        await stage.play()
        await _until_the_end(play)
        return await play.figures(), play.crowd.turned_away
    finally:
        await links.close()


async def _until_the_end(play: Play) -> None:
    """Let the time pass after which nobody waits any more, and have the hall notice."""
    setup = play.cast.setup
    end = closing(setup.hours, play.plan.day)
    assert end is not None
    noticing = m.DeviceState(play.cast.device("kiosk").device)

    async def notice() -> None:
        await play.kiosk.ask(noticing)

    play.stage.at(end + timedelta(seconds=setup.left_over_after_s + AT_THE_END_S), notice)
    await play.stage.play()


def as_text(figures: Mapping[str, Any], turned_away: int) -> Iterator[str]:
    """The day's main figures, a line each."""
    yield f"visits                    {figures['visits']:>8}"
    yield f"served                    {figures['visits_served']:>8}"
    yield f"mean wait                 {_minutes(figures['visit_wait_mean'])}"
    yield f"median wait               {_minutes(figures['visit_wait_median'])}"
    yield f"90 % waited at most       {_minutes(figures['visit_wait_p90'])}"
    yield f"within 15 minutes         {_share(figures['visits_within_15'])}"
    yield f"within 30 minutes         {_share(figures['visits_within_30'])}"
    yield f"mean service              {_minutes(figures['service_mean'])}"
    yield f"no-shows                  {figures['visits_no_show']:>8}"
    yield f"transfers                 {figures['transferred']:>8}"
    yield f"left over                 {figures['visits_left_over']:>8}"
    yield f"came, but got no number   {turned_away:>8}"


def _minutes(seconds: float | None) -> str:
    return "       -" if seconds is None else f"{seconds / 60:>8.1f} min"


def _share(share: float | None) -> str:
    return "       -" if share is None else f"{share * 100:>8.1f} %"
