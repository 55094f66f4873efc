"""Whoever stands before the kiosk: the page that is up, the group chosen, and what a touch does.

All that the kiosk knows of a person is one `Visit`; a new one forgets everything. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kiosk.card import Card
from kiosk.ticket import Ticket
from link.messages import GroupInfo
from terminal.opinion import Opinion
from terminal.picture import TurnSheet

# --- Pages. `before` is where 0 leads back to -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """The fields."""


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one field."""

    field: str
    before: Page = Start()


@dataclass(frozen=True, slots=True)
class Search:
    """Every service whose name fits what was typed."""

    text: str = field(default="", repr=False)
    before: Page = Start()


@dataclass(frozen=True, slots=True)
class Groups:
    """The priority groups, and the proof for each."""

    before: Page


@dataclass(frozen=True, slots=True)
class Confirm:
    """One service that something must be said of before its ticket is taken."""

    service: str
    before: Page


@dataclass(frozen=True, slots=True)
class ShowCard:
    """No ticket for this service before an identity card was read."""

    service: str
    before: Page


@dataclass(frozen=True, slots=True)
class CardSuggests:
    """The age on a card gives a right to this priority group."""

    group: str
    before: Page


@dataclass(frozen=True, slots=True)
class Help:
    before: Page


@dataclass(frozen=True, slots=True)
class Taking:
    """A ticket was asked for and nobody has answered yet. There is no way out but the answer."""

    before: Page


@dataclass(frozen=True, slots=True)
class Paper:
    """How the printed ticket stands. `trouble`: why it waits.

    none: nothing prints here. waiting: it comes out when the trouble is over. unknown: nobody can
    say whether it came out. given_up: it will not.
    """

    state: Literal["none", "printing", "printed", "waiting", "unknown", "given_up"]
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    ticket: Ticket
    paper: Paper = Paper("none")


@dataclass(frozen=True, slots=True)
class Sorry:
    """No ticket, and why: a refusal's `reason` and facts."""

    refused: Mapping[str, object]
    before: Page


@dataclass(frozen=True, slots=True)
class TypeTicket:
    """The ticket to rate, told by what is printed on it. `number` None: it is still typed.

    `typed`: the digits so far, of the number behind its `letter` or of the code.
    """

    letter: str | None = None
    number: str | None = field(default=None, repr=False)
    typed: str = field(default="", repr=False)
    before: Page = Start()


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """The ticket that somebody holds: its token, or its number and the code beside it."""

    token: str | None = None
    number: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class AskLevel:
    """How was the visit of the ticket that was shown?"""

    ticket: Held


@dataclass(frozen=True, slots=True)
class Explain:
    """Why not? The level counts already, whatever is said here."""

    ticket: Held
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating was sent. `answer`: a refusal's reason and facts; {}: it counts; None: not known."""

    ticket: Held
    answer: Mapping[str, object] | None = None


Page = (
    Start
    | Services
    | Search
    | Groups
    | Confirm
    | ShowCard
    | CardSuggests
    | Help
    | Taking
    | Taken
    | Sorry
    | TypeTicket
    | AskLevel
    | Explain
    | Rated
)


@dataclass(frozen=True, slots=True)
class Visit:
    """`person`: the hash of a card that was read, where the hall counts numbers by it."""

    page: Page = Start()
    group: str | None = None
    card_read: bool = False
    person: str | None = field(default=None, repr=False)


def after_card(
    visit: Visit, card: Card, groups: Sequence[GroupInfo], person_key: str, today: date
) -> Visit:
    """The visit of somebody who showed a card: counted if the hall counts, and a group suggested.

    The suggestion is that of the highest age that was reached.
    """
    person = card.person(person_key, today) if person_key else None
    page = visit.page
    fitting = [one for one in groups if one.from_age and card.age(today) >= one.from_age]
    if fitting and visit.group is None:
        oldest = max(fitting, key=lambda group: group.from_age or 0)
        page = CardSuggests(oldest.code, page)
    return Visit(page, visit.group, card_read=True, person=person)


# --- Steps: what a touch or a key does ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Go:
    page: Page


@dataclass(frozen=True, slots=True)
class Choose:
    """Take a ticket for this service, or say first what must be said."""

    service: str
    before: Page


@dataclass(frozen=True, slots=True)
class Take:
    """Take a ticket for this service at once."""

    service: str
    before: Page


@dataclass(frozen=True, slots=True)
class Join:
    """Be of this priority group, or of none."""

    group: str | None
    then: Page


@dataclass(frozen=True, slots=True)
class Speak:
    language: str


@dataclass(frozen=True, slots=True)
class PrintAgain:
    """Another copy of the ticket in sight."""


@dataclass(frozen=True, slots=True)
class HavePaper:
    """The ticket came out after all."""


@dataclass(frozen=True, slots=True)
class ChooseLevel:
    """So satisfied."""

    level: int


@dataclass(frozen=True, slots=True)
class Point:
    """At this reason, or no longer."""

    tag: str


@dataclass(frozen=True, slots=True)
class SendRating:
    """That is all."""


@dataclass(frozen=True, slots=True)
class Type:
    """One letter more of what is looked for."""

    letter: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Erase:
    """The last letter was wrong."""


@dataclass(frozen=True, slots=True)
class TypeDigit:
    """One digit more of a ticket's number or code."""

    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EraseDigit:
    """The last digit was wrong; where there is none, what was typed before is."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """That is all of the number."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Done: the next one, please."""


@dataclass(frozen=True, slots=True)
class Stay:
    """More time."""


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """To the technician's page, for whoever has the PIN."""


Step = (
    Go
    | Choose
    | Take
    | Join
    | Speak
    | PrintAgain
    | HavePaper
    | Leave
    | Stay
    | TurnSheet
    | OpenDoor
    | ChooseLevel
    | Point
    | SendRating
    | Type
    | Erase
    | TypeDigit
    | EraseDigit
    | GoOn
)
