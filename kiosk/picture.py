"""What stands on one page of the kiosk, and what each touch does; in words, not in widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.visit import Step

Voice = Literal["plain", "strong", "note"]


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    voice: Voice = "plain"


@dataclass(frozen=True, slots=True)
class Choice:
    """One large box: a title, facts below it, and what a touch does."""

    title: str
    step: Step
    facts: tuple[str, ...] = ()
    open: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    """One of the small boxes at the foot, each with a key of its own."""

    key: str
    title: str
    step: Step


@dataclass(frozen=True, slots=True)
class Picture:
    """`typed`: what was typed so far, where a page has letters to type."""

    title: str
    choices: tuple[Choice, ...] = ()
    said: tuple[Said, ...] = ()
    number: str = ""
    keys: tuple[Key, ...] = ()
    enter: Step | None = None
    typed: str | None = None

    def goes_on(self, before: Picture) -> bool:
        """Whether it is the page that was up before, with news."""
        return (self.title, self.typed) == (before.title, before.typed)
