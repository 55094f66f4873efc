"""A weekday that is yet to come, drawn from those that were: as many visits as one of them had,
each one a visit of any of them, with service times drawn anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from statistics import median

from hall.model import Setup
from whatif.drawing import drawn
from whatif.model import Day, Times, Visit
from whatif.outcome import Outcome, outcome_of
from whatif.run import run
from whatif.shifts import HalfHours, Staffed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried: who is at work when, and what they have learnt besides."""

    staffed: Staffed
    skills: tuple[tuple[str, str], ...] = ()  # counter, service


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekday:
    """All that is needed to draw such a day, and to run it with any staffing."""

    setup: Setup
    days: tuple[tuple[Visit, ...], ...]  # of each day that was, moved to the one that is drawn
    template: Day  # without visits and posts
    half_hours: HalfHours
    seed: int
    known: dict[int, Day] = field(default_factory=dict, repr=False)  # days drawn already

    def __call__(self, trial: Trial, number: int) -> Outcome:
        """What day `number` comes to with this staffing."""
        setup = with_skills(self.setup, trial.skills)
        day = replace(self.drawn(number), posts=self.half_hours.posts(trial.staffed))
        return outcome_of(setup, run(setup, day))

    def drawn(self, number: int) -> Day:
        if number not in self.known:
            self.known[number] = self._drawn(number)
        return self.known[number]

    def _drawn(self, number: int) -> Day:
        chance = Random(f"{self.seed} {number}")  # noqa: S311 - a run's, no secret
        everybody = [visit for day in self.days for visit in day]
        visits = chance.choices(everybody, k=len(chance.choice(self.days)))
        visits.sort(key=lambda visit: visit.at)
        return drawn(replace(self.template, visits=tuple(visits)), chance)

    def arrivals(self) -> list[float]:
        """The mean number of visits in each half hour."""
        counts = [0.0] * len(self.half_hours.windows)
        for visit in (visit for day in self.days for visit in day):
            counts[self.half_hours.at(visit.at)] += 1 / len(self.days)
        return counts

    def wanted(self) -> list[frozenset[str]]:
        """What people came for, or were sent to, in the session of each half hour."""
        wanted: list[set[str]] = [set() for _ in self.half_hours.sessions]
        for visit in (visit for day in self.days for visit in day):
            cell = self.half_hours.at(visit.at)
            session = next(i for i, one in enumerate(self.half_hours.sessions) if cell in one)
            wanted[session].update(visit.services)
            wanted[session].update(m.to_service for m in visit.meetings if m.to_service)
        sessions = enumerate(self.half_hours.sessions)
        return [frozenset(wanted[i]) for i, session in sessions for _ in session]


def weekday_of(setup: Setup, days: Sequence[Day], times: Times, seed: int) -> Weekday:
    """The latest of these days is the one that the others are moved to."""
    latest = days[0]
    return Weekday(
        setup=setup,
        days=tuple(tuple(_moved(visit, latest, day) for visit in day.visits) for day in days),
        template=replace(
            latest,
            visits=(),
            posts={},
            ends=None,
            times=times,
            lull_s=median(day.lull_s for day in days),
            start_s=median(day.start_s for day in days),
        ),
        half_hours=HalfHours.of(setup.hours, latest.date),
        seed=seed,
    )


def _moved(visit: Visit, to: Day, day: Day) -> Visit:
    """The same visit on another day. What the manager did on that day is left out."""
    later = to.date - day.date

    def on_the_day(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment + later

    booking = visit.booking
    if booking is not None:
        booking = replace(booking, slot=booking.slot + later)
    return replace(
        visit,
        at=visit.at + later,
        number="",
        booking=booking,
        moves=(),
        leaves=on_the_day(visit.leaves),
    )


def with_skills(setup: Setup, skills: Sequence[tuple[str, str]]) -> Setup:
    counters = dict(setup.counters)
    for code, service in skills:
        counters[code] = replace(counters[code], lag={**counters[code].lag, service: 0.0})
    return replace(setup, counters=counters) if skills else setup
