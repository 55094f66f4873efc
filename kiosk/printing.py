"""The kiosk's printers at work: a ticket becomes a print job, and what became of it is known.

Has no thread of its own and draws nothing; how a printer is spoken to is said in `hardware`.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hardware.addresses import Address, BadAddress, address_of
from hardware.device import Limits
from hardware.facts import TicketFacts
from hardware.print_job import PrintJob
from hardware.printer import JobChanged, Printer, Told, TroubleChanged
from hardware.template import SHIPPED, Template, TemplateMistakes, read
from kiosk.paper import sample_facts, ticket_facts
from kiosk.ticket import Ticket
from kiosk.visit import Paper
from link.messages import HallInfo

WIDTHS: Final = {80: 576, 58: 384}  # mm of paper -> dots of the head

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """What config.toml says of a kiosk's printers."""

    printers: tuple[str, ...] = ()
    paper_mm: int = 80
    template: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> PaperSettings:
        printers, paper_mm = settings.get("printers"), settings.get("paper_mm")
        return cls(
            printers=tuple(printers) if isinstance(printers, list) else (),
            paper_mm=paper_mm if isinstance(paper_mm, int) and paper_mm in WIDTHS else 80,
            template=str(settings.get("template") or ""),
        )


class Printing:
    """All that a kiosk prints. `tell` is called in the printer's thread and must not block."""

    def __init__(
        self,
        settings: PaperSettings,
        jobs: Path,
        tell: Callable[[Told], None],
        limits: Limits | None = None,
    ) -> None:
        self.settings = settings
        self.troubles: dict[str, str | None] = {}  # printer, or what else it needs -> its trouble
        self._width = WIDTHS[settings.paper_mm]
        self._template = self._read_template(settings.template)
        self._addresses = self._read_addresses(settings.printers)
        self._unfinished: dict[str, str] = {}  # job -> number
        self._printer = Printer(self._addresses, jobs, tell, limits=limits)
        if self._addresses:
            self._printer.start()

    def stop(self) -> None:
        """Takes up to ten seconds: not for the screen's own thread."""
        if self._addresses:
            self._printer.stop()

    @property
    def waiting(self) -> int:
        """Tickets that are not out yet."""
        return len(self._unfinished)

    @property
    def printers(self) -> dict[str, str | None]:
        """The address of each printer, and its trouble as far as one was told."""
        return {str(one): self.troubles.get(str(one)) for one in self._addresses}

    # --- What is printed -------------------------------------------------------------------------

    async def print(
        self, ticket: Ticket, hall: HallInfo, *, serving: str, notices: Sequence[str]
    ) -> None:
        """Print a ticket; drawing it takes some milliseconds, in another thread."""
        self._unfinished[ticket.token] = ticket.ticket
        await asyncio.to_thread(self._draw_and_print, ticket, hall, serving, notices)

    def print_again(self, job: str) -> None:
        self._printer.print_again(job)

    def received(self, job: str) -> None:
        """Somebody holds the ticket of which nobody could say whether it came out."""
        self._printer.received(job)

    def withdraw(self, numbers: Iterable[str]) -> None:
        """These were called: whoever has their ticket no longer needs it."""
        called = set(numbers)
        for job, number in list(self._unfinished.items()):
            if number in called:
                self._printer.withdraw(job)

    def warm_up(self, hall: HallInfo) -> None:
        """Draw what all tickets of this hall have in common, so that the first is no slower."""
        now = datetime.now(UTC)
        for language in hall.languages if hall.services else ():
            self._bytes(sample_facts(hall, None, None, language, now))

    def print_page(self, content: bytes) -> None:
        """Print something that is no ticket; `content` as a printer understands it."""
        job = f"page-{uuid.uuid4()}"
        self._printer.print(PrintJob(job, "", content, content, time.time()))

    def _draw_and_print(
        self, ticket: Ticket, hall: HallInfo, serving: str, notices: Sequence[str]
    ) -> None:
        facts = ticket_facts(hall, ticket, serving=serving, notices=notices)
        first, again = self._bytes(facts), self._bytes(replace(facts, reprint=1))
        self._printer.print(PrintJob(ticket.token, ticket.ticket, first, again, time.time()))

    def _bytes(self, facts: TicketFacts) -> bytes:
        from hardware.layout import ticket_picture
        from hardware.raster import raster

        return raster(ticket_picture(facts, self._template, self._width))

    # --- What became of it -----------------------------------------------------------------------

    def heard(self, told: Told) -> None:
        """Remember what the printer's thread told."""
        match told:
            case TroubleChanged(printer, trouble):
                self.troubles[printer] = trouble
            case JobChanged(job, number, "printed" | "expired"):
                self._unfinished.pop(job, None)
            case JobChanged(job, number):
                self._unfinished[job] = number

    def devices(self) -> dict[str, str | None]:
        """How each printer is, under the names the hall knows: printer, printer-2."""
        names = {str(one): f"printer-{n}" for n, one in enumerate(self._addresses, start=1)}
        if self._addresses:
            names[str(self._addresses[0])] = "printer"
        return {names.get(one, one): trouble for one, trouble in self.troubles.items()}

    # --- What it needs ---------------------------------------------------------------------------

    def _read_template(self, file: str) -> Template:
        """The hall's layout; the shipped one where that cannot be used, and somebody is told."""
        try:
            template = read(Path(file) if file else SHIPPED)
        except TemplateMistakes as mistakes:
            log.warning("the shipped layout is used instead:\n%s", mistakes)
            self.troubles["template"] = "template"
            return read(SHIPPED)
        for trouble in template.troubles:
            log.warning("%s", trouble)
            self.troubles["template"] = "template"
        return template

    def _read_addresses(self, texts: Sequence[str]) -> list[Address]:
        addresses = []
        for text in texts:
            try:
                addresses.append(address_of(text))
            except BadAddress as error:
                log.warning("%s", error)
                self.troubles["printer"] = "bad_address"
        return addresses


def paper_of(told: JobChanged) -> Paper:
    """How the paper of a ticket stands, for whoever waits for it."""
    match told:
        case JobChanged(state="printed"):
            return Paper("printed")
        case JobChanged(state="unknown"):
            return Paper("unknown")
        case JobChanged(state="expired"):
            return Paper("given_up")
        case JobChanged(state="held") | JobChanged(trouble=str()):
            return Paper("waiting", told.trouble)
        case _:
            return Paper("printing")
