"""Screens by the hundred and by the thousand: they come back all at once, stop reading, and stay;
a bad line; a month; and whether a server's memory grows.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.faults.crowd import crowded, crowded_floor
from tests.faults.drill import Drill
from tests.faults.memory import slope
from tests.faults.month import month

ROOT: Final = Path(__file__).parents[2]
FEW: Final = 60  # screens
MANY: Final = ((5_000, 5_000), (10_000, 5_000))  # who are there, and who of them come back
SLOWER_ALONE_MS: Final = 50.0  # what a loaded machine may add by itself
MB_PER_MILLION: Final = 5.0
GROWTH: Final = 1.1

BAD_LINE: Final = ("line pulled", "line stuck", "messages lost", "messages doubled", "overtaken")


def test_screens_that_all_come_back_at_once_are_all_let_in() -> None:
    found = crowded(FEW, FEW, questions=20)
    assert found["all back after, s"] > 0
    assert found["many come back: p50"] > 0


def test_the_floor_is_measured_with_a_server_that_answers_everybody() -> None:
    found = crowded_floor(FEW, FEW, questions=20)
    assert found["all back after, s"] > 0
    assert found["many come back: p50"] > 0


async def bad_line(folder: Path, strikes: int, stuck_s: float) -> Counter[str]:
    drill = Drill(folder, seed=1)
    try:
        await drill.run_on_a_bad_line(strikes, stuck_s)
    finally:
        await drill.close()
    return drill.seen


async def test_a_bad_line_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    seen = await bad_line(tmp_path, strikes=4, stuck_s=0.5)
    assert seen["line pulled"]
    assert seen["line stuck"]


def test_days_of_uptime_leave_nothing_behind() -> None:
    sizes = list(month(days=4).values())
    assert sizes[-1] < 1.3 * max(sizes[0], sizes[1])


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_line_that_is_stuck_for_long_loses_nothing(tmp_path: Path) -> None:
    """Longer than either end takes to notice that nobody is there."""
    seen = await bad_line(tmp_path, strikes=12, stuck_s=15.0)
    assert [what for what in BAD_LINE if not seen[what]] == []


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_network_that_goes_away_loses_nothing(tmp_path: Path) -> None:
    """In a namespace of its own, where the link can be taken down: half-open connections."""
    alone = ["unshare", "--net", sys.executable, "-m", "tests.faults.cut_off", str(tmp_path)]
    try:
        done = subprocess.run(alone, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare on this machine")
    if "unshare failed" in done.stderr:
        pytest.skip("this machine gives nobody a network of their own")
    print(done.stdout)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("count", "back"), MANY)
def test_thousands_of_screens_let_others_work(count: int, back: int) -> None:
    _, descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors < count + 1_000:
        pytest.skip(f"this machine gives a process {descriptors} open files")
    found = crowded(count, back)
    for state, value in found.items():
        print(f"{value:10.1f}  {state}")
    least = 2 * found["all there: p99"] + SLOWER_ALONE_MS
    assert found["some do not read: p99"] <= least


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_memory_does_not_grow_with_what_was_done() -> None:
    found = slope(commands=1_000_000, warm_up=30_000, budget_s=900)
    print(found)
    assert found.grown_mb <= MB_PER_MILLION


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_month_of_uptime_leaves_nothing_behind() -> None:
    sizes = list(month(days=30).values())
    third = len(sizes) // 3
    assert sum(sizes[-third:]) < GROWTH * sum(sizes[:third])
