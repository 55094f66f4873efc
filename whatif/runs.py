"""Hundreds of days, on every processor. Knows no records, so that its processes start fast.

with Crew(Work(cases, seed)) as crew:
    crew.results(None, range(200), told)
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from random import Random
from threading import Thread
from typing import Any, Final, Generic, TypeVar

from hall.model import Setup
from whatif.drawing import drawn, grown
from whatif.model import Day
from whatif.outcome import Outcome, outcome_of
from whatif.run import run

Told = Callable[[int, int], None]  # so much of so much is done; may raise, to call it off
Asked = TypeVar("Asked")
Result = TypeVar("Result")

AT_ONCE: Final = 5  # runs handed to a process
FEW: Final = 10  # runs for which no other process is worth starting


def nobody_told(done: int, of: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Case:
    """A hall, a day, and how many times its visits come."""

    setup: Setup
    day: Day
    arrivals: float = 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run is each of these cases with the same chance."""

    cases: tuple[Case, ...]
    seed: int

    def __call__(self, _: None, number: int) -> tuple[Outcome, ...]:
        return tuple(self._outcome(case, number) for case in self.cases)

    def _outcome(self, case: Case, number: int) -> Outcome:
        day = drawn(case.day, Random(f"{self.seed} {number}"))  # noqa: S311 - a run's, no secret
        if case.arrivals != 1.0:
            chance = Random(f"{self.seed} {number} more")  # noqa: S311
            day = grown(case.setup, day, case.arrivals, chance)
        return outcome_of(case.setup, run(case.setup, day))


class Crew(Generic[Asked, Result]):
    """Processes that all know the same work; `alone`: this one does it all."""

    def __init__(self, work: Callable[[Asked, int], Result], *, alone: bool = False) -> None:
        self._work, self._pool = work, None
        self.workers = 1 if alone else os.cpu_count() or 1
        if self.workers > 1:
            self._pool = ProcessPoolExecutor(
                self.workers, get_context("spawn"), initializer=_learn, initargs=(work,)
            )

    def __enter__(self) -> Crew[Asked, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def results(
        self,
        asked: Asked,
        numbers: Sequence[int],
        told: Told = nobody_told,
        at_once: int = AT_ONCE,
    ) -> list[Result]:
        """What came of each of these runs, in their order."""
        parts = [numbers[start : start + at_once] for start in range(0, len(numbers), at_once)]
        found: dict[int, list[Result]] = {}
        for place, part in self._done(asked, parts):
            found[place] = part
            told(sum(map(len, found.values())), len(numbers))
        return [one for place in sorted(found) for one in found[place]]

    def _done(self, asked: Asked, parts: Sequence[Sequence[int]]) -> Any:
        if self._pool is None:
            for place, part in enumerate(parts):
                yield place, [self._work(asked, number) for number in part]
            return
        places = {self._pool.submit(_do, asked, part): place for place, part in enumerate(parts)}
        for future in as_completed(places):
            yield places[future], future.result()


# --- In a process of its own --------------------------------------------------------------------

_work: list[Callable[[Any, int], Any]] = []


def _learn(work: Callable[[Any, int], Any]) -> None:
    _work[:] = [work]
    gc.disable()  # days are made of frozen values: nothing in them refers back
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this one is asked to stop
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    first = parent_process()
    assert first is not None
    first.join()
    os._exit(0)  # nobody is left who asked


def _do(asked: Any, numbers: Sequence[int]) -> list[Any]:
    return [_work[0](asked, number) for number in numbers]
