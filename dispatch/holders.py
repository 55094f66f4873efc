"""Which ticket somebody holds: told by its public token, or by its number and the code beside it.

Codes are short, so whoever types wrong ones in a row waits longer each time, and a ticket whose
code was guessed at too often is told by its token alone.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from typing import Final

from dispatch.lockout import Lockout
from hall.commands import Refused
from hall.model import Hall, Ticket
from link import messages as m
from link.rating_code import rating_code

MOST_GUESSED: Final = 10_000  # tickets remembered
GUESSES: Final = 5  # wrong codes for one ticket, at whatever screens


class Holders:
    """Knows the tickets of the hall as it is now. `clock`: seconds that nobody can set back."""

    def __init__(self, hall: Callable[[], Hall], clock: Callable[[], float]) -> None:
        self._hall = hall
        self._wrong_codes = Lockout((), clock)
        self._guessed: Counter[str] = Counter()  # wrong codes by token: of today's tickets

    def by_token(self, token: str) -> str | None:
        """The number of today's ticket with this public token."""
        given = token.encode()
        tickets = (ticket for roll in self._hall().tickets.values() for ticket in roll)
        return next(
            (t.number for t in tickets if secrets.compare_digest(t.token.encode(), given)), None
        )

    def rated(self, do: m.Rate, device: m.DeviceInfo) -> str | Refused:
        """The number of the ticket that is rated. At a counter whoever sits there is known."""
        if do.token is not None:
            number = self.by_token(do.token)
            if number is None or do.ticket not in (None, number):
                return Refused("unknown_ticket", ticket=do.ticket or "")
            return number
        if do.code is not None and do.ticket is not None:
            return self._by_code(do.ticket, do.code, device.device)
        if device.role != "rating":
            return Refused("not_allowed")
        return do.ticket or Refused("unknown_ticket", ticket="")

    def _by_code(self, number: str, code: str, device: str) -> str | Refused:
        wait_s = self._wrong_codes.wait_s("", device)
        if wait_s:
            return Refused("locked_out", wait_s=wait_s)
        ticket = self._hall().ticket(number)
        known = ticket is not None and self._guessed[ticket.token] < GUESSES
        if ticket is None or not (known and rating_code(ticket.token) == code):
            self._count_wrong(ticket, device)
            return Refused("wrong_code", ticket=number)
        self._wrong_codes.was_right("", device)
        return number

    def _count_wrong(self, ticket: Ticket | None, device: str) -> None:
        self._wrong_codes.was_wrong("", device)
        if ticket is not None:
            self._guessed[ticket.token] += 1
        if len(self._guessed) > MOST_GUESSED:
            self._guessed.clear()  # of many days
