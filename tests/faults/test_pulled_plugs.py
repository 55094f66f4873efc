"""Paper, cable, power and network, pulled in any order: no number is lost, and none comes twice
without saying so. And whether the harness would notice a bug.

MOTCUA_SEED=4711 lives one seed again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import pytest

from hardware import device
from hardware.jobs import PrintJobs
from hardware.print_job import Standing
from kiosk.pages import Painter
from kiosk.visit import Paper
from terminal.picture import Said
from tests.faults.pulling import FATES, pull_plugs
from tests.faults.simulation import Failed
from tests.invariants import Broken

FEW: Final = 6  # pulls
MANY: Final = 14
SEEDS: Final = range(1)
MANY_SEEDS: Final = range(1_000, 1_040)
FOUND_WITHIN: Final = 24  # seeds

# What must have happened on the way: a check that was never reached proves nothing.
REACHED: Final = (
    *FATES,
    "trouble known",
    "tickets without a paper",
    "first papers",
    "marked papers",
    "torn papers",
    "kiosk ended with a number in sight",
    "touched 0 at a number that is printed",
    "touched 2 at a number that is unknown",
)

on_both = pytest.mark.parametrize("on_line", [False, True], ids=["network", "serial"])


async def pulled(seeds: range, *, on_line: bool, pulls: int) -> Counter[str]:
    only = os.environ.get("MOTCUA_SEED")
    seen: Counter[str] = Counter()
    for seed in [int(only)] if only else seeds:
        seen += await pull_plugs(seed, on_line=on_line, pulls=pulls)
    return seen


@on_both
async def test_no_number_is_lost_whatever_is_pulled(on_line: bool) -> None:
    seen = await pulled(SEEDS, on_line=on_line, pulls=FEW)
    assert seen["first papers"], seen


@on_both
@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_no_number_is_lost_however_much_is_pulled(on_line: bool) -> None:
    seen = await pulled(MANY_SEEDS, on_line=on_line, pulls=MANY)
    for what, times in sorted(seen.items()):
        print(f"{times:8d}  {what}")
    if "MOTCUA_SEED" not in os.environ:
        assert [what for what in REACHED if not seen[what]] == [], seen


# --- Bugs planted on purpose ----------------------------------------------------------------------

Plant = Callable[[pytest.MonkeyPatch], None]


def broken_off_pictures_not_filled_up(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(device, "FILL", b"")


def copies_not_counted(plant: pytest.MonkeyPatch) -> None:
    """Each copy is written down as the first."""

    def send(jobs: PrintJobs, job: Standing) -> Standing:
        with jobs._writing():
            jobs._file.execute("UPDATE jobs SET copies = 1 WHERE id = ?", (job.id,))
        return jobs.move(job, "sent")

    plant.setattr(PrintJobs, "send", send)


def missing_paper_not_said(plant: pytest.MonkeyPatch) -> None:
    paper = Painter._paper

    def silent(painter: Painter, of: Paper) -> Iterator[Said]:
        return paper(painter, replace(of, state="printing", trouble=None))

    plant.setattr(Painter, "_paper", silent)


def copies_in_doubt_forgotten(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(PrintJobs, "in_doubt", lambda _: False)


# Each with the checks that may find it; a bug may show itself in more than one way.
PLANTED: Final[dict[Plant, tuple[str, ...]]] = {
    broken_off_pictures_not_filled_up: ("nothing_hangs_on_a_ticket",),
    copies_in_doubt_forgotten: ("nothing_hangs_on_a_ticket",),
    copies_not_counted: ("a_second_paper_says_so",),
    missing_paper_not_said: ("whoever_gets_no_paper_is_told",),
}


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
async def test_a_planted_bug_is_found_by_its_check(plant: Plant) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        found = await first_broken()
    assert found in PLANTED[plant]


async def first_broken() -> str | None:
    """The name of the check that ended the first seed that failed."""
    for seed in range(FOUND_WITHIN):
        try:
            await pull_plugs(seed, on_line=bool(seed % 2), pulls=MANY)
        except Failed as failed:
            return failed.why.name if isinstance(failed.why, Broken) else type(failed.why).__name__
    return None
