"""Every harness of faults by name: what it injects, what one seed of it is, and what must have been
reached on the way. `run.py` runs one; docs/generate_trust.py runs them all.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.faults import test_killed_server, test_killed_writer, test_power_cuts, test_simulation
from tests.faults.drill import Drill
from tests.faults.killed_kiosk import kill_the_kiosk
from tests.faults.planted import PLANTED
from tests.faults.power import SETTINGS, cut_power, cuts_everywhere, power_cuts, record
from tests.faults.pulling import pull_plugs
from tests.faults.shrinking import shortest, told
from tests.faults.simulation import Failed, simulate
from tests.faults.writer import kill_the_writer

CUTS: Final = 2_000  # of one seed: the days it records take as long as a few hundred
WORSE_CUTS: Final = 200
LIVES: Final = 25
KILLS: Final = 6
STRIKES: Final = 4
STUCK_S: Final = 12.0  # longer than a peer takes to notice
PULLS: Final = 14
STEPS: Final = 8  # of the clock
KIOSKS: Final = 4  # killed
SLICES: Final = 53  # of a recorded day that is cut everywhere


@dataclass(frozen=True, slots=True)
class Harness:
    """One way to do harm, from a seed."""

    target: str
    injects: str
    one: Callable[[int], Counter[str]]  # raises when a promise is broken
    counts: str  # what is counted: a key of what was seen, and its unit
    reached: tuple[str, ...] = ()
    first_seed: int = 10_000
    gate: int = 0
    goal: int = 0
    most_seeds: int = 1_000_000


def _cut(seed: int) -> Counter[str]:
    seen = power_cuts(seed, CUTS)
    assert test_power_cuts.wrong(seen) == {}, seen
    return seen


def _cut_everywhere(seed: int) -> Counter[str]:
    """One of so many slices of one recorded day: all of them are every boundary there is."""
    trace = record(1)
    cuts = cuts_everywhere(trace, 1)[seed % SLICES :: SLICES]
    seen = cut_power(trace, cuts)
    assert test_power_cuts.wrong(seen) == {}, seen
    return seen


def _worse_settings(seed: int) -> Counter[str]:
    """The harness itself on trial: settings that lose must be found to lose."""
    seen: Counter[str] = Counter()
    for settings in SETTINGS:
        found = power_cuts(seed, WORSE_CUTS, settings)
        bad = test_power_cuts.wrong(found)
        assert bool(bad) == (settings != "WAL, FULL"), f"{settings}: {bad}"
        seen["cuts"] += found["cuts"]
        seen[f"{settings}: lost"] += found["lost"]
        seen[f"{settings}: corrupt or unreadable"] += found["corrupt"] + found["unreadable"]
    return seen


def _kill_server(seed: int) -> Counter[str]:
    return _drilled(seed, lambda drill: drill.run(KILLS))


def _bad_line(seed: int) -> Counter[str]:
    seen = _drilled(seed, lambda drill: drill.run_on_a_bad_line(STRIKES, STUCK_S))
    seen["strikes"] = seen["line pulled"] + seen["line stuck"]
    return seen


def _set_clock(seed: int) -> Counter[str]:
    seen = _drilled(seed, lambda drill: drill.run_on_a_set_clock(STEPS))
    seen["steps"] = STEPS
    return seen


def _drilled(seed: int, life: Callable[[Drill], object]) -> Counter[str]:
    async def drilled(folder: Path) -> Counter[str]:
        drill = Drill(folder, seed)
        try:
            await life(drill)  # type: ignore[misc]
        finally:
            await drill.close()
        return drill.seen

    with TemporaryDirectory() as folder:  # on a real disk
        seen = asyncio.run(drilled(Path(folder)))
    del seen["slowest start, ms"]  # not to be added up
    return seen


def _day(seed: int) -> Counter[str]:
    try:
        seen = simulate(seed)
    except Failed as failed:
        raise AssertionError(told(*shortest(failed))) from failed
    seen["lives"] = 1
    return seen


def _planted(seed: int) -> Counter[str]:
    """One planted bug after the other, each found by a check that is meant for it."""
    plant = list(PLANTED)[seed % len(PLANTED)]
    with pytest.MonkeyPatch.context() as patch:
        parts = plant(patch)
        for tried in range(test_simulation.FOUND_WITHIN):
            try:
                simulate(tried, parts)
            except Failed as failed:
                if failed.what not in PLANTED[plant]:
                    raise
                return Counter({"found": 1, f"{plant.__name__}: {failed.what}": 1})
    raise AssertionError(f"{plant.__name__} was not found in {test_simulation.FOUND_WITHIN} seeds")


def _kill_kiosk(seed: int) -> Counter[str]:
    return kill_the_kiosk(seed, KIOSKS)


def _pull(seed: int) -> Counter[str]:
    seen = asyncio.run(pull_plugs(seed, on_line=bool(seed % 2), pulls=PULLS))
    seen["pulls"] = PULLS
    return seen


HARNESSES: Final = {
    "killed-writer": Harness(
        "R1",
        "kill -9 of the process that writes, at eleven named points: before and after the sync of "
        "a commit, within a write and between two, between commit and answer, in a checkpoint, "
        "while starting, while reading back, in the migration, in the roll-up at midnight, and at "
        "any moment",
        lambda seed: kill_the_writer(seed, LIVES),
        "kills",
        (*test_killed_writer.REACHED, *test_killed_writer.EVERY_AIM),
        gate=100,
        goal=1_000,
    ),
    "killed-server": Harness(
        "R1",
        "kill -9 of the real server under the load of real screens over websockets: while a "
        "request is written down, just after an answer, while it starts",
        _kill_server,
        "kills",
        test_killed_server.REACHED,
    ),
    "power-cuts": Harness(
        "R2",
        "power cuts: writes that were not synced are lost, kept, kept by chance, torn into "
        "sectors, or in another order; names made or taken away last at once, with the folder, "
        "or by chance; in every second seed, syncs fail",
        _cut,
        "cuts",
        test_power_cuts.REACHED,
        gate=2_000,
        goal=100_000,
    ),
    "cut-everywhere": Harness(
        "R2",
        "a power cut at every boundary of two steps of two recorded days",
        _cut_everywhere,
        "cuts",
        first_seed=0,
        most_seeds=SLICES,
    ),
    "worse-settings": Harness(
        "Durability",
        "the same power cuts on a file that is opened with other settings: they must be found to "
        "lose what was promised",
        _worse_settings,
        "cuts",
        most_seeds=4,
    ),
    "simulated-days": Harness(
        "R3",
        "stretches of a hall's life in virtual time: people, kills, commits in doubt, a full or "
        "slow disk, a network that loses, doubles, delays and reorders, clocks set by hours, "
        "midnight with people in the hall",
        _day,
        "lives",
        test_simulation.REACHED,
        gate=500,
        goal=10_000,
    ),
    "planted-bugs": Harness(
        "R4",
        "bugs planted on purpose, each the smallest change that a tired programmer could make",
        _planted,
        "found",
        first_seed=0,
        gate=12,
        goal=len(PLANTED),
        most_seeds=len(PLANTED),
    ),
    "pulled-plugs": Harness(
        "R1",
        "paper, cover, cutter, power and cable of a kiosk's printer, its line, its server, and "
        "the kiosk itself ended at any moment",
        _pull,
        "pulls",
    ),
    "killed-kiosk": Harness(
        "R1",
        "kill -9 of a real kiosk's process between the server's answer and the paper",
        _kill_kiosk,
        "kills",
        ("killed before the paper", "killed after the paper", "with a paper"),
    ),
    "set-clocks": Harness(
        "R3",
        "the wall clock of the real server's process set by seconds and by hours, back and ahead, "
        "while real screens work; its steady clocks go on",
        _set_clock,
        "steps",
        ("clock set back", "clock set ahead", "clock set by an hour and more", "ClockStepped"),
    ),
    "bad-line": Harness(
        "R8",
        "a line between real screens and the real server that delays, doubles and reorders "
        "messages, breaks, and stays open while it carries nothing",
        _bad_line,
        "strikes",
        ("line pulled", "line stuck", "messages lost", "messages doubled", "overtaken"),
    ),
}


def one_seed(name: str, seed: int) -> tuple[Counter[str], str | None]:
    """What was seen, and what broke."""
    try:
        return HARNESSES[name].one(seed), None
    except Exception as why:  # noqa: BLE001 - whatever broke is told
        return Counter(), f"{name} seed {seed}: {why}"
