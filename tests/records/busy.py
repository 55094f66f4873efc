"""Days of a small hall on which everything happens that can, drawn from a seed and decided by the
rules; what they refuse does not happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from dispatch.batch import Asked, prepare
from hall import commands as c
from hall.hours import closing, serving_windows
from hall.model import Booking, Hall, Setup, Stage, empty_hall
from records.journal import Journal

OFFICERS = {"1": "cb1", "2": "cb2"}
STEP = timedelta(seconds=100)  # shorter than the time after which the clock says "not there"


class BusyDays:
    """Writes one day after another into a journal, as the server would."""

    def __init__(self, journal: Journal, setup: Setup, seed: int = 1) -> None:
        self._journal, self._setup, self._chance = journal, setup, Random(seed)
        self._hall, self._seq, self._asked = empty_hall(setup), 1, 0

    def play(self, day: date) -> None:
        """From the first number to the time when nobody waits any more."""
        start, end = serving_windows(self._setup.hours, day)[0][0], closing(self._setup.hours, day)
        assert end is not None
        now = start - timedelta(minutes=20)
        self._write(now, *self._beginning())
        while now < end + timedelta(minutes=70):
            now += STEP + timedelta(microseconds=self._chance.randrange(10_000_000))
            self._write(now, *self._arrivals(now), *self._at_the_counters(now))

    # --- What people want ---

    def _beginning(self) -> Iterator[c.Command]:
        for counter, officer in OFFICERS.items():
            yield c.SignIn(counter, officer)
            yield c.Open(counter)

    def _arrivals(self, now: datetime) -> Iterator[c.Command]:
        if self._chance.random() < 0.4:
            yield c.TakeTicket(
                services=self._chance.choice((("CT01",), ("HT01",), ("CT01", "HT01"))),
                token=f"{self._chance.getrandbits(64):x}",
                group=self._chance.choice((None, None, None, "elderly")),
                channel=self._chance.choice(("kiosk", "kiosk", "desk")),
                booking=self._booking(now),
            )

    def _booking(self, now: datetime) -> Booking | None:
        if self._chance.random() > 0.05:
            return None
        return Booking(now + timedelta(minutes=10), now - timedelta(days=1))

    def _at_the_counters(self, now: datetime) -> Iterator[c.Command]:
        for counter in self._setup.counters:
            if self._chance.random() < 0.9:
                yield from self._at_counter(counter, now)

    def _at_counter(self, counter: str, now: datetime) -> Iterator[c.Command]:
        chance, ticket = self._chance.random(), self._hall.at_counter(counter)
        if ticket is None:
            yield from self._idle(counter, chance)
        elif ticket.turn.stage is Stage.CALLED:
            yield self._called(counter, chance)
        else:
            yield from self._serving(counter, chance, now)
        if self._one_in(3):
            yield from self._rating()

    def _idle(self, counter: str, chance: float) -> Iterator[c.Command]:
        waiting = [place.number for queue in self._hall.queues.values() for place in queue]
        if chance < 0.05:
            yield c.Pause(counter, "meeting")
        elif chance < 0.15 and waiting:
            yield c.CallTicket(counter, self._chance.choice(waiting), "deadline")
        elif chance < 0.2 and self._hall.held:
            yield c.Resume(counter, self._chance.choice(self._hall.held))
        elif chance < 0.22 and waiting:
            yield c.Cancel(counter, self._chance.choice(waiting), "left")
        else:
            yield c.Open(counter)
            yield c.CallNext(counter)

    def _called(self, counter: str, chance: float) -> c.Command:
        if chance < 0.1:
            return c.NoShow(counter)
        if chance < 0.2:
            return c.Recall(counter)
        return c.Start(counter)

    def _serving(self, counter: str, chance: float, now: datetime) -> Iterator[c.Command]:
        if chance < 0.05:
            yield c.Hold(counter, "form")
        elif chance < 0.15:
            yield c.Transfer(counter, service=self._chance.choice(("CT01", "HT01")))
        elif chance < 0.7:
            yield self._finish(counter, now)

    def _finish(self, counter: str, now: datetime) -> c.Finish:
        dossier = f"H99-261123-{self._chance.randrange(60):04d}" if self._one_in(3) else None
        if self._one_in(2):
            return c.Finish(counter, "received", dossier)
        today = now.astimezone(self._setup.hours.timezone).date()
        due = today + timedelta(days=self._chance.choice((-3, -1, 0, 0, 2)))
        letter = (f"{self._chance.randrange(90)}/XL", today) if self._one_in(2) else (None, None)
        due_on = None if self._one_in(5) else due
        apology_no, apology_on = letter if due_on and due_on < today else (None, None)
        return c.Finish(counter, "returned", dossier, due_on, apology_no, apology_on)

    def _rating(self) -> Iterator[c.Command]:
        level = self._chance.choice((1, 2, 3, 4, 4, 5, 5, 5))
        tags = ("quick",) if level < 3 else ()
        for ticket, turn in finished(self._hall):
            if self._one_in(3):
                yield c.Rate(ticket, turn, level, tags)
                return

    def _one_in(self, count: int) -> bool:
        return self._chance.randrange(count) == 0

    # --- Writing ---

    def _write(self, now: datetime, *commands: c.Command) -> None:
        asked = []
        for command in commands:
            self._asked += 1
            asked.append(Asked(command, str(self._asked), "device"))
        outcome = prepare(self._hall, asked, now)
        if outcome.entries:
            self._journal.append(self._seq, outcome.entries, outcome.rows(), outcome.gone)
        self._hall, self._seq = outcome.hall, self._seq + outcome.events


def finished(hall: Hall) -> Iterator[tuple[str, int]]:
    """Turns that could be rated."""
    for roll in hall.tickets.values():
        for ticket in [*roll][-15:]:
            for place, turn in enumerate(ticket.turns, start=1):
                if turn.stage is Stage.DONE and turn.rating is None:
                    yield ticket.number, place
