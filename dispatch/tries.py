"""How many wrong one-time codes are put up with from one place. In memory, so that a restart of the
server forgets them: what holds in all stands in the records, with the code.

A place is an address in the network where a device is to be paired, and a screen where an account's
code is typed. Wrong codes use up the tries of the place where they come from, and nobody else's.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import Final

from records.codes import Purpose

FROM_ONE_PLACE: Final = 5

Of = tuple[Purpose, str]  # of which device or account


class Tries:
    """For any thread. No more places are remembered than a code has tries in all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tried: dict[Of, tuple[str, Counter[str]]] = {}  # the code's hash, and tries by place

    def has_one(self, of: Of, code_hash: str, place: str) -> bool:
        """Take a try, if this place has one left for this code; a new code has all of its own."""
        with self._lock:
            known, by_place = self._tried.get(of, ("", Counter[str]()))
            if known != code_hash:
                by_place = Counter()
                self._tried[of] = (code_hash, by_place)
            if by_place[place] >= FROM_ONE_PLACE:
                return False
            by_place[place] += 1
            return True

    def was_right(self, of: Of, place: str) -> None:
        """Whoever holds the code may show it again, as when an answer was lost."""
        with self._lock:
            _, by_place = self._tried[of]
            del by_place[place]
