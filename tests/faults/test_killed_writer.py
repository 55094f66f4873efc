"""The process that writes, killed at named points: before and after the sync of a commit, within a
write, between commit and answer, while starting; what it promised is kept, once.

MOTCUA_SEED=4711 lives one seed again.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Final

import pytest
from sqlalchemy import delete

from records import tables
from records.journal import Journal
from tests.faults.planted import answer_before_commit
from tests.faults.writer import AIMS, SOUND, Parts, kill_the_writer
from tests.invariants import Broken

LIVES: Final = 25  # of one seed
FEW_SEEDS: Final = 4
AT_MOST: Final = 16  # seeds, until enough of the points were met: a busy machine moves them
MANY_SEEDS: Final = range(1_000, 1_060)
FOUND_WITHIN: Final = 6  # seeds

# What must have happened on the way: a check that was never reached proves nothing.
REACHED: Final = (
    "written down, but not answered",
    "neither written down nor answered",
    "answered again as before",
    "killed with a ticket at a counter",
    "killed before the first start was over",
    "TicketTaken",
    "TicketCalled",
    "DayOpened",
)
EVERY_AIM: Final = tuple(f"killed {aim.name}" for aim in AIMS)


def killed(seeds: range) -> Counter[str]:
    only = os.environ.get("MOTCUA_SEED")
    seen: Counter[str] = Counter()
    for seed in [int(only)] if only else seeds:
        seen += kill_the_writer(seed, LIVES)
    return seen


def not_met(seen: Counter[str]) -> list[str]:
    return [what for what in (*REACHED, *EVERY_AIM) if not seen[what]]


def test_a_writer_that_is_killed_at_a_named_point_keeps_every_promise() -> None:
    seen = killed(range(1, FEW_SEEDS + 1))
    further = iter(range(FEW_SEEDS + 1, AT_MOST + 1))
    while not_met(seen) and (seed := next(further, None)) is not None:
        seen += killed(range(seed, seed + 1))
    assert not_met(seen) == [], seen


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_writer_that_is_killed_a_thousand_times_keeps_every_promise() -> None:
    seen = killed(MANY_SEEDS)
    for what, times in sorted(seen.items()):
        print(f"{times:8d}  {what}")
    if "MOTCUA_SEED" not in os.environ:
        assert not_met(seen) == []
        assert seen["kills"] >= 900


# --- Bugs planted on purpose ----------------------------------------------------------------------


def hasty() -> Parts:
    with pytest.MonkeyPatch.context() as patch:
        return Parts(dispatcher=answer_before_commit(patch).dispatcher)


def forgetful() -> Parts:
    class Forgetful(Journal):
        def answers(self, limit: int) -> dict[str, bytes]:
            with self._transaction() as connection:
                connection.execute(delete(tables.requests))
            return super().answers(limit)

    return Parts(journal=Forgetful)


@pytest.mark.parametrize(
    ("parts", "checks"),
    [
        (hasty(), {"no_answer_before_it_is_durable"}),
        (
            forgetful(),
            {
                "same_request_same_answer",
                "a_request_happens_once",
                "no_answer_before_it_is_durable",
            },
        ),
    ],
    ids=["answer_before_commit", "forgotten_id_after_restart"],
)
def test_a_planted_bug_is_found_by_its_check(parts: Parts, checks: set[str]) -> None:
    assert first_broken(parts) in checks


def first_broken(parts: Parts) -> str | None:
    """The name of the check that ended the first seed that did not go well."""
    for seed in range(FOUND_WITHIN):
        try:
            kill_the_writer(seed, LIVES, parts)
        except Broken as broken:
            return broken.name
    return None


def test_the_sound_parts_are_the_products_own() -> None:
    assert SOUND.journal is Journal
