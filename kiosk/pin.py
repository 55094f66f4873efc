"""The page that asks for the technician's PIN, and how long it makes whoever guesses wait.

Keeps no PIN: what was typed is forgotten as soon as it is compared.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from math import ceil, inf
from typing import Final
from unicodedata import normalize

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from terminal.tiles import FootTile, Touched
from terminal.words import Words

IDLE_S: Final = 30.0  # untouched for so long, the page goes
LONGEST_WAIT_S: Final = 60.0  # after a wrong PIN
MOST: Final = 32  # characters; nobody's PIN is longer
TICK_S: Final = 0.25
KEYPAD: Final = (*"123456789", "erase", "0", "confirm")
BACK: Final = "*"
KEYS: Final = {
    "enter": "confirm",
    "number_sign": "confirm",
    "backspace": "erase",
    "escape": "back",
    "asterisk": "back",
}

log = logging.getLogger("motcua.screen")


class Attempts:
    """Wrong PINs in a row, for as long as the program runs. Times in seconds of one clock."""

    def __init__(self) -> None:
        self._wrong = 0
        self._wait_until = -inf

    def begin(self, at: float) -> None:
        """Each counts as wrong until it is right: leaving the page meanwhile saves nobody a wait.

        Waits of 1, 2, 4 … 60 seconds.
        """
        self._wait_until = at + min(LONGEST_WAIT_S, 2.0 ** min(self._wrong, 10))
        self._wrong += 1

    def right(self) -> None:
        self._wrong, self._wait_until = 0, -inf

    def wait_s(self, at: float) -> float:
        """How long nothing more may be tried."""
        return max(0.0, self._wait_until - at)


def pin_is_right(pin: str, pin_hash: str) -> bool:
    """Whether this PIN was hashed: 20 to 100 ms of work. A hash that is none fits no PIN."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(pin_hash, normalize("NFC", pin))
    except VerificationError:
        return False
    except InvalidHashError:
        log.error("the technician's PIN cannot be compared: its hash is no argon2 hash")  # noqa: TRY400 - no trace of what was typed
        return False


class Cap(Static):
    """One key of the keypad on the screen."""

    def __init__(self, key: str, label: str) -> None:
        super().__init__(label, markup=False)
        self._key = key

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(Touched(self._key))


class PinPage(Screen[bool], inherit_bindings=False):
    """Gone with True after the right PIN; with False when somebody goes back, or went away."""

    DEFAULT_CSS = """
    PinPage { background: $background; }
    PinPage > #title { text-style: bold; padding: 0 2; background: $panel; }
    PinPage #dots { height: 3; content-align: center middle; color: $primary; }
    PinPage #said { height: 2; text-align: center; color: $warning; text-style: bold; }
    PinPage > #room { height: 1fr; align: center middle; }
    PinPage #pad { max-width: 66; max-height: 32; margin: 0 2; }
    PinPage #keypad { layout: grid; grid-size: 3 4; grid-gutter: 1 2; height: 1fr; }
    PinPage Cap {
        width: 1fr; height: 1fr; content-align: center middle; text-style: bold;
        background: $surface; color: $primary;
    }
    PinPage > FootTile { margin: 0 2; }
    """

    def __init__(
        self, words: Words, pin_hash: str, attempts: Attempts, clock: Callable[[], float]
    ) -> None:
        super().__init__()
        self._words, self._hash, self._attempts, self._clock = words, pin_hash, attempts, clock
        self._typed = ""
        self._checking = False
        self._failed = False
        self._touched_at = clock()

    def compose(self) -> ComposeResult:
        yield Static(self._words("technician.pin_title"), id="title", markup=False)
        with Container(id="room"), Vertical(id="pad"):
            yield Static(id="dots", markup=False)
            yield Static(id="said", markup=False)
            with Container(id="keypad"):
                for key in KEYPAD:
                    yield Cap(key, key if key.isdecimal() else self._words(f"technician.pin_{key}"))
        yield FootTile()

    def on_mount(self) -> None:
        self.query_one(FootTile).say(BACK, Content(self._words("kiosk.back")))
        self.set_interval(TICK_S, self._tick)
        self._show()

    # --- Touches and keys ------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        event.stop()
        typed = event.character or ""
        self._press(KEYS.get(event.key, typed if typed.isprintable() else ""))

    def on_touched(self, message: Touched) -> None:
        message.stop()
        self._press("back" if message.key == BACK else message.key)

    def _press(self, key: str) -> None:
        if not self.is_current:  # what comes late is not for a page that has gone
            return
        self._touched_at = self._clock()
        if key == "back":
            self.dismiss(False)
        elif not self._waiting:
            self._type(key)
            self._show()

    def _type(self, key: str) -> None:
        if key == "erase":
            self._typed = self._typed[:-1]
        elif key != "confirm":
            self._typed = (self._typed + key)[:MOST]
            self._failed = self._failed and not self._typed
        elif self._typed:
            self._check()

    @property
    def _waiting(self) -> bool:
        return self._checking or self._attempts.wait_s(self._clock()) > 0

    # --- The comparison --------------------------------------------------------------------------

    def _check(self) -> None:
        self._attempts.begin(self._clock())
        self._checking, typed, self._typed = True, self._typed, ""
        self.run_worker(self._compare(typed))

    async def _compare(self, typed: str) -> None:
        right = await asyncio.to_thread(pin_is_right, typed, self._hash)
        log.info("the technician's PIN was %s", "right" if right else "wrong")
        self._checking, self._failed = False, not right
        if right:
            self._attempts.right()
        if right and self.is_current:
            self.dismiss(True)
        elif self.is_current:
            self._show()

    # --- What stands on it -----------------------------------------------------------------------

    def _tick(self) -> None:
        if not self.is_current:
            return
        if self._clock() - self._touched_at >= IDLE_S and not self._checking:
            self.dismiss(False)
        else:
            self._show()

    def _show(self) -> None:
        self.query_one("#dots", Static).update(" ".join("●" * len(self._typed)) or "–")
        self.query_one("#said", Static).update(self._said())

    def _said(self) -> str:
        wait_s = self._attempts.wait_s(self._clock())
        if self._checking:
            return self._words("technician.pin_checking")
        if wait_s:
            return self._words("technician.pin_wait", seconds=ceil(wait_s))
        return self._words("technician.pin_wrong") if self._failed else ""
