"""How many numbers one person took today, where the hall limits that. In memory, and nowhere else.

A person is what a kiosk makes of an identity card: a keyed hash that is another one tomorrow. It
is written nowhere, so a server that starts anew has forgotten everybody, and counts from none.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import date


class Persons:
    """The numbers of today by person. `limit` 0: nobody is counted."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.key = secrets.token_hex(32) if limit else ""  # what kiosks hash with
        self._day: date | None = None
        self._taken: defaultdict[str, set[str]] = defaultdict(set)  # person -> request ids

    def may_take(self, person: str, request_id: str, day: date) -> bool:
        """Count one more number, unless it is one too many. A request repeated counts once."""
        if day != self._day:
            self._day = day
            self._taken.clear()
        taken = self._taken[person]
        if request_id not in taken and len(taken) >= self.limit:
            return False
        taken.add(request_id)
        return True

    def took_none(self, person: str, request_id: str) -> None:
        """The request came to nothing."""
        self._taken[person].discard(request_id)
