"""What hangs on a board: its loudspeaker and its LED plates, as configured.

Asks no server, and which call is new is said elsewhere.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import asdict

from display.showing import stands
from hardware.led import PlateTrouble
from hardware.plates import Call as Number
from hardware.plates import Described, Face, Pause, Plates, Words
from hardware.voice import Call, SpeakerTrouble, Voice, VoiceNews, VoiceSettings
from link.messages import BoardView, CounterShown, DeviceInfo, HallInfo, PlateInfo

LOUDSPEAKER: Final = "speaker"
DARK: Final = Words("")

Told = VoiceNews | PlateTrouble


class Devices:
    """A board's loudspeaker and plates. What is given is called in their threads.

    `due` says why a call need not be spoken any more, or None; `hall_time` is the server's. By
    `clock` calls are made, and grow too old.
    """

    def __init__(
        self,
        tell: Callable[[Told], None],
        due: Callable[[int], str | None],
        hall_time: Callable[[], datetime],
    ) -> None:
        self._tell, self._due, self._hall_time = tell, due, hall_time
        self.clock = steady_clock()
        self._device: DeviceInfo | None = None
        self._numbers: Mapping[str, int] = {}  # of counters, as they are called
        self._voice: Voice | None = None
        self._plates: Plates | None = None
        self._early: list[Call] = []  # called while the loudspeaker is made ready
        self._faces: dict[str, Face] = {}
        self._changing = asyncio.Lock()

    async def use(self, device: DeviceInfo, hall: HallInfo) -> list[str]:
        """Work with these from now on; the names of those that begin."""
        async with self._changing:
            if self._device is not None and _beside(device) == _beside(self._device):
                return []
            self._device = device
            self._numbers = {counter.code: counter.number for counter in hall.counters}
            await self._stop()
            await asyncio.to_thread(self._start, device, hall)
            for call in self._early:
                self.say(call)
            self._early.clear()
            for plate, face in self._faces.items():
                self._light(plate, face, blink=False)
        speaks = [LOUDSPEAKER] if device.voice is not None else []
        return [*speaks, *(plate.plate for plate in device.plates)]

    async def end(self) -> None:
        """Fall silent and go dark."""
        async with self._changing:
            await self._stop()

    def say(self, call: Call) -> None:
        if self._voice is not None:
            self._voice.say(call)
        elif self._device is None or self._device.voice is not None:
            self._early.append(call)

    def number_of(self, counter: str) -> int:
        return self._numbers.get(counter, 0)

    def show(self, view: BoardView | None, called: Collection[str] = ()) -> None:
        """On every plate what belongs there, blinking at these counters; None: nothing is known."""
        for plate in self._device.plates if self._device is not None else ():
            counter = plate.counter or _newest(view)
            self._faces[plate.plate] = face = self._face(plate, view)
            self._light(plate.plate, face, blink=counter in called)

    def _light(self, plate: str, face: Face, *, blink: bool) -> None:
        if self._plates is not None and plate in set(self._plates):
            self._plates.show(plate, face, blink=blink)

    def _face(self, plate: PlateInfo, view: BoardView | None) -> Face:
        """The number at a plate's counter, or the newest of all where it hangs over none."""
        counter = plate.counter or _newest(view)
        shown = _shown(view, counter)
        if shown is None or counter is None:
            return DARK
        if shown.number is not None:
            return Number(shown.number, self.number_of(counter))
        return Pause() if shown.state == "paused" and plate.counter else DARK

    def _start(self, device: DeviceInfo, hall: HallInfo) -> None:
        described = [Described(one.plate, one.line, one.settings) for one in device.plates]
        self._plates = Plates(described, self._tell)
        self._plates.start()
        if device.voice is not None:
            settings = VoiceSettings.of(asdict(device.voice), hall.timezone)
            self._voice = Voice(
                settings,
                self._tell,
                due=self._due,
                clock=self.clock,
                hall_time=self._hall_time,
            )
            self._voice.start()

    async def _stop(self) -> None:
        voice, plates, self._voice, self._plates = self._voice, self._plates, None, None
        running = [one.stop for one in (voice, plates) if one is not None]
        await asyncio.gather(*map(asyncio.to_thread, running))


def steady_clock() -> Callable[[], datetime]:
    """A clock that goes on from now as fast as life, whatever this machine's is set to."""
    began_at, began = datetime.now(UTC), time.monotonic()
    return lambda: began_at + timedelta(seconds=time.monotonic() - began)


def trouble_of(told: SpeakerTrouble | PlateTrouble) -> tuple[str, str | None]:
    """The device's name, and what troubles it."""
    return (LOUDSPEAKER if isinstance(told, SpeakerTrouble) else told.plate), told.word


def _beside(device: DeviceInfo) -> tuple[object, ...]:
    return device.plates, device.voice


def _newest(view: BoardView | None) -> str | None:
    """The counter of the newest call whose number is still there."""
    standing = [call for call in view.calls if stands(call, view)] if view is not None else []
    return max(standing, key=lambda call: call.at).counter if standing else None


def _shown(view: BoardView | None, counter: str | None) -> CounterShown | None:
    counters = view.counters if view is not None else []
    return next((one for one in counters if one.counter == counter), None)
