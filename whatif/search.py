"""The smallest staffing that keeps the mean wait within the target in 19 of 20 runs: greedily,
whole sessions first, then the ends of shifts, until nothing more can be spared.

Whatever people come for in a session can be had there all the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from whatif.outcome import Outcome
from whatif.runs import Crew, Told
from whatif.shifts import Staffed
from whatif.weekday import Trial, Weekday

MAY_FAIL: Final = 0.05  # of the runs
SEARCHED_WITH: Final = 20  # runs, the hardest first; what is found is tried with all
STEPS: Final = (8, 4, 2, 1)  # half hours taken away at once
TRIED_FIRST: Final = 4
LEARNS_WITH: Final = (4, 20)  # runs: of every skill, then of the best
MOST_SERVICES: Final = 6  # those that are waited for most
BEST: Final = 3

Runs = Crew[Trial, Outcome]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What comes of it when a counter learns a service."""

    counter: str
    service: str
    outcomes: list[Outcome]


@dataclass(slots=True, kw_only=True)
class Found:
    """The answer, and what else was tried."""

    everybody: list[Outcome]  # with every counter at work all day
    enough: bool  # is that enough?
    staffed: Staffed
    outcomes: list[Outcome]
    without: dict[str, list[Outcome]] = field(default_factory=dict)  # one counter less
    learnt: list[Learnt] = field(default_factory=list)  # the best first


class Search:
    """`told` hears of each step, in per cent."""

    def __init__(self, weekday: Weekday, crew: Runs, runs: int, told: Told) -> None:
        self._weekday, self._crew, self._told = weekday, crew, told
        self._setup, self._half_hours = weekday.setup, weekday.half_hours
        self._wanted = weekday.wanted()
        self._runs = range(runs)
        self._hardest = list(self._runs)

    def found(self) -> Found:
        staffed = self._half_hours.everybody(self._setup.counters)
        everybody = self._try(Trial(staffed=staffed), self._runs)
        waits = {number: _wait_s(one) for number, one in zip(self._runs, everybody, strict=True)}
        self._hardest.sort(key=lambda number: -waits[number])
        enough = self._good(everybody)
        outcomes = everybody
        if enough:
            staffed, outcomes = self._spared(staffed, self._idlest(everybody))
        found = Found(everybody=everybody, enough=enough, staffed=staffed, outcomes=outcomes)
        found.without = dict(self._without(staffed))
        found.learnt = self._learnt(staffed, outcomes)
        self._told(100, 100)
        return found

    # --- Trying --------------------------------------------------------------------------------

    def _try(self, trial: Trial, numbers: Sequence[int]) -> list[Outcome]:
        at_once = max(1, min(5, len(numbers) // self._crew.workers))
        return self._crew.results(trial, numbers, at_once=at_once)

    def _good(self, outcomes: Sequence[Outcome], runs: int | None = None) -> bool:
        bad = sum(_wait_s(one) > self._setup.wait_target_s for one in outcomes)
        return bad <= MAY_FAIL * (runs or len(outcomes))

    def _holds(self, staffed: Staffed) -> bool:
        """Tried on the hardest days first: most that will not do are found out soon."""
        trial, numbers = Trial(staffed=staffed), self._hardest[:SEARCHED_WITH]
        first = self._try(trial, numbers[:TRIED_FIRST])
        if not self._good(first, len(numbers)):
            return False
        others = self._try(trial, numbers[TRIED_FIRST:])
        return self._good([*first, *others])

    # --- Fewer ---------------------------------------------------------------------------------

    def _spared(self, staffed: Staffed, order: Sequence[str]) -> tuple[Staffed, list[Outcome]]:
        """Less and less, and back to what holds in all runs."""
        tried, history = 0, [staffed]
        steps = len(STEPS) * len(order)
        for step in STEPS:
            for code in order:
                for fewer in self._fewer(history, code, step):
                    history.append(fewer)
                tried += 1
                self._told(5 + 60 * tried // steps, 100)
        while True:
            outcomes = self._try(Trial(staffed=history[-1]), self._runs)
            if self._good(outcomes) or len(history) == 1:
                return history[-1], outcomes
            history.pop()

    def _fewer(self, history: list[Staffed], code: str, step: int) -> Iterator[Staffed]:
        """The staffings with so many half hours less at either end of this counter's shifts."""
        for session in self._half_hours.sessions:
            for from_the_end in (False, True):
                while True:
                    staffed = history[-1]
                    there = [cell for cell in session if (code, cell) in staffed]
                    gone = there[-step:] if from_the_end else there[:step]
                    fewer = staffed - {(code, cell) for cell in gone}
                    if len(gone) < step or not self._covered(fewer, gone) or not self._holds(fewer):
                        break
                    yield fewer

    def _covered(self, staffed: Staffed, cells: Sequence[int]) -> bool:
        """Is there somebody in these half hours for whatever people come for?"""
        return all(self._wanted[cell] <= self._served(staffed, cell) for cell in cells)

    def _served(self, staffed: Staffed, cell: int) -> set[str]:
        counters = self._setup.counters
        return {
            service
            for code in counters
            if (code, cell) in staffed
            for service in counters[code].lag
        }

    def _idlest(self, outcomes: Sequence[Outcome]) -> list[str]:
        busy = {
            code: sum(one.busy_s.get(code, 0.0) for one in outcomes)
            for code in self._setup.counters
        }
        return sorted(busy, key=lambda code: busy[code])

    # --- And otherwise -------------------------------------------------------------------------

    def _without(self, staffed: Staffed) -> Iterator[tuple[str, list[Outcome]]]:
        numbers, counters = self._runs[:SEARCHED_WITH], self._setup.counters
        for place, code in enumerate(counters):
            self._told(70 + 15 * place // len(counters), 100)
            fewer = frozenset(cell for cell in staffed if cell[0] != code)
            if fewer and fewer != staffed:
                yield code, self._try(Trial(staffed=fewer), numbers)

    def _learnt(self, staffed: Staffed, outcomes: Sequence[Outcome]) -> list[Learnt]:
        """Every skill on every counter, for what is waited for most; then the best of them."""
        few, many = (self._runs[:count] for count in LEARNS_WITH)
        skills = list(self._skills(staffed, outcomes))
        some: list[Learnt] = []
        for place, skill in enumerate(skills):
            self._told(85 + 10 * place // len(skills), 100)
            some.append(self._learns(staffed, skill, few))
        best = sorted(some, key=lambda one: mean_wait_s(one.outcomes))[: 2 * BEST]
        again = [self._learns(staffed, (one.counter, one.service), many) for one in best]
        return sorted(again, key=lambda one: mean_wait_s(one.outcomes))[:BEST]

    def _learns(self, staffed: Staffed, skill: tuple[str, str], runs: Sequence[int]) -> Learnt:
        return Learnt(*skill, self._try(Trial(staffed=staffed, skills=(skill,)), runs))

    def _skills(self, staffed: Staffed, outcomes: Sequence[Outcome]) -> Iterator[tuple[str, str]]:
        waited: dict[str, float] = {}
        for one in outcomes:
            for service, part in one.services.items():
                waited[service] = waited.get(service, 0.0) + part.wait_s
        most = sorted(waited, key=lambda service: -waited[service])[:MOST_SERVICES]
        counters = self._setup.counters
        at_work = [code for code in counters if any(cell[0] == code for cell in staffed)]
        return (
            (code, service)
            for service in most
            for code in at_work
            if service not in counters[code].lag
        )


def _wait_s(outcome: Outcome) -> float:
    """The mean wait; where nobody was served, nobody waited."""
    return outcome.wait_mean_s or 0.0


def mean_wait_s(outcomes: Sequence[Outcome]) -> float:
    """Over runs."""
    return sum(map(_wait_s, outcomes)) / len(outcomes)
