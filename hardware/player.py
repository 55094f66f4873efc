"""A program of its own that plays a WAV file: `python -m hardware.player DEVICE` reads it, says
when it begins to sound and when it was heard, and ends. A driver that hangs or crashes ends this
alone.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

from hardware.sound import RATE, Sound, seconds, silence, sound_of

if TYPE_CHECKING:
    import miniaudio

DEFAULT, NULL = "default", "null"
NO_SPEAKER: Final = 3  # exit code
HEARD: Final = b"heard"  # said at the end: what crashes later, in a driver, takes nothing back
DEADENED: Final = ("dummy", "discard", "null")  # parts of the names of devices that nobody hears
PERIOD_MS: Final = 40  # of a few that the device has in hand
BEHIND_S: Final = 0.3  # until a device has played what it has in hand
SLACK_S: Final = 2.0  # a sound that takes longer than this is no longer waited for


def main(device: str) -> int:
    import miniaudio

    wav = sys.stdin.buffer.read()
    if not wav:  # whoever was to say what is played has gone
        return 0
    sound = sound_of(wav)
    try:
        with opened(device) as output:
            played = play(output, sound)
    except (miniaudio.MiniaudioError, LookupError) as error:
        print(error.args[0], file=sys.stderr)
        return NO_SPEAKER
    return 0 if played else NO_SPEAKER


def opened(name: str) -> miniaudio.PlaybackDevice:
    """The device of this name. Raises LookupError where there is none, and MiniaudioError."""
    import miniaudio

    backends, device = [miniaudio.Backend.NULL], None
    if name != NULL:
        enabled = miniaudio.get_enabled_backends()
        silent = {miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM}
        backends = [one for one in miniaudio.Backend if one in enabled - silent]
        device = found(name, miniaudio.Devices(backends).get_playbacks())
    return miniaudio.PlaybackDevice(
        output_format=miniaudio.SampleFormat.SIGNED16,
        nchannels=1,
        sample_rate=RATE,
        buffersize_msec=PERIOD_MS,
        device_id=device,
        backends=backends,
        app_name="motcua",
    )


def found(name: str, devices: list[dict[str, Any]]) -> Any:
    """The id of the first device that has this in its name; None: the machine's own choice."""
    heard = [one for one in devices if not any(no in one["name"].lower() for no in DEADENED)]
    if not heard:
        raise LookupError("this machine has no loudspeaker")
    if name == DEFAULT:
        return None
    for one in heard:
        if name.casefold() in one["name"].casefold():
            return one["id"]
    names = ", ".join(f'"{one["name"]}"' for one in heard)
    raise LookupError(f'no loudspeaker has "{name}" in its name. There are: {names}')


def play(output: miniaudio.PlaybackDevice, sound: Sound[int]) -> bool:
    """Whether the device has taken all of it, in the time it lasts."""
    ended = threading.Event()
    feeding = feed(sound + silence(BEHIND_S), ended) if sound else feed(sound, ended)
    next(feeding)
    output.start(feeding)
    print(time.time(), flush=True)
    heard = ended.wait(seconds(sound) + BEHIND_S + SLACK_S)
    if heard:
        print(HEARD.decode(), flush=True)
    return heard


def feed(sound: Sound[int], ended: threading.Event) -> Generator[Sound[int], int, None]:
    """Hands out as many samples as the device asks for."""
    asked = yield sound[:0]
    place = 0
    while place < len(sound):
        piece = sound[place : place + asked]
        place += len(piece)
        asked = yield piece
    ended.set()
    yield sound[:0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
