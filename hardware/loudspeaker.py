"""A loudspeaker, or a folder in its place: plays one sound to its end, and says when it began.

What is played, and in what order, is said elsewhere.
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from hardware.player import HEARD, NO_SPEAKER
from hardware.programs import Ended, ProgramFailed, Programs
from hardware.sound import Sound, seconds, wav_of

FILE: Final = "file:"
BEGIN_S: Final = 5.0  # until the player has started, on a slow machine
BEYOND_S: Final = 2.0  # a sound may take so much longer than it lasts


class NoSpeaker(Exception):  # noqa: N818 - it says what is the matter
    """There is none, or it does not play; the message says what it said."""


class Speaker(Protocol):
    """`play` returns when the sound has been heard, `look` when it could be; both raise NoSpeaker.

    `stop`, from any thread, ends what is being played: then and later, both raise NoSpeaker.
    """

    def play(self, sound: Sound[int], name: str) -> datetime: ...
    def look(self) -> None: ...
    def stop(self) -> None: ...


def speaker_of(text: str) -> Speaker:
    """As configured: "default", a part of a device's name, "null" or "file:FOLDER"."""
    if text.startswith(FILE):
        return Folder(Path(text.removeprefix(FILE)))
    return Loudspeaker(text)


class Loudspeaker:
    """A device of this machine, played to by a program of its own."""

    def __init__(self, device: str, beyond_s: float = BEGIN_S + BEYOND_S) -> None:
        self._beyond_s = beyond_s
        self._programs = Programs([sys.executable, "-m", "hardware.player", device])

    def play(self, sound: Sound[int], name: str) -> datetime:
        """A player that was killed or crashed begins anew, once, unless all was heard by then."""
        ended = self._run(sound)
        if ended.code not in {0, NO_SPEAKER} and HEARD not in ended.out:
            ended = self._run(sound)
        if HEARD not in ended.out:
            last = ended.err.strip().rpartition("\n")[2] if ended.code == NO_SPEAKER else ""
            raise NoSpeaker(last or f"the player ended with {ended.code}")
        return datetime.fromtimestamp(float(ended.out.split()[0]), UTC)

    def _run(self, sound: Sound[int]) -> Ended:
        try:
            limit_s = seconds(sound) + self._beyond_s
            return self._programs.run(wav_of(sound), limit_s)
        except ProgramFailed as why:
            raise NoSpeaker(str(why)) from None

    def look(self) -> None:
        self.play(Sound("h"), "")

    def stop(self) -> None:
        self._programs.stop()


class Folder:
    """Takes each sound as a WAV file, and the time it lasts: to try what a hall would hear."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopping = threading.Event()

    def play(self, sound: Sound[int], name: str) -> datetime:
        begun = datetime.now(UTC)
        self.look()
        try:
            (self._folder / f"{name}.wav").write_bytes(wav_of(sound))
        except OSError as error:
            raise NoSpeaker(f"{self._folder}: {error.strerror}") from None
        if self._stopping.wait(seconds(sound)):
            raise NoSpeaker("it was stopped")
        return begun

    def look(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NoSpeaker(f"{self._folder}: {error.strerror}") from None

    def stop(self) -> None:
        self._stopping.set()
