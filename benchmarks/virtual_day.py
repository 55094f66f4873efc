"""A day of citizens and officers in virtual time, by the rules alone: no server, no screens, no
records. Somebody may look at the hall right before each number is taken.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Final

from demo.day import SHARES, UNKNOWN_SHARE, Habits, Visit, draw_desk_s
from hall import commands as c
from hall.commands import Command, Decision, Refused
from hall.decide import decide
from hall.events import TicketTaken
from hall.evolve import evolve
from hall.hours import business_day, serving_windows
from hall.model import Hall, Setup, empty_hall
from hall.tick import tick

COMES_EARLY: Final = timedelta(minutes=10)
GIVES_UP_AFTER_S: Final = 120.0

Look = Callable[[Hall, datetime, TicketTaken], None]


def visits_at(setup: Setup, day: date, counters: int, load: float) -> int:
    """How many come on a day on which so many counters serve for this share of their sessions."""
    shares = {code: SHARES.get(code, UNKNOWN_SHARE)[0] for code in setup.services}
    work_s = sum(share * setup.services[code].mean_s for code, share in shares.items())
    windows = serving_windows(setup.hours, day)
    open_s = sum((closes - opens).total_seconds() for opens, closes in windows)
    return round(load * counters * open_s * sum(shares.values()) / work_s)


class VirtualDay:
    """The hall, and what is to happen in it when."""

    def __init__(self, setup: Setup, counters: Sequence[str], habits: Habits, seed: int) -> None:
        self._setup = replace(setup, no_show_after_s=0.0)  # the officer decides
        self._counters, self._habits = counters, habits
        self._chance = Random(f"{seed} sent on")
        self._hall = empty_hall(self._setup)
        self._plan: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()
        self._visits: dict[str, Visit] = {}
        self._sent_on: set[str] = set()
        self._idle: dict[str, None] = {}  # counters, who is idle longest first

    def run(self, visits: Sequence[Visit], look: Look) -> Hall:
        """The hall when the last one has gone."""
        self._now = visits[0].arrives_at
        hours = self._setup.hours
        self._windows = serving_windows(hours, business_day(hours, self._now))
        for opens, _ in self._windows:
            for code in self._counters:
                self._at(opens - COMES_EARLY, partial(self._do, c.SignIn(code, f"officer-{code}")))
                self._at(opens, partial(self._open, code))
        for visit in visits:
            self._at(visit.arrives_at, partial(self._arrive, visit, look))
        while self._plan:
            self._now, _, happen = heapq.heappop(self._plan)
            happen()
        return self._hall

    def _at(self, at: datetime, happen: Callable[[], object]) -> None:
        heapq.heappush(self._plan, (at, next(self._order), happen))

    def _after(self, seconds: float, happen: Callable[[], object]) -> None:
        self._at(self._now + timedelta(seconds=seconds), happen)

    def _do(self, command: Command) -> Decision:
        for event in tick(self._hall, self._now):
            self._hall = evolve(self._hall, event, self._now)
        decision = decide(self._hall, command, self._now)
        for event in () if isinstance(decision, Refused) else decision:
            self._hall = evolve(self._hall, event, self._now)
        return decision

    # --- Citizens --------------------------------------------------------------------------------

    def _arrive(self, visit: Visit, look: Look) -> None:
        before = self._hall
        take = c.TakeTicket((visit.service,), "nobody", visit.language, visit.group)
        decision = self._do(take)
        if isinstance(decision, Refused):
            return
        (taken,) = decision
        assert isinstance(taken, TicketTaken)
        look(before, self._now, taken)
        self._visits[taken.ticket] = visit
        lags = self._setup.counters
        for code in [code for code in self._idle if visit.service in lags[code].lag][:1]:
            self._call(code)

    # --- Officers --------------------------------------------------------------------------------

    def _open(self, code: str) -> None:
        if not isinstance(self._do(c.Open(code)), Refused):
            self._call(code)

    def _call(self, code: str) -> None:
        self._idle.pop(code, None)
        decision = self._do(c.CallNext(code))
        if not isinstance(decision, Refused):
            number = self._hall.staffing[code].ticket
            assert number is not None
            self._called(code, number)
        elif any(opens <= self._now < closes for opens, closes in self._windows):
            self._idle[code] = None
        elif decision.reason == "nobody_waiting":
            self._do(c.Close(code))

    def _called(self, code: str, number: str) -> None:
        visit = self._visits[number]
        if visit.comes_when_called:
            self._after(visit.walk_s, partial(self._start, code, number, visit))
        else:
            self._after(GIVES_UP_AFTER_S, partial(self._part, code, c.NoShow(code)))

    def _start(self, code: str, number: str, visit: Visit) -> None:
        self._do(c.Start(code))
        other = visit.sent_on_to
        if number in self._sent_on and other is not None:
            desk_s = draw_desk_s(self._setup, self._chance, other)
        else:
            desk_s = visit.desk_s
        ends: Command = c.Finish(code, min(self._setup.outcomes))
        if number not in self._sent_on and other is not None:
            self._sent_on.add(number)
            ends = c.Transfer(code, other)
        self._after(desk_s, partial(self._part, code, ends))

    def _part(self, code: str, command: Command) -> None:
        self._do(command)
        self._after(self._habits.between_tickets_s, partial(self._call, code))
