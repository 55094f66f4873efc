"""What stands beside a counter: its keypad and its LED plates, started as configured.

Knows no request and no view.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hardware.addresses import Address, BadAddress, address_of
from hardware.keypad import Keypad, KeypadTrouble, Pressed
from hardware.keypad import Told as KeypadTold
from hardware.led import PlateTrouble
from hardware.plates import Described, Face, Plates, Words
from link.messages import DeviceInfo

KEYBOARD: Final = "keyboard"
KEYPAD: Final = "keypad"
DIGITS: Final = "0123456789"

Settings = Mapping[str, object]
Told = KeypadTold | PlateTrouble

log = logging.getLogger(__name__)


class Devices:
    """A counter's keypad and plates. `tell` is called in their threads and must not block."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        self._tell = tell
        self._device: DeviceInfo | None = None
        self._keypad: Keypad | None = None
        self._plates: Plates | None = None
        self._codes: dict[str, str] = {}
        self._face: Face = Words()
        self._troubles: dict[str, str | None] = {}
        self._changing = asyncio.Lock()

    async def use(self, device: DeviceInfo) -> None:
        """Work with what this screen is told it has, from now on."""
        async with self._changing:
            if device != self._device:
                await self._stop()
                self._device = device
                self._start(device.settings, described(device))

    async def end(self) -> None:
        """Let go of all; the plates go dark."""
        async with self._changing:
            await self._stop()

    def action_of(self, pressed: Pressed) -> str | None:
        """What the key does that was pressed; None: nobody gave it a meaning."""
        return self._codes.get(pressed.code)

    def troubles(self) -> dict[str, str | None]:
        """Each device as far as it is known, under its name beside the screen; None: it works."""
        return dict(self._troubles)

    def heard(self, told: Told) -> None:
        """Remember what a device told."""
        match told:
            case KeypadTrouble(word):
                self._troubles[KEYPAD] = word
            case PlateTrouble(plate, word) if plate in self._troubles:
                self._troubles[plate] = word
            case _:
                pass

    def show(self, face: Face, *, blink: bool = False) -> None:
        """On every plate, also on one that is there only later."""
        self._face = face
        if self._plates is not None:
            for plate in self._plates:
                self._plates.show(plate, face, blink=blink)

    def _start(self, settings: Settings, plates: Sequence[Described]) -> None:
        self._codes = codes_of(settings)
        self._troubles = {}
        keypad = self._keypad_address(settings.get(KEYPAD))
        if keypad is not None:
            self._troubles[KEYPAD] = None
            debounce_s = float(str(settings.get("keypad_debounce_ms", 150))) / 1000
            self._keypad = Keypad(keypad, self._codes, self._tell, debounce_s=debounce_s)
            self._keypad.start()
        self._troubles |= dict.fromkeys(one.plate for one in plates)
        self._plates = Plates(plates, self._tell)
        self.show(self._face)
        self._plates.start()

    async def _stop(self) -> None:
        running = [one for one in (self._keypad, self._plates) if one is not None]
        self._keypad = self._plates = None
        await asyncio.gather(*(asyncio.to_thread(one.stop) for one in running))

    def _keypad_address(self, text: object) -> Address | None:
        if not isinstance(text, str) or text == KEYBOARD:
            return None
        try:
            return address_of(text)
        except BadAddress as error:
            log.warning("%s", error)
            self._troubles[KEYPAD] = "bad_address"
            return None


def described(device: DeviceInfo) -> list[Described]:
    """The plates that this screen drives, as they are described to it."""
    return [Described(one.plate, one.line, one.settings) for one in device.plates]


def codes_of(settings: Settings) -> dict[str, str]:
    """What each code of the pad does; digits are themselves unless they are something else."""
    listed = settings.get("keypad_codes", ())
    named = listed if isinstance(listed, list) else []
    pairs = (str(one).rpartition("=") for one in named)
    return {**{digit: digit for digit in DIGITS}, **{code: action for code, _, action in pairs}}
