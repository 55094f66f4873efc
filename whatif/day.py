"""A recorded day read back from its events: who came, what came of each call, who was there when.

    read(engine, setup, date, today) -> Recorded day, or WhatIfError

The day is lived through once more by the rules, to see who was free while somebody waited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from hall import events as e
from hall.evolve import evolve
from hall.hours import serving_windows
from hall.model import CounterState, Hall, Setup, empty_hall
from hall.order import callable_at
from records.journal import Recorded
from whatif.errors import WhatIfError
from whatif.meetings import Meetings
from whatif.model import Day, Lull, Post, Stretch
from whatif.run import Span

MOMENT: Final = timedelta(microseconds=1)
RESUMED: Final = "resumed"
CHOSEN: Final = "chosen"


@dataclass(frozen=True, slots=True)
class Lived:
    """A day as it was: what came from outside, and the hall at its end."""

    day: Day
    hall: Hall
    spans: dict[str, list[Span]]  # counter -> when it was at the ready
    clock_stepped: bool


def lived(setup: Setup, day: date, recorded: Sequence[Recorded], today: date) -> Lived:
    """The day of these events. Raises WhatIfError."""
    if not any(isinstance(one.event, e.TicketTaken) for one in recorded):
        raise WhatIfError("no_day", day=day)
    over = any(isinstance(one.event, e.DayClosed) for one in recorded)
    if not over and day >= today:
        raise WhatIfError("still_running", day=day)
    _require_known(setup, recorded)
    return _Reading(setup, day).of(without_undone(recorded))


def _require_known(setup: Setup, recorded: Sequence[Recorded]) -> None:
    """Everything that the day was about must still be there."""
    for one in recorded:
        event = one.event
        counters = (getattr(event, "counter", None), getattr(event, "to_counter", None))
        services = (getattr(event, "service", None), *getattr(event, "services", ()))
        for what, codes, known in (
            ("counter", counters, setup.counters),
            ("service", services, setup.services),
            ("group", (getattr(event, "group", None),), setup.groups),
        ):
            for code in codes:
                if code is not None and code not in known:
                    raise WhatIfError(f"gone_{what}", code=code)


def without_undone(recorded: Sequence[Recorded]) -> list[Recorded]:
    """The events without what was taken back, and without the taking back."""
    kept: list[Recorded] = []
    for one in recorded:
        if isinstance(one.event, e.Undone):
            _take_back(kept, one.event.ticket)
        else:
            kept.append(one)
    return kept


def _take_back(kept: list[Recorded], ticket: str) -> None:
    """Drop the ticket's last finish or no-show, and what it brought."""
    while True:
        place = max(i for i, one in enumerate(kept) if getattr(one.event, "ticket", "") == ticket)
        event = kept.pop(place).event
        if isinstance(event, e.ServiceFinished | e.NoShow):
            return


@dataclass(slots=True, eq=False)
class _Watched:
    """A counter, as it is watched through the day."""

    free_since: datetime | None = None  # and somebody could be called since then
    opened: datetime | None = None
    stretches: list[Stretch] = field(default_factory=list)
    lulls: list[Lull] = field(default_factory=list)
    before_calls: list[float] = field(default_factory=list)  # of these, those it ended itself


def _lull_over(watched: _Watched, at: datetime, jump: str | None = None) -> float:
    """Somebody called them, or they went: how long it had lasted, in seconds."""
    if watched.free_since is None:
        return 0.0
    lasted_s = (at - watched.free_since).total_seconds()
    watched.lulls.append(Lull(lasted_s, jump))
    watched.free_since = None
    return lasted_s


class _Reading:
    def __init__(self, setup: Setup, day: date) -> None:
        self._setup, self._date = setup, day
        self._hall = empty_hall(setup)
        self._watched = {code: _Watched() for code in setup.counters}
        self._meetings = Meetings(setup)
        windows = serving_windows(setup.hours, day)
        self._closings = [end for _, end in windows]

    def of(self, recorded: Sequence[Recorded]) -> Lived:
        for one in recorded:
            self._before(one)
            self._meetings.see(self._hall, one.event, one.at)
            self._hall = evolve(self._hall, one.event, one.at)
            self._watch(one.at)
        last = recorded[-1].at
        for code in self._watched:
            self._ended(code, last, pauses=False)
        return Lived(
            day=self._day(recorded),
            hall=self._hall,
            spans={
                code: [(one.opens, one.ends) for one in watched.stretches]
                for code, watched in self._watched.items()
            },
            clock_stepped=any(isinstance(one.event, e.ClockStepped) for one in recorded),
        )

    def _day(self, recorded: Sequence[Recorded]) -> Day:
        closed = [one.at for one in recorded if isinstance(one.event, e.DayClosed)]
        self._meetings.end(recorded[-1].at)
        posts = {
            code: Post(stretches=tuple(one.stretches), lulls=tuple(one.lulls))
            for code, one in self._watched.items()
            if one.stretches
        }
        visits = tuple(self._meetings.visits())
        lulls = [lasted_s for one in self._watched.values() for lasted_s in one.before_calls]
        starts = [
            meeting.start_s
            for visit in visits
            for meeting in visit.meetings
            if meeting.start_s is not None
        ]
        return Day(
            date=self._date,
            begins=recorded[0].at,
            ends=closed[-1] if closed else None,
            visits=visits,
            posts=posts,
            lull_s=median(lulls) if lulls else 0.0,
            start_s=median(starts) if starts else 0.0,
        )

    # --- Counters ------------------------------------------------------------------------------

    def _before(self, one: Recorded) -> None:
        match one.event:
            case e.TicketCalled() as called if called.because.rule != RESUMED:
                watched = self._watched[called.counter]
                jump = called.ticket if called.because.rule == CHOSEN else None
                watched.before_calls.append(_lull_over(watched, one.at, jump))
            case e.CounterPaused(counter=counter, reason=reason):
                self._ended(counter, one.at, pauses=True, reason=reason)
            case e.CounterClosed(counter=counter) | e.OfficerSignedOut(counter=counter):
                self._ended(counter, one.at, pauses=False)
            case _:
                pass

    def _watch(self, at: datetime) -> None:
        for code, watched in self._watched.items():
            staffing = self._hall.staffing[code]
            if staffing.state is CounterState.OPEN:
                watched.opened = watched.opened or at
            free = staffing.state is CounterState.OPEN and staffing.ticket is None
            if not free or not any(True for _ in self._callable(code)):
                _lull_over(watched, at + MOMENT)  # a colleague was first
            elif watched.free_since is None:
                watched.free_since = at

    def _callable(self, code: str) -> Iterator[object]:
        return callable_at(self._hall, self._setup.counters[code])

    def _ended(self, code: str, at: datetime, *, pauses: bool, reason: str | None = None) -> None:
        watched = self._watched[code]
        if watched.opened is None:
            return
        nobody_left = watched.free_since is None
        stretch = Stretch(
            opens=watched.opened,
            ends=at,
            calls_until=watched.free_since or at,
            pauses=pauses,
            reason=reason,
            until_empty=not pauses and nobody_left and self._after_hours(watched.opened, at),
        )
        watched.stretches.append(stretch)
        watched.opened = watched.free_since = None

    def _after_hours(self, opened: datetime, at: datetime) -> bool:
        """Did a session end while it was at work?"""
        return any(opened < closing <= at for closing in self._closings)
