"""The tickets to print survive whatever the kiosk does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hardware.jobs import KEPT_S, PrintJobs, open_jobs
from hardware.print_job import PrintJob

NOW = 1_795_000_000.0


def job(number: str, *, at: float = NOW) -> PrintJob:
    return PrintJob(f"job-{number}", number, b"first " + number.encode(), b"again", at)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "printing.db"


@pytest.fixture
def jobs(path: Path) -> Iterator[PrintJobs]:
    with closing(open_jobs(path)) as jobs:
        yield jobs


def states(jobs: PrintJobs, path: Path) -> dict[str, str]:
    """As another program reads them from the disk."""
    with closing(sqlite3.connect(path)) as file:
        return dict(file.execute("SELECT number, state FROM jobs"))


def test_jobs_come_in_the_order_in_which_they_were_queued(jobs: PrintJobs) -> None:
    jobs.add(job("A002", at=NOW + 1))
    jobs.add(job("A001", at=NOW))
    assert [one.number for one in jobs.to_print(NOW)] == ["A001", "A002"]


def test_the_same_job_queued_twice_prints_once(jobs: PrintJobs) -> None:
    assert jobs.add(job("A001")) is not None
    assert jobs.add(job("A001")) is None
    assert len(jobs.to_print(NOW)) == 1


def test_a_job_is_on_the_disk_as_sent_before_its_bytes_are_given_out(
    jobs: PrintJobs, path: Path
) -> None:
    queued = jobs.add(job("A001"))
    assert queued is not None
    sent = jobs.send(queued)
    assert states(jobs, path) == {"A001": "sent"}
    assert jobs.content(sent) == b"first A001"


def test_a_second_copy_says_that_it_is_one_and_is_made_unasked_once_only(jobs: PrintJobs) -> None:
    queued = jobs.add(job("A001"))
    assert queued is not None
    unknown = jobs.move(jobs.send(queued), "unknown")
    assert jobs.to_print(NOW - 1) == [unknown]
    assert jobs.to_print(NOW + 1) == []
    second = jobs.send(unknown)
    assert jobs.content(second) == b"again"
    jobs.move(second, "unknown")
    assert jobs.to_print(NOW - 1) == []


def test_a_person_may_have_any_number_of_copies_also_of_an_old_ticket(jobs: PrintJobs) -> None:
    queued = jobs.add(job("A001"))
    assert queued is not None
    jobs.move(jobs.send(queued), "printed")
    wanted = jobs.print_again(queued.id, NOW + 3600)
    assert wanted is not None
    assert jobs.expire(NOW + 3000) == []
    assert jobs.to_print(NOW + 3600) == [wanted]
    assert jobs.content(jobs.send(wanted)) == b"again"


def test_a_ticket_that_is_still_to_come_out_is_not_queued_a_second_time(jobs: PrintJobs) -> None:
    queued = jobs.add(job("A001"))
    assert queued is not None
    jobs.send(queued)
    assert jobs.print_again(queued.id, NOW) is None
    assert jobs.print_again("nobody's", NOW) is None


def test_after_a_restart_what_was_in_a_printer_is_unknown(path: Path) -> None:
    with closing(open_jobs(path)) as before:
        for number, state in (("A001", "sent"), ("A002", "held"), ("A003", "printed")):
            queued = before.add(job(number))
            assert queued is not None
            before.move(before.send(queued), state)  # type: ignore[arg-type]
        before.add(job("A004"))
    with closing(open_jobs(path)) as after:
        assert [one.number for one in after.recover(NOW)] == ["A001", "A002"]
        assert states(after, path) == {
            "A001": "unknown",
            "A002": "unknown",
            "A003": "printed",
            "A004": "queued",
        }


def test_a_finished_job_is_forgotten_after_a_day(jobs: PrintJobs, path: Path) -> None:
    jobs.add(job("A001"))
    queued = jobs.add(job("A002"))
    assert queued is not None
    jobs.move(queued, "printed")
    jobs.recover(NOW + KEPT_S + 1)
    assert states(jobs, path) == {"A001": "queued"}


def test_a_job_expires_unless_it_is_in_a_printer(jobs: PrintJobs, path: Path) -> None:
    jobs.add(job("A001"))
    queued = jobs.add(job("A002"))
    assert queued is not None
    jobs.send(queued)
    assert [one.number for one in jobs.expire(NOW + 1)] == ["A001"]
    assert states(jobs, path) == {"A001": "expired", "A002": "sent"}
