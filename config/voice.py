"""What may stand in config.toml of the voice, and what a screen with a loudspeaker is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from msgspec import Meta
from msgspec import field as key

from config.kinds import Clock, FileName, Flag, LanguageRef, sound
from config.leaves import fault_of_text
from config.mistakes import shown
from config.table import Fault, Table
from link.messages import VoiceInfo, VolumeFrom

PLACE: Final = re.compile(r"\{([^{}]*)\}")
PLACES: Final = ("number", "counter")


def fault_of_template(text: str) -> str | None:
    """What is wrong with a sentence that a number and a counter are put into."""
    places, around = PLACE.findall(text), PLACE.sub("", text)
    for place in places:
        if place not in PLACES:
            return f"{shown(text)} has {{{place}}}: only {{number}} and {{counter}} are known."
    if "{" in around or "}" in around:
        return f"{shown(text)} has a brace too many."
    if places.count("number") != 1 or places.count("counter") > 1:
        return f"{shown(text)} must have {{number}} once, and {{counter}} at most once."
    if any(character.isdigit() for character in around):
        return f"{shown(text)} has a digit: write it as it is spoken."
    return fault_of_text(text)


Template = Annotated[
    str,
    sound(fault_of_template),
    Meta(
        min_length=1,
        max_length=200,
        description="a sentence of up to 200 characters with {number} and {counter}",
    ),
]
Speaker = Annotated[
    str,
    sound(fault_of_text),
    Meta(
        min_length=1,
        max_length=200,
        description='"default", a part of a loudspeaker\'s name, "null" or file:FOLDER',
    ),
]


class VolumeStep(Table, kw_only=True):
    from_: Clock = key(name="from")
    percent: Annotated[int, Meta(ge=0, le=100, description="a whole number from 0 to 100")]


class Voice(Table, kw_only=True):
    """How every loudspeaker of the hall speaks."""

    style: Annotated[Literal["digits", "full"], Meta(description='"digits" or "full"')] = "digits"
    region: Annotated[Literal["north", "south"], Meta(description='"north" or "south"')] = "north"
    templates: dict[LanguageRef, Template] = {}
    chime: Flag = True
    repeats: Annotated[int, Meta(ge=1, le=5, description="a whole number from 1 to 5")] = 2
    pause_s: Annotated[float, Meta(ge=0, le=10, description="a number of seconds from 0 to 10")] = (
        0.7
    )
    speed: Annotated[float, Meta(ge=0.5, le=2, description="a number from 0.5 to 2")] = 1.0
    volumes: list[VolumeStep] = []
    clips: FileName | None = None
    piper_voice: FileName | None = None
    too_old_s: Annotated[
        int, Meta(ge=10, le=600, description="a whole number of seconds from 10 to 600")
    ] = 60

    def faults(self) -> Iterator[Fault]:
        times = [step.from_ for step in self.volumes]
        for place, time in enumerate(times, start=1):
            if time in times[: place - 1]:
                yield f"volumes[{place}].from", f'"{time}" stands above already.'


def voice_info_of(voice: Voice, speaker: str) -> VoiceInfo:
    return VoiceInfo(
        speaker=speaker,
        style=voice.style,
        region=voice.region,
        templates=voice.templates,
        chime=voice.chime,
        repeats=voice.repeats,
        pause_s=voice.pause_s,
        speed=voice.speed,
        volumes=[VolumeFrom(step.from_, step.percent) for step in voice.volumes],
        too_old_s=voice.too_old_s,
        clips=voice.clips or "",
        piper_voice=voice.piper_voice or "",
    )
