"""A recorded day played once more over the link: its citizens come when they came, its officers
are at work when they were. A counter may be left to somebody real.

What citizens wrote, how they rated and which dossiers they brought is not played.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from demo.citizens import Citizens
from demo.desk import SIGNS_IN_BEFORE, Desk, known_word
from demo.play import Cast, Links, figures_of
from demo.stage import Scene, Stage
from link import messages as m
from whatif.model import Day, Move, Post, Visit

# As long as the hall and its people share a loop: what was shown before an answer is seen by then.
TURNS_UNTIL_SEEN: Final = 8
STAND_IN: Final = "rehearsal-"


@dataclass(frozen=True, slots=True)
class Script:
    """What is played: a recorded day; `without` the counters that are left to real people."""

    recorded: Day
    without: frozenset[str] = frozenset()

    @property
    def day(self) -> date:
        return self.recorded.date

    @property
    def title(self) -> str:
        return "demo.rehearsal"

    @property
    def begins(self) -> datetime:
        """A little before anybody came."""
        visits = [visit.at for visit in self.recorded.visits]
        posts = self.recorded.posts.values()
        opens = [stretch.opens for post in posts for stretch in post.stretches]
        return min(visits + opens) - SIGNS_IN_BEFORE

    def begin(self, cast: Cast, links: Links, stage: Stage) -> Rehearsal:
        return Rehearsal(cast, links, stage, self)


def stand_ins(counters: Mapping[str, object]) -> dict[str, m.DeviceInfo]:
    """Screens for the rehearsal's own people, so that every screen of the hall may join."""
    infos = [
        m.DeviceInfo(f"{STAND_IN}kiosk", "kiosk"),
        m.DeviceInfo(f"{STAND_IN}manager", "manager"),
        *(m.DeviceInfo(f"{STAND_IN}{code}", "counter", code) for code in counters),
    ]
    return {info.device: info for info in infos}


def officer_at(cast: Cast, counter: str) -> str:
    """Each counter has the same officer all day, whoever was there."""
    return cast.officers[list(cast.setup.counters).index(counter)]


class Rehearsal:
    """One recorded day: its citizens, its officers, and what is to happen when."""

    def __init__(self, cast: Cast, links: Links, stage: Stage, script: Script) -> None:
        self.cast = replace(cast, devices=stand_ins(cast.setup.counters))
        self.stage, self.day = stage, script.day
        self.turned_away = 0
        self.kiosk = links.to(self.cast.device("kiosk"))
        self.manager = links.to(self.cast.device("manager"))
        self._script = script
        self._citizens = Citizens(cast.setup, script.recorded)
        self._looks_round = False
        self.officers = {
            code: self._desk(links, code, post)
            for code, post in script.recorded.posts.items()
            if code not in script.without
        }

    def _desk(self, links: Links, code: str, post: Post) -> Desk:
        link = links.to(self.cast.at_counters()[code], on_view=self._seen_at(code))
        return Desk(
            code=code,
            officer=officer_at(self.cast, code),
            pin=self.cast.pin,
            link=link,
            hours=self,
            citizens=self._citizens,
            post=post,
            lull_s=self._script.recorded.lull_s,
        )

    def expect_day(self) -> None:
        """Put the whole day on the list."""
        if any(visit.moves for visit in self._script.recorded.visits):
            self.at(self._script.begins, self._manager_signs_in)
        for desk in self.officers.values():
            desk.expect_day()
        for visit in self._script.recorded.visits:
            self.at(visit.at, partial(self._arrive, visit))

    async def figures(self) -> dict[str, Any]:
        """The main figures of the day sheet, by key, asked for as a manager would."""
        await self._manager_signs_in()
        return await figures_of(self.manager, self.day)

    # --- Time ------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.stage.now()

    def at(self, moment: datetime, scene: Scene, *, first: bool = False) -> None:
        """Have something happen; afterwards everybody looks round."""

        async def and_look_round() -> None:
            await scene()
            await self._look_round()

        self.stage.at(moment, and_look_round, first=first)

    async def notice(self) -> None:
        """Have the hall notice that time has passed."""
        await self.kiosk.ask(m.DeviceState(self.cast.device("kiosk").device))

    async def _look_round(self) -> None:
        self._looks_round = False
        await _until_seen()
        for desk in self.officers.values():
            if await desk.look():
                await _until_seen()

    def _seen_at(self, code: str) -> Callable[[m.AnyView], None]:
        """What an officer's screen shows is seen at once, and where time passes it is acted on."""

        def seen(view: m.AnyView) -> None:
            if isinstance(view, m.CounterView):
                self.officers[code].view = view
                if not self.stage.jumps and not self._looks_round:
                    self._looks_round = True
                    self.stage.after(0, self._look_round)

        return seen

    # --- Citizens, and the manager ---------------------------------------------------------------

    async def _arrive(self, visit: Visit) -> None:
        answer = await self.kiosk.ask(_wish(visit, self.cast.setup.languages))
        if answer.ok is None:
            self.turned_away += 1
            return
        number = answer.ok["ticket"]
        self._citizens.came(visit, number)
        for move in visit.moves:
            self.at(move.at, partial(self._move, number, move))
        if visit.leaves is not None:
            self.at(visit.leaves, partial(self._leave, number))

    async def _leave(self, number: str) -> None:
        """Gone home, unless somebody serves them; the first officer who can notes it."""
        reason = known_word(None, self.cast.setup.cancel_reasons)
        for desk in self.officers.values():
            if desk.serving != number:
                answer = await desk.link.ask(m.Cancel(number, reason))
                if answer.ok is not None:
                    return

    async def _move(self, number: str, move: Move) -> None:
        reason = known_word(None, self.cast.setup.jump_reasons)
        await self.manager.ask(m.MoveTicket(number, reason, move.service, move.to_counter))

    async def _manager_signs_in(self) -> None:
        await self.manager.ask(m.SignIn(self.cast.manager, self.cast.pin))

    async def give_back(self, counter: str, number: str) -> None:
        """A form is filled in: back to the same counter, or to whoever is there."""
        able = [desk for desk in self.officers.values() if _may_resume(desk, number)]
        there = [desk for desk in able if desk.code == counter] or able
        if there:
            there[0].call_back(number)


async def _until_seen() -> None:
    for _ in range(TURNS_UNTIL_SEEN):
        await asyncio.sleep(0)


def _may_resume(desk: Desk, number: str) -> bool:
    view = desk.view
    parked = view is not None and any(held.number == number for held in view.held)
    return parked and view is not None and view.state == "open" and not desk.away


def _wish(visit: Visit, languages: tuple[str, ...]) -> m.TakeTicket:
    booking = visit.booking
    return m.TakeTicket(
        list(visit.services),
        visit.group,
        visit.language if visit.language in languages else languages[0],
        m.BookedSlot(booking.slot, booking.registered) if booking else None,
    )
