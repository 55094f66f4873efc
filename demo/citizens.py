"""The citizens of a recorded day: which number each of them has now, and what comes of each call.

Of what was written down about them, words, ratings and dossiers are not known here.
"""

from __future__ import annotations

from collections import Counter

from hall.model import Setup
from whatif.model import Day, Ending, Meeting, Visit


class Citizens:
    """Who holds which number."""

    def __init__(self, setup: Setup, day: Day) -> None:
        self.setup = setup
        self._start_s = day.start_s
        self._visits: dict[str, Visit] = {}  # by the number they have now
        self._now: dict[str, str] = {}  # by the number they had
        self._met: Counter[str] = Counter()  # calls so far

    def came(self, visit: Visit, number: str) -> None:
        """A citizen took a number."""
        self._visits[number] = visit
        self._now[visit.number] = number

    def number_now(self, number: str | None) -> str | None:
        """The number of whoever had this one on the day."""
        return None if number is None else self._now.get(number)

    def meeting(self, number: str, service: str) -> Meeting:
        """What comes of this call: as on the day, if there was one like it; else what is usual."""
        visit, met = self._visits.get(number), self._met[number]
        self._met[number] += 1
        meetings = visit.meetings if visit else ()
        if met < len(meetings) and meetings[met].service == service:
            return meetings[met]
        return Meeting(
            service=service,
            counter="",
            ends=Ending.FINISHED,
            start_s=self._start_s,
            lasts_s=self.setup.services[service].mean_s,
        )
