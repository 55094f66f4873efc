"""The course of one rating: asleep, asked, explained, thanked. Draws nothing and asks nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from link.messages import Rate, RatingView
from terminal.keys import ERASE, typed_on
from terminal.opinion import LONGEST, Opinion
from terminal.picture import TurnSheet


@dataclass(frozen=True, slots=True)
class Offer:
    """A turn that may be rated. One that was taken back and finished again is another offer."""

    ticket: str
    turn: int
    ended_at: datetime


def offer_in(view: RatingView) -> Offer | None:
    if view.ticket is None or view.turn is None or view.ended_at is None:
        return None
    return Offer(view.ticket, view.turn, view.ended_at)


# --- Pages ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asleep:
    """Nobody is asked."""


@dataclass(frozen=True, slots=True)
class Ask:
    """How satisfied?"""

    offer: Offer


@dataclass(frozen=True, slots=True)
class Explain:
    """Why not? The level counts already, whatever is said here."""

    offer: Offer
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class Write:
    """The same in the citizen's own words."""

    offer: Offer
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class Thank:
    """The rating is on its way."""


Page = Asleep | Ask | Explain | Write | Thank


def due(page: Page) -> Rate | None:
    """What must be sent when this page is left: no level that was chosen is lost."""
    if not isinstance(page, Explain | Write):
        return None
    offer, opinion = page.offer, page.opinion
    tags = list(opinion.tags)
    return Rate(opinion.level, offer.ticket, offer.turn, tags=tags, text=opinion.text.strip())


# --- Steps: what a touch or a key does -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choose:
    """This level."""

    level: int


@dataclass(frozen=True, slots=True)
class Point:
    """At this reason, or no longer."""

    tag: str


@dataclass(frozen=True, slots=True)
class Go:
    page: Page


@dataclass(frozen=True, slots=True)
class Type:
    """One letter more, or ERASE."""

    letter: str


@dataclass(frozen=True, slots=True)
class Send:
    """That is all."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to say."""


@dataclass(frozen=True, slots=True)
class Speak:
    language: str


Step = Choose | Point | Go | Type | Send | Skip | Speak | TurnSheet


def pointed(page: Explain, tag: str) -> Explain:
    return replace(page, opinion=page.opinion.toggled(tag))


def typed(page: Write, letter: str) -> Write:
    text = page.opinion.text
    text = text[:-1] if letter == ERASE else typed_on(text, letter, LONGEST)
    return replace(page, opinion=replace(page.opinion, text=text))
