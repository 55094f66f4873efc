"""What stands beside a counter: its keypad and its LED plate, started as configured.

Knows no request and no view.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final

from hardware.frames import frame_of
from hardware.keypad import Keypad, KeypadTrouble, Pressed
from hardware.keypad import Told as KeypadTold
from hardware.plate import BLANK, Plate, PlateTrouble
from hardware.transport import Address, BadAddress, address_of

KEYBOARD: Final = "keyboard"
KEYPAD: Final = "keypad"
PLATE: Final = "plate"
DIGITS: Final = "0123456789"
PAUSED: Final = "----"

Settings = Mapping[str, object]
Told = KeypadTold | PlateTrouble

log = logging.getLogger(__name__)


class Devices:
    """A counter's keypad and plate. `tell` is called in their threads and must not block."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        self.settings: Settings = {}
        self._tell = tell
        self._keypad: Keypad | None = None
        self._plate: Plate | None = None
        self._codes: dict[str, str] = {}
        self._text = BLANK
        self._troubles: dict[str, str | None] = {}
        self._changing = asyncio.Lock()

    async def use(self, settings: Settings) -> None:
        """Work with these settings from now on."""
        async with self._changing:
            if settings != self.settings:
                await self._stop()
                self.settings = dict(settings)
                self._start()

    async def end(self) -> None:
        """Let go of both; the plate goes dark."""
        async with self._changing:
            await self._stop()

    def action_of(self, pressed: Pressed) -> str | None:
        """What the key does that was pressed; None: nobody gave it a meaning."""
        return self._codes.get(pressed.code)

    def troubles(self) -> dict[str, str | None]:
        """Each device as far as it is known, under its name in the hall; None: it works."""
        return dict(self._troubles)

    def heard(self, told: Told) -> None:
        """Remember what a device told."""
        match told:
            case KeypadTrouble(word):
                self._troubles[KEYPAD] = word
            case PlateTrouble(word):
                self._troubles[PLATE] = word
            case Pressed():
                pass

    @property
    def paused_text(self) -> str:
        """What the plate says while the counter pauses."""
        return str(self.settings.get("plate_paused", PAUSED))

    def show(self, text: str, *, blink: bool = False) -> None:
        """On the plate, also on one that is there only later."""
        self._text = text
        if self._plate is not None:
            self._plate.show(text, blink=blink)

    def _start(self) -> None:
        self._codes = codes_of(self.settings)
        self._troubles = {}
        keypad = self._address(KEYPAD)
        if keypad is not None:
            self._troubles[KEYPAD] = None
            debounce_s = float(str(self.settings.get("keypad_debounce_ms", 150))) / 1000
            self._keypad = Keypad(keypad, self._codes, self._tell, debounce_s=debounce_s)
            self._keypad.start()
        plate = self._address(PLATE)
        if plate is not None:
            self._troubles[PLATE] = None
            self._plate = Plate(plate, frame_of(self.settings), self._tell)
            self._plate.show(self._text)
            self._plate.start()

    async def _stop(self) -> None:
        running = [one for one in (self._keypad, self._plate) if one is not None]
        self._keypad = self._plate = None
        await asyncio.gather(*(asyncio.to_thread(one.stop) for one in running))

    def _address(self, name: str) -> Address | None:
        text = self.settings.get(name)
        if not isinstance(text, str) or text == KEYBOARD:
            return None
        try:
            return address_of(text)
        except BadAddress as error:
            log.warning("%s", error)
            self._troubles[name] = "bad_address"
            return None


def codes_of(settings: Settings) -> dict[str, str]:
    """What each code of the pad does; digits are themselves unless they are something else."""
    listed = settings.get("keypad_codes", ())
    named = listed if isinstance(listed, list) else []
    pairs = (str(one).rpartition("=") for one in named)
    return {**{digit: digit for digit in DIGITS}, **{code: action for code, _, action in pairs}}
