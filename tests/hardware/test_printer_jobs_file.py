"""Whatever has become of the jobs' file, tickets are printed; and the log says what is wrong."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hardware.addresses import address_of
from hardware.device import Limits
from hardware.jobs import open_jobs
from hardware.print_job import PrintJob
from hardware.printer import JobChanged, Printer, Told, TroubleChanged
from tests.hardware.fake_printer import NetworkPrinter, ticket
from tests.waiting import until_now as until

NOW = 1_795_000_000.0
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")


def job(number: str) -> PrintJob:
    return PrintJob(f"job-{number}", number, number.encode() * 5000, b"again", NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "printing.db"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def keep(path: Path, *numbers: str) -> None:
    with closing(open_jobs(path)) as jobs:
        for number in numbers:
            jobs.add(job(number))


def numbers(path: Path) -> list[str]:
    """What is to be printed from this file; each is printed in it, as far as it can be written."""
    with closing(open_jobs(path)) as jobs:
        waiting = jobs.to_print(NOW)
        for one in waiting:
            assert jobs.content(jobs.send(one)) == one.number.encode() * 5000
        return [one.number for one in waiting]


def overwrite(path: Path, at: int, garbage: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(garbage)


def remake_as_foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("CREATE TABLE jobs (what)")


DAMAGES: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(b"\0\xff" * 5000),
    lambda path: path.write_text("dear citizen"),
    lambda path: os.truncate(path, 100),
    lambda path: os.truncate(path, path.stat().st_size // 2),
    lambda path: overwrite(path, 8192, b"\xa5" * 8192),
    remake_as_foreign,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(
    path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    keep(path, "A001", "A002", "A003", "A004", "A005")
    damage(path)
    left = path.read_bytes()
    assert numbers(path) == []
    (aside,) = path.parent.glob("printing.db.broken-*")
    assert aside.read_bytes() == left
    (line,) = caplog.messages
    assert line.startswith(f"{path} was damaged (")
    assert line.endswith(f"): it is now {aside}, and a new one is begun")
    assert "\n" not in line
    keep(path, "A006")
    assert numbers(path) == ["A006"]
    assert len(caplog.messages) == 1


def test_a_folder_in_the_files_place_is_moved_aside_whole(path: Path) -> None:
    path.mkdir()
    (path / "letter").write_text("dear citizen")
    keep(path, "A001")
    assert numbers(path) == ["A001"]
    (letter,) = path.parent.glob("printing.db.broken-*/letter")
    assert letter.read_text() == "dear citizen"


def test_an_empty_file_is_a_new_one(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.touch()
    keep(path, "A001")
    assert numbers(path) == ["A001"]
    assert caplog.messages == []


@pytest.mark.parametrize("place", ["/proc/printing.db", "not-there/printing.db"])
def test_where_no_file_can_be_tickets_are_printed_from_memory(
    tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(open_jobs(tmp_path / place)) as jobs:
        queued = jobs.add(job("A001"))
        assert queued is not None
        assert jobs.content(jobs.send(queued)) == job("A001").first
    (line,) = caplog.messages
    assert line.endswith(
        "printing.db cannot be used (unable to open database file): tickets are printed from memory"
    )


@as_root
def test_a_disk_that_has_become_read_only_still_gives_its_tickets(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep(small_disk / "printing.db", "A001", "A002")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert numbers(small_disk / "printing.db") == ["A001", "A002"]
    (line,) = caplog.messages
    assert line.endswith("tickets are printed from memory")


@as_root
def test_a_damaged_file_that_cannot_be_moved_is_left_and_memory_used(small_disk: Path) -> None:
    path = small_disk / "printing.db"
    keep(path, "A001")
    overwrite(path, 8192, b"\xa5" * 4096)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert numbers(path) == []


@as_root
def test_a_disk_that_fills_up_in_the_day_is_told_and_loses_no_ticket(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Told] = []
    quick = Limits(retry_s=0.05)

    def printed() -> list[str]:
        return [
            one.number for one in told if isinstance(one, JobChanged) and one.state == "printed"
        ]

    with NetworkPrinter() as paper:
        address = address_of(paper.address)
        file = small_disk / "printing.db"
        printer = Printer([address], file, told.append, limits=quick, clock=lambda: NOW)
        printer.start()
        until(lambda: paper.mechanism.reports)
        fill(small_disk / "filler")
        for number in ("A001", "A002"):
            printer.print(PrintJob(number, number, ticket(number, 20), b"", NOW))
        until(lambda: printed() == ["A001", "A002"])
        printer.stop()
        assert paper.printed == ["A001", "A002"]
    troubles = [one.trouble for one in told if isinstance(one, TroubleChanged)]
    assert troubles == [None, "error", None]
    assert "tickets are printed from memory" in caplog.text


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4096)):
                pass
        except OSError:
            return
