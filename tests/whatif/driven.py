"""A day driven through the rules by simulated citizens and officers, as the demo has them, and
written down as a server would. It knows nothing of how such a day is read back.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count

from demo.day import LIFE, Habits, Visit, draw_day, staffed_counters
from dispatch.batch import Asked, Outcome, prepare
from hall import commands as c
from hall import events as e
from hall.hours import serving_windows
from hall.model import Hall, Setup, empty_hall
from records.journal import Entry, Journal, Recorded

EARLY = timedelta(minutes=40)
LATE = timedelta(minutes=61)
RECALLS_AFTER_S, GIVES_UP_AFTER_S = 40.0, 80.0


class DrivenDay:
    """One day, lived through when it is made."""

    def __init__(
        self,
        setup: Setup,
        day: date,
        visits: int = 250,
        *,
        counters: int | None = None,
        seed: int = 7,
        habits: Habits = LIFE,
    ) -> None:
        self.setup, self.day, self.habits = setup, day, habits
        self.hall, self.outcomes = empty_hall(setup), list[Outcome]()
        self._now = datetime.now(UTC)
        self._expected: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()
        self._idle: dict[str, datetime] = {}
        self._visits: dict[str, Visit] = {}
        self._windows = serving_windows(setup.hours, day)
        self._expect(draw_day(setup, day, visits, seed, habits), counters or len(setup.counters))
        while self._expected:
            self._now, _, happen = heapq.heappop(self._expected)
            happen()

    @property
    def entries(self) -> list[Entry]:
        return [entry for outcome in self.outcomes for entry in outcome.entries]

    def recorded(self) -> list[Recorded]:
        """All events, as a journal gives them back."""
        happened = [(entry.at, event) for entry in self.entries for event in entry.events]
        return [Recorded(seq, at, event) for seq, (at, event) in enumerate(happened, 1)]

    def write(self, journal: Journal) -> None:
        """After whatever is in the journal."""
        seq, _ = journal.last_day()
        rows = {key: row for outcome in self.outcomes for key, row in outcome.turns.items()}
        journal.append(seq + 1, self.entries, list(rows.values()))

    # --- The day -------------------------------------------------------------------------------

    def _expect(self, visits: Sequence[Visit], counters: int) -> None:
        (first, _), (_, last) = self._windows[0], self._windows[-1]
        for code in staffed_counters(self.setup, counters):
            self._at(first - EARLY, partial(self._ask, c.SignIn(code, code)))
            for opens, _ in self._windows:
                self._at(opens, partial(self._open, code))
        for visit in visits:
            self._at(visit.arrives_at.astimezone(UTC), partial(self._arrive, visit))
        self._at(last + LATE, self._ask)

    def _at(self, at: datetime, happen: Callable[[], object]) -> None:
        heapq.heappush(self._expected, (at, next(self._order), happen))

    def _after(self, seconds: float, happen: Callable[[], object]) -> None:
        self._at(self._now + timedelta(seconds=seconds), happen)

    def _ask(self, *commands: c.Command) -> list[e.Event]:
        outcome = prepare(self.hall, [Asked(command) for command in commands], self._now)
        self.hall = outcome.hall
        self.outcomes.append(outcome)
        return [event for entry in outcome.entries for event in entry.events]

    def _arrive(self, visit: Visit) -> None:
        taken = c.TakeTicket((visit.service,), f"{len(self._visits)}", visit.language, visit.group)
        for event in self._ask(taken):
            if isinstance(event, e.TicketTaken):
                self._visits[event.ticket] = visit
                able = [k for k in self._idle if visit.service in self.setup.counters[k].lag]
                if able:
                    self._call(min(able, key=lambda code: self._idle[code]))

    def _open(self, code: str) -> None:
        if self.hall.staffing[code].ticket is None:
            self._ask(c.Open(code))
            self._call(code)

    def _call(self, code: str) -> None:
        self._idle.pop(code, None)
        called = [one for one in self._ask(c.CallNext(code)) if isinstance(one, e.TicketCalled)]
        if called:
            self._called(code, called[0].ticket)
        elif any(opens <= self._now < closes for opens, closes in self._windows):
            self._idle[code] = self._now
        elif self.hall.staffing[code].ticket is None:
            self._ask(c.Close(code))

    def _called(self, code: str, number: str) -> None:
        visit = self._visits[number]
        if visit.comes_when_called:
            self._after(visit.walk_s, partial(self._start, code, number))
        else:
            self._after(RECALLS_AFTER_S, partial(self._ask, c.Recall(code)))
            self._after(GIVES_UP_AFTER_S, partial(self._done, code, c.NoShow(code)))

    def _start(self, code: str, number: str) -> None:
        self._ask(c.Start(code))
        visit, first = self._visits[number], len(self.hall.known(number).turns) == 1
        sent_on = visit.sent_on_to if first and visit.sent_on_to != visit.service else None
        done = c.Transfer(code, sent_on) if sent_on else c.Finish(code, _outcome(self.setup))
        self._after(visit.desk_s, partial(self._done, code, done))

    def _done(self, code: str, command: c.Command) -> None:
        self._ask(command)
        self._after(self.habits.between_tickets_s, partial(self._call, code))


def _outcome(setup: Setup) -> str:
    return min(setup.outcomes)


def mean_wait_min(hall: Hall) -> float:
    return hall.tally.wait_s / hall.tally.timed / 60
