"""Where the wait is known by formula, the rules come to it."""

from __future__ import annotations

import heapq
from random import Random

import pytest

from benchmarks.theory import (
    MIDNIGHT,
    Measured,
    System,
    day_of,
    erlang_c,
    measured,
    systems,
    waits_of,
)

QUEUES = [pytest.param(system, id=system.name) for system in systems()]


def disagreeing(found: list[Measured]) -> list[Measured]:
    return [one for one in found if not one.agrees]


@pytest.mark.parametrize("system", QUEUES)
def test_the_mean_wait_is_the_one_that_theory_knows(system: System) -> None:
    found = measured(system, visits=3_000, seed=1)
    assert disagreeing(found) == []
    assert all(one.half_width_s < one.theory_s for one in found)


@pytest.mark.long
@pytest.mark.parametrize("system", QUEUES)
def test_over_many_days_it_is_so_within_little(system: System) -> None:
    found = measured(system, visits=100_000, seed=1)
    assert disagreeing(found) == []
    assert all(one.half_width_s < 0.12 * one.theory_s for one in found)


@pytest.mark.parametrize("system", [one for one in QUEUES if "classes" not in str(one.id)])
def test_every_single_wait_is_that_of_the_textbook_recursion(system: System) -> None:
    """Whoever comes goes to the counter that is free first (Lindley; Kiefer and Wolfowitz)."""
    day, free_at = day_of(system, 1_000, Random(5)), [0.0] * system.counters
    waits = []
    for visit in day.visits:
        came = (visit.at - MIDNIGHT).total_seconds()
        begins = max(came, heapq.heappop(free_at))
        waits.append(begins - came)
        heapq.heappush(free_at, begins + visit.meetings[0].lasts_s)
    assert [wait for _, wait in waits_of(system, day)] == pytest.approx(waits[100:], abs=1e-4)
    assert max(waits) > 0


def test_erlangs_formula_gives_the_values_of_his_tables() -> None:
    assert erlang_c(1, 0.6) == pytest.approx(0.6)
    assert erlang_c(2, 0.5) == pytest.approx(1 / 3)
    assert erlang_c(5, 0.8) == pytest.approx(0.5541, abs=1e-4)
