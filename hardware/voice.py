"""The thread that speaks a hall's calls at one loudspeaker, one after another, and tells what
became of each. How a sentence becomes sound, and sound is played, is said elsewhere.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Final, Literal

from hardware.loudspeaker import NoSpeaker, Speaker, speaker_of
from hardware.reading import FIRST, BadNumber
from hardware.sound import Sound, at_volume
from hardware.speech import NoVoice, Speech, announcement
from hardware.voice_settings import VoiceSettings

__all__ = ["Call", "Said", "Skipped", "SpeakerTrouble", "Voice", "VoiceNews", "VoiceSettings"]

log = logging.getLogger(__name__)

WAITING_MAX: Final = 100  # calls; no hall has a tenth of it within too_old_s
LOOK_S: Final = 5.0  # between two looks for a loudspeaker that was missing
STOP_S: Final = 10.0
RETRY_S: Final = 1.0
TRIAL: Final = ("A001", 1, FIRST)  # made, and not spoken
CHAINED_S: Final = 1.0  # so soon after another call everybody still listens
HASTES: Final = (1.0, 1.25, 1.25, 1.4)  # times as fast, where none, one, two, more wait already

Why = Literal["too_old", "left", "recalled", "no_speaker", "muted", "no_voice"]


@dataclass(frozen=True)
class Call:
    """A ticket's number called to the counter of this number. `made_at` is aware."""

    call: int
    number: str
    counter: int
    language: str
    made_at: datetime


@dataclass(frozen=True)
class Said:
    """A call was spoken at least once, begun `at`."""

    call: int
    at: datetime


@dataclass(frozen=True)
class Skipped:
    """A call was not spoken. `why`: a word of `Why`, or what `due` answered.

    `too_old`: it waited too long; `recalled`: a newer call of the same number took its place;
    `no_speaker`: there is no loudspeaker, or it failed; `muted`: the volume is zero at this time of
    day; `no_voice`: nothing could speak the sentence.
    """

    call: int
    at: datetime
    why: str


@dataclass(frozen=True)
class SpeakerTrouble:
    """What troubles the loudspeaker now; None: nothing does. `no_voice`: it has nothing to say."""

    word: Literal["no_speaker", "no_voice"] | None


VoiceNews = Said | Skipped | SpeakerTrouble
Trouble = Literal["no_speaker", "no_voice"]


@dataclass(frozen=True)
class Waiting:
    """A call that is not spoken yet, and its words, which are made meanwhile."""

    call: Call
    words: Future[Sound[int]]


def now() -> datetime:
    return datetime.now(UTC)


def always(_call: int) -> str | None:
    return None


class Voice:
    """Speaks every call, or tells why not.

    `tell` and `due` are called in the voice's own thread; `tell` must not block. `due` is asked
    right before a call is spoken: a word means that it is no longer to be, and why. `clock` is the
    one by which calls are made: by it they grow too old. `hall_time` says whether it is a time of
    day to be loud: the clock of this machine may be wrong.

    Each call is spoken as often as configured, until another one waits: then that one comes first.
    Calls that had to wait are spoken faster, and one right after the other without a chime.
    """

    def __init__(
        self,
        settings: VoiceSettings,
        tell: Callable[[VoiceNews], None],
        *,
        due: Callable[[int], str | None] = always,
        speech: Speech | None = None,
        speaker: Speaker | None = None,
        clock: Callable[[], datetime] = now,
        hall_time: Callable[[], datetime] = now,
        look_s: float = LOOK_S,
    ) -> None:
        self._settings = settings
        self._tell_caller = tell
        self._due = due
        self._speech = speech or Speech(settings)
        self._speaker = speaker or speaker_of(settings.speaker)
        self._clock, self._hall_time = clock, hall_time
        self._look_s = look_s
        self._waiting: list[Waiting] = []
        self._passed_over: list[Skipped] = []  # by `say`, still to be told
        self._in_hand: Call | None = None
        self._trouble: Trouble | None = None  # as it was told
        self._stopping = threading.Event()
        self._heard_at = -inf  # when the last sound ended
        self._changed = threading.Condition()
        self._words = ThreadPoolExecutor(1, "voice-words")
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)

    def start(self) -> None:
        self._words.submit(self._speech.call, *TRIAL)  # the first call is as quick as all others
        self._thread.start()

    def stop(self) -> None:
        """Fall silent at once. What has not been spoken is told as `no_speaker`: there is none."""
        with self._changed:
            self._stopping.set()
            self._changed.notify_all()
        self._speaker.stop()
        self._speech.stop()
        self._thread.join(STOP_S)
        self._words.shutdown(cancel_futures=True)

    def say(self, call: Call) -> None:
        """From any thread: speak this call as soon as those before it are done.

        It takes the place of an older call of the same number that still waits.
        """
        with self._changed:
            if self._stopping.is_set():
                return
            one = Waiting(call, self._make_words(call))
            older = next((n for n, w in enumerate(self._waiting) if is_recall(call, w.call)), None)
            if older is None:
                self._waiting.append(one)
            else:
                self._pass_over(self._waiting[older], "recalled")
                self._waiting[older] = one
            if len(self._waiting) > WAITING_MAX:
                self._pass_over(self._waiting.pop(0), "too_old")
            self._changed.notify_all()

    def _make_words(self, call: Call) -> Future[Sound[int]]:
        haste = HASTES[min(len(self._waiting), len(HASTES) - 1)]
        what = (call.number, call.counter, call.language)
        return self._words.submit(self._speech.call, *what, haste)

    def _pass_over(self, waiting: Waiting, why: Why) -> None:
        waiting.words.cancel()
        self._passed_over.append(Skipped(waiting.call.call, now(), why))

    # --- The thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work()
            except Exception as error:  # noqa: BLE001 - a bug must not silence the hall for the day
                self._log_bug(error)
                self._settle("no_voice")
                self._stopping.wait(RETRY_S)
        while self._take(0):
            self._settle("no_speaker")

    def _work(self) -> None:
        self._look()
        while not self._stopping.is_set():
            waiting = self._take(self._look_s if self._trouble == "no_speaker" else None)
            if waiting is not None:
                self._call(waiting)
            elif self._trouble == "no_speaker":
                self._look()

    def _take(self, within_s: float | None) -> Waiting | None:
        """The next call, when there is one; it is in hand until it is settled."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._waiting or self._passed_over or self._stopping.is_set(), within_s
            )
            passed_over, self._passed_over = self._passed_over, []
            waiting = self._waiting.pop(0) if self._waiting else None
            self._in_hand = waiting.call if waiting else None
        for skipped in passed_over:
            self._tell(skipped)
        return waiting

    def _call(self, waiting: Waiting) -> None:
        call = waiting.call
        try:
            words = waiting.words.result()
        except (NoVoice, BadNumber) as problem:
            log.warning("call %d of %s: %s", call.call, call.number, problem)
            self._settle("no_voice", trouble="no_voice")
            return
        why = self._why_not(call)
        if why is not None:
            self._settle(why)
            return
        try:
            at = self._play(announcement(words, with_chime=self._chimes()), call, 1)
        except NoSpeaker as problem:
            self._lose(problem)
            return
        self._in_hand = None
        self._tell(Said(call.call, at))
        self._troubled(None)
        self._repeat(call, words)

    def _chimes(self) -> bool:
        return self._settings.chime and time.monotonic() - self._heard_at > CHAINED_S

    def _repeat(self, call: Call, words: Sound[int]) -> None:
        """As often as configured, while nobody else waits and it still matters."""
        for again in range(2, self._settings.repeats + 1):
            if self._is_awaited_within(self._settings.pause_s) or self._why_not(call):
                return
            try:
                self._play(words, call, again)
            except NoSpeaker as problem:
                self._lose(problem)
                return

    def _is_awaited_within(self, time_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(
                lambda: bool(self._waiting or self._stopping.is_set()), time_s
            )

    def _play(self, sound: Sound[int], call: Call, nth: int) -> datetime:
        """The `nth` time that the call is spoken. Raises NoSpeaker."""
        volume = self._settings.volumes.at(self._hall_time())
        number = "".join(filter(str.isalnum, call.number))
        at = self._speaker.play(at_volume(sound, volume), f"{call.call:04}-{number}-{nth}")
        self._heard_at = time.monotonic()
        return at

    def _why_not(self, call: Call) -> str | None:
        if (self._clock() - call.made_at).total_seconds() > self._settings.too_old_s:
            return "too_old"
        if self._settings.volumes.at(self._hall_time()) == 0:
            return "muted"
        return self._due(call.call)

    # --- What it tells ---------------------------------------------------------------------------

    def _settle(self, why: str, *, trouble: Trouble | None = None) -> None:
        """The call in hand is not spoken. While we fall silent, that is the only reason."""
        if self._stopping.is_set():
            why, trouble = "no_speaker", None
        call, self._in_hand = self._in_hand, None
        if call is not None:
            self._tell(Skipped(call.call, now(), why))
        if trouble is not None:
            self._troubled(trouble)

    def _look(self) -> None:
        """Whether there is a loudspeaker, without a sound."""
        try:
            self._speaker.look()
        except NoSpeaker as problem:
            self._lose(problem)
        else:
            self._troubled(None)

    def _lose(self, problem: NoSpeaker) -> None:
        if self._trouble != "no_speaker" and not self._stopping.is_set():
            log.warning("loudspeaker %s: %s", self._settings.speaker, problem)
        self._settle("no_speaker", trouble="no_speaker")

    def _troubled(self, word: Trouble | None) -> None:
        if self._trouble != word:
            self._trouble = word
            self._tell(SpeakerTrouble(word))

    def _tell(self, news: VoiceNews) -> None:
        with suppress(RuntimeError):  # the caller's loop has ended
            self._tell_caller(news)

    def _log_bug(self, error: Exception) -> None:
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("the voice stopped, and begins anew: %s\n%s", type(error).__name__, where)


def is_recall(call: Call, of: Call) -> bool:
    return call.number == of.number and call.call > of.call
