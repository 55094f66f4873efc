"""What tests of the voice need: recordings to speak with, and WAV files looked at."""

from __future__ import annotations

import math
import wave
from array import array
from collections.abc import Callable, Iterable
from pathlib import Path

from hardware.reading import Sentence
from hardware.sound import RATE, BadSound, Sound, seconds, sound_of, wav_of

Players = Callable[[], list[int]]  # the processes that play now


class Deaf:
    """A source that never works."""

    name = "deaf"

    def sound(self, sentence: Sentence, haste: float) -> Sound[int]:
        raise BadSound("it is deaf")

    def stop(self) -> None:
        pass


def tone(length_s: float, *, hertz: float = 440.0, loudness: int = 12_000) -> Sound[int]:
    count = round(length_s * RATE)
    return array(
        "h", (round(loudness * math.sin(math.tau * hertz * n / RATE)) for n in range(count))
    )


def record(folder: Path, names: Iterable[str], length_s: float = 0.1) -> None:
    """A clip of each of these words."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.wav").write_bytes(wav_of(tone(length_s)))


def heard(path: Path) -> float:
    """How many seconds a WAV file lasts that a loudspeaker can play, and that is not silent."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
    sound = sound_of(path.read_bytes())
    assert loudest(sound) > 3000
    return seconds(sound)


def loudest(sound: Sound[int]) -> int:
    return max(map(abs, sound), default=0)
