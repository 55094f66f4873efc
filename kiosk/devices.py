"""What stands beside the kiosk's screen: its printers and its scanner, started as configured.

The last settings are kept in a file, so that a kiosk that starts while the server is away prints
what is due, and lets its technician in. Draws nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from hardware.addresses import BadAddress, address_of
from hardware.device import Limits
from hardware.printer import JobChanged, TroubleChanged
from hardware.scanner import Scanned, Scanner, ScannerTrouble
from hardware.scanner import Told as ScannerTold
from kiosk.asking import Asking
from kiosk.card import Card, NotACard, Reason, read_card
from kiosk.printing import PaperSettings, Printing

KEYBOARD: Final = "keyboard"
SCANNER: Final = "scanner"
TOKEN: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{16}(?![A-Za-z0-9_-])")


@dataclass(frozen=True, slots=True)
class NotRead:
    """A code that is not of a true identity card."""

    reason: Reason


@dataclass(frozen=True, slots=True, repr=False)
class TicketCode:
    """The code on a ticket: its word opens nothing but the holder's own visit."""

    token: str


Settings = Mapping[str, object]
Told = JobChanged | TroubleChanged | ScannerTrouble | Card | NotRead | TicketCode

log = logging.getLogger(__name__)


class Devices:
    """A kiosk's printers and scanner. `tell` is called in their threads and must not block."""

    def __init__(self, folder: Path, device: str, tell: Callable[[Told], None]) -> None:
        self.settings: Settings = {}
        self.limits = Limits()
        self.printing: Printing | None = None
        self.asking = Asking(folder / f"{device}.asking.json")
        self._kept = folder / f"{device}.settings.json"
        self._jobs = folder / f"{device}.jobs.db"
        self._tell = tell
        self._scanner: Scanner | None = None
        self._scanner_trouble: str | None = None
        self._changing = asyncio.Lock()

    async def begin(self) -> None:
        """Work with the settings of the last time, if those of today are not known."""
        if not self.settings:
            await self.use(self._remembered())

    async def use(self, settings: Settings) -> None:
        """Work with these settings from now on."""
        async with self._changing:
            if settings == self.settings:
                return
            self.settings = dict(settings)
            self._remember()
            await self._stop()
            self._start()

    async def end(self) -> None:
        async with self._changing:
            await self._stop()

    def troubles(self) -> dict[str, str | None]:
        """Each device as far as it is known, under its name in the hall; None: it works."""
        troubles = self.printing.devices() if self.printing else {}
        if self._scanner is not None or self._scanner_trouble:
            troubles[SCANNER] = self._scanner_trouble
        return troubles

    @property
    def reads_cards(self) -> bool:
        """Whether somebody who shows a card can be understood now."""
        return bool(self.settings.get("scanner")) and self._scanner_trouble is None

    @property
    def scans_by_keys(self) -> bool:
        return self.settings.get("scanner") == KEYBOARD

    def heard(self, told: Told) -> None:
        """Remember what a device told."""
        match told:
            case JobChanged() | TroubleChanged() if self.printing is not None:
                self.printing.heard(told)
            case ScannerTrouble(word):
                self._scanner_trouble = word
            case _:
                pass

    # --- Starting and stopping -------------------------------------------------------------------

    def _start(self) -> None:
        paper = PaperSettings.of(self.settings)
        if paper.printers:
            self.printing = Printing(paper, self._jobs, self._tell, self.limits)
        self._scanner = self._listening()

    async def _stop(self) -> None:
        printing, self.printing = self.printing, None
        scanner, self._scanner = self._scanner, None
        self._scanner_trouble = None
        if printing is not None:
            await asyncio.to_thread(printing.stop)
        if scanner is not None:
            await asyncio.to_thread(scanner.stop)

    def _listening(self) -> Scanner | None:
        text = self.settings.get("scanner")
        if not isinstance(text, str) or text == KEYBOARD:
            return None
        try:
            scanner = Scanner(address_of(text), self.scanned)
        except BadAddress as error:
            log.warning("%s", error)
            self._scanner_trouble = "bad_address"
            return None
        scanner.start()
        return scanner

    def scanned(self, told: ScannerTold) -> None:
        """From the scanner, in any thread: the text that was scanned goes no further than here."""
        self._tell(what_is(told.text) if isinstance(told, Scanned) else told)

    # --- What is kept ----------------------------------------------------------------------------

    def _remembered(self) -> Settings:
        try:
            return msgspec.json.decode(self._kept.read_bytes(), type=dict[str, object])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s cannot be used: %s", self._kept, error)
            return {}

    def _remember(self) -> None:
        """For this user's eyes only: there is a PIN's hash in it."""
        new = self._kept.with_suffix(".new")
        try:
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(self.settings))
            new.replace(self._kept)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._kept, error)


def what_is(text: str) -> Card | TicketCode | NotRead:
    """The card or the ticket whose code was scanned, or why it is neither."""
    token = token_in(text)
    return TicketCode(token) if token is not None else _card_in(text)


def token_in(text: str) -> str | None:
    """The word of a ticket, alone or in a longer text such as a web address.

    Never a number, and nothing of a card: those are not for the server to know.
    """
    found = [] if "|" in text else TOKEN.findall(text)
    return next((word for word in reversed(found) if not word.isdecimal()), None)


def _card_in(text: str) -> Card | NotRead:
    try:
        return read_card(text, date.today())  # noqa: DTZ011 - an age in years, by any clock
    except NotACard as why:  # goes no further: its traceback knows the text
        return NotRead(why.reason)
