"""The voice of a hall: every call is spoken, one after another, or its fate is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from hardware.loudspeaker import Loudspeaker, Speaker
from hardware.reading import Reading
from hardware.sound import Sound, silence
from hardware.speech import Source, Speech
from hardware.voice import (
    HASTES,
    Call,
    Said,
    Skipped,
    SpeakerTrouble,
    Voice,
    VoiceNews,
    VoiceSettings,
    always,
)
from tests.hardware.hearing import Deaf, Players, heard, record, tone
from tests.waiting import until_now as until

LOST, WELL = SpeakerTrouble("no_speaker"), SpeakerTrouble(None)
SOON_S = 30.0  # a busy machine
QUICK: Final = {"repeats": 1, "chime": False, "templates": {"vi": "{number}", "en": "{number}"}}


@dataclass
class Hall:
    """A voice that speaks into a folder, and what it told."""

    folder: Path
    voice: Voice
    news: list[VoiceNews] = field(default_factory=list)
    calls: int = 0

    def call(self, number: str, counter: int = 3, *, language: str = "vi", ago_s: float = 0) -> int:
        self.calls += 1
        made_at = datetime.now(UTC) - timedelta(seconds=ago_s)
        self.voice.say(Call(self.calls, number, counter, language, made_at))
        return self.calls

    @property
    def said(self) -> list[int]:
        return [one.call for one in self.news if isinstance(one, Said)]

    @property
    def skipped(self) -> dict[int, str]:
        return {one.call: one.why for one in self.news if isinstance(one, Skipped)}

    @property
    def troubles(self) -> list[SpeakerTrouble]:
        return [one for one in self.news if isinstance(one, SpeakerTrouble)]

    @property
    def files(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.wav"))


Open = Callable[..., Hall]


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Short recordings of every word, so that halls speak quickly."""
    folder = tmp_path / "clips"
    for language in ("vi", "en"):
        record(folder / language, Reading().clips_needed(language, "AC", range(1, 100)), 0.05)
    return folder


@pytest.fixture
def hall(tmp_path: Path, clips: Path) -> Iterator[Open]:
    """Open a hall with these settings."""
    with ExitStack() as ending:

        def opened(
            number: int = 1,
            *,
            begin: bool = True,
            due: Callable[[int], str | None] = always,
            speech: Speech | None = None,
            loudspeaker: Speaker | None = None,
            **values: Any,
        ) -> Hall:
            folder = tmp_path / f"heard-{number}"
            place = {"clips": str(clips), "speaker": f"file:{folder}"}
            settings = VoiceSettings.of({**QUICK, **place, **values})
            news: list[VoiceNews] = []
            voice = Voice(
                settings, news.append, due=due, speech=speech, speaker=loudspeaker, look_s=0.05
            )
            if begin:
                voice.start()
                ending.callback(voice.stop)
            return Hall(folder, voice, news)

        yield opened


# --- Calls that are spoken -----------------------------------------------------------------------


def test_a_call_is_spoken_and_told_with_the_time_it_began(hall: Open) -> None:
    templates = {"vi": "Mời công dân có số {number} đến quầy số {counter}"}
    one = hall(chime=True, templates=templates)
    began = datetime.now(UTC)
    call = one.call("A105")
    until(lambda: one.news)
    (said,) = one.news
    assert isinstance(said, Said)
    assert (said.call, one.files) == (call, ["0001-A105-1"])
    assert began <= said.at <= datetime.now(UTC)
    assert heard(one.folder / "0001-A105-1.wav") > 1.5  # a chime and seven words


def test_a_call_is_repeated_without_the_chime_when_nobody_waits(hall: Open) -> None:
    one = hall(chime=True, repeats=3, pause_s=0)
    one.call("A105")
    until(lambda: len(one.files) == 3)
    first, second, third = (heard(one.folder / f"{name}.wav") for name in one.files)
    assert first == pytest.approx(second + 0.95 + 0.1, abs=0.01)
    assert second == third
    assert one.said == [1]


def test_a_hall_without_a_chime_hears_words_alone(hall: Open) -> None:
    one, other = hall(1), hall(2, chime=True)
    for each in (one, other):
        each.call("A105")
        until(lambda each=each: each.said)  # type: ignore[misc]
    assert heard(one.folder / "0001-A105-1.wav") < heard(other.folder / "0001-A105-1.wav") - 0.9


def test_announcements_come_in_order_and_never_overlap(hall: Open) -> None:
    one = hall()
    for n in range(5):
        one.call(f"A{n:03d}", language="en" if n == 2 else "vi")
    until(lambda: len(one.said) == 5)
    assert one.said == [1, 2, 3, 4, 5]
    began = [said.at for said in one.news if isinstance(said, Said)]
    lasted = [heard(one.folder / f"{name}.wav") for name in one.files]
    for (before, after), lasts in zip(pairwise(began), lasted, strict=False):
        assert (after - before).total_seconds() >= lasts
    assert lasted[2] > lasted[1] + 0.5  # the ticket's own language too


def test_a_repetition_gives_way_to_the_next_call(hall: Open) -> None:
    one = hall(repeats=5, pause_s=10)
    one.call("A001")
    until(lambda: one.said == [1])
    one.call("A002")
    until(lambda: one.said == [1, 2])
    assert one.files == ["0001-A001-1", "0002-A002-1"]


def test_calls_that_follow_each_other_need_no_chime(hall: Open) -> None:
    one = hall(begin=False, chime=True)
    for n in range(1, 4):
        one.call(f"A{n:03d}")
    one.voice.start()
    until(lambda: len(one.said) == 3)
    one.voice.stop()
    first, second, third = (heard(one.folder / f"{name}.wav") for name in one.files)
    assert first > second + 0.9
    assert second == third


def test_words_are_faster_where_others_wait_already(hall: Open) -> None:
    hurried: list[float] = []

    class Heard(Deaf):
        def sound(self, sentence: Any, haste: float) -> Sound[int]:
            hurried.append(haste)
            return tone(0.05)

    one = hall(begin=False, speech=Speech(VoiceSettings(), [Heard()]))
    for n in range(1, 6):
        one.call(f"A{n:03d}")
    one.voice.start()
    until(lambda: len(one.said) == 5)
    one.voice.stop()
    assert sorted(hurried) == [1.0, *HASTES, HASTES[-1]]  # with one to try it out


def test_a_busy_hall_with_three_voices_loses_no_call(hall: Open) -> None:
    """Far more at once than a hall ever calls; each zone has its own voice."""
    zones = [hall(number, repeats=2, chime=True) for number in (1, 2, 3)]
    for n in range(15):
        zones[n % 3].call(f"A{n:03d}", language="en" if n % 5 == 0 else "vi")
    until(lambda: all(len(zone.said) == 5 for zone in zones))
    for zone in zones:
        assert zone.said == [1, 2, 3, 4, 5]
        assert (zone.skipped, zone.troubles) == ({}, [])
        began = [one.at for one in zone.news if isinstance(one, Said)]
        lasted = [heard(zone.folder / f"{name}.wav") for name in zone.files if name.endswith("-1")]
        for (before, after), lasts in zip(pairwise(began), lasted, strict=False):
            assert (after - before).total_seconds() >= lasts


# --- Calls that are not --------------------------------------------------------------------------


def test_a_recall_takes_the_place_of_the_call_that_still_waits(hall: Open) -> None:
    one = hall(begin=False)
    for number in ("A001", "A002", "A003", "A002"):
        one.call(number)
    one.voice.start()
    until(lambda: len(one.news) == 4)
    one.voice.stop()
    assert one.said == [1, 4, 3]
    assert one.skipped == {2: "recalled"}


def test_a_recall_of_what_was_spoken_is_spoken_again(hall: Open) -> None:
    one = hall()
    one.call("A001")
    until(lambda: one.said)
    one.call("A001")
    until(lambda: one.said == [1, 2])


def test_a_call_that_waited_too_long_is_no_longer_spoken(hall: Open) -> None:
    one = hall(too_old_s=60)
    one.call("A001", ago_s=61)
    one.call("A002", ago_s=30)
    until(lambda: len(one.news) == 2)
    assert (one.skipped, one.said) == ({1: "too_old"}, [2])


def test_a_call_grows_old_by_the_clock_of_those_who_call(clips: Path, tmp_path: Path) -> None:
    """The board's own clock may be wrong, and the hall is still called."""
    news: list[VoiceNews] = []
    server_now = datetime.now(UTC) - timedelta(hours=1)
    place = {"clips": str(clips), "speaker": f"file:{tmp_path}"}
    settings = VoiceSettings.of({**QUICK, **place})
    voice = Voice(settings, news.append, clock=lambda: server_now)
    voice.start()
    voice.say(Call(1, "A001", 1, "vi", server_now))
    until(lambda: news)
    voice.stop()
    assert isinstance(news[0], Said)


def test_a_call_that_matters_no_more_is_skipped_for_the_reason_given(hall: Open) -> None:
    asked: list[tuple[int, str]] = []

    def due(call: int) -> str | None:
        asked.append((call, threading.current_thread().name))
        return "left" if call == 1 else None

    one = hall(due=due)
    one.call("A001")
    one.call("A002")
    until(lambda: len(one.news) == 2)
    assert (one.skipped, one.said) == ({1: "left"}, [2])
    assert asked == [(1, "voice"), (2, "voice")]


def test_a_citizen_who_has_come_is_not_called_again(hall: Open) -> None:
    came = threading.Event()
    one = hall(repeats=3, pause_s=0.3, due=lambda call: "left" if came.is_set() else None)
    one.call("A001")
    until(lambda: one.said)
    came.set()
    one.call("A002")
    until(lambda: one.skipped == {2: "left"})
    assert one.files == ["0001-A001-1"]


def test_at_volume_zero_nobody_is_called_aloud(hall: Open) -> None:
    one = hall(volumes=[{"time": "00:00", "percent": 0}])
    one.call("A001")
    until(lambda: one.skipped == {1: "muted"})
    assert one.files == []


def test_it_is_as_loud_as_the_hour_of_the_hall_says(clips: Path, tmp_path: Path) -> None:
    """The board's own clock may be wrong: at night nobody is called aloud, whatever it says."""
    news: list[VoiceNews] = []
    place = {"clips": str(clips), "speaker": f"file:{tmp_path}"}
    hour = datetime.now(UTC).hour
    far = (hour + 12) % 24  # from what the machine says
    loud, quiet = {"time": f"{hour:02}:00", "percent": 100}, {"time": f"{far:02}:00", "percent": 0}
    settings = VoiceSettings.of({**QUICK, **place, "volumes": [loud, quiet]}, "UTC")
    in_the_hall = datetime.now(UTC) + timedelta(hours=12)
    voice = Voice(settings, news.append, hall_time=lambda: in_the_hall)
    voice.start()
    voice.say(Call(1, "A001", 1, "vi", datetime.now(UTC)))
    until(lambda: news)
    voice.stop()
    assert [one.why for one in news if isinstance(one, Skipped)] == ["muted"]


def test_a_volume_holds_from_its_time_on_and_over_midnight() -> None:
    steps = [{"time": "13:00", "percent": 80}, {"time": "07:00", "percent": 60}]
    volumes = VoiceSettings.of({"volumes": steps}, "Asia/Ho_Chi_Minh").volumes
    day = datetime(2026, 11, 24, tzinfo=UTC)
    at = {hour: volumes.at(day + timedelta(hours=hour)) for hour in (-1, 0, 5, 6, 17, 23)}
    assert at == {-1: 80, 0: 60, 5: 60, 6: 80, 17: 80, 23: 80}
    assert VoiceSettings().volumes.at(day) == 100


def test_a_sentence_that_nothing_can_speak_is_told_and_the_trouble_ends_with_the_next(
    hall: Open,
) -> None:
    class Hoarse(Deaf):
        def sound(self, sentence: Any, haste: float) -> Sound[int]:
            return tone(0.05) if "hai" in sentence.clips else super().sound(sentence, haste)

    source: Source = Hoarse()
    one = hall(speech=Speech(VoiceSettings(), [source]))
    one.call("A001", 1)
    until(lambda: len(one.news) == 2)
    one.call("A002", 2)
    until(lambda: len(one.news) == 4)
    assert (one.skipped, one.said) == ({1: "no_voice"}, [2])
    assert one.troubles == [SpeakerTrouble("no_voice"), WELL]


def test_a_number_that_is_none_is_no_end_of_the_voice(hall: Open) -> None:
    one = hall()
    one.call("?")
    one.call("A002")
    until(lambda: one.said == [2])
    assert one.skipped == {1: "no_voice"}


def test_a_bug_costs_one_call(hall: Open) -> None:
    def due(call: int) -> str | None:
        if call == 1:
            raise ZeroDivisionError
        return None

    one = hall(due=due)
    one.call("A001")
    one.call("A002")
    until(lambda: one.said == [2])
    assert one.skipped == {1: "no_voice"}


# --- The loudspeaker -----------------------------------------------------------------------------


def test_a_missing_loudspeaker_is_told_once_and_when_it_is_there_again(
    hall: Open, tmp_path: Path
) -> None:
    place = tmp_path / "heard-1"
    place.write_text("no folder")
    one = hall()
    until(lambda: one.troubles == [LOST])
    one.call("A001")
    one.call("A002")
    until(lambda: one.skipped == {1: "no_speaker", 2: "no_speaker"})
    place.unlink()
    until(lambda: one.troubles == [LOST, WELL])
    one.call("A003")
    until(lambda: one.said == [3])
    assert one.troubles == [LOST, WELL]


def test_a_voice_falls_silent_at_once_and_tells_what_it_did_not_say(
    hall: Open, players: Players
) -> None:
    class Endless(Deaf):
        def sound(self, sentence: Any, haste: float) -> Sound[int]:
            return silence(50)

    speech = Speech(VoiceSettings(), [Endless()])
    one = hall(speech=speech, loudspeaker=Loudspeaker("null", 600))
    for number in ("A001", "A002"):
        one.call(number)
    until(lambda: len(players()) == 2 and one.news == [])
    before = time.monotonic()
    one.voice.stop()
    assert time.monotonic() - before < 5  # a second, where nothing else runs
    assert one.skipped == {1: "no_speaker", 2: "no_speaker"}
    assert (one.said, one.troubles, players()) == ([], [], [])
    one.call("A003")
    assert 3 not in one.skipped
