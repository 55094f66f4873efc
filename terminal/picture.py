"""What stands on one page to touch, and what each touch does; in words, not in widgets.

What a step means is known only to the screen whose page it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

S_co = TypeVar("S_co", covariant=True)  # what a touch does

Voice = Literal["plain", "strong", "note"]


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    voice: Voice = "plain"


@dataclass(frozen=True, slots=True)
class Choice(Generic[S_co]):
    """One large box: a title, facts below it, and what a touch does.

    `key`: instead of its place on the sheet. `mood`: it has a face, from -1, sad, to 1, glad.
    `taken`: it is one of those chosen so far; None: nothing stays chosen on this page.
    """

    title: str
    step: S_co
    facts: tuple[str, ...] = ()
    open: bool = True
    key: str = ""
    mood: float | None = None
    taken: bool | None = None


@dataclass(frozen=True, slots=True)
class Key(Generic[S_co]):
    """One of the small boxes at the foot, each with a key of its own."""

    key: str
    title: str
    step: S_co


@dataclass(frozen=True, slots=True)
class Picture(Generic[S_co]):
    """`typed`: what was typed so far, where a page has letters to type, or `digits` alone."""

    title: str
    choices: tuple[Choice[S_co], ...] = ()
    said: tuple[Said, ...] = ()
    number: str = ""
    keys: tuple[Key[S_co], ...] = ()
    enter: S_co | None = None
    typed: str | None = None
    digits: bool = False

    def goes_on(self, before: Picture[object]) -> bool:
        """Whether it is the page that was up before, with news."""
        return (self.title, self.typed) == (before.title, before.typed)


@dataclass(frozen=True, slots=True)
class TurnSheet:
    """The step of the box that shows more to choose from."""
