"""A program of its own that speaks with espeak-ng: `python -m hardware.espeak` reads a line with a
voice and its words a minute, and a text, and writes a WAV file. The library stays in this process,
and so does its every crash.
"""

from __future__ import annotations

import ctypes
import sys
import wave
from typing import Final

RETRIEVE_SOUND: Final = 2  # instead of playing it
SPEED: Final = 1  # the parameter
UTF_8: Final = 1
CHARACTERS: Final = 1  # how a place in the text is counted
SAMPLES_CALLBACK: Final = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def main() -> int:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate = library.espeak_Initialize(RETRIEVE_SOUND, 0, data, 0)
    how, _, text = sys.stdin.buffer.read().partition(b"\n")
    voice, _, words_a_minute = how.partition(b" ")
    if rate <= 0 or library.espeak_SetVoiceByName(voice) != 0:
        print(f"espeak-ng has no voice {voice.decode()}", file=sys.stderr)
        return 1
    library.espeak_SetParameter(SPEED, int(words_a_minute), 0)
    samples = spoken(library, text)
    with wave.open(sys.stdout.buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.setnframes(len(samples) // 2)
        file.writeframesraw(samples)
    return 0 if samples else 1


def spoken(library: ctypes.CDLL, text: bytes) -> bytes:
    """The samples of a text, as the library hands them out piece by piece."""
    samples = bytearray()

    def take(some: object, count: int, _events: object) -> int:
        if some and count > 0:
            samples.extend(ctypes.string_at(some, 2 * count))  # type: ignore[arg-type]
        return 0

    callback = SAMPLES_CALLBACK(take)
    library.espeak_SetSynthCallback(callback)
    library.espeak_Synth(text, len(text) + 1, 0, CHARACTERS, 0, UTF_8, None, None)
    library.espeak_Synchronize()
    return bytes(samples)


if __name__ == "__main__":
    sys.exit(main())
