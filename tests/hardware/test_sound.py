"""Sound in memory: joined, trimmed, made quieter, and read from the WAV files people have."""

from __future__ import annotations

import io
import wave
from array import array
from itertools import pairwise

import pytest

from hardware.sound import (
    LOUDEST,
    RATE,
    BadSound,
    at_volume,
    chime,
    joined,
    seconds,
    silence,
    sound_of,
    trimmed,
    wav_of,
)
from tests.hardware.hearing import loudest, tone


def wav(frames: bytes, *, channels: int = 1, width: int = 2, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((channels, width, rate, 0, "NONE", ""))
        out.writeframes(frames)
    return file.getvalue()


def test_a_sound_is_the_same_after_it_was_written_and_read() -> None:
    assert sound_of(wav_of(tone(0.1))) == tone(0.1)


def test_sounds_are_joined_with_gaps_between_them_only() -> None:
    one, other = array("h", [1, 2]), array("h", [3])
    assert joined([one, other]) == array("h", [1, 2, 3])
    assert joined([one, other], 2 / RATE) == array("h", [1, 2, 0, 0, 3])
    assert joined([], 1.0) == array("h")


def test_a_volume_is_a_part_of_what_it_was() -> None:
    assert at_volume(array("h", [1000, -1000]), 80) == array("h", [800, -800])
    assert at_volume(array("h", [LOUDEST, -LOUDEST - 1]), 100) == array("h", [32767, -32768])
    assert loudest(at_volume(tone(0.1), 0)) == 0


def test_silence_around_a_recording_is_cut_off() -> None:
    clip = trimmed(joined([silence(0.5), tone(0.2), silence(0.7)]))
    assert 0.2 < seconds(clip) < 0.26
    assert trimmed(silence(0.3)) == array("h")


def test_the_chime_is_three_tones_that_die_away() -> None:
    sound = chime()
    assert 0.8 < seconds(sound) < 1.2
    assert LOUDEST / 2 < loudest(sound) < LOUDEST
    assert loudest(sound[-RATE // 50 :]) < loudest(sound) / 10


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_recordings_of_every_depth_are_read(width: int) -> None:
    high, low = 0.5, -0.25
    scale = 1 << (8 * width - 1)
    middle = scale if width == 1 else 0
    numbers = [round(part * scale) + middle for part in (high, low)]
    frames = b"".join(n.to_bytes(width, "little", signed=width > 1) for n in numbers)
    read = sound_of(wav(frames, width=width))
    assert [round(sample / 32768, 2) for sample in read] == [high, low]


def test_two_channels_become_one() -> None:
    frames = array("h", [100, 300, -100, -300]).tobytes()
    assert sound_of(wav(frames, channels=2)) == array("h", [200, -200])


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_a_recording_lasts_as_long_at_our_rate(rate: int) -> None:
    read = sound_of(wav(bytes(2 * rate), rate=rate))
    assert seconds(read) == pytest.approx(1.0, abs=0.01)


def test_a_tone_is_as_high_and_as_loud_at_our_rate() -> None:
    read = sound_of(wav(tone(0.5, hertz=440).tobytes(), rate=2 * RATE))  # so it is 880 Hz
    crossings = sum(one < 0 <= other for one, other in pairwise(read))
    assert crossings == pytest.approx(880 * 0.25, abs=3)
    assert loudest(read) == pytest.approx(12_000, rel=0.05)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ID3 this is no WAV",
        b"RIFF\x24\x00\x00\x00WAVE",
        wav_of(tone(0.1))[:30],
        wav_of(tone(0.1)).replace(b"fmt \x10\x00\x00\x00\x01\x00", b"fmt \x10\x00\x00\x00\x03\x00"),
        wav(bytes(2 * 8000 * 61), rate=8000),
    ],
    ids=["empty", "not a WAV", "no samples", "cut off", "floats", "endless"],
)
def test_what_cannot_be_read_is_said_so(content: bytes) -> None:
    with pytest.raises(BadSound, match=r"is no WAV file|is longer than"):
        sound_of(content)


def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    whole = wav_of(tone(0.1))
    assert 0 < seconds(sound_of(whole[: len(whole) // 2 + 1])) < 0.1
