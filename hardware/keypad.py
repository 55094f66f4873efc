"""A keypad on a serial line: tells which key was pressed, and what troubles the pad.

Knows no key's meaning. No key is logged: people type PINs.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import inf
from typing import Final, Literal, cast

from hardware.addresses import Address
from hardware.lines import Limits, LineReader

DEBOUNCE_S: Final = 0.15
# Nobody presses more keys than these, and none sends longer codes.
LIMITS: Final = Limits(silence_s=0.03, line_bytes=32, lines=100)

Word = Literal["no_keypad", "babble"]


@dataclass(frozen=True, repr=False)
class Pressed:
    """A key that somebody pressed, as the pad calls it: one character for each byte."""

    code: str

    def __repr__(self) -> str:
        return "Pressed(…)"


@dataclass(frozen=True)
class KeypadTrouble:
    """What troubles the keypad now; None: nothing does.

    `no_keypad`: it is not there, or another program has it; `babble`: it sends without end.
    """

    word: Word | None


Told = Pressed | KeypadTrouble


class Keypad:
    """Listens to one keypad. `tell` is called in the keypad's own thread, and must not block.

    A pad that ends no code may have two of them taken for one: `codes`, those it is known to send,
    tell them apart. The same code again within `debounce_s` of the last time is the same pressing.
    """

    def __init__(
        self,
        address: Address,
        codes: Collection[str],
        tell: Callable[[Told], None],
        *,
        debounce_s: float = DEBOUNCE_S,
        limits: Limits = LIMITS,
    ) -> None:
        self._tell = tell
        self._codes = Codes(codes)
        self._debounce = Debounce(debounce_s)
        self._reader = LineReader(
            "keypad",
            address,
            self._heard,
            lambda word: tell(KeypadTrouble(cast("Word | None", word))),
            missing="no_keypad",
            limits=limits,
        )

    def start(self) -> None:
        self._reader.start()

    def stop(self) -> None:
        self._reader.stop()

    def _heard(self, line: bytes) -> None:
        for code in self._codes.in_text(line.decode("latin-1")):
            if self._debounce.is_new(code, time.monotonic()):
                self._tell(Pressed(code))


class Codes:
    """The codes a pad is known to send, to be found in what it sent."""

    def __init__(self, known: Collection[str]) -> None:
        longest_first = sorted(known, key=len, reverse=True)
        self._one = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def in_text(self, text: str) -> list[str]:
        """The known codes it is made of, or else the text as one that nobody knows."""
        codes = self._one.findall(text)
        return codes if "".join(codes) == text else [text]


class Debounce:
    """Whether a code is a new pressing, or the same key that bounces or is held down."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._last, self._at = "", -inf

    def is_new(self, code: str, at: float) -> bool:
        bounces = code == self._last and at - self._at < self._within_s
        self._last, self._at = code, at
        return not bounces
