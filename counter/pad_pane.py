"""The officer's console with a keypad and LED plates beside it.

A key of the pad that has a meaning presses the console's key; where something is asked, the others
type, as those of a keyboard would.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from textual import on
from textual.events import Event, Key
from textual.message import Message
from textual.timer import Timer

from counter.devices import KEYBOARD, KEYPAD, Devices, Told, codes_of
from counter.pad import AWAY_AFTER_S, TYPES, face, newly_called
from counter.pane import CounterPane
from hardware.keypad import Pressed
from link.messages import CounterView, DeviceInfo, DeviceState
from terminal.pane import Welcomed

TYPED: Final = {"enter": ("enter", "\r"), "clear": ("escape", None)}  # a key's name and character


class PadTold(Message, bubble=False):
    """A keypad or a plate told something."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told


class PadPane(CounterPane):
    """One counter with what stands beside it, as its settings say."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._devices = Devices(self._tell_devices)
        self._keyboard: Mapping[str, str] = {}  # what keys of a keypad that types are for
        self._away: Timer | None = None

    async def darken(self) -> None:
        await self._devices.end()

    @on(Welcomed)
    def _take_devices(self, message: Welcomed) -> None:
        device = message.welcome.device
        types = device.settings.get(KEYPAD) == KEYBOARD
        self._keyboard = codes_of(device.settings) if types else {}
        self.run_worker(self._use(device), group="devices")

    async def _use(self, device: DeviceInfo) -> None:
        await self._devices.use(device)
        self._report()

    def _tell_devices(self, told: Told) -> None:
        """From any thread."""
        self.post_message(PadTold(told))

    # --- The keypad ------------------------------------------------------------------------------

    def noticed(self, event: Event) -> bool:
        """A key of a keypad that types goes before the console's own of that name."""
        if isinstance(event, Key) and not self._types_now():
            action = self._keyboard.get(event.key) or self._keyboard.get(event.character or "")
            if action is not None and action not in TYPES:
                self._press(action)
                return True
        return super().noticed(event)

    @on(PadTold)
    def _hear(self, message: PadTold) -> None:
        told = message.told
        if not isinstance(told, Pressed):
            self._devices.heard(told)
            self._report()
            return
        action = self._devices.action_of(told)
        if action in TYPES or action in TYPED:
            self._type(action)
        elif action is not None and not self._types_now():
            self._press(action)

    def _press(self, kind: str) -> None:
        """As if the officer pressed the key of this kind."""
        if not super().noticed(Key("space" if kind == "call_next" else "", None)):
            self.press(kind)

    def _type(self, action: str) -> None:
        """Into the page or the question that is there; else it is for nobody."""
        if self._types_now():
            key, character = TYPED.get(action, (action.lower(), action))
            self.app.post_message(Key(key, character).set_sender(self.app))

    def _types_now(self) -> bool:
        return self._question is not None or not self.signed_in

    # --- The plates ------------------------------------------------------------------------------

    def view_changed(self, view: CounterView, before: CounterView | None) -> None:
        super().view_changed(view, before)
        self._light(view, blink=newly_called(view, before))

    def online_changed(self, online: bool) -> None:
        super().online_changed(online)
        if self._away is not None:
            self._away.stop()
        self._away = None if online else self.set_timer(AWAY_AFTER_S, partial(self._light, None))
        if online:
            self._light(self.view)
            self._report()

    def _light(self, view: CounterView | None, *, blink: bool = False) -> None:
        self._devices.show(face(view), blink=blink)

    def _report(self) -> None:
        """For the manager. What cannot be told now is said when the server is back."""
        if self.online:
            for device, trouble in self._devices.troubles().items():
                self.request(DeviceState(device, trouble), lambda _: None)
