"""Whoever stands before the kiosk: the page that is up, the group chosen, and what a touch does.

All that the kiosk knows of a person is one `Visit`; a new one forgets everything. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.ticket import Ticket

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
class Groups:
    """The priority groups, and the proof for each."""

    before: Page


@dataclass(frozen=True, slots=True)
class Confirm:
    """One service that something must be said of before its ticket is taken."""

    service: str
    before: Page


@dataclass(frozen=True, slots=True)
class Help:
    before: Page


@dataclass(frozen=True, slots=True)
class Taking:
    """A ticket was asked for and nobody has answered yet. There is no way out but the answer."""

    before: Page


@dataclass(frozen=True, slots=True)
class Taken:
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Sorry:
    """No ticket, and why: a refusal's `reason` and facts."""

    refused: Mapping[str, object]
    before: Page


Page = Start | Services | Groups | Confirm | Help | Taking | Taken | Sorry


@dataclass(frozen=True, slots=True)
class Visit:
    page: Page = Start()
    group: str | None = None


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
class Leave:
    """Done: the next one, please."""


@dataclass(frozen=True, slots=True)
class Stay:
    """More time."""


@dataclass(frozen=True, slots=True)
class TurnSheet:
    """More to choose from."""


Step = Go | Choose | Take | Join | Speak | Leave | Stay | TurnSheet
