"""Printers, and kiosks that print on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hardware.addresses import address_of
from hardware.device import Limits
from hardware.printer import Printer, Told
from tests.hardware.fake_printer import NetworkPrinter, SerialPrinter
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
