"""What the tests of printing need: limits to wait for, and a kiosk that prints."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hardware.device import Limits
from hardware.print_job import PrintJob
from hardware.printer import JobChanged, Printer, Told, TroubleChanged
from tests.hardware.fake_printer import NetworkPrinter, SerialPrinter, ticket
from tests.waiting import until_now as until

# Quick where something happens, patient where a busy machine is only late.
PATIENT = Limits(connect_s=5, retry_s=0.05, answer_s=1, poll_s=0.05, fence_s=10, stalled_s=10)
# Where the test is about what never comes.
IMPATIENT = replace(PATIENT, answer_s=0.3, fence_s=0.8, stalled_s=0.5)
EMPTY_SLIP = ""  # of a printer that might have been in the middle of a picture, and was not
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
        """What was told of the printer, since it was first found in order."""
        told: list[str | None] = []
        told += [one.trouble for one in self.told if isinstance(one, TroubleChanged)]
        return told[1:] if told[:1] == [None] else told

    def until(self, number: str, *states: str) -> None:
        until(lambda: self.states(number)[-len(states) :] == list(states))


def give_time(printer: Printer) -> None:
    """What was to be too late has been: from now on nothing is, on a machine however busy."""
    printer._limits = replace(PATIENT, reprint_within_s=printer._limits.reprint_within_s)
    for device in printer._devices:
        device.limits = printer._limits
