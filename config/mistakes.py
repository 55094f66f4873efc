"""What is wrong with the file, in words for the technician who wrote it. Finds nothing itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

LONGEST_SHOWN: Final = 60  # characters of a wrong value
IN_ADDRESS: Final = re.compile(r"://[^\"]*@")  # who comes in there, and with which password


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to correct. `key` counts from 1, as people do: `counters[3].serves[1]`."""

    file: str
    key: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.problem}" + (f" {self.hint}" if self.hint else "")


class Mistakes(Exception):  # noqa: N818 - it carries mistakes, and is read out as such
    """Everything that is wrong with the file."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that runs but deserves a word. `loud`: nobody may overlook it."""

    key: str
    text: str
    loud: bool = False

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


def shown(value: object) -> str:
    """A value as it may stand in a message: short, on one line, harmless to a terminal."""
    written = IN_ADDRESS.sub("://***@", json.dumps(value, ensure_ascii=False, default=str))
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in written)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def did_you_mean(value: object, possible: Iterable[str]) -> str:
    """A question with the nearest spelling; empty where none is near."""
    near = get_close_matches(str(value), sorted(possible), n=1)
    return f"Did you mean {shown(near[0])}?" if near else ""
