"""Clock, units and screens at work, as one machine tells them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from doctor.machine import clock, memory, of_unit, screen_runs, unit
from doctor.views import of_sqlite
from tests.waiting import until_now

ROOT = Path(__file__).parents[2]
HALL = ZoneInfo("Asia/Ho_Chi_Minh")


def test_a_clock_that_was_set_back_is_found_by_when_the_records_were_written(
    tmp_path: Path,
) -> None:
    records = tmp_path / "hall.db"
    records.write_bytes(b"")
    assert next(iter(clock(HALL, records))).word == "clock"
    tomorrow = time.time() + 86_400
    os.utime(records, (tomorrow, tomorrow))
    found = next(iter(clock(HALL, records)))
    assert (found.state, found.word) == ("mend", "clock_behind")


def test_what_was_written_into_the_log_counts_as_well(tmp_path: Path) -> None:
    (tmp_path / "hall.db").write_bytes(b"")
    log = tmp_path / "hall.db-wal"
    log.write_bytes(b"")
    os.utime(log, (time.time() + 600, time.time() + 600))
    assert next(iter(clock(HALL, tmp_path / "hall.db"))).word == "clock_behind"


RUNS = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled"}


@pytest.mark.parametrize(
    ("says", "state", "word"),
    [
        ({}, "ok", "unit"),
        ({"LoadState": "not-found"}, "look", "unit_missing"),
        ({"ActiveState": "failed"}, "mend", "unit_failed"),
        ({"UnitFileState": "disabled"}, "mend", "unit_not_enabled"),
        ({"NRestarts": "17"}, "look", "unit_restarts"),
        ({"ActiveState": "inactive", "SubState": "dead"}, "look", "unit_stopped"),
    ],
)
def test_what_systemd_says_of_a_unit(says: dict[str, str], state: str, word: str) -> None:
    found = of_unit("motcua.service", RUNS | says)
    assert (found.state, found.word) == (state, word)


def test_nothing_is_said_of_units_where_there_is_no_systemd() -> None:
    if not Path("/run/systemd/system").is_dir():
        assert list(unit("motcua.service")) == []


def test_memory_is_what_the_kernel_says() -> None:
    (found,) = memory()
    assert 0 < int(found.facts["free"]) <= int(found.facts["total"])


def test_an_sqlite_that_can_damage_a_file_is_told() -> None:
    assert of_sqlite((3, 40, 1), (3, 51, 3), "3.51.3").word == "sqlite_old"
    assert of_sqlite((3, 51, 3), (3, 51, 3), "3.51.3").state == "ok"


def test_a_screen_at_work_is_known_by_its_process(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "cli.py"), "counter", "--headless", "--port", "1"]
    env = {**os.environ, "HOME": str(tmp_path)}
    assert not screen_runs("counter", "counter-77", "counter-1")
    with subprocess.Popen(
        [*command, "--device", "counter-77"], env=env, cwd=ROOT, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until_now(lambda: screen_runs("counter", "counter-77", "counter-1"))
            assert not screen_runs("kiosk", "counter-77", "kiosk-1")
            assert not screen_runs("counter", "counter-7", "counter-1")
        finally:
            process.kill()
