"""The half of the kiosk's pane that devices speak to: printers, scanner, keyboard.

Says how they are to the server, and knows no page: what follows from a card, a key or a printed
ticket is up to the pane.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from textual import on
from textual.events import Key
from textual.message import Message
from textual.timer import Timer

from hardware.printer import JobChanged
from hardware.scanner import Scanned
from kiosk.card import Card
from kiosk.devices import Devices, NotRead, TicketCode, Told, token_in
from kiosk.printing import Printing, paper_of
from kiosk.wedge import Heard, Pressed, Wedge
from link.messages import DeviceState, KioskView, Printed, TakeTicket, Welcome
from terminal.pane import Pane, Welcomed

HELD_BACK_S: Final = 0.1  # nobody sees it, and a printer that can print has its first bytes


class DeviceTold(Message, bubble=False):
    """A printer or the scanner has news."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told


class DevicePane(Pane[KioskView]):
    """A pane with devices. `kept_in`: the folder of their files; without it there are none."""

    def __init__(self, language: str, id: str | None, kept_in: Path | None, name: str) -> None:
        super().__init__(language=language, id=id)
        self.devices = Devices(kept_in, name, self._tell) if kept_in else None
        self.person_key = ""
        self._wedge = Wedge()
        self._wedge_timer: Timer | None = None
        self._holding: Timer | None = None

    # What the kiosk's pane writes.

    def paper_changed(self, told: JobChanged) -> None:
        """A ticket was printed, waits, or will not be."""

    def card_shown(self, card: Card) -> None:
        """Somebody showed an identity card."""

    def card_unread(self, reason: str) -> None:
        """Somebody showed something else."""

    def ticket_shown(self, token: str) -> None:
        """Somebody showed a ticket."""

    def typed(self, key: str, character: str) -> None:
        """A person pressed a key."""

    def draw(self) -> None:
        """Show the page as it is now, unless painting is `held_back`."""

    # What it uses.

    @property
    def printing(self) -> Printing | None:
        return self.devices.printing if self.devices else None

    @property
    def reads_cards(self) -> bool:
        return self.devices is not None and self.devices.reads_cards

    @property
    def held_back(self) -> bool:
        return self._holding is not None

    def hold_back(self) -> None:
        """Paint nothing for a moment, so that what is on its way comes first.

        Painting takes as long as all the rest from a touch to the paper.
        """
        self.let_go()
        self._holding = self.set_timer(HELD_BACK_S, self._go_on_painting)

    def let_go(self) -> None:
        """What was waited for has come, or will not: the next `draw` paints."""
        if self._holding is not None:
            self._holding.stop()
        self._holding = None

    def _go_on_painting(self) -> None:
        self.let_go()
        self.draw()

    def is_asked(self, request_id: str, do: TakeTicket) -> None:
        """A number is about to be asked for: on the disk when this returns."""
        if self.devices is not None:
            self.devices.asking.remember(request_id, do)

    def nothing_is_asked(self) -> None:
        """No number is due that a power cut could come between."""
        if self.devices is not None:
            self.devices.asking.forget()

    def day_of(self, at: datetime) -> date:
        """The hall's day: numbers begin anew on each."""
        return at.astimezone(self.words.timezone).date()

    # How it works.

    def on_mount(self) -> None:
        super().on_mount()
        if self.devices is not None:  # they can wait until there is something to look at
            self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        assert self.devices is not None
        self.run_worker(self.devices.begin(), group="devices")

    async def darken(self) -> None:
        if self.devices is not None:
            await self.devices.end()

    @on(Welcomed)
    def _take_settings(self, message: Welcomed) -> None:
        self.person_key = message.welcome.person_key
        self.run_worker(self._use(message.welcome), group="devices")

    async def _use(self, welcome: Welcome) -> None:
        if self.devices is not None:
            await self.devices.use(welcome.device.settings)
        if self.printing is not None:
            await asyncio.to_thread(self.printing.warm_up, welcome.hall)

    def online_changed(self, online: bool) -> None:
        if self.devices is not None:
            self._report(self.devices.troubles())

    def _tell(self, told: Told) -> None:
        """From any thread."""
        self.post_message(DeviceTold(told))

    @on(DeviceTold)
    def _hear(self, message: DeviceTold) -> None:
        assert self.devices is not None
        told = message.told
        del message.told  # Textual keeps a message until the next one comes: nothing of a card
        before = self.devices.troubles()
        self.devices.heard(told)
        now = self.devices.troubles()
        self._report({name: now[name] for name in now if name not in before or now != before})
        match told:
            case JobChanged():
                self.nothing_is_asked()  # the ticket is with the printer: it outlives a power cut
                self._write_down(told)
                self.paper_changed(told)
                if self.held_back and (told.state != "queued" or told.trouble):
                    self._go_on_painting()
            case Card():
                self.card_shown(told)
            case NotRead(reason):
                self.card_unread(reason)
            case TicketCode(token):
                self.ticket_shown(token)

    def _write_down(self, told: JobChanged) -> None:
        """Whether the ticket came out, if it is one of today by this machine's own clock."""
        created = datetime.fromtimestamp(told.created_at, UTC)
        today = self.day_of(created) == self.day_of(datetime.now(UTC))
        state = paper_of(told).state
        if told.number and today and state != "printing":
            do = Printed(told.number, state == "printed", told.trouble)
            self.request(do, lambda _: None, patience_s=None)

    def _report(self, troubles: Mapping[str, str | None]) -> None:
        """For the officers. What they cannot be told now is said when the server is back."""
        if self.online:
            for device, trouble in troubles.items():
                self.request(DeviceState(device, trouble), lambda _: None)

    # --- Keys, and what a scanner types ----------------------------------------------------------

    def on_key(self, event: Key) -> None:
        """Where a scanner types, a key counts only when nothing follows at once."""
        if self.devices is not None and self.devices.scans_by_keys:
            event.stop()
            event.prevent_default()
            self._sort_out(self._wedge.feed(event.key, event.character, event.time))
        else:
            self.typed(event.key, event.character or "")

    def _look_again(self) -> None:
        self._sort_out(self._wedge.due(time.monotonic()))

    def _sort_out(self, heard: list[Heard]) -> None:
        assert self.devices is not None
        for one in heard:
            match one:
                case Pressed(key, character):
                    self.typed(key, character)
                case Scanned(text) if text.replace(" ", "").isalpha() and not token_in(text):
                    for letter in text:  # an input method types whole words at once
                        self.typed("", letter)
                case _:
                    self.devices.scanned(one)
        if self._wedge_timer is not None:
            self._wedge_timer.stop()
        if self._wedge.due_at is not None:
            wait_s = max(0.001, self._wedge.due_at - time.monotonic())
            self._wedge_timer = self.set_timer(wait_s, self._look_again)
