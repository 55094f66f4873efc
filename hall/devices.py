"""The devices' side of `decide`: what was shown and spoken, what works, how the clock was set."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from hall import commands as c
from hall import events as e
from hall.commands import Decision, Refused
from hall.model import Hall

MAX_DEVICES: Final = 200  # beside all screens together; every view of a counter lists the troubled


def announced(hall: Hall, command: c.Announced) -> Decision:
    if command.call > hall.call:
        return Refused("unknown_call", call=command.call)
    return (e.CallAnnounced(command.call, command.device),)


def spoken(hall: Hall, command: c.Spoken, now: datetime) -> Decision:
    """A screen's clock may be off a little: nothing is spoken before its call, or after now."""
    made_at = call_made_at(hall, command.call)
    if made_at is None:
        return Refused("unknown_call", call=command.call)
    at = min(now, max(made_at, command.at))
    return (e.CallSpoken(command.call, command.device, at, command.skipped),)


def call_made_at(hall: Hall, call: int) -> datetime | None:
    """When a call of today was made; None: there is no such call."""
    index = call - 1 - (hall.call - len(hall.made))
    return hall.made[index] if 0 <= index < len(hall.made) else None


def report(hall: Hall, command: c.ReportDevice) -> Decision:
    known = hall.devices.get(command.device)
    if known is not None and known.trouble == command.trouble:
        return ()
    if known is None and len(hall.devices) >= MAX_DEVICES:
        return Refused("too_many_devices", limit=MAX_DEVICES)
    return (e.DeviceReported(command.device, command.trouble),)


def erase_texts(command: c.EraseTexts) -> Decision:
    texts = dict(command.texts)
    return (e.TextsErased(command.by, texts, command.of, command.number, command.before),)


def step_clock(command: c.StepClock) -> Decision:
    return (e.ClockStepped(command.by_s),)
