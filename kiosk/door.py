"""The way from the citizens' pages to the technician's: open on every page of help, and whenever
the kiosk is out of order. Shows nothing of its own but a small key to touch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Static

from kiosk.pin import Attempts, PinPage
from kiosk.printing import WIDTHS
from kiosk.technician import Condition, TechnicianPage
from terminal.app import HallApp
from terminal.tiles import Touched

if TYPE_CHECKING:
    from kiosk.pane import KioskPane

KEY = "#"


class DoorKey(Static):
    """The key in the corner of a kiosk that is out of order, for screens without a keypad."""

    DEFAULT_CSS = """
    DoorKey {
        layer: door; dock: bottom; display: none; width: 9; height: 3;
        content-align: center middle; color: $secondary;
    }
    """

    def __init__(self) -> None:
        super().__init__(KEY, markup=False)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(Touched(KEY))


class Door:
    """Lets technicians in, over everything else. Remembers how often a wrong PIN was tried."""

    def __init__(self, pane: KioskPane) -> None:
        self._pane = pane
        self._attempts = Attempts()

    @property
    def is_there(self) -> bool:
        """Where a PIN is configured, and the pane has the whole terminal for itself."""
        return bool(self._pin_hash) and self._pane.parent is self._pane.screen

    def open(self) -> None:
        """Ask for the PIN, in the language that the kiosk speaks now."""
        pane, words = self._pane, self._pane.words

        def let_in(right: bool | None) -> None:
            if right:
                page = TechnicianPage(words, self._condition, self._print_page, pane.clock)
                pane.app.push_screen(page)

        pane.app.push_screen(PinPage(words, self._pin_hash, self._attempts, pane.clock), let_in)

    def _print_page(self, content: bytes) -> None:
        if self._pane.printing is not None:
            self._pane.printing.print_page(content)

    @property
    def _pin_hash(self) -> str:
        return str(self._settings.get("technician_pin_hash") or "")

    @property
    def _settings(self) -> Mapping[str, object]:
        """As the server told them, or as they were the last time."""
        pane = self._pane
        if pane.welcomed:
            return pane.device.settings
        return pane.devices.settings if pane.devices else {}

    @property
    def _device(self) -> str:
        pane, app = self._pane, self._pane.app
        if pane.welcomed:
            return pane.device.device
        return app.hello.device if isinstance(app, HallApp) and app.hello else ""

    def _condition(self) -> Condition:
        pane, app = self._pane, self._pane.app
        devices, printing = pane.devices, pane.printing
        printers = printing.printers if printing else {}
        troubles = printing.troubles if printing else {}
        return Condition(
            device=self._device,
            server=app.server or "" if isinstance(app, HallApp) else "",
            online=pane.online,
            since=pane.online_since,
            problem=pane.last_problem,
            refused=pane.goodbye.reason if pane.goodbye else None,
            printers=printers,
            settings_troubles={one: how for one, how in troubles.items() if one not in printers},
            waiting=printing.waiting if printing else 0,
            paper_dots=WIDTHS[printing.settings.paper_mm if printing else 80],
            scanner=str(self._settings.get("scanner") or ""),
            scanner_trouble=devices.troubles().get("scanner") if devices else None,
            colours=app.console.color_system or "",
            log_file=app.log_file if isinstance(app, HallApp) else None,
            now=pane.now(),
            plain_text=pane.welcomed and pane.hall.plain_text,
        )
