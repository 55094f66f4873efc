"""What a citizen says of a service, and how it is asked: a level, up to three reasons, a few words.

Made into choices for a page; asks nobody, and knows no ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from link.messages import WordInfo
from terminal.picture import Choice, Said
from terminal.words import Words

MOST_TAGS: Final = 3
LONGEST: Final = 200  # characters of the citizen's own words
FACES: Final = {  # of each word
    "very_dissatisfied": -1.0,
    "dissatisfied": -0.5,
    "neutral": 0.0,
    "satisfied": 0.5,
    "very_satisfied": 1.0,
}
SCALES: Final = {  # how many levels -> their words, the worst first
    5: ("very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied"),
    3: ("dissatisfied", "satisfied", "very_satisfied"),
}

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Opinion:
    """`level` counts from 1, the worst. Never shown again, never logged."""

    level: int
    tags: tuple[str, ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)

    def toggled(self, tag: str) -> Opinion:
        """With this reason, or without it where it was given; a fourth one is not taken."""
        if tag in self.tags:
            return replace(self, tags=tuple(one for one in self.tags if one != tag))
        return replace(self, tags=(*self.tags, tag)[:MOST_TAGS])

    @property
    def says_more(self) -> bool:
        """Whether there is more to it than the level."""
        return bool(self.tags or self.text.strip())


def is_satisfied(level: int, levels: int) -> bool:
    return level > SCALES[levels].index("satisfied")


def level_name(words: Words, level: int, levels: int) -> str:
    return words(f"rating.{SCALES[levels][level - 1]}")


def level_choices(words: Words, levels: int, step: Callable[[int], S]) -> Iterator[Choice[S]]:
    """The best first; the key of a level is the level itself."""
    for level in range(levels, 0, -1):
        mood = FACES[SCALES[levels][level - 1]]
        name = level_name(words, level, levels)
        yield Choice(name, step(level), key=str(level), mood=mood)


def reason_choices(
    words: Words, reasons: Sequence[WordInfo], opinion: Opinion, step: Callable[[str], S]
) -> Iterator[Choice[S]]:
    """What somebody who is not satisfied may point at; what was chosen is marked."""
    for reason in reasons:
        taken = reason.code in opinion.tags
        yield Choice(words.name(reason.names), step(reason.code), taken=taken)


def thanks(words: Words) -> tuple[Said, ...]:
    return Said(words("rating.thanks"), "strong"), Said(words("rating.thanks_for_it"))
