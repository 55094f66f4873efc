"""The commands about the voice: a call without a hall, and what the hall's recordings lack."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from commands.shared import MISTAKES, OK, cannot, config_of

if TYPE_CHECKING:
    from config import Config
    from hardware.reading import Sentence
    from hardware.sound import Sound
    from hardware.voice_settings import VoiceSettings


def say(arguments: argparse.Namespace) -> int:
    from hardware.reading import BadNumber

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    settings = settings_of(config, arguments)
    reading, language = settings.reading, arguments.language
    if not reading.knows(language):
        return cannot(f"{config.path}: voice.templates has no sentence in {language}")
    try:
        sentence = reading.sentence(language, arguments.number, arguments.counter)
    except BadNumber as error:
        return cannot(str(error))
    if not arguments.text:
        return sounded(settings, sentence, arguments.wav)
    print(sentence.text or ", ".join(sentence.clips))
    return OK


def settings_of(config: Config, arguments: argparse.Namespace) -> VoiceSettings:
    """The hall's, but for what was asked for."""
    from msgspec import to_builtins

    from hardware.voice_settings import VoiceSettings

    asked = {name: getattr(arguments, name) for name in ("style", "region", "speaker")}
    given = {name: value for name, value in asked.items() if value is not None}
    return VoiceSettings.of({**to_builtins(config.voice), **given}, config.hall_info.timezone)


def sounded(settings: VoiceSettings, sentence: Sentence, wav: Path | None) -> int:
    """Speak it as the hall would hear it, or write that into a file."""
    from hardware.sound import wav_of
    from hardware.speech import NoVoice, Speech, whole

    speech = Speech(settings)
    try:
        sound = whole(speech.sentence(sentence), settings)
        if wav is None:
            return played(settings, sound)
        wav.write_bytes(wav_of(sound))
    except NoVoice as error:
        return cannot(str(error))
    except OSError as error:
        return cannot(f"{error.filename}: {error.strerror}")
    finally:
        speech.stop()
    return OK


def played(settings: VoiceSettings, sound: Sound[int]) -> int:
    from datetime import UTC, datetime

    from hardware.loudspeaker import NoSpeaker, speaker_of
    from hardware.sound import at_volume

    volume = settings.volumes.at(datetime.now(UTC))
    if volume == 0:
        return cannot("voice.volumes: the hall is silent at this time of day")
    speaker = speaker_of(settings.speaker)
    try:
        speaker.play(at_volume(sound, volume), "say")
    except NoSpeaker as error:
        return cannot(str(error))
    finally:
        speaker.stop()
    return OK


def faults_of_voice(config: Config) -> Iterator[str]:
    """What its files lack on this machine, which need not be the one that speaks."""
    from hardware.clips import faults
    from hardware.reading import DIGITS, FIRST, Reading

    info = config.voice
    if info.piper_voice and not Path(info.piper_voice).is_file():
        yield f"voice.piper_voice: {info.piper_voice} is not on this machine."
    if not info.clips:
        return
    folder = Path(info.clips)
    if not folder.is_dir():
        yield f"voice.clips: {folder} is not on this machine."
        return
    reading = Reading(info.style, info.region, info.templates)
    letters = [field.code for field in config.hall_info.fields]
    counters = [counter.number for counter in config.hall_info.counters]
    for language in filter(reading.knows, config.hall_info.languages):
        spoken_anyway = language in DIGITS and language != FIRST
        if (folder / language).is_dir() or not spoken_anyway:
            needed = reading.clips_needed(language, letters, counters)
            yield from (f"voice.clips: {one}" for one in faults(folder, language, needed))
