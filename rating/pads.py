"""The pad with one key for each level that stands beside the screen, or instead of it.

Started as configured. Knows no turn, and remembers no key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from hardware.addresses import BadAddress, address_of
from hardware.keypad import Keypad, KeypadTrouble, Told

KEYBOARD: Final = "keyboard"
PAD: Final = "pad"  # its name among the hall's devices
DEBOUNCE_S: Final = 0.3

log = logging.getLogger(__name__)


class Pads:
    """The pad of one screen. `tell` is called in its thread and must not block."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        self.levels: dict[str, int] = {}
        self.types = False  # whether it types like a keyboard
        self.troubles: dict[str, str | None] = {}  # by device; None: it works
        self._tell = tell
        self._used: tuple[object, object] = (None, None)
        self._keypad: Keypad | None = None
        self._changing = asyncio.Lock()

    async def use(self, settings: Mapping[str, object]) -> None:
        """Work with these settings from now on."""
        async with self._changing:
            pad, codes = settings.get("pad"), settings.get("pad_codes")
            if (pad, codes) == self._used:
                return
            await self._stop()
            self._used = pad, codes
            self.levels = levels_of(codes if isinstance(codes, list) else ())
            self.types = pad == KEYBOARD
            if isinstance(pad, str) and pad and not self.types:
                self._start(pad)

    async def end(self) -> None:
        async with self._changing:
            await self._stop()

    def heard(self, trouble: KeypadTrouble) -> None:
        """Remember what troubles it."""
        self.troubles = {PAD: trouble.word}

    def _start(self, pad: str) -> None:
        try:
            address = address_of(pad)
        except BadAddress as error:
            log.warning("%s", error)
            self.troubles = {PAD: "bad_address"}
            return
        self._keypad = Keypad(address, self.levels, self._tell, debounce_s=DEBOUNCE_S)
        self._keypad.start()

    async def _stop(self) -> None:
        keypad, self._keypad, self.troubles = self._keypad, None, {}
        if keypad is not None:
            await asyncio.to_thread(keypad.stop)


def levels_of(codes: Iterable[str]) -> dict[str, int]:
    """Code -> level, of settings such as "A=5"."""
    pairs = (code.rpartition("=") for code in codes)
    return {code: int(level) for code, _, level in pairs if code and level.isdecimal()}
