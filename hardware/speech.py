"""From a sentence to its sound: the hall's clips, else a piper voice, else espeak-ng, which is
always there. Plays nothing.
"""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from hardware.clips import Clips
from hardware.programs import ProgramFailed, Programs
from hardware.reading import FIRST, Region, Sentence
from hardware.sound import BadSound, Sound, chime, joined, sound_of, trimmed
from hardware.voice_settings import VoiceSettings

log = logging.getLogger(__name__)

ESPEAK_S: Final = 5.0  # of which a sentence needs a tenth of one
PIPER_S: Final = 20.0  # a slow machine needs some to load a voice
WORDS_A_MINUTE: Final = 140
BETWEEN_LANGUAGES_S: Final = 0.5


AFTER_CHIME_S: Final = 0.1


class NoVoice(Exception):  # noqa: N818 - it says what is the matter
    """No source has a sound for it; each has said why."""


def announcement(words: Sound[int], *, with_chime: bool) -> Sound[int]:
    """What is heard when a call is spoken once."""
    return joined([chime(), words] if with_chime else [words], AFTER_CHIME_S)


def whole(words: Sound[int], settings: VoiceSettings) -> Sound[int]:
    """What is heard of a call that nobody interrupts: a chime, and the words again and again."""
    first = announcement(words, with_chime=settings.chime)
    return joined([first, *[words] * (settings.repeats - 1)], settings.pause_s)


class Source(Protocol):
    """Something that speaks, times as fast as usual where it is in haste.

    `sound` raises BadSound or ProgramFailed; `stop`, from any thread, ends it at once.
    """

    @property
    def name(self) -> str: ...
    def sound(self, sentence: Sentence, haste: float) -> Sound[int]: ...
    def stop(self) -> None: ...


class Speech:
    """Speaks with the first of its sources that can. One thread asks, any thread may stop it."""

    def __init__(self, settings: VoiceSettings, sources: Sequence[Source] | None = None) -> None:
        self._reading = settings.reading
        self._sources = list(sources_of(settings) if sources is None else sources)
        self._failed: dict[tuple[str, str], str] = {}  # by source and language, as it was logged

    def call(self, number: str, counter: int, language: str, haste: float = 1.0) -> Sound[int]:
        """A call in the hall's first language, and then in the ticket's own. Raises NoVoice.

        A second language that nothing can speak is left out: the call itself was heard.
        """
        said = [self.sentence(self._reading.sentence(FIRST, number, counter), haste)]
        if language != FIRST and self._reading.knows(language):
            try:
                other = self._reading.sentence(language, number, counter)
                said.append(self.sentence(other, haste))
            except NoVoice as why:
                log.warning("%s", why)
        return joined(said, BETWEEN_LANGUAGES_S)

    def sentence(self, sentence: Sentence, haste: float = 1.0) -> Sound[int]:
        """Raises NoVoice."""
        for source in self._sources:
            try:
                sound = source.sound(sentence, haste)
            except (BadSound, ProgramFailed) as why:
                self._note(source.name, sentence, str(why))
            else:
                self._failed.pop((source.name, sentence.language), None)
                return sound
        raise NoVoice(f"nothing speaks {sentence.language}")

    def stop(self) -> None:
        """From any thread: it speaks no more."""
        for source in self._sources:
            source.stop()

    def _note(self, source: str, sentence: Sentence, why: str) -> None:
        """Log why a source failed, once, until it works or fails for another reason."""
        where = (source, sentence.language)
        if self._failed.get(where) != why:
            self._failed[where] = why
            log.warning("%s cannot speak %s: %s", source, sentence.language, why)


def sources_of(settings: VoiceSettings) -> Iterator[Source]:
    if settings.clips:
        yield Clips(Path(settings.clips).absolute())
    if settings.piper_voice:
        yield Piper(Path(settings.piper_voice).absolute(), settings.speed)
    yield Espeak(settings.reading.region, settings.speed)


class Espeak:
    """The voice that is always there."""

    name: Final = "espeak-ng"

    def __init__(self, region: Region, speed: float = 1.0, limit_s: float = ESPEAK_S) -> None:
        self._voices = {"vi": "vi" if region == "north" else "vi-vn-x-south", "en": "en"}
        self._words_a_minute = WORDS_A_MINUTE * speed
        self._limit_s = limit_s
        self._programs = Programs([sys.executable, "-m", "hardware.espeak"])

    def sound(self, sentence: Sentence, haste: float) -> Sound[int]:
        voice, text = self._voices.get(sentence.language), sentence.text
        if voice is None or text is None:
            raise BadSound("it has no voice for it")
        given = f"{voice} {self._words_a_minute * haste:.0f}\n{text}"
        ended = self._programs.run(given.encode(), self._limit_s)
        if ended.code != 0:
            raise ProgramFailed(f"it ended with {ended.code}. {ended.err}".strip())
        return trimmed(sound_of(ended.out))

    def stop(self) -> None:
        self._programs.stop()


class Piper:
    """A voice of piper, a program that is installed beside ours. Its file begins with its language,
    as in `vi_VN-vais1000-medium.onnx`. It knows no haste: loading a voice takes too long.
    """

    name: Final = "piper"

    def __init__(self, voice: Path, speed: float = 1.0, limit_s: float = PIPER_S) -> None:
        self._language = voice.name.partition("_")[0] if "_" in voice.name else FIRST
        length = f"{1 / speed:.2f}"
        options = ["--model", str(voice), "--length_scale", length, "--output_file", "-"]
        self._limit_s = limit_s
        self._programs = Programs([*piper(), *options])

    def sound(self, sentence: Sentence, haste: float) -> Sound[int]:
        if sentence.text is None or sentence.language != self._language:
            raise BadSound(f"its voice speaks {self._language} alone")
        ended = self._programs.run(f"{sentence.text}\n".encode(), self._limit_s)
        if ended.code != 0:
            raise ProgramFailed(f"it ended with {ended.code}. {ended.err}".strip())
        return trimmed(sound_of(ended.out))

    def stop(self) -> None:
        self._programs.stop()


def piper() -> list[str]:
    """How piper is started here: as a program of this name, or by our Python."""
    program = shutil.which("piper")
    return [program] if program is not None else [sys.executable, "-m", "piper"]
