"""What becomes of a ticket whatever the printer does: it comes out, or people are told why not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hardware.device import FENCE, Limits
from hardware.jobs import PrintJob
from hardware.printer import JobChanged, Printer, Told, TroubleChanged
from hardware.transport import address_of
from tests.hardware.fake_printer import FakePrinter, NetworkPrinter, SerialPrinter, ticket
from tests.waiting import until_now as until

QUICK = Limits(
    connect_s=0.3, retry_s=0.05, answer_s=0.1, poll_s=0.05, fence_s=0.3, stalled_s=0.3
)  # fmt: skip
AnyPrinter = NetworkPrinter | SerialPrinter
Begin = Callable[..., "Kiosk"]


@dataclass
class Kiosk:
    """A printing thread, and all that it told."""

    printer: Printer
    told: list[Told] = field(default_factory=list)

    def take(self, number: str, *, age_s: float = 0) -> None:
        created = time.time() - age_s
        again = ticket(f"{number} BẢN IN LẠI")
        self.printer.print(PrintJob(f"job-{number}", number, ticket(number), again, created))

    def states(self, number: str) -> list[str]:
        """All that was told of a ticket: its states, and where it waits, why."""
        return [
            f"{one.state} {one.trouble}" if one.trouble else one.state
            for one in self.told
            if isinstance(one, JobChanged) and one.number == number
        ]

    def troubles(self) -> list[str | None]:
        return [one.trouble for one in self.told if isinstance(one, TroubleChanged)]

    def until(self, number: str, *states: str) -> None:
        until(lambda: self.states(number)[-len(states) :] == list(states))


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start a kiosk's printing on these printers; a second one begins where the first stopped."""
    with ExitStack() as ending:

        def begin(*printers: AnyPrinter, limits: Limits = QUICK) -> Kiosk:
            told: list[Told] = []
            addresses = [address_of(one.address) for one in printers]
            printer = Printer(addresses, tmp_path / "printing.db", told.append, limits=limits)
            printer.start()
            ending.callback(printer.stop)
            return Kiosk(printer, told)

        yield begin


@pytest.fixture(params=[NetworkPrinter, SerialPrinter], ids=["network", "serial"])
def paper(request: pytest.FixtureRequest) -> Iterator[AnyPrinter]:
    with request.param() as printer:
        yield printer


@contextmanager
def two() -> Iterator[tuple[AnyPrinter, AnyPrinter]]:
    with NetworkPrinter() as first, SerialPrinter() as second:
        yield first, second


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
        assert paper.printed == ["A001 BẢN IN LẠI"]
        assert kiosk.troubles() == ["no_printer", None]


def test_a_serial_printer_that_comes_back_empty_prints_the_ticket_again_and_marks_it(
    begin: Begin,
) -> None:
    with SerialPrinter() as paper:
        paper.mechanism.at_picture = paper.power_off
        kiosk = begin(paper)
        kiosk.take("A001")
        until(lambda: paper.lost.endswith(FENCE))
        paper.power_on()
        kiosk.until("A001", "unknown", "sent", "printed")
        assert paper.printed == ["A001 BẢN IN LẠI"]


def test_a_ticket_is_printed_again_unasked_only_once(begin: Begin, paper: AnyPrinter) -> None:
    paper.mechanism.fences = False
    kiosk = begin(paper)
    kiosk.take("A001")
    kiosk.until("A001", "queued", "sent", "unknown", "sent", "unknown")
    paper.mechanism.fences = True
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    assert paper.printed == ["A001", "A001 BẢN IN LẠI", "A002"]


def test_a_person_decides_about_a_ticket_whose_fate_is_unknown(
    begin: Begin, paper: AnyPrinter
) -> None:
    paper.mechanism.fences = False
    kiosk = begin(paper, limits=Limits(**{**vars(QUICK), "reprint_within_s": 0}))
    kiosk.take("A001")
    kiosk.take("A002")
    kiosk.until("A001", "sent", "unknown")
    kiosk.until("A002", "sent", "unknown")
    paper.mechanism.fences = True
    kiosk.printer.received("job-A001")
    kiosk.until("A001", "unknown", "printed")
    kiosk.printer.print_again("job-A002")
    kiosk.until("A002", "unknown", "queued", "sent", "printed")
    assert paper.printed == ["A001", "A002", "A002 BẢN IN LẠI"]


def test_a_kiosk_that_restarts_with_a_ticket_in_the_printer_prints_it_again_once(
    begin: Begin, paper: AnyPrinter
) -> None:
    paper.silent = False
    paper.mechanism.fences = False
    slow = Limits(**{**vars(QUICK), "fence_s": 60})
    before = begin(paper, limits=slow)
    before.take("A001")
    before.until("A001", "queued", "sent")
    until(lambda: paper.printed)
    before.printer.stop()
    paper.mechanism.fences = True
    after = begin(paper)
    after.until("A001", "unknown", "sent", "printed")
    assert paper.printed == ["A001", "A001 BẢN IN LẠI"]


def test_a_picture_broken_off_by_a_restart_does_not_swallow_the_next_ticket(
    begin: Begin,
) -> None:
    with SerialPrinter() as paper:
        kiosk = begin(paper)
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


def test_a_ticket_older_than_its_time_never_comes_out(begin: Begin, paper: AnyPrinter) -> None:
    kiosk = begin(paper)
    kiosk.take("A001", age_s=QUICK.expires_s + 1)
    kiosk.until("A001", "expired")
    kiosk.take("A002")
    kiosk.until("A002", "printed")
    assert paper.printed == ["A002"]


def test_tickets_do_not_pour_out_in_the_morning(begin: Begin, paper: AnyPrinter) -> None:
    paper.mechanism.paper = False
    kiosk = begin(paper, limits=Limits(**{**vars(QUICK), "expires_s": 0.5}))
    kiosk.take("A001")
    kiosk.until("A001", "queued no_paper", "expired")
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


def test_the_second_printer_prints_when_the_first_cannot(begin: Begin) -> None:
    with two() as (first, second):
        first.mechanism.paper = False
        kiosk = begin(first, second)
        kiosk.take("A001")
        kiosk.until("A001", "printed")
        first.mechanism.paper = True
        until(lambda: kiosk.troubles() == ["no_paper", None])
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


def test_a_printer_that_stops_reading_in_a_ticket_blocks_nothing(
    begin: Begin, paper: AnyPrinter
) -> None:
    kiosk = begin(paper, limits=Limits(**{**vars(QUICK), "reprint_within_s": 0}))
    until(lambda: paper.mechanism.reports)
    paper.mechanism.at_picture = lambda: setattr(paper, "reading", False)
    kiosk.printer.print(PrintJob("big", "A001", ticket("A001", 5000), b"", time.time()))
    kiosk.until("A001", "sent", "unknown")
    until(lambda: kiosk.troubles()[-1:] == ["offline"])


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda p: setattr(p.mechanism, "paper", False), "no_paper"),
        (lambda p: setattr(p.mechanism, "cover", True), "cover_open"),
        (lambda p: setattr(p, "silent", True), "offline"),
    ],
)
def test_trouble_of_an_idle_printer_is_known_within_five_seconds(
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


def test_a_full_disk_is_told_as_trouble_and_printing_goes_on_when_there_is_room(
    begin: Begin, paper: AnyPrinter, tmp_path: Path
) -> None:
    (tmp_path / "printing.db").mkdir()  # as good as a file that cannot be written
    kiosk = begin(paper)
    until(lambda: kiosk.troubles() == ["error"])
    (tmp_path / "printing.db").rmdir()
    kiosk.take("A001")
    kiosk.until("A001", "printed")
