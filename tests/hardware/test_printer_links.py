"""Printers that are several, slow, silent, taken or not there: told, and used when they can be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from hardware.addresses import address_of
from hardware.device import Limits
from hardware.print_job import PrintJob
from hardware.printer import TroubleChanged
from hardware.status import QUESTIONS
from hardware.transport import open_port
from tests.hardware.fake_printer import FakePrinter, NetworkPrinter, SerialPrinter, ticket
from tests.hardware.printing import IMPATIENT, AnyPrinter, Begin, give_time
from tests.waiting import until_now as until


@contextmanager
def two() -> Iterator[tuple[AnyPrinter, AnyPrinter]]:
    with NetworkPrinter() as first, SerialPrinter() as second:
        yield first, second


def test_the_second_printer_prints_when_the_first_cannot(begin: Begin) -> None:
    with two() as (first, second):
        first.mechanism.paper = False
        kiosk = begin(first, second)
        kiosk.take("A001")
        kiosk.until("A001", "printed")
        first.mechanism.paper = True
        well = TroubleChanged(str(address_of(first.address)), None)
        until(lambda: well in kiosk.told)
        kiosk.take("A002")
        kiosk.until("A002", "printed")
        assert (first.printed, second.printed) == (["A002"], ["A001"])


def test_a_ticket_held_in_the_first_printer_stays_there_while_others_go_to_the_second(
    begin: Begin,
) -> None:
    with two() as (first, second):
        first.mechanism.at_picture = lambda: setattr(first.mechanism, "paper", False)
        kiosk = begin(first, second)
        kiosk.take("A001")
        kiosk.until("A001", "held no_paper")
        kiosk.take("A002")
        kiosk.until("A002", "printed")
        first.mechanism.paper = True
        kiosk.until("A001", "printed")
        assert (first.printed, second.printed) == (["A001"], ["A002"])


def test_a_ticket_lost_with_the_first_printer_comes_out_of_the_second_marked(
    begin: Begin,
) -> None:
    with two() as (first, second):
        first.mechanism.at_picture = first.power_off
        kiosk = begin(first, second)
        kiosk.take("A001")
        kiosk.until("A001", "unknown", "sent", "printed")
        assert (first.printed, second.printed) == ([], ["A001 BẢN IN LẠI"])


def test_a_printer_that_stops_reading_in_a_ticket_blocks_nothing_and_prints_the_next(
    begin: Begin, paper: AnyPrinter
) -> None:
    kiosk = begin(paper, limits=replace(IMPATIENT, fence_s=10, reprint_within_s=0))
    until(lambda: paper.mechanism.reports)
    paper.mechanism.at_picture = lambda: setattr(paper, "reading", False)
    kiosk.printer.print(PrintJob("big", "A001", ticket("A001", 5000), b"", time.time()))
    kiosk.until("A001", "sent", "unknown")
    until(lambda: kiosk.troubles()[-1:] == ["offline"] and not paper.reading)
    give_time(kiosk.printer)
    paper.reading = True
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    assert paper.printed[-1] == "A002"


def test_a_slow_line_is_given_the_time_that_a_ticket_takes_on_it(begin: Begin) -> None:
    with SerialPrinter() as paper:
        paper.address = f"serial://{paper.device}?baud=1200"
        kiosk = begin(paper, limits=replace(IMPATIENT, stalled_s=10))
        until(lambda: paper.mechanism.reports)
        paper.at_once = 16
        kiosk.take("A001")
        kiosk.until("A001", "queued", "sent", "printed")
        assert paper.printed == ["A001"]


def test_a_port_that_another_program_has_is_logged_with_the_remedy_and_found_when_it_is_free(
    begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    with SerialPrinter() as paper:
        other = open_port(address_of(paper.address), 1)
        kiosk = begin(paper)
        until(lambda: kiosk.troubles() == ["no_printer"])
        (line,) = caplog.messages
        assert "another program has it: close that one" in line
        other.close()
        kiosk.take("A001")
        kiosk.until("A001", "printed")
        assert caplog.messages == [line]


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda p: setattr(p.mechanism, "paper", False), "no_paper"),
        (lambda p: setattr(p.mechanism, "cover", True), "cover_open"),
        (lambda p: setattr(p, "silent", True), "offline"),
    ],
)
def test_trouble_of_an_idle_printer_is_told_unasked(
    begin: Begin, paper: AnyPrinter, spoil: Callable[[FakePrinter], None], word: str
) -> None:
    kiosk = begin(paper, limits=Limits())
    until(lambda: paper.mechanism.reports)
    spoil(paper)
    until(lambda: kiosk.troubles() == [word])


def test_a_printer_that_is_not_there_is_told_and_found_when_it_comes(begin: Begin) -> None:
    with NetworkPrinter() as paper:
        paper.power_off()
        until(lambda: paper.dark)
        kiosk = begin(paper)
        kiosk.take("A001")
        kiosk.until("A001", "queued", "queued no_printer")
        paper.power_on()
        kiosk.until("A001", "printed")
        assert kiosk.troubles() == ["no_printer", None]


def test_trouble_shows_within_five_seconds() -> None:
    limits = Limits()
    assert limits.poll_s + len(QUESTIONS) * limits.answer_s < 5
    assert limits.poll_s + limits.retry_s + limits.connect_s <= 5
