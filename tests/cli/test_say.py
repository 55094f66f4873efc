"""`motcua say`: a call is printed, written or spoken, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.reading import DIGITS
from tests.cli.commands import config_with, run
from tests.hardware.hearing import heard, record

WITH_CLIPS = '# clips = "/etc/motcua/clips"'


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("A105 --counter 3", "Mời công dân có số A, một, không, năm, đến quầy số ba"),
        ("c5 --counter 15", "Mời công dân có số Xê, không, không, năm, đến quầy số mười lăm"),
        (
            "A105 --counter 3 --style full",
            "Mời công dân có số A một trăm linh năm, đến quầy số ba",
        ),
        (
            "A1024 --counter 21 --style full --region south",
            "Mời công dân có số A một ngàn không trăm hai mươi bốn, đến quầy số hai mươi mốt",
        ),
        (
            "A105 --counter 3 --language en",
            "Ticket A, one, zero, five, please proceed to counter three",
        ),
    ],
)
def test_the_words_of_a_call_are_printed(asked: str, words: str, tmp_path: Path) -> None:
    done = run("say", *asked.split(), "--text", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, f"{words}\n", "")


def test_the_halls_own_style_region_and_sentences_are_the_default(tmp_path: Path) -> None:
    config = config_with(
        tmp_path,
        ('style = "digits"', 'style = "full"'),
        ('region = "north"', 'region = "south"'),
        ("Mời công dân có số {number} đến", "Xin mời số {number} đến"),
    )
    done = run("say", "A105", "--counter", "3", "--text", "--config", config, cwd=tmp_path)
    assert done.out == "Xin mời số A một trăm lẻ năm, đến quầy số ba\n"


def test_the_sound_of_a_call_is_written(tmp_path: Path) -> None:
    done = run("say", "A105", "--counter", "3", "--wav", "out.wav", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert 8 < heard(tmp_path / "out.wav") < 15  # a chime, and twice the words


def test_recordings_of_the_hall_are_used_and_one_that_lacks_is_named(tmp_path: Path) -> None:
    words = ("Mời công dân có số", "A", "một", "không", "năm", "đến quầy số", "ba")
    record(tmp_path / "clips" / "vi", words)
    config = config_with(tmp_path, (WITH_CLIPS, f'clips = "{tmp_path / "clips"}"'))
    asked = ("--wav", "out.wav", "--config", config)
    done = run("say", "A105", "--counter", "3", *asked, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert heard(tmp_path / "out.wav") < 5
    done = run("say", "A105", "--counter", "4", *asked, cwd=tmp_path)
    assert (done.code, done.err) == (0, 'clips cannot speak vi: "bốn.wav" is missing\n')
    assert heard(tmp_path / "out.wav") > 8


def test_a_call_is_spoken_at_the_loudspeaker_asked_for(tmp_path: Path) -> None:
    words = ("A", "một", "không", "năm", "ba")
    record(tmp_path / "clips" / "vi", words)
    config = config_with(
        tmp_path,
        (WITH_CLIPS, f'clips = "{tmp_path / "clips"}"'),
        ("Mời công dân có số {number} đến quầy số {counter}", "{number} {counter}"),
    )
    asked = ("say", "A105", "--counter", "3", "--config", config, "--speaker")
    assert run(*asked, "null", cwd=tmp_path).code == 0
    assert run(*asked, f"file:{tmp_path / 'heard'}", cwd=tmp_path).code == 0
    assert heard(tmp_path / "heard" / "say.wav") > 1
    assert "no loudspeaker" in run(*asked, "one that nobody has", cwd=tmp_path).refused()


def test_what_is_no_number_language_counter_or_place_is_said(tmp_path: Path) -> None:
    three = ("--counter", "3")
    refused = run("say", "A1O5", *three, "--text", cwd=tmp_path).refused()
    assert refused == 'motcua: "A1O5" is no number of a ticket, such as A105'
    refused = run("say", "A105", *three, "--language", "fr", "--text", cwd=tmp_path).refused()
    assert refused.endswith("voice.templates has no sentence in fr")
    refused = run("say", "A105", *three, "--wav", "no/such/folder.wav", cwd=tmp_path).refused()
    assert refused == "motcua: no/such/folder.wav: No such file or directory"
    done = run("say", "A105", "--counter", "0", cwd=tmp_path)
    assert done.code == 2
    assert "a counter is a number from 1 to 999" in done.err


def test_a_hall_that_is_silent_at_this_hour_is_not_disturbed(tmp_path: Path) -> None:
    silent = 'volumes = [{ from = "00:00", percent = 0 }]'
    config = config_with(tmp_path, ('# volumes = [{ from = "06:30"', f"{silent} # "))
    done = run("say", "A105", "--counter", "3", "--config", config, cwd=tmp_path)
    assert "silent at this time of day" in done.refused()


def test_check_names_the_recordings_that_lack_or_are_broken(tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    config = config_with(
        tmp_path,
        (WITH_CLIPS, f'clips = "{clips}"'),
        ("# piper_voice", "piper_voice"),
    )
    done = run("check", "--config", config, cwd=tmp_path)
    assert f"warning: voice.clips: {clips} is not on this machine." in done.err
    assert "warning: voice.piper_voice: /var/lib/motcua/" in done.err
    record(clips / "vi", [*DIGITS["vi"][:9], *"ACHKLMTX", "Mời công dân có số", "đến quầy số"])
    (clips / "vi" / "ba.wav").write_bytes(b"no sound")
    done = run("check", "--config", config, cwd=tmp_path)
    assert done.code == 0
    assert f'warning: voice.clips: {clips}/vi lacks "chín.wav".' in done.err
    assert f'warning: voice.clips: {clips}/vi: "ba.wav" is no WAV file' in done.err
    assert "/en" not in done.err
