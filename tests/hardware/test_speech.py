"""From words to sound: recordings first, then piper, then espeak-ng, each as a real program."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from unicodedata import normalize

import pytest

from hardware.clips import Clips, faults
from hardware.programs import Ended, ProgramFailed, Programs
from hardware.reading import Reading, Sentence
from hardware.sound import BadSound, Sound, joined, seconds
from hardware.speech import (
    BETWEEN_LANGUAGES_S,
    Espeak,
    NoVoice,
    Piper,
    Source,
    Speech,
    sources_of,
    whole,
)
from hardware.voice_settings import VoiceSettings
from tests.hardware.hearing import Deaf, loudest, record, tone
from tests.waiting import until_now as until

Speaks = Callable[..., Speech]
VI = Reading().sentence("vi", "A105", 3)
EN = Reading().sentence("en", "A105", 3)


def once(source: Source, sentence: Sentence, haste: float = 1.0) -> Sound[int]:
    """What it says; it is not asked again."""
    try:
        return source.sound(sentence, haste)
    finally:
        source.stop()


@pytest.fixture
def speaks() -> Iterator[Speaks]:
    """Begin to speak with these settings."""
    with ExitStack() as ending:

        def begun(sources: list[Source] | None = None, **values: str | dict[str, str]) -> Speech:
            speech = Speech(VoiceSettings.of(values), sources)
            ending.callback(speech.stop)
            return speech

        yield begun


# --- espeak-ng -----------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["north", "south"])
@pytest.mark.parametrize("sentence", [VI, EN], ids=["vi", "en"])
def test_the_voice_that_is_always_there_speaks(region: str, sentence: Sentence) -> None:
    settings = VoiceSettings.of({"region": region})
    (espeak,) = sources_of(settings)
    sound = once(espeak, sentence)
    assert 3 < seconds(sound) < 8
    assert loudest(sound) > 3000


def test_speed_and_haste_make_it_faster() -> None:
    slow, usual, fast = (
        seconds(once(Espeak("north", speed), VI, haste))
        for speed, haste in ((0.8, 1.0), (1.0, 1.0), (1.0, 1.25))
    )
    assert slow > 1.1 * usual > 1.2 * fast


def test_regions_sound_different() -> None:
    assert once(Espeak("north"), VI) != once(Espeak("south"), VI)


def test_a_language_without_words_is_not_spoken_by_a_program() -> None:
    with pytest.raises(BadSound):
        Espeak("north").sound(Sentence("km", None, ("1",)), 1.0)
    with pytest.raises(BadSound):
        Espeak("north").sound(Sentence("fr", "un", ()), 1.0)


def test_a_voice_that_takes_too_long_is_ended() -> None:
    with pytest.raises(ProgramFailed, match="took longer than"):
        once(Espeak("north", limit_s=0.001), VI)


def test_a_crash_costs_one_sentence() -> None:
    espeak = Programs([sys.executable, "-m", "hardware.espeak"])
    ended = espeak.run(b"martian 140\na", 20)
    assert (ended.code, ended.out) == (1, b"")
    assert "no voice martian" in ended.err
    assert espeak.run(b"vi 140\na", 20).code == 0
    espeak.stop()


# --- Recordings ----------------------------------------------------------------------------------


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    for sentence in (VI, EN):
        record(tmp_path / sentence.language, set(sentence.clips))
    return tmp_path


def test_recordings_are_joined_with_short_gaps(clips: Path) -> None:
    sound = Clips(clips).sound(VI, 1.0)
    expected = len(VI.clips) * 0.1 + (len(VI.clips) - 1) * 0.08
    assert seconds(sound) == pytest.approx(expected, abs=0.01)


def test_however_a_name_is_spelled_the_clip_is_found(clips: Path) -> None:
    for path in sorted((clips / "vi").iterdir()):
        path.rename(path.with_name(normalize("NFD", path.name).upper()))
    assert seconds(Clips(clips).sound(VI, 1.0)) > 0.5
    assert list(faults(clips, "vi", VI.clips)) == []


def break_clip(path: Path, how: str) -> None:
    match how:
        case "missing":
            path.unlink()
        case "not a WAV":
            path.write_bytes(b"ID3 this is an MP3")
        case "silent":
            path.write_bytes(path.read_bytes()[:44] + bytes(2000))
        case "huge":
            path.write_bytes(bytes(5_000_001))
        case "a folder":
            path.unlink()
            path.mkdir()


@pytest.mark.parametrize("how", ["missing", "not a WAV", "silent", "huge", "a folder"])
def test_a_clip_that_cannot_be_used_leaves_the_whole_sentence_to_the_next_source(
    speaks: Speaks, how: str, clips: Path, caplog: pytest.LogCaptureFixture
) -> None:
    break_clip(clips / "vi" / "không.wav", how)
    speech = speaks(clips=str(clips))
    spoken = once(Espeak("north"), VI)
    assert speech.sentence(VI) == spoken == speech.sentence(VI)
    assert [record.message.split(":")[0] for record in caplog.records] == ["clips cannot speak vi"]
    assert "không.wav" in caplog.text
    (fault,) = faults(clips, "vi", VI.clips)
    assert "không.wav" in fault
    assert speech.sentence(EN) == Clips(clips).sound(EN, 1.0)


def test_recordings_that_were_mended_are_used_at_once(speaks: Speaks, clips: Path) -> None:
    (clips / "vi" / "ba.wav").rename(clips / "ba.wav")
    speech = speaks(clips=str(clips))
    with_program = speech.sentence(VI)
    (clips / "ba.wav").rename(clips / "vi" / "ba.wav")
    assert speech.sentence(VI) == Clips(clips).sound(VI, 1.0) != with_program


def test_everything_that_a_folder_lacks_is_named_at_once(clips: Path) -> None:
    for name in ("không", "ba"):
        (clips / "vi" / f"{name}.wav").unlink()
    assert list(faults(clips, "vi", VI.clips)) == [f'{clips / "vi"} lacks "không.wav", "ba.wav".']
    assert list(faults(clips, "km", ["1"])) == [f"{clips / 'km'} has no WAV files."]


# --- piper ---------------------------------------------------------------------------------------

PIPER = """#!{python}
import sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if not options["--model"].endswith("vi_VN-voice.onnx"):
    sys.exit("no such voice")
said = sys.stdin.read()
assert options["--output_file"] == "-"
open("{folder}/said.txt", "w").write(options["--length_scale"] + " " + said)
sys.stdout.buffer.write(open("{folder}/voice.wav", "rb").read())
"""


@pytest.fixture
def piper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of this name, that takes the options of the real one."""
    from hardware.sound import wav_of

    program = tmp_path / "piper"
    program.write_text(PIPER.format(python=sys.executable, folder=tmp_path), encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "voice.wav").write_bytes(wav_of(tone(1.0)))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_piper_is_handed_the_words_and_how_slowly_to_speak_them(piper: Path) -> None:
    sound = once(Piper(piper / "vi_VN-voice.onnx", speed=0.8), VI)
    assert seconds(sound) == pytest.approx(1.0, abs=0.05)
    assert (piper / "said.txt").read_text(encoding="utf-8") == f"1.25 {VI.text}\n"


def test_a_piper_voice_speaks_its_own_language_and_espeak_the_other(
    speaks: Speaks, piper: Path
) -> None:
    speech = speaks(piper_voice=str(piper / "vi_VN-voice.onnx"))
    assert seconds(speech.sentence(VI)) == pytest.approx(1.0, abs=0.05)
    assert speech.sentence(EN) == once(Espeak("north"), EN)


def test_without_piper_or_its_voice_espeak_speaks(
    speaks: Speaks, piper: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    voice = str(piper / "vi_VN-other.onnx")
    assert speaks(piper_voice=voice).sentence(VI) == once(Espeak("north"), VI)
    monkeypatch.setenv("PATH", "/nowhere")
    assert speaks(piper_voice=voice).sentence(VI) == once(Espeak("north"), VI)
    without_voice, without_piper = (one.message for one in caplog.records)
    assert without_voice == "piper cannot speak vi: it ended with 1. no such voice"
    assert "No module named piper" in without_piper


# --- Whole calls ---------------------------------------------------------------------------------


def test_a_call_is_spoken_in_vietnamese_and_then_in_the_tickets_language(
    speaks: Speaks, clips: Path
) -> None:
    speech = speaks(clips=str(clips))
    vi, en = speech.sentence(VI), speech.sentence(EN)
    assert speech.call("A105", 3, "vi") == vi
    assert speech.call("A105", 3, "en") == joined([vi, en], BETWEEN_LANGUAGES_S)
    assert speech.call("A105", 3, "fr") == vi


def test_a_second_language_that_nothing_speaks_is_left_out(speaks: Speaks, clips: Path) -> None:
    speech = speaks(clips=str(clips), templates={"km": "{number} tov {counter}"})
    assert speech.call("A105", 3, "km") == speech.sentence(VI)
    record(clips / "km", ["A", "1", "0", "5", "tov", "3"])
    assert seconds(speech.call("A105", 3, "km")) > seconds(speech.sentence(VI)) + 0.5


def test_where_nothing_speaks_that_is_said(
    speaks: Speaks, caplog: pytest.LogCaptureFixture
) -> None:
    speech = speaks([Deaf()])
    with pytest.raises(NoVoice):
        speech.call("A105", 3, "vi")
    assert [one.levelno for one in caplog.records] == [logging.WARNING]


def test_the_whole_of_a_call_is_a_chime_and_the_words_as_often_as_configured() -> None:
    words = tone(1.0)
    once = VoiceSettings(repeats=1, chime=False)
    assert whole(words, once) == words
    thrice = whole(words, VoiceSettings(repeats=3, pause_s=0.5))
    assert seconds(thrice) == pytest.approx(0.95 + 0.1 + 3 * 1.0 + 2 * 0.5, abs=0.01)


def test_a_program_that_is_told_to_stop_is_ended_at_once(tmp_path: Path) -> None:
    begun = str(tmp_path / "begun")
    script = f"import sys, time; sys.stdin.read(); open({begun!r}, 'w'); time.sleep(600)"
    programs = Programs([sys.executable, "-c", script])
    ended: list[Ended] = []

    def run() -> None:
        ended.append(programs.run(b"", 600))

    thread = threading.Thread(target=run)
    thread.start()
    until((tmp_path / "begun").exists)
    programs.stop()
    thread.join(10)
    assert [one.code for one in ended] == [-signal.SIGKILL]
    with pytest.raises(ProgramFailed):
        programs.run(b"", 1)


def test_sources_are_asked_in_their_order(clips: Path) -> None:
    values = {"clips": str(clips), "piper_voice": "vi_VN-voice.onnx"}
    order: list[Source] = list(sources_of(VoiceSettings.of(values)))
    assert [one.name for one in order] == ["clips", "piper", "espeak-ng"]
