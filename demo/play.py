"""A whole day played over the link: citizens come, officers work, and the figures are asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final, Protocol

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
NAME_WIDTH: Final = 26  # of a figure, in cells

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

    @property
    def title(self) -> str:
        return "demo.title"

    def begin(self, cast: Cast, links: Links, stage: Stage) -> Play:
        return Play(cast, links, stage, self)


class Performer(Protocol):
    """Somebody at a counter, whose place whoever looks on may take."""

    away: bool

    def stand_up(self) -> None: ...

    async def sit_down(self) -> None: ...


class Performance(Protocol):
    """A day that is played: one that was drawn, or one that was recorded."""

    cast: Cast
    stage: Stage
    kiosk: Link
    day: date

    @property
    def turned_away(self) -> int: ...

    @property
    def officers(self) -> Mapping[str, Performer]: ...

    def expect_day(self) -> None: ...

    async def figures(self) -> dict[str, Any]: ...


class Program(Protocol):
    """What is to be played. `title`: the word for what stands above the window."""

    @property
    def day(self) -> date: ...

    @property
    def title(self) -> str: ...

    def begin(self, cast: Cast, links: Links, stage: Stage) -> Performance: ...


@dataclass(slots=True)
class Links:
    """One link per screen, kept up while the play runs."""

    url: str
    by_device: dict[str, Link] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def to(
        self, device: m.DeviceInfo, on_view: Callable[[m.AnyView], object] | None = None
    ) -> Link:
        """The screen's link; made when first asked for. `on_view`: who looks at the screen."""
        if device.device not in self.by_device:
            hello = m.Hello(m.PROTOCOL, device.role, device.device)
            link = Link(self.url, hello, on_view=on_view or _look_away, **_SILENT)
            self.by_device[device.device] = link
            self._tasks.append(asyncio.create_task(link.run()))
        return self.by_device[device.device]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


_SILENT: Final[dict[str, Any]] = {
    "on_welcome": lambda welcome: None,
    "on_online": lambda online, why: None,
    "on_goodbye": lambda goodbye: log.warning("goodbye: %s", goodbye.reason),
}


def _look_away(view: m.AnyView) -> None:
    """Nobody looks at this screen."""


class Play:
    """One day: the crowd, the officers, and what is to happen when."""

    def __init__(self, cast: Cast, links: Links, stage: Stage, plan: Plan) -> None:
        self.cast, self.links, self.stage, self.plan = cast, links, stage, plan
        self.day = plan.day
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

    @property
    def turned_away(self) -> int:
        """Citizens who got no number."""
        return self.crowd.turned_away

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
        return await figures_of(manager, self.day)


async def figures_of(manager: Link, day: date) -> dict[str, Any]:
    """The main figures of a day's sheet, by key, for a manager who is signed in."""
    sheet = m.Report("day_sheet", day.isoformat(), day.isoformat())
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


async def play_day(
    cast: Cast, url: str, stage: Stage, program: Program
) -> tuple[dict[str, Any], int]:
    """Play a day to its end; its figures, and how many citizens got no number."""
    links = Links(url)
    try:
        play = program.begin(cast, links, stage)
        play.expect_day()
        await stage.play()
        await _until_the_end(play)
        return await play.figures(), play.turned_away
    finally:
        await links.close()


async def _until_the_end(play: Performance) -> None:
    """Let the time pass after which nobody waits any more, and have the hall notice."""
    setup = play.cast.setup
    end = closing(setup.hours, play.day)
    assert end is not None
    noticing = m.DeviceState(play.cast.device("kiosk").device)

    async def notice() -> None:
        await play.kiosk.ask(noticing)

    play.stage.at(end + timedelta(seconds=setup.left_over_after_s + AT_THE_END_S), notice)
    await play.stage.play()


def as_text(figures: Mapping[str, Any], turned_away: int) -> Iterator[str]:
    """The day's main figures, a line each."""
    for name, said in _lines(figures, turned_away):
        yield f"{name:<{NAME_WIDTH}}{said}"


def side_by_side(
    recorded: Mapping[str, Any], played: Mapping[str, Any], turned_away: int
) -> Iterator[str]:
    """The recorded day's main figures, and those of the day as it was played."""
    yield f"{'':<{NAME_WIDTH}}{'recorded':>8}    {'rehearsed':>9}"
    before = [said for _, said in _lines(recorded, 0)]
    for (name, said), was in zip(_lines(played, turned_away), before, strict=True):
        yield f"{name:<{NAME_WIDTH}}{was:<12} {said}".rstrip()


def differing(recorded: Mapping[str, Any], played: Mapping[str, Any]) -> list[str]:
    """The names of the figures that are not the same, as they are told."""
    pairs = zip(_lines(recorded, 0), _lines(played, 0), strict=True)
    return [name for (name, was), (_, said) in pairs if was != said]


def _lines(figures: Mapping[str, Any], turned_away: int) -> Iterator[tuple[str, str]]:
    """The name of each main figure, and its value."""
    yield "visits", f"{figures['visits']:>8}"
    yield "served", f"{figures['visits_served']:>8}"
    yield "mean wait", _minutes(figures["visit_wait_mean"])
    yield "median wait", _minutes(figures["visit_wait_median"])
    yield "90 % waited at most", _minutes(figures["visit_wait_p90"])
    yield "within 15 minutes", _share(figures["visits_within_15"])
    yield "within 30 minutes", _share(figures["visits_within_30"])
    yield "mean service", _minutes(figures["service_mean"])
    yield "no-shows", f"{figures['visits_no_show']:>8}"
    yield "transfers", f"{figures['transferred']:>8}"
    yield "left over", f"{figures['visits_left_over']:>8}"
    yield "came, but got no number", f"{turned_away:>8}"


def _minutes(seconds: float | None) -> str:
    return "       -" if seconds is None else f"{seconds / 60:>8.1f} min"


def _share(share: float | None) -> str:
    return "       -" if share is None else f"{share * 100:>8.1f} %"
