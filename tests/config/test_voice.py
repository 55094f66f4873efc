"""[voice]: what a board with a loudspeaker is told, and the mistakes that can be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Mistakes
from link.messages import VoiceInfo, VolumeFrom
from tests.config import shipped

SPEAKER = ('# speaker = "default"', 'speaker = "USB"')
SENTENCE = 'vi = "Mời công dân có số {number} đến quầy số {counter}"'


def test_a_board_with_a_speaker_is_told_how_the_hall_speaks(tmp_path: Path) -> None:
    volumes = '# volumes = [{ from = "06:30", percent = 90 }, { from = "11:30", percent = 60 }]'
    text = shipped.changed(SPEAKER, (volumes, volumes.removeprefix("# ")))
    config = shipped.read_text(tmp_path, text)
    voice = config.devices["board-1"].voice
    assert (
        voice
        == config.voice
        == VoiceInfo(
            speaker="USB",
            templates={
                "vi": "Mời công dân có số {number} đến quầy số {counter}",
                "en": "Ticket {number}, please proceed to counter {counter}",
            },
            volumes=[VolumeFrom("06:30", 90), VolumeFrom("11:30", 60)],
        )
    )
    assert "speaker" not in config.devices["board-1"].settings


def test_a_board_without_a_speaker_is_silent(tmp_path: Path) -> None:
    config = shipped.read_text(tmp_path, shipped.text())
    assert {one.voice for one in config.devices.values()} == {None}
    assert config.voice.speaker == "default"


def test_a_hall_needs_no_table_for_its_voice(tmp_path: Path) -> None:
    before, _, rest = shipped.text().partition("[voice]")
    text = before + rest[rest.index("# --- Screens") :]
    config = shipped.read_text(tmp_path, text.replace(*SPEAKER))
    assert config.devices["board-1"].voice == VoiceInfo(speaker="USB")


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("Mời số {numbr}", "has {numbr}: only {number} and {counter} are known."),
        ("Mời quầy {counter}", "must have {number} once, and {counter} at most once."),
        ("{number} {number}", "must have {number} once, and {counter} at most once."),
        ("{number} {counter} {counter}", "must have {number} once, and {counter} at most once."),
        ("{{number}", "has a brace too many."),
        ("{number} {}", "has {}: only {number} and {counter} are known."),
        ("{number} tầng 2", "has a digit: write it as it is spoken."),
    ],
)
def test_a_bad_sentence_is_named(sentence: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as raised:
        shipped.read_text(tmp_path, shipped.changed((SENTENCE, f'vi = "{sentence}"')))
    assert str(raised.value) == f'config.toml: voice.templates.vi: "{sentence}" {problem}'


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (("repeats = 2", "repeats = 0"), "repeats: 0 is not a whole number from 1 to 5."),
        (("speed = 1.0", "speed = 3"), "speed: 3 is not a number from 0.5 to 2."),
        (
            ('= "north"', '= "nrth"'),
            'region: "nrth" is not "north" or "south". Did you mean "north"?',
        ),
        (
            ("chime = true", 'chime = true\nvolumes = [{ from = "7:00", percent = 120 }]'),
            'volumes[1].from: "7:00" is not a time of day such as "07:30".\n'
            "config.toml: voice.volumes[1].percent: 120 is not a whole number from 0 to 100.",
        ),
        (
            (
                "chime = true",
                "chime = true\nvolumes = "
                '[{ from = "07:00", percent = 9 }, { from = "07:00", percent = 8 }]',
            ),
            'volumes[2].from: "07:00" stands above already.',
        ),
    ],
)
def test_other_mistakes_of_the_voice(change: tuple[str, str], mistake: str, tmp_path: Path) -> None:
    before, _, voice = shipped.text().partition("[voice]")
    with pytest.raises(Mistakes) as raised:
        shipped.read_text(tmp_path, before + "[voice]" + shipped.changed(change, of=voice))
    assert str(raised.value) == f"config.toml: voice.{mistake}"
