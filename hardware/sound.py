"""Sound in memory: one channel of 16 bits at one rate. Read from WAV, joined, made louder, written.

Plays nothing and knows no words.
"""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import Final

RATE: Final = 22050  # samples a second, of all our sound
LOUDEST: Final = 32767
QUIET: Final = 300  # what is not louder is silence, at the ends of a recording
LONGEST_S: Final = 60.0  # of a WAV that is read

CHIME: Final = ((523.25, 0.0), (659.26, 0.22), (783.99, 0.44))  # tone in Hz, begins at s
CHIME_S: Final = 0.95

Sound = array  # of "h", one number for each sample


class BadSound(Exception):  # noqa: N818 - it says what is the matter
    """It cannot be read as sound, and the message says why."""


def seconds(sound: Sound[int]) -> float:
    return len(sound) / RATE


def silence(length_s: float) -> Sound[int]:
    return array("h", bytes(2 * round(length_s * RATE)))


def joined(parts: Iterable[Sound[int]], gap_s: float = 0.0) -> Sound[int]:
    """One after the other, with a gap between them."""
    gap, whole = silence(gap_s), array("h")
    for place, part in enumerate(parts):
        whole.extend(gap if place else ())
        whole.extend(part)
    return whole


def at_volume(sound: Sound[int], percent: float) -> Sound[int]:
    """So many per cent of how loud it was, from 0 to 100."""
    if percent == 100:
        return sound
    return array("h", (sample * int(percent) // 100 for sample in sound))


def trimmed(sound: Sound[int], keep_s: float = 0.02) -> Sound[int]:
    """Without the silence before and behind it."""
    loud = (place for place, sample in enumerate(sound) if abs(sample) > QUIET)
    first = next(loud, None)
    if first is None:
        return sound[:0]
    last = next(n for n in range(len(sound) - 1, -1, -1) if abs(sound[n]) > QUIET)
    keep = round(keep_s * RATE)
    return sound[max(0, first - keep) : last + keep]


@cache
def chime() -> Sound[int]:
    """Three rising tones that die away: a call follows."""
    mixed = [0.0] * round(CHIME_S * RATE)
    for tone, begins_s in CHIME:
        first = round(begins_s * RATE)
        for n in range(len(mixed) - first):
            t = n / RATE
            swell = min(1.0, t / 0.008) * math.exp(-5.0 * t)
            mixed[first + n] += swell * math.sin(math.tau * tone * t)
    fade = round(0.05 * RATE)
    for n in range(fade):
        mixed[-1 - n] *= n / fade
    loudest = max(map(abs, mixed))
    return array("h", (round(0.6 * LOUDEST * one / loudest) for one in mixed))


# --- WAV -----------------------------------------------------------------------------------------


def wav_of(sound: Sound[int]) -> bytes:
    """The file it is."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(_swapped(sound).tobytes())
    return file.getvalue()


def sound_of(wav: bytes) -> Sound[int]:
    """A WAV file with whole numbers of 8 to 32 bits, any rate, any channels. Raises BadSound."""
    try:
        with wave.open(io.BytesIO(wav)) as file:
            channels, width, rate, frames, *_ = file.getparams()
            if frames > LONGEST_S * rate:
                raise BadSound(f"is longer than {LONGEST_S:g} s")
            samples = _samples(file.readframes(frames), width)
    except (wave.Error, EOFError, ValueError, ZeroDivisionError) as problem:
        why = str(problem) or "it ends too early"
        raise BadSound(f"is no WAV file of whole numbers (PCM): {why}") from None
    return _at_our_rate(_mono(samples, channels), rate)


def _samples(frames: bytes, width: int) -> Sound[int]:
    """16 bits of every sample."""
    frames = frames[: len(frames) // width * width]
    if width == 1:  # from 0 to 255, unlike all others
        return array("h", ((byte - 128) << 8 for byte in frames))
    if width > 2:  # the last two bytes weigh most
        frames = bytes(
            chain.from_iterable(
                zip(frames[width - 2 :: width], frames[width - 1 :: width], strict=True)
            )
        )
    return _swapped(array("h", frames))


def _swapped(sound: Sound[int]) -> Sound[int]:
    """From the order of bytes of this machine to that of WAV, or back."""
    if sys.byteorder == "big":
        sound = sound[:]
        sound.byteswap()
    return sound


def _mono(sound: Sound[int], channels: int) -> Sound[int]:
    if channels == 1:
        return sound
    whole = len(sound) // channels * channels
    sides = [sound[side:whole:channels] for side in range(channels)]
    return array("h", (sum(frame) // channels for frame in zip(*sides, strict=True)))


def _at_our_rate(sound: Sound[int], rate: int) -> Sound[int]:
    """As it sounded at another rate: straight lines between the samples."""
    if rate == RATE or len(sound) < 2:
        return sound
    step, last = rate / RATE, len(sound) - 1
    resampled = array("h")
    for n in range(int(last / step)):
        at = n * step
        before = int(at)
        resampled.append(round(sound[before] + (sound[before + 1] - sound[before]) * (at - before)))
    return resampled
