"""The hall's own recordings: a folder for each language, with a WAV file for each word and phrase,
named by what it says. What is said is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from unicodedata import normalize

from hardware.reading import Sentence
from hardware.sound import BadSound, Sound, joined, sound_of, trimmed

GAP_S: Final = 0.08  # between two clips
LARGEST: Final = 5_000_000  # bytes; a phrase at 48 kHz in stereo has a tenth


class Clips:
    """Sentences made of recordings."""

    name: Final = "clips"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sound(self, sentence: Sentence, haste: float) -> Sound[int]:
        """Raises BadSound, for the whole sentence, when one clip is missing or broken.

        In haste the gaps are shorter; a recording is as fast as whoever spoke it.
        """
        files = files_in(self._folder / sentence.language)
        return joined((_clip(files, name) for name in sentence.clips), GAP_S / haste)

    def stop(self) -> None:
        """Nothing takes long here."""


def faults(folder: Path, language: str, needed: Iterable[str]) -> Iterator[str]:
    """What is missing, or cannot be used, of the clips of a language."""
    files = files_in(folder / language)
    if not files:
        yield f"{folder / language} has no WAV files."
        return
    missing = []
    for name in needed:
        try:
            _clip(files, name)
        except BadSound as problem:
            if _key(name) in files:
                yield f"{folder / language}: {problem}."
            else:
                missing.append(f'"{name}.wav"')
    if missing:
        yield f"{folder / language} lacks {', '.join(missing)}."


def files_in(folder: Path) -> dict[str, Path]:
    """Every WAV file, however its name is spelled: big or small, composed letters or not."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".wav")
    except OSError:
        return {}
    return {_key(path.stem): path for path in files}


def _key(name: str) -> str:
    return " ".join(normalize("NFC", name).casefold().split())


def _clip(files: dict[str, Path], name: str) -> Sound[int]:
    path = files.get(_key(name))
    if path is None:
        raise BadSound(f'"{name}.wav" is missing')
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as problem:
        raise BadSound(f'"{path.name}" cannot be read: {problem.strerror}') from None
    if len(content) > LARGEST:
        raise BadSound(f'"{path.name}" is larger than {LARGEST // 1_000_000} MB')
    try:
        clip = trimmed(sound_of(content))
    except BadSound as problem:
        raise BadSound(f'"{path.name}" {problem}') from None
    if not clip:
        raise BadSound(f'"{path.name}" is silent')
    return clip
