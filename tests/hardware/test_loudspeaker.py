"""What plays the sound: processes that may be killed or hang, and are never heard twice."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.loudspeaker import Folder, Loudspeaker, NoSpeaker, speaker_of
from hardware.player import found
from hardware.sound import silence
from tests.hardware.hearing import Players, heard, tone
from tests.waiting import until_now as until

SOON_S = 30.0  # a busy machine


def test_a_machine_without_the_loudspeaker_it_is_told_of_says_so() -> None:
    speaker = speaker_of("a loudspeaker that nobody has")
    with pytest.raises(NoSpeaker, match="no loudspeaker"):
        speaker.look()
    speaker.stop()


def test_a_loudspeaker_is_found_by_a_part_of_its_name() -> None:
    devices = [{"name": name, "id": name} for name in ("Discard all", "HDMI 0", "USB Audio, 2.0")]
    assert found("usb audio", devices) == "USB Audio, 2.0"
    assert found("default", devices) is None
    with pytest.raises(LookupError, match=r'There are: "HDMI 0", "USB Audio, 2\.0"'):
        found("bluetooth", devices)
    with pytest.raises(LookupError, match="has no loudspeaker"):
        found("default", [{"name": "Dummy Output", "id": 1}])


def test_sound_is_played_in_the_time_it_lasts(device: Loudspeaker) -> None:
    asked = datetime.now(UTC)
    before = time.monotonic()
    began = device.play(tone(0.4), "")
    assert time.monotonic() - before > 0.4
    assert asked < began < datetime.now(UTC) - timedelta(seconds=0.4)
    device.look()


@pytest.fixture
def device() -> Iterator[Loudspeaker]:
    """A loudspeaker that nobody hears."""
    device = Loudspeaker("null", 600)
    yield device
    device.stop()


def kill_all(players: list[int]) -> None:
    for player in players:
        with suppress(ProcessLookupError):
            os.kill(player, signal.SIGKILL)


def test_a_player_that_is_killed_begins_anew(device: Loudspeaker, players: Players) -> None:
    began: list[datetime] = []
    thread = threading.Thread(target=lambda: began.append(device.play(tone(1.0), "")))
    thread.start()
    until(lambda: len(players()) == 2)  # one that plays, and one that is ready for the next sound
    killed_at = datetime.now(UTC)
    kill_all([min(players())])  # the one that plays was begun first
    thread.join(SOON_S)
    assert began[0] > killed_at


def test_a_player_that_crashes_after_its_sound_was_heard_plays_it_no_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a driver that breaks when it is closed."""
    runs = tmp_path / "runs"
    crash = f"open({str(runs)!r}, 'a').write('one\\n') and os.kill(os.getpid(), 9)"
    code = f"import atexit, os\natexit.register(lambda: {crash})\n"
    (tmp_path / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    device = Loudspeaker("null", 600)
    asked = datetime.now(UTC)
    assert asked < device.play(tone(0.1), "") < datetime.now(UTC)
    device.stop()
    assert runs.read_text() == "one\n"


def test_a_player_that_is_killed_again_and_again_is_no_loudspeaker(
    device: Loudspeaker, players: Players
) -> None:
    def kill_until_it_ends() -> None:
        def is_over() -> bool:
            kill_all(players())
            return ended.is_set()

        until(is_over)

    ended = threading.Event()
    killer = threading.Thread(target=kill_until_it_ends)
    killer.start()
    with pytest.raises(NoSpeaker, match="the player ended with -9"):
        device.play(silence(60), "")
    ended.set()
    killer.join(SOON_S)


def test_a_player_that_hangs_is_ended(players: Players) -> None:
    device = Loudspeaker("null", beyond_s=-59.9)
    with pytest.raises(NoSpeaker, match="took longer"):
        device.play(silence(60), "")
    device.stop()
    assert players() == []


def test_a_folder_takes_each_sound_and_the_time_it_lasts(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "new" / "folder")
    before = time.monotonic()
    folder.play(tone(0.2), "a call")
    assert time.monotonic() - before >= 0.2
    assert heard(tmp_path / "new" / "folder" / "a call.wav") == pytest.approx(0.2)
    folder.stop()
    with pytest.raises(NoSpeaker):
        folder.play(tone(60), "another")
