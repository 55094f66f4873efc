"""Simulated stretches of a hall's life, and whether the simulation would notice a bug.

MOTCUA_SEED=4711 lives one seed again.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Final

import pytest

from tests.faults.planted import PLANTED, Plant
from tests.faults.process import Parts
from tests.faults.simulation import Failed, simulate
from tests.invariants import Broken

SEEDS: Final = range(20)
MANY_SEEDS: Final = range(1_000, 1_500)
FOUND_WITHIN: Final = 60  # seeds

# What must have happened on the way: a check that was never reached proves nothing.
REACHED: Final = (
    "killed between statements",
    "killed before commit",
    "killed after commit",
    "killed while reading back",
    "killed with a request unanswered",
    "killed with a call open",
    "commit in doubt",
    "told not_recorded",
    "asked again",
    "repeats answered as before",
    "messages lost",
    "messages doubled",
    "clock set back",
    "clock set ahead",
    "midnight with somebody waiting",
    "TicketRecalled",
    "TicketLeftOver",
    "TicketTransferred",
    "NoShow",
    "Undone",
    "ServiceAdded",
    "TicketPostponed",
    "TicketBack",
    "ClockStepped",
    "TicketMoved",
    "CallSpoken",
    "WordSent",
    "WordRead",
    "AlarmRaised",
    "AlarmAcknowledged",
    "AlarmCleared",
)


def lived(seeds: range) -> Counter[str]:
    only = os.environ.get("MOTCUA_SEED")
    seen: Counter[str] = Counter()
    for seed in [int(only)] if only else seeds:
        seen += simulate(seed)
    return seen


def never_reached(seen: Counter[str]) -> list[str]:
    if "MOTCUA_SEED" in os.environ:
        return []
    return [what for what in REACHED if not seen[what]]


def test_a_hall_keeps_its_promises_whatever_goes_wrong() -> None:
    seen = lived(SEEDS)
    assert never_reached(seen) == [], seen


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_halls_keep_their_promises_whatever_goes_wrong() -> None:
    seen = lived(MANY_SEEDS)
    for what, times in sorted(seen.items()):
        print(f"{times:8d}  {what}")
    assert never_reached(seen) == [], seen


def test_the_same_seed_is_the_same_life() -> None:
    assert simulate(3) == simulate(3)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found_by_its_check(plant: Plant) -> None:
    with pytest.MonkeyPatch.context() as patch:
        parts = plant(patch)
        found = next((why for seed in range(FOUND_WITHIN) if (why := broken(seed, parts))), None)
    assert found in PLANTED[plant]


def broken(seed: int, parts: Parts) -> str | None:
    """The name of the check, or kind of error, that ended this seed."""
    try:
        simulate(seed, parts)
    except Failed as failed:
        return failed.why.name if isinstance(failed.why, Broken) else type(failed.why).__name__
    return None
