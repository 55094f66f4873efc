"""What a screen is told when it comes in: the hall, and the screen's own device."""

from __future__ import annotations

from typing import Literal

from link.kinds import Message, Names, Role


class FieldInfo(Message):
    """A field of service (lĩnh vực): the letter of its numbers, and its names."""

    code: str
    names: Names


class ServiceInfo(Message):
    code: str
    field: str
    names: Names
    expected_s: float
    papers: Names = {}
    same_day: bool = False


class CounterInfo(Message):
    code: str
    number: int
    names: Names = {}
    zone: Names = {}
    floor: str = ""
    agency: Names = {}
    services: list[str] = []
    accessible: bool = False


class GroupInfo(Message):
    """A priority group, the proof the staff will ask for, and the age that gives a right to it."""

    code: str
    names: Names
    proof: Names = {}
    from_age: int | None = None


class WordInfo(Message):
    """A word officers choose from: a reason, an outcome, a rating tag."""

    code: str
    names: Names


class HallInfo(Message):
    """What the hall is called and has: names in every language, for codes in the views."""

    hall: str
    names: Names
    unit: Names
    address: Names
    colours: dict[str, str]
    languages: list[str]
    timezone: str
    fields: list[FieldInfo]
    services: list[ServiceInfo]
    counters: list[CounterInfo]
    groups: list[GroupInfo]
    outcomes: list[WordInfo]
    pause_reasons: list[WordInfo]
    hold_reasons: list[WordInfo]
    jump_reasons: list[WordInfo]
    cancel_reasons: list[WordInfo]
    rating_levels: int
    rating_tags: list[WordInfo]
    wait_target_s: float
    wait_limit_s: float
    logo: str = ""  # a short text where others have a picture
    ticket_line: Names = {}  # the hall's own line on every ticket
    result_outcomes: list[str] = []  # with these a result was returned: it was due on some day
    plain_text: bool = False  # others in the network can read what travels


class PlateInfo(Message):
    """An LED plate or sign that this screen drives. `counter` absent: it shows the newest call.

    Plates of one `line` share its thread; `settings` say how the plate is spoken to.
    """

    plate: str
    line: str
    counter: str | None = None
    settings: dict[str, str | int | float | bool | list[str]] = {}


class VolumeFrom(Message):
    """From this time of day, HH:MM, the loudspeaker speaks at so many per cent."""

    time: str
    percent: int


class VoiceInfo(Message):
    """How the hall speaks, and the loudspeaker of this screen ("default": the machine's own)."""

    speaker: str
    style: Literal["digits", "full"] = "digits"
    region: Literal["north", "south"] = "north"
    templates: Names = {}
    chime: bool = True
    repeats: int = 2  # how often each call is spoken
    pause_s: float = 0.7  # between two times
    speed: float = 1.0
    volumes: list[VolumeFrom] = []  # none: always full
    too_old_s: float = 60.0  # a call that waited so long is shown, and no longer spoken
    clips: str = ""  # folder of the hall's recorded clips
    piper_voice: str = ""  # file of a piper voice


class DeviceInfo(Message):
    """Who the screen is, and the settings config.toml gives it.

    `counters`: the board of these counters alone; empty: of the whole hall.
    """

    device: str
    role: Role
    counter: str | None = None
    settings: dict[str, str | int | float | bool | list[str]] = {}
    counters: list[str] = []
    plates: list[PlateInfo] = []
    voice: VoiceInfo | None = None
