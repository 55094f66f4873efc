"""A counter without a screen: an officer works it with a keypad, and plates show the number.

Signing in is a PIN on the pad for the officer that the configuration names. No PIN is kept, shown
or logged. What may be asked now is for the server to say: a key may be quicker than the view that
tells of the person who has just come.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from ssl import SSLContext
from typing import Final

from counter.devices import KEYBOARD, KEYPAD, Devices, Told
from counter.pad import AWAY_AFTER_S, TYPES, Typed, face, kind_of, newly_called, wish
from hardware.keypad import Pressed
from hardware.plates import Face, Words
from link import messages as m
from link.client import Link, NoAnswer, TooManyUnanswered
from link.logs import log_to_stderr
from link.trust import trusting
from terminal.words import FIRST_LANGUAGE, load

PATIENCE_S: Final = 8.0  # how long a key waits for its answer, also over a restart of the server
NEWS_S: Final = 5.0  # within which a view follows the answer that changed it, on a busy machine
FLASH_S: Final = 1.0  # how long the plates say no
KEYS_MAX: Final = 20  # pressed while one is being answered
NO: Final = Words("--")
PIN: Final = Words("PIN")
PIN_AGAIN: Final = Words("PIN2")  # once more: to take the place of whoever is signed in
NOT_SIGNED_IN: Final = "not_signed_in"
OVERRIDABLE: Final = frozenset({"counter_taken", "officer_elsewhere"})
OK, CANNOT = 0, 2

log = logging.getLogger("motcua.counter")


def run(server_url: str, device: str, token: str, ca: Path | None = None) -> int:
    """Work until told to end. The exit code: 0, or 2 when the server will not have this device."""
    log_to_stderr()
    hello = m.Hello(protocol=m.PROTOCOL, role="counter", device=device, token=token)
    goodbye = asyncio.run(_until_told_to_end(server_url, hello, ca))
    if goodbye is None or goodbye.reason == "taken_over":
        return OK
    print(f"motcua: {load('en')(f'goodbye.{goodbye.reason}')}", file=sys.stderr)
    return CANNOT


async def _until_told_to_end(server_url: str, hello: m.Hello, ca: Path | None) -> m.Goodbye | None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    counter = Headless(server_url, hello, None if ca is None else trusting(ca))
    working = asyncio.create_task(counter.work())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    return counter.goodbye


class Headless:
    """One counter: what its pad asks for, and what its plates say."""

    def __init__(self, server_url: str, hello: m.Hello, tls: SSLContext | None = None) -> None:
        self.goodbye: m.Goodbye | None = None
        self._loop = asyncio.get_running_loop()
        self._link = Link(
            server_url,
            hello,
            on_welcome=self._welcomed,
            on_view=self._seen,
            on_online=self._online_changed,
            on_goodbye=self._dismissed,
            tls=tls,
        )
        self._devices = Devices(self._tell)
        self._words = load(FIRST_LANGUAGE)
        self._hall: m.HallInfo | None = None
        self._officer = ""  # who signs in with a PIN here
        self._view: m.CounterView | None = None
        self._news = asyncio.Event()
        self._online = False
        self._away: asyncio.TimerHandle | None = None
        self._flash: asyncio.TimerHandle | None = None
        self._typed = Typed()
        self._take_over = False  # what the next PIN is for
        self._locked = False  # the server wants the PIN again of whoever is signed in
        self._keys: asyncio.Queue[str] = asyncio.Queue(KEYS_MAX)
        self._chores: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """Until cancelled, or the server says a final goodbye."""
        obeying = asyncio.create_task(self._obey())
        linked = asyncio.create_task(self._link.run())
        try:
            await asyncio.wait({obeying, linked}, return_when=asyncio.FIRST_COMPLETED)
            for task in (obeying, linked):
                if task.done():
                    task.result()
        finally:
            chores = {obeying, linked, *self._chores}
            for task in chores:
                task.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            await self._devices.end()

    # --- What the server says --------------------------------------------------------------------

    def _welcomed(self, welcome: m.Welcome) -> None:
        hall, settings = welcome.hall, welcome.device.settings
        self._hall, self._officer = hall, str(settings.get("officer", ""))
        self._words = load(hall.languages[0], hall.timezone)
        if settings.get(KEYPAD, KEYBOARD) == KEYBOARD:
            log.warning("without a screen, keypad = must be a line such as serial:///dev/ttyUSB0")
        if not self._officer:
            log.warning("nobody can sign in here: officer = is missing")
        self._do(self._use(welcome.device))

    async def _use(self, device: m.DeviceInfo) -> None:
        await self._devices.use(device)
        await self._report()

    def _seen(self, view: m.AnyView) -> None:
        assert isinstance(view, m.CounterView)
        before, self._view = self._view, view
        if view.officer is not None:
            self._take_over = False
        else:
            self._locked = False
        self._news.set()
        self._show(blink=newly_called(view, before))

    def _online_changed(self, online: bool, why: str) -> None:
        log.info("online: %s %s", online, why)
        self._online = online
        if self._away is not None:
            self._away.cancel()
        self._away = None if online else self._loop.call_later(AWAY_AFTER_S, self._go_dark)
        if online:
            self._do(self._report())

    def _dismissed(self, goodbye: m.Goodbye) -> None:
        log.error("the server will not have this device: %s", goodbye.reason)
        self.goodbye = goodbye

    async def _report(self) -> None:
        """For the manager. What cannot be told now is said when the server is back."""
        if self._online:
            for device, trouble in self._devices.troubles().items():
                await self._ask(m.DeviceState(device, trouble))

    # --- What the plates say --------------------------------------------------------------------

    def _show(self, *, blink: bool = False) -> None:
        if self._flash is None:
            self._devices.show(self._face(), blink=blink)

    def _face(self) -> Face:
        view = self._view
        if view is not None and self._wants_pin(view) and self._officer:
            return PIN_AGAIN if self._take_over else PIN
        return face(view)

    def _wants_pin(self, view: m.CounterView) -> bool:
        """Nobody is signed in, or the server wants to be sure of who is."""
        return view.officer is None or self._locked

    def _say_no(self) -> None:
        """For a moment, instead of what it shows."""
        if self._flash is not None:
            self._flash.cancel()
        self._devices.show(NO)
        self._flash = self._loop.call_later(FLASH_S, self._show_again)

    def _show_again(self) -> None:
        self._flash = None
        self._show()

    def _go_dark(self) -> None:
        self._view = None
        self._show()

    # --- What the pad asks for -------------------------------------------------------------------

    def _tell(self, told: Told) -> None:
        """From any thread."""
        self._loop.call_soon_threadsafe(self._hear, told)

    def _hear(self, told: Told) -> None:
        if not isinstance(told, Pressed):
            self._devices.heard(told)
            self._do(self._report())
            return
        action = self._devices.action_of(told)
        if action is None:
            self._say_no()
            if self._view is not None and not self._wants_pin(self._view):  # else it may be a PIN's
                log.warning("the pad sent %r, which is in no keypad_codes", told.code)
        elif not self._keys.full():
            self._keys.put_nowait(action)

    async def _obey(self) -> None:
        """One key after the other."""
        while True:
            action = await self._keys.get()
            if action in TYPES:
                self._typed.add(action)
            elif action == "clear":
                self._typed.take()
            else:
                await self._press(action, self._typed.take())

    async def _press(self, action: str, typed: str) -> None:
        do = self._wish(action, typed)
        unlocks = self._locked and isinstance(do, m.SignIn)
        if do is None:
            log.info("%s asks for nothing now", action)
            self._say_no()
            return
        if await self._granted(do) and isinstance(do, m.SignIn) and not unlocks:
            await self._granted(m.Open())  # whoever signs in on a pad means to begin

    def _wish(self, action: str, typed: str) -> m.AnyDo | None:
        if self._view is None or self._hall is None or not self._online:
            return None
        if not self._wants_pin(self._view):
            return wish(action, typed, self._view, self._hall)
        if action != "enter" or not (typed and self._officer):
            return None
        return m.SignIn(officer=self._officer, pin=typed, take_over=self._take_over)

    async def _granted(self, do: m.AnyDo) -> bool:
        """Ask, and wait for what comes of it; a refusal is said on the plates and in the log."""
        self._news.clear()
        refused = await self._ask(do)
        if refused is None:
            log.info("%s", kind_of(do))
            if self._locked and isinstance(do, m.SignIn):
                self._locked = False  # of which no view tells
                self._show()
                return True
            with suppress(TimeoutError):
                async with asyncio.timeout(NEWS_S):
                    await self._news.wait()
            return True
        why = self._words.refusal(refused, self._link.now())
        log.warning("%s: %s (%s)", kind_of(do), why, refused.get("reason"))
        self._take_over = refused.get("reason") in OVERRIDABLE
        self._locked = self._locked or refused.get("reason") == NOT_SIGNED_IN
        self._say_no()
        return False

    async def _ask(self, do: m.AnyDo) -> dict[str, object] | None:
        """The refusal of a request, or None."""
        try:
            return (await self._link.ask(do, patience_s=PATIENCE_S)).refused
        except NoAnswer:
            return {"reason": "no_answer"}
        except TooManyUnanswered:
            return {"reason": "busy"}

    def _do(self, chore: Coroutine[None, None, None]) -> None:
        """Beside everything else."""
        task = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
