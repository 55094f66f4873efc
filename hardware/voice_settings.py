"""How a hall speaks, as it was configured. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from hardware.reading import Reading

FULL: Final = 100


@dataclass(frozen=True)
class Volumes:
    """From which time of day it is how loud, in per cent; before the first, as after the last."""

    steps: tuple[tuple[time, int], ...] = ()
    zone: tzinfo | None = None  # of the hall; None: of this machine

    def at(self, moment: datetime) -> int:
        now = moment.astimezone(self.zone).time()
        begun = [percent for begins, percent in sorted(self.steps) if begins <= now]
        every = begun or [percent for _, percent in sorted(self.steps)] or [FULL]
        return every[-1]


@dataclass(frozen=True)
class VoiceSettings:
    """`speaker`: "default", a part of a device's name, "null", or "file:FOLDER"."""

    speaker: str = "default"
    reading: Reading = field(default_factory=Reading)
    chime: bool = True
    repeats: int = 2
    pause_s: float = 0.7
    speed: float = 1.0
    volumes: Volumes = field(default_factory=Volumes)
    too_old_s: float = 60.0
    clips: str = ""
    piper_voice: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any], timezone: str | None = None) -> VoiceSettings:
        """From the plain values that travel; `timezone` is the hall's."""
        rest = dict(values)
        style, region = rest.pop("style", "digits"), rest.pop("region", "north")
        templates = rest.pop("templates", {})
        steps = tuple(_step(one) for one in rest.pop("volumes", ()))
        zone = ZoneInfo(timezone) if timezone else None
        reading = Reading(style, region, templates)
        return cls(reading=reading, volumes=Volumes(steps, zone), **rest)


def _step(one: Any) -> tuple[time, int]:
    """A step of the volume, as a table or as a value with the same names."""
    plain = one if isinstance(one, Mapping) else {name: getattr(one, name) for name in STEP}
    return time.fromisoformat(plain["time"]), int(plain["percent"])


STEP: Final = ("time", "percent")
