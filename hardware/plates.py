"""The LED plates that one screen drives, on as many lines as they have: what each shall show.

Knows no hall: who is called where, is said elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from hardware.addresses import BadAddress, address_of
from hardware.frames import DARK, frame_of
from hardware.led import Bus, Limits, OnBus, PlateTrouble

CALL: Final = "{number}"  # what is shown of a call where a plate's settings do not say
PAUSED: Final = "----"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Described:
    """A plate as the configuration describes it."""

    plate: str
    line: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A number that is called, to a counter where that is not clear from the plate's place."""

    number: str
    counter: int | None = None


@dataclass(frozen=True)
class Pause:
    """Nobody is called now: the counter pauses."""


@dataclass(frozen=True)
class Words:
    """A short text as it stands; an empty one is darkness."""

    text: str = DARK


Face = Call | Pause | Words


def text_of(face: Face, settings: Mapping[str, Any]) -> str:
    """What a plate of these settings shows; where there is no counter to tell, none is told."""
    match face:
        case Call(number, counter):
            text = str(settings.get("text", CALL))
            return text.replace("{number}", number).replace("{counter}", str(counter or "")).strip()
        case Pause():
            return str(settings.get("paused", PAUSED))
        case Words(text):
            return text


class Plates:
    """`tell` is called in the threads of their lines, or by `start`, and must not block."""

    def __init__(
        self,
        plates: Iterable[Described],
        tell: Callable[[PlateTrouble], None],
        *,
        limits: Limits | None = None,
    ) -> None:
        self._tell = tell
        self._plates = {one.plate: one for one in plates}
        self._buses: dict[str, Bus] = {}  # by line
        self._lineless: list[PlateTrouble] = []
        for line, on_it in groupby(sorted(self._plates.values(), key=line_of), key=line_of):
            on_bus = [OnBus(one.plate, frame_of(one.settings)) for one in on_it]
            try:
                self._buses[line] = Bus(address_of(line), on_bus, tell, limits=limits)
            except BadAddress as error:
                log.warning("%s", error)
                self._lineless += [PlateTrouble(one.plate, "bad_address") for one in on_bus]

    def __iter__(self) -> Iterator[str]:
        """The names of the plates."""
        return iter(self._plates)

    def start(self) -> None:
        for trouble in self._lineless:
            self._tell(trouble)
        for bus in self._buses.values():
            bus.start()

    def stop(self) -> None:
        """Blank them all and end; takes as long as the slowest line."""
        for bus in self._buses.values():
            bus.end()
        for bus in self._buses.values():
            bus.stop()

    def show(self, plate: str, face: Face, *, blink: bool = False) -> None:
        """From any thread, also before the start: show this from now on."""
        described = self._plates[plate]
        bus = self._buses.get(described.line)
        if bus is not None:
            bus.show(plate, text_of(face, described.settings), blink=blink)


def line_of(plate: Described) -> str:
    return plate.line
