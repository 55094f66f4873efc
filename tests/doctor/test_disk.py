"""What a disk is believed: real writes, and what they would mean on every kind of disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from doctor.disk import Kind, Medium, belief, medium_of, room, synced_ms, writes
from doctor.finding import State


def test_writes_for_good_are_measured_on_the_disk_itself_and_leave_nothing(tmp_path: Path) -> None:
    times = synced_ms(tmp_path)
    assert len(times) > 0
    assert min(times) > 0
    assert list(tmp_path.iterdir()) == []


def test_records_in_memory_are_gone_when_the_power_is() -> None:
    assert medium_of(Path("/dev/shm")).kind == "memory"
    assert [one.word for one in writes(Path("/dev/shm"))][-1] == "disk_is_memory"


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    assert [one.word for one in writes(tmp_path / "nowhere")] == ["disk_not_written"]
    assert [one.word for one in room(tmp_path / "nowhere")] == ["disk_not_written"]


@pytest.mark.parametrize(
    ("kind", "p50", "state", "word"),
    [
        ("spinning", 8.0, "ok", "disk_plausible"),
        ("spinning", 0.4, "mend", "disk_lies"),
        ("flash", 0.8, "ok", "disk_plausible"),
        ("flash", 0.02, "look", "disk_too_fast"),
        ("virtual", 0.3, "ok", "disk_virtual"),
        ("virtual", 0.02, "look", "disk_virtual_fast"),
        ("network", 3.0, "mend", "disk_is_network"),
        ("unknown", 3.0, "look", "disk_unknown"),
    ],
)
def test_a_disk_that_is_faster_than_its_kind_can_be_is_not_believed(
    kind: Kind, p50: float, state: State, word: str
) -> None:
    found = belief(Medium(kind, "sda"), p50)
    assert (found.state, found.word) == (state, word)


def test_a_disk_whose_cache_survives_a_power_cut_may_be_fast() -> None:
    assert belief(Medium("flash", "nvme0n1", keeps=True), 0.02).state == "ok"


def test_a_file_system_that_waits_for_nothing_is_told_whatever_the_disk() -> None:
    assert belief(Medium("flash", "sda", barriers=False), 5.0).word == "disk_without_barriers"
