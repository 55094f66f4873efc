"""What is left of the records after a power cut, at any moment, on a disk that keeps no order; and
whether settings that are not safe would be noticed.

MOTCUA_SEED=4711 lives one seed again.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import pytest
from pysqlite3 import dbapi2 as sqlite

from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from tests.faults.disk import Step, watched
from tests.faults.power import (
    NAMES,
    SETTINGS,
    WRITES,
    Platter,
    Trace,
    cut_everywhere,
    power_cuts,
    set_so,
)
from tests.records.small import small_hall

CUTS: Final = 250
MANY_SEEDS: Final = range(1_000, 1_040)
MANY_CUTS: Final = 500
EVERY: Final = 2  # steps of a recorded day, in the long form
PLANTED: Final = [settings for settings in SETTINGS if settings != "WAL, FULL"]

SOUND: Final = {"kept"}
FINDINGS: Final = ("kept", "lost", "done twice", "half a batch", "unasked", "corrupt", "unreadable")

# What must have happened on the way: a check that was never reached proves nothing.
REACHED: Final = (
    *(f"writes {what}" for what in WRITES),
    *(f"names {what}" for what in NAMES),
    "with a log to read back",
    "inside a commit",
    "read back and gone on",
    "syncs that failed",
)


def cut(seeds: range, cuts: int) -> Counter[str]:
    only = os.environ.get("MOTCUA_SEED")
    seen: Counter[str] = Counter()
    for seed in [int(only)] if only else seeds:
        seen += power_cuts(seed, cuts)
    return seen


def wrong(seen: Counter[str]) -> dict[str, int]:
    return {finding: seen[finding] for finding in FINDINGS if seen[finding] and finding != "kept"}


def test_what_people_were_told_outlives_a_power_cut() -> None:
    seen = cut(range(1, 3), CUTS)
    assert wrong(seen) == {}
    assert [what for what in REACHED if not seen[what]] == [], seen


@pytest.mark.parametrize("settings", PLANTED)
def test_settings_that_lose_what_people_were_told_are_found(settings: str) -> None:
    """The very same cuts, with the file opened as it must not be."""
    assert power_cuts(1, 60, settings)["lost"] > 0


def test_a_file_that_is_not_synced_is_found_as_it_was_before(tmp_path: Path) -> None:
    """The disk of the simulation is one that loses: without that, nothing could be lost on it."""
    platter = Platter()
    steps = [
        Step("create", "a"),
        Step("write", "a", 0, b"safe"),
        Step("sync", "a"),
        Step("sync", "."),
        Step("write", "a", 0, b"LOST"),
        Step("create", "b"),
        Step("unlink", "a"),
    ]
    for step in steps:
        platter.take(step)
    assert platter.after_cut(Random(1), "lost", "with the folder") == {"a": b"safe"}
    assert platter.after_cut(Random(1), "kept", "with the folder") == {"a": b"LOST"}
    assert platter.after_cut(Random(1), "kept", "at once") == {"b": b""}


def test_the_watched_disk_is_the_one_the_records_write_to(tmp_path: Path) -> None:
    """What the trace says was written is what stands in the file."""
    trace, file = Trace(), tmp_path / "hall.db"
    with watched(trace), set_so("WAL, FULL"):
        engine = connect(str(file))
        upgrade(engine)
        Journal(engine, small_hall()).close()
    platter = Platter()
    for step in trace.steps:
        platter.take(step)
    assert platter.after_cut(Random(1), "kept", "at once")["hall.db"] == file.read_bytes()
    with sqlite.connect(str(file)) as raw:
        assert raw.execute("SELECT count(*) FROM events").fetchone() == (0,)
    raw.close()


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_what_people_were_told_outlives_thousands_of_power_cuts() -> None:
    seen = cut(MANY_SEEDS, MANY_CUTS)
    for what, times in sorted(seen.items()):
        print(f"{times:8d}  {what}")
    assert wrong(seen) == {}
    assert "MOTCUA_SEED" in os.environ or [what for what in REACHED if not seen[what]] == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_recorded_day_may_be_cut_at_every_boundary_of_two_writes() -> None:
    seen = cut_everywhere(1, EVERY)
    assert wrong(seen) == {}
    assert seen["cuts"] > 5_000
