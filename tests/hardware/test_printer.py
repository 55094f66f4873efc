"""What becomes of a ticket whatever the printer does: it comes out, or people are told why not."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from hardware.addresses import address_of
from hardware.device import FENCE
from hardware.jobs import open_jobs
from hardware.print_job import PrintJob
from hardware.transport import open_port
from tests.hardware.fake_printer import NetworkPrinter, SerialPrinter, ticket
from tests.hardware.printing import (
    EMPTY_SLIP,
    IMPATIENT,
    PATIENT,
    AnyPrinter,
    Begin,
    give_time,
)
from tests.waiting import until_now as until


def test_a_ticket_is_printed_once_and_said_to_be(begin: Begin, paper: AnyPrinter) -> None:
    kiosk = begin(paper)
    kiosk.take("A001")
    kiosk.take("A002")
    kiosk.take("A001")
    kiosk.until("A002", "queued", "sent", "printed")
    assert paper.printed == ["A001", "A002"]
    assert kiosk.states("A001") == ["queued", "sent", "printed"]
    assert kiosk.troubles() == []


def test_a_printer_behind_a_device_file_prints(begin: Begin) -> None:
    with SerialPrinter() as paper:
        paper.address = f"file://{paper.device}"
        kiosk = begin(paper)
        kiosk.take("A001")
        kiosk.until("A001", "printed")
        assert paper.printed == ["A001"]


def test_a_ticket_that_met_the_end_of_the_roll_comes_out_once_when_paper_is_back(
    begin: Begin, paper: AnyPrinter
) -> None:
    paper.mechanism.at_picture = lambda: setattr(paper.mechanism, "paper", False)
    kiosk = begin(paper)
    kiosk.take("A001")
    kiosk.until("A001", "sent", "held no_paper")
    until(lambda: kiosk.troubles() == ["no_paper"])
    assert paper.printed == []
    paper.mechanism.paper = True
    kiosk.until("A001", "printed")
    until(lambda: kiosk.troubles() == ["no_paper", None])
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    assert paper.printed == ["A001", "A002"]


@pytest.mark.parametrize(("what", "word"), [("cover", "cover_open"), ("jammed", "cutter")])
def test_a_ticket_waits_in_the_printer_for_a_hand_and_comes_out_once(
    begin: Begin, paper: AnyPrinter, what: str, word: str
) -> None:
    paper.mechanism.at_cut = lambda: setattr(paper.mechanism, what, True)
    kiosk = begin(paper)
    kiosk.take("A001")
    kiosk.until("A001", "sent", f"held {word}")
    setattr(paper.mechanism, what, False)
    kiosk.until("A001", "printed")
    assert paper.printed == ["A001"]


def test_without_paper_nothing_is_sent_and_the_citizen_is_told_why(
    begin: Begin, paper: AnyPrinter
) -> None:
    paper.mechanism.paper = False
    kiosk = begin(paper)
    kiosk.take("A001")
    kiosk.until("A001", "queued", "queued no_paper")
    assert b"A001" not in paper.mechanism.heard
    paper.mechanism.paper = True
    kiosk.until("A001", "queued no_paper", "sent", "printed")
    assert paper.printed == ["A001"]


def test_a_roll_that_runs_low_is_told_and_still_prints(begin: Begin, paper: AnyPrinter) -> None:
    paper.mechanism.low = True
    kiosk = begin(paper)
    kiosk.take("A001")
    kiosk.until("A001", "queued", "sent", "printed")
    until(lambda: kiosk.troubles() == ["paper_low"])


def test_a_printer_that_loses_power_in_a_ticket_prints_it_again_and_marks_it(
    begin: Begin,
) -> None:
    with NetworkPrinter() as paper:
        paper.mechanism.at_picture = paper.power_off
        kiosk = begin(paper)
        kiosk.take("A001")
        kiosk.until("A001", "unknown", "unknown no_printer")
        paper.power_on()
        kiosk.until("A001", "sent", "printed")
        assert paper.printed == [EMPTY_SLIP, "A001 BẢN IN LẠI"]
        assert kiosk.troubles() == ["no_printer", None]


def test_a_serial_printer_that_comes_back_empty_prints_the_ticket_again_and_marks_it(
    begin: Begin,
) -> None:
    with SerialPrinter() as paper:
        paper.mechanism.at_picture = paper.power_off
        kiosk = begin(paper, limits=IMPATIENT)
        kiosk.take("A001")
        until(lambda: FENCE in paper.mechanism.forgotten + paper.lost)
        give_time(kiosk.printer)
        paper.power_on()
        kiosk.until("A001", "unknown", "sent", "printed")
        assert paper.printed == [EMPTY_SLIP, "A001 BẢN IN LẠI"]


def test_a_ticket_is_printed_again_unasked_only_once(begin: Begin, paper: AnyPrinter) -> None:
    paper.mechanism.fences = False
    kiosk = begin(paper, limits=IMPATIENT)
    kiosk.take("A001")
    kiosk.until("A001", "queued", "sent", "unknown", "sent", "unknown")
    give_time(kiosk.printer)
    paper.mechanism.fences = True
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    slips = ["A001", EMPTY_SLIP, "A001 BẢN IN LẠI", EMPTY_SLIP, "A002"]
    assert paper.printed == slips


def test_a_person_decides_about_a_ticket_whose_fate_is_unknown(
    begin: Begin, paper: AnyPrinter
) -> None:
    paper.mechanism.fences = False
    kiosk = begin(paper, limits=replace(IMPATIENT, reprint_within_s=0))
    kiosk.take("A001")
    kiosk.take("A002")
    kiosk.until("A001", "sent", "unknown")
    kiosk.until("A002", "sent", "unknown")
    give_time(kiosk.printer)
    paper.mechanism.fences = True
    kiosk.printer.received("job-A001")
    kiosk.until("A001", "unknown", "printed")
    kiosk.printer.print_again("job-A002")
    kiosk.until("A002", "unknown", "queued", "sent", "printed")
    assert paper.printed == ["A001", EMPTY_SLIP, "A002", EMPTY_SLIP, "A002 BẢN IN LẠI"]


def test_a_kiosk_that_restarts_with_a_ticket_in_the_printer_prints_it_again_once(
    begin: Begin, paper: AnyPrinter
) -> None:
    paper.silent = False
    paper.mechanism.fences = False
    before = begin(paper, limits=replace(PATIENT, fence_s=60))
    before.take("A001")
    before.until("A001", "queued", "sent")
    until(lambda: paper.printed)
    before.printer.stop()
    paper.mechanism.fences = True
    after = begin(paper)
    after.until("A001", "unknown", "sent", "printed")
    assert paper.printed == ["A001", EMPTY_SLIP, "A001 BẢN IN LẠI"]


def test_a_ticket_that_could_not_leave_before_a_restart_comes_out_after_it(
    begin: Begin,
) -> None:
    with SerialPrinter() as paper:
        kiosk = begin(paper, limits=IMPATIENT)
        until(lambda: paper.mechanism.reports)
        paper.reading = False
        kiosk.take("A001")
        kiosk.until("A001", "queued", "queued offline")
        kiosk.printer.stop()
        paper.reading = True
        after = begin(paper)
        after.take("A002")
        after.until("A002", "printed")
        assert paper.printed == ["A001", "A002"]


def break_off(paper: AnyPrinter, path: Path, size: int = 500) -> None:
    """Leave a printer and a file as a kiosk does that loses power in the middle of a picture."""
    with closing(open_jobs(path)) as jobs:
        again = ticket("A001 BẢN IN LẠI")
        job = jobs.add(PrintJob("job-A001", "A001", ticket("A001"), again, time.time()))
        assert job is not None
        jobs.send(job)
    port = open_port(address_of(paper.address), 1)
    port.write(ticket("A001")[:size], 1)
    until(lambda: len(paper.mechanism.heard) == size)
    port.close()


def test_a_ticket_after_a_picture_broken_off_comes_out_whole_and_on_its_own_paper(
    begin: Begin, paper: AnyPrinter, tmp_path: Path
) -> None:
    break_off(paper, tmp_path / "printing.db")
    kiosk = begin(paper)
    kiosk.until("A001", "unknown", "sent", "printed")
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    assert paper.printed == ["A001", "A001 BẢN IN LẠI", "A002"]


@pytest.mark.parametrize("size", range(1, 13))
def test_a_command_broken_off_makes_nothing_of_what_follows(
    begin: Begin, tmp_path: Path, size: int
) -> None:
    """A picture whose height is still to come would else be as high as the next bytes say."""
    with NetworkPrinter() as paper:
        break_off(paper, tmp_path / "printing.db", size)
        kiosk = begin(paper, limits=replace(PATIENT, fence_s=1))
        kiosk.until("A001", "unknown", "sent", "printed")
        assert paper.printed[-1] == "A001 BẢN IN LẠI"


def test_without_filling_it_up_a_broken_off_picture_would_swallow_the_next_ticket(
    begin: Begin, paper: AnyPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.device.FILL", b"")
    break_off(paper, tmp_path / "printing.db")
    kiosk = begin(paper)
    kiosk.until("A001", "unknown", "sent", "printed")
    assert "A001 BẢN IN LẠI" not in paper.printed


def test_a_ticket_older_than_its_time_never_comes_out(begin: Begin, paper: AnyPrinter) -> None:
    kiosk = begin(paper)
    kiosk.take("A001", age_s=PATIENT.expires_s + 1)
    kiosk.until("A001", "expired")
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    assert paper.printed == ["A002"]


def test_tickets_do_not_pour_out_in_the_morning(begin: Begin, paper: AnyPrinter) -> None:
    paper.mechanism.paper = False
    kiosk = begin(paper, limits=replace(PATIENT, expires_s=0.5))
    kiosk.take("A001")
    kiosk.until("A001", "queued no_paper", "expired")
    give_time(kiosk.printer)
    paper.mechanism.paper = True
    until(lambda: kiosk.troubles() == ["no_paper", None])
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    assert paper.printed == ["A002"]


def test_a_number_that_was_called_meanwhile_is_not_printed(begin: Begin, paper: AnyPrinter) -> None:
    paper.mechanism.cover = True
    kiosk = begin(paper)
    kiosk.take("A001")
    kiosk.until("A001", "queued cover_open")
    kiosk.printer.withdraw("job-A001")
    kiosk.until("A001", "expired")
    paper.mechanism.cover = False
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    assert paper.printed == ["A002"]


def test_a_ticket_in_the_printer_cannot_be_withdrawn_and_is_told_as_printed(
    begin: Begin, paper: AnyPrinter
) -> None:
    paper.mechanism.at_picture = lambda: setattr(paper.mechanism, "paper", False)
    kiosk = begin(paper)
    kiosk.take("A001")
    kiosk.until("A001", "sent", "held no_paper")
    kiosk.printer.withdraw("job-A001")
    kiosk.take("A002")  # asked for later: the withdrawal has been looked at
    kiosk.until("A002", "queued", "queued no_paper")
    paper.mechanism.paper = True
    kiosk.until("A001", "held no_paper", "printed")


def test_a_ticket_withdrawn_from_a_printer_that_loses_it_is_not_printed_again(
    begin: Begin,
) -> None:
    with NetworkPrinter() as paper:
        paper.mechanism.at_picture = lambda: setattr(paper.mechanism, "paper", False)
        kiosk = begin(paper)
        kiosk.take("A001")
        kiosk.until("A001", "sent", "held no_paper")
        kiosk.printer.withdraw("job-A001")
        kiosk.take("A002")
        kiosk.until("A002", "queued", "queued no_paper")
        paper.power_off()
        kiosk.until("A001", "held no_paper", "unknown", "expired")
        paper.mechanism.paper = True
        paper.power_on()
        kiosk.until("A002", "printed")
        assert paper.printed[-1] == "A002"
        assert "A001 BẢN IN LẠI" not in paper.printed


def test_a_person_may_have_a_ticket_that_was_given_up(begin: Begin, paper: AnyPrinter) -> None:
    kiosk = begin(paper)
    kiosk.take("A001", age_s=PATIENT.expires_s + 1)
    kiosk.until("A001", "expired")
    kiosk.printer.print_again("job-A001")
    kiosk.until("A001", "expired", "queued", "sent", "printed")
    assert paper.printed == ["A001"]


def test_a_mistake_of_ours_is_told_and_ends_neither_printing_nor_later_tickets(
    begin: Begin, paper: AnyPrinter
) -> None:
    kiosk = begin(paper)
    no_bytes = cast(bytes, object())
    kiosk.printer.print(PrintJob("job-A001", "A001", no_bytes, no_bytes, time.time()))
    kiosk.take("A002")
    kiosk.until("A002", "queued", "sent", "printed")
    assert kiosk.troubles()[0] == "error"
    assert kiosk.troubles()[-1] is None
    assert paper.printed == ["A002"]
