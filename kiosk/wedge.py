"""Tells a scanner that types like a keyboard from a person at the keys, by time alone.

Draws nothing and looks at no clock; of what was scanned nothing stays once it was handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from math import inf
from typing import Final, Literal

from hardware.scanner import Scanned, ScannerTrouble

GAP_S: Final = 0.05  # no person strikes key after key faster, no scanner types slower
END_S: Final = 0.3  # of silence: the scan is over, also without Enter
LEAST: Final = 6  # characters of a scan; with fewer it is a person who drums
MOST: Final = 2000  # strokes; more is babble
ENDS: Final = frozenset({"enter", "ctrl+j", "tab"})  # what scanners type at the end


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key that a person pressed, and what it types."""

    key: str
    character: str = field(default="", compare=False)


Heard = Pressed | Scanned | ScannerTrouble
Stroke = tuple[str, str]  # a key, and the character it types, if any


class Wedge:
    """Keeps each stroke back until it is known whose it is: `feed` it, and ask again at `due_at`.

    Times are those of the strokes, in seconds of one clock, not of when somebody saw to them.
    """

    def __init__(self) -> None:
        self.due_at: float | None = None  # when `due` has something to say if nothing is fed
        self._strokes: list[Stroke] = []
        self._as: Literal["keys", "scan", "babble"] = "keys"
        self._struck_at = -inf
        self._scanned_at = -inf  # when Enter ended a scan
        self._asked_again = False

    def feed(self, key: str, character: str | None, at: float) -> list[Heard]:
        """One stroke; what is known now, oldest first."""
        heard = self._end() if at - self._struck_at >= self._pause_s else []
        self._struck_at = at
        if self._as == "scan" and key in ENDS:
            heard += self._end()
            self._scanned_at = at
        elif not self._is_second_end(key, at):
            heard += self._add(key, character or "")
        nothing_left = self._as == "keys" and not self._strokes
        self.due_at = None if nothing_left else at + self._pause_s
        self._asked_again = False
        return heard

    def due(self, at: float) -> list[Heard]:
        """What is known because nothing more was struck until now.

        Asked long after `due_at`, it wants to be asked once more: whoever was too busy to ask may
        have strokes standing in line.
        """
        if self.due_at is None or at < self.due_at:
            return []
        if at - self.due_at > GAP_S and not self._asked_again:
            self._asked_again, self.due_at = True, at + GAP_S
            return []
        return self._end()

    @property
    def _pause_s(self) -> float:
        return GAP_S if self._as == "keys" else END_S

    def _is_second_end(self, key: str, at: float) -> bool:
        """The LF behind the CR that ended a scan."""
        return key in ENDS and not self._strokes and at - self._scanned_at < END_S

    def _add(self, key: str, character: str) -> list[Heard]:
        if self._as == "babble":
            return []
        self._strokes.append((key, character if character.isprintable() else ""))
        if len(self._strokes) > MOST:
            self._strokes, self._as = [], "babble"
            return [ScannerTrouble("babble")]
        if self._as == "keys" and _is_scan(self._strokes):
            self._as = "scan"
        return []

    def _end(self) -> list[Heard]:
        """Hand over everything, and begin anew."""
        strokes, was = self._strokes, self._as
        self._strokes, self._as, self.due_at = [], "keys", None
        match was:
            case "scan":
                return [Scanned("".join(character for _, character in strokes))]
            case "babble":
                return [ScannerTrouble(None)]
            case "keys":
                return list(_pressed(strokes))


def _is_scan(strokes: Iterable[Stroke]) -> bool:
    """Enough characters, and not those of one key that is held down."""
    characters = [character for _, character in strokes if character]
    return len(characters) >= LEAST and len(set(characters)) > 1


def _pressed(strokes: Iterable[Stroke]) -> Iterator[Pressed]:
    """The keys, without the repeats of one held down: its first stroke came long before them."""
    for (key, character), run in groupby(strokes):
        times = sum(1 for _ in run)
        if times < LEAST:
            yield from [Pressed(key, character)] * times
