"""What may stand in config.toml of screens and of the devices beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from msgspec import Meta

from config.keypad import faults_of_codes, faults_of_levels
from config.kinds import (
    UNIQUE,
    Code,
    CounterRef,
    FieldRef,
    FileName,
    Flag,
    Folder,
    KeyCode,
    Keypad,
    LanguageRef,
    LevelCode,
    MinutesOrZero,
    OfficerRef,
    PinHash,
    Printer,
    Scanner,
    Seconds,
    SecondsOrZero,
    Some,
    Stay,
    Text,
    declares,
)
from config.table import Fault, Table
from config.voice import Speaker

MOST_PRINTERS: Final = 2  # of one kiosk: the second takes over from the first


class Screen(Table, kw_only=True):
    """Any screen. What is neither its code nor its counter is a setting it is told."""

    code: Annotated[Code, declares("device")]


class Kiosk(Screen, kw_only=True):
    idle_s: Stay = 45
    show_number_s: Stay = 20
    fields: list[FieldRef] = []
    printers: list[Printer] = []
    paper_mm: Annotated[Literal[80, 58], Meta(description="80 or 58")] = 80
    template: FileName | None = None
    scanner: Scanner | None = None
    card_required: Flag = False
    technician_pin_hash: PinHash | None = None

    def faults(self) -> Iterator[Fault]:
        if self.card_required and self.scanner is None:
            yield "card_required", "needs a scanner: nobody could get a number."
        if len(self.printers) > MOST_PRINTERS:
            yield "printers", f"has {len(self.printers)} printers; at most {MOST_PRINTERS} serve."


class CounterScreen(Screen, kw_only=True):
    counter: CounterRef
    auto_call_s: SecondsOrZero = 0
    lock_after_min: MinutesOrZero | None = None  # as under [sign_in]
    keypad: Keypad | None = None
    keypad_codes: list[KeyCode] = []
    keypad_debounce_ms: Annotated[
        int, Meta(ge=0, le=2000, description="a whole number of milliseconds from 0 to 2000")
    ] = 150
    officer: OfficerRef | None = None

    def faults(self) -> Iterator[Fault]:
        return faults_of_codes(self.keypad_codes, self.keypad)


class Display(Screen, kw_only=True):
    languages: list[LanguageRef] = []
    show_call_s: Seconds = 20
    moment_s: Seconds = 4
    recent_calls: Some = 8
    counters: list[Annotated[CounterRef, UNIQUE]] = []
    zones: list[Annotated[Text, UNIQUE]] = []
    media: FileName | None = None
    media_s: Seconds = 15
    speaker: Speaker | None = None


class RatingScreen(Screen, kw_only=True):
    counter: CounterRef
    awake_s: Stay = 60
    pad: Keypad | None = None
    pad_codes: list[LevelCode] = []

    def faults(self) -> Iterator[Fault]:
        return faults_of_levels(self.pad_codes, self.pad)


class ManagerScreen(Screen, kw_only=True):
    lock_after_min: MinutesOrZero | None = None  # as under [sign_in]
    folder: Folder = "~/motcua"


class Devices(Table, kw_only=True):
    """The role is the name of the list."""

    kiosk: list[Kiosk] = []
    counter: list[CounterScreen] = []
    display: list[Display] = []
    rating: list[RatingScreen] = []
    manager: list[ManagerScreen] = []
