"""The board with its loudspeaker and its plates: every new call is spoken and lit, once each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from textual import on
from textual.message import Message
from textual.timer import Timer

from display.devices import Devices, Told, trouble_of
from display.fates import Fates
from display.news import News
from display.pane import BoardPane
from hardware.voice import Call, Said, Skipped
from link.messages import Answer, AnyDo, BoardCall, BoardView, Spoken, Welcome
from terminal.pane import Welcomed

AWAY_AFTER_S: Final = 30.0  # without the server: what plates show may be true no longer


class DeviceTold(Message, bubble=False):
    """A loudspeaker or a plate told something."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told


class DevicePane(BoardPane):
    """A board and what hangs on it, as its device is described."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._news, self._fates = News(), Fates()
        self._devices = Devices(self._tell_devices, self._news.why_not, self._hall_time)
        self._away: Timer | None = None

    def on_mount(self) -> None:
        self.run_worker(self._fates.tell(self._asked), group="fates")

    async def darken(self) -> None:
        await self._devices.end()

    @on(Welcomed)
    def _take_devices(self, message: Welcomed) -> None:
        self.run_worker(self._use(message.welcome), group="devices")

    async def _use(self, welcome: Welcome) -> None:
        for device in await self._devices.use(welcome.device, welcome.hall):
            self.troubled(device, self.troubles.get(device))
        self._devices.show(self.view if self.online else None)

    async def _asked(self, do: AnyDo, *, request_id: str | None = None) -> Answer:
        return await self.ask(do, request_id=request_id)  # of whatever link there is then

    # --- What is announced -----------------------------------------------------------------------

    def view_changed(self, view: BoardView, before: BoardView | None) -> None:
        """The voice begins once the screen is painted: to make words takes a busy while."""
        if self.online:
            new = self._news.of(view)
            self._devices.show(view, {call.counter for call in new})
            for call in new:
                form = self._spoken_form(call, just_made=self.follows)
                self.call_after_refresh(self._devices.say, form)
        super().view_changed(view, before)

    def online_changed(self, online: bool) -> None:
        super().online_changed(online)
        if self._away is not None:
            self._away.stop()
        dark = partial(self._devices.show, None)
        self._away = None if online else self.set_timer(AWAY_AFTER_S, dark)

    def _spoken_form(self, call: BoardCall, *, just_made: bool) -> Call:
        """What is new to a board that was away is as old as the server says."""
        counter, now = self._devices.number_of(call.counter), self._devices.clock()
        made_at = now if just_made else now - (self.now() - call.at)
        return Call(call.call, call.number, counter, call.language, made_at)

    def _hall_time(self) -> datetime:
        return self.now()  # of whatever link there is then

    def _ahead(self) -> timedelta:
        """How much later it is for the server than for this machine's own clock."""
        return self.now() - datetime.now(UTC)

    # --- What the devices tell -------------------------------------------------------------------

    def _tell_devices(self, told: Told) -> None:
        """From any thread."""
        self.post_message(DeviceTold(told))

    @on(DeviceTold)
    def _hear(self, message: DeviceTold) -> None:
        match message.told:
            case Said(call, at):
                self._fates.add(Spoken(call=call, at=at + self._ahead()))
            case Skipped(call, at, why):
                self._fates.add(Spoken(call=call, at=at + self._ahead(), skipped=why))
            case trouble:
                self.troubled(*trouble_of(trouble))
