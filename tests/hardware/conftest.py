"""Printers, kiosks that print on them, and processes that play sound."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hardware.addresses import address_of
from hardware.device import Limits
from hardware.printer import Printer, Told
from tests.hardware.fake_printer import NetworkPrinter, SerialPrinter
from tests.hardware.hearing import Players
from tests.hardware.printing import PATIENT, AnyPrinter, Begin, Kiosk


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start a kiosk's printing on these printers; a second one begins where the first stopped."""
    with ExitStack() as ending:

        def begin(*printers: AnyPrinter, limits: Limits = PATIENT) -> Kiosk:
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


@pytest.fixture
def players() -> Players:
    """The processes of ours that play, or are ready to."""

    def running() -> list[int]:
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
                command = (path / "cmdline").read_bytes()
            except OSError:
                continue
            if int(parent) == os.getpid() and b"hardware.player" in command:
                found.append(int(path.name))
        return found

    return running
