"""Simulated stretches of a hall's life, and whether the simulation would notice a bug.

MOTCUA_SEED=4711 lives one seed again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import Final

import pytest

from tests.faults.planted import LATE, PLANTED, Plant, lost_recall
from tests.faults.process import Parts
from tests.faults.shrinking import shortest, told
from tests.faults.simulation import EVERYBODY, Failed, simulate

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
    "asked again after a kill",
    "commit in doubt",
    "told not_recorded",
    "asked again",
    "repeats answered as before",
    "messages lost",
    "messages doubled",
    "clock set back",
    "clock set ahead",
    "clock set with somebody waiting",
    "midnight with somebody waiting",
    "midnight with a call open",
    "TicketPrinted",
    "TicketRecalled",
    "TicketLeftOver",
    "TicketTransferred",
    "NoShow",
    "Undone",
    "ServiceAdded",
    "TicketPostponed",
    "TicketBack",
    "ClockStepped",
    "AccessChanged",
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
        try:
            seen += simulate(seed)
        except Failed as failed:
            raise AssertionError(told(*shortest(failed))) from failed
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


def _late(plant: Plant) -> Sequence[pytest.MarkDecorator]:
    return [pytest.mark.long] if plant in LATE else []


@pytest.mark.parametrize("plant", [pytest.param(p, marks=_late(p), id=p.__name__) for p in PLANTED])
def test_a_planted_bug_is_found_by_its_check(plant: Plant) -> None:
    with pytest.MonkeyPatch.context() as patch:
        failed = first_broken(plant(patch))
    assert failed is not None
    assert failed.what in PLANTED[plant]


def test_a_failure_is_told_as_short_as_it_can_be() -> None:
    """Whoever is not needed for it is left out, and the same check still fails."""
    with pytest.MonkeyPatch.context() as patch:
        parts = lost_recall(patch)
        failed = first_broken(parts)
        assert failed is not None
        short, cast = shortest(failed, parts)
    assert short.what == failed.what
    assert len(short.story) < len(failed.story)
    assert cast.parts < EVERYBODY.parts
    assert f"MOTCUA_SEED={short.seed}" in told(short, cast)


def first_broken(parts: Parts) -> Failed | None:
    """How the first of the seeds ended that did not go well."""
    for seed in range(FOUND_WITHIN):
        try:
            simulate(seed, parts)
        except Failed as failed:
            return failed
    return None
