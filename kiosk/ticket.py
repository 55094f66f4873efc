"""The ticket as the server answers it. Draws nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from link.messages import Answer


class Ticket(Struct, frozen=True, kw_only=True):
    """What `take_ticket` is answered with; waits in seconds, `counters` are those that serve it."""

    ticket: str
    services: tuple[str, ...]
    issued_at: datetime
    ahead: int
    language: str = ""
    group: str | None = None
    low_s: int | None = None
    high_s: int | None = None
    counters: tuple[str, ...] = ()
    token: str = ""

    @property
    def service(self) -> str:
        return self.services[0]


def ticket_or_refusal(answer: Answer) -> Ticket | dict[str, Any]:
    """The ticket, or the refusal's reason and facts. Raises msgspec.ValidationError for neither."""
    if answer.refused is not None:
        return answer.refused
    return msgspec.convert(answer.ok, Ticket)
