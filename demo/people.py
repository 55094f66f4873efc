"""What citizens and officers do: they ask over the link, as real screens would, and go by the
answers. Whose turn it is they leave to the hall.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from demo.day import LIFE, Habits, Visit, draw_desk_s
from demo.stage import Scene, Stage
from hall.hours import business_day, serving_windows
from hall.model import Setup
from link import messages as m
from link.client import Link

SIGNS_IN_BEFORE: Final = timedelta(minutes=5)
RECALLS_AFTER_S: Final = 40.0
GIVES_UP_AFTER_S: Final = 80.0


@dataclass(slots=True)
class Crowd:
    """The citizens in the hall: who holds which number."""

    setup: Setup
    chance: Random
    habits: Habits = LIFE
    visits: dict[str, Visit] = field(default_factory=dict)
    turned_away: int = 0
    sent_on: set[str] = field(default_factory=set)

    async def take_ticket(self, kiosk: Link, visit: Visit) -> bool:
        """One citizen at the kiosk; False: no number was to be had."""
        taken = m.TakeTicket([visit.service], visit.group, visit.language)
        answer = await kiosk.ask(taken)
        if answer.ok is None:
            self.turned_away += 1
            return False
        self.visits[answer.ok["ticket"]] = visit
        return True

    def comes(self, number: str) -> bool:
        visit = self.visits.get(number)
        return visit is None or visit.comes_when_called

    def walk_s(self, number: str) -> float:
        visit = self.visits.get(number)
        return visit.walk_s if visit else self.chance.uniform(*self.habits.walk_s)

    def desk_s(self, number: str, service: str) -> float:
        """Seconds at the desk; a ticket of somebody who joined the demo takes what others take."""
        visit = self.visits.get(number)
        if visit is not None and visit.service == service:
            return visit.desk_s
        return draw_desk_s(self.setup, self.chance, service)

    def is_sent_on(self, number: str) -> str | None:
        """The service the visit turns out to be, the first time it is asked."""
        visit = self.visits.get(number)
        if visit is None or visit.sent_on_to is None or number in self.sent_on:
            return None
        self.sent_on.add(number)
        return visit.sent_on_to

    def level(self, number: str) -> int | None:
        visit = self.visits.get(number)
        return visit.level if visit else None


@dataclass(eq=False, slots=True)
class Officer:
    """One officer at one counter, all day long."""

    code: str
    pin: str
    counter: m.CounterInfo
    link: Link
    stage: Stage
    crowd: Crowd
    rating: Link | None
    idle_since: datetime | None = None  # None: busy, or not there
    busy: bool = False  # from a call until nobody is left to call
    away: bool = False  # somebody took over the counter
    shift: int = 0  # what was planned in an earlier one is not done any more

    def expect_day(self, now: datetime) -> None:
        """Plan the working day: be there a little early, serve every session."""
        hours = self.crowd.setup.hours
        for opens, _ in serving_windows(hours, business_day(hours, now)):
            self.stage.at(opens - SIGNS_IN_BEFORE, self._sign_in)
            self.stage.at(opens, self._open)

    def stand_up(self) -> None:
        """Somebody else works at the counter now."""
        self.away, self.busy, self.idle_since = True, False, None
        self.shift += 1

    async def sit_down(self) -> None:
        """Go on with whatever is at the counter."""
        self.away = False
        self.shift += 1
        await self._sign_in()
        await self._open()

    async def _sign_in(self) -> None:
        if not self.away:
            await self.link.ask(m.SignIn(self.code, self.pin))

    async def _open(self) -> None:
        """Begin a session, unless the one before has not ended for this counter."""
        if self.away or self.busy:
            return
        await self.link.ask(m.Open())
        await self.call_next()

    async def call_next(self) -> None:
        """Call whoever's turn it is; nobody: sit idle, or go home when the session is over."""
        self.idle_since = None
        if self.away:
            return
        answer = await self.link.ask(m.CallNext())
        self.busy = answer.refused is None or answer.refused["reason"] == "counter_busy"
        if answer.ok is not None:
            await self._called(answer.ok["ticket"], answer.ok["service"])
        elif answer.refused and answer.refused["reason"] == "counter_busy":
            await self._start(answer.refused["ticket"], self.counter.services[0])
        elif self._session_is_over():
            await self.link.ask(m.Close())
        else:
            self.idle_since = self.stage.now()

    async def _called(self, number: str, service: str) -> None:
        if self.crowd.comes(number):
            self._later(self.crowd.walk_s(number), lambda: self._start(number, service))
        else:
            self._later(RECALLS_AFTER_S, self._recall)

    async def _recall(self) -> None:
        await self.link.ask(m.Recall())
        self._later(GIVES_UP_AFTER_S - RECALLS_AFTER_S, self._no_show)

    async def _no_show(self) -> None:
        await self.link.ask(m.NoShow())
        self._later(self.crowd.habits.between_tickets_s, self.call_next)

    async def _start(self, number: str, service: str) -> None:
        await self.link.ask(m.Start())
        desk_s = self.crowd.desk_s(number, service)
        self._later(desk_s, lambda: self._finish(number, service))

    async def _finish(self, number: str, service: str) -> None:
        other = self.crowd.is_sent_on(number)
        if other is not None and other != service:
            await self.link.ask(m.Transfer(other))
        else:
            await self.link.ask(m.Finish(self._outcome(service)))
            await self._rate(number)
        self._later(self.crowd.habits.between_tickets_s, self.call_next)

    async def _rate(self, number: str) -> None:
        level = self.crowd.level(number)
        if self.rating is not None and level is not None:
            await self.rating.ask(m.Rate(min(level, self.crowd.setup.rating_levels), number, 1))

    def _outcome(self, service: str) -> str:
        outcomes = sorted(self.crowd.setup.outcomes)
        usual = {"TR00": "result_returned", "HD00": "guidance"}.get(service, "accepted")
        return usual if usual in outcomes else outcomes[0]

    def _later(self, seconds: float, scene: Scene) -> None:
        """Do something after so many seconds, unless somebody took over meanwhile."""
        shift = self.shift

        async def unless_taken_over() -> None:
            if self.shift == shift and not self.away:
                await scene()

        self.stage.after(seconds, unless_taken_over)

    def _session_is_over(self) -> bool:
        hours, now = self.crowd.setup.hours, self.stage.now()
        windows = serving_windows(hours, business_day(hours, now))
        return not any(opens <= now < closes for opens, closes in windows)
