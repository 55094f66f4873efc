"""One day run forward in virtual time, by the rules of `hall` and no others.

    run(setup, day) -> Ran(hall at the end, ...)

Citizens take numbers; an officer who is free calls whoever's turn it is, as soon as on the day;
services take what they take.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Final

from hall import commands as c
from hall import events as e
from hall.commands import Command, Refused
from hall.decide import decide
from hall.evolve import evolve
from hall.hours import closing
from hall.model import CounterState, Hall, Setup, Stage, Ticket, empty_hall
from hall.order import callable_at
from hall.tick import tick
from whatif.model import Day, Ending, Lull, Meeting, Stretch, Visit

WORD: Final = "as_recorded"  # the one reason and outcome: they make no difference to anybody's turn

Span = tuple[datetime, datetime]


@dataclass(slots=True)
class Ran:
    """A day that was run. Tickets carry the place of their visit in the day as their token."""

    hall: Hall
    spans: dict[str, list[Span]]  # counter -> when it was at the ready
    turned_away: list[tuple[int, Refused]] = field(default_factory=list)  # place of the visit


def run(setup: Setup, day: Day) -> Ran:
    """The day from its first number to its end."""
    return _Run(virtual(setup), day).to_the_end()


def virtual(setup: Setup) -> Setup:
    """The setup without what a person decides at the time: words, and when to give somebody up."""
    word = frozenset({WORD})
    return replace(
        setup,
        no_show_after_s=0.0,
        outcomes=word,
        pause_reasons=word,
        hold_reasons=word,
        jump_reasons=word,
        cancel_reasons=word,
    )


@dataclass(slots=True, eq=False)
class _Desk:
    """A counter while the day runs."""

    code: str
    lulls: tuple[Lull, ...]
    over: int = 0  # lulls so far
    stretch: Stretch | None = None
    since: datetime | None = None  # at the ready; None: it is not
    ending: bool = False  # its time is over, it only has to be free
    busy: bool = False
    due: datetime | None = None  # when it will call, if nothing changes
    back: list[str] = field(default_factory=list)  # numbers to be called back


class _Run:
    def __init__(self, setup: Setup, day: Day) -> None:
        self._setup, self._day, self._now = setup, day, day.begins
        self._hall = empty_hall(setup)
        self._desks = {code: _Desk(code, post.lulls) for code, post in day.posts.items()}
        self._met = [0] * len(day.visits)  # calls so far
        self._places = {visit.number: place for place, visit in enumerate(day.visits)}
        self._tickets: dict[int, str] = {}  # place of the visit -> its number now
        self._expected: list[tuple[datetime, bool, int, Callable[[], object]]] = []
        self._order = count()
        self._ran = Ran(self._hall, {code: [] for code in day.posts})

    def to_the_end(self) -> Ran:
        self._time_passes()
        for code in self._desks:
            self._do(c.SignIn(code, code))
        self._expect_day()
        while self._expected:
            self._now, _, _, happen = heapq.heappop(self._expected)
            happen()
            self._look_round()
        for desk in self._desks.values():
            self._not_ready(desk)
        self._ran.hall = self._hall
        return self._ran

    # --- What is to come -----------------------------------------------------------------------

    def _at(self, at: datetime, happen: Callable[[], object], first: bool = False) -> None:
        """Of what happens at the same moment, a call that needs no time comes first."""
        entry = (max(at, self._now), not first, next(self._order), happen)
        heapq.heappush(self._expected, entry)

    def _after(self, seconds: float, happen: Callable[[], object]) -> None:
        self._at(self._now + timedelta(seconds=seconds), happen)

    def _expect_day(self) -> None:
        for code, post in self._day.posts.items():
            for stretch in post.stretches:
                self._at(stretch.opens, partial(self._open, self._desks[code], stretch))
                self._at(stretch.ends, partial(self._time_is_over, self._desks[code], stretch))
        for place, visit in enumerate(self._day.visits):
            self._at(visit.at, partial(self._arrive, place, visit))
        end = closing(self._setup.hours, self._day.date)
        if end is not None:
            over = end + timedelta(seconds=self._setup.left_over_after_s)
            self._at(max(over, self._day.ends or over), self._time_passes)

    def _time_passes(self) -> None:
        for event in tick(self._hall, self._now):
            self._hall = evolve(self._hall, event, self._now)
        if self._hall.closed:  # everybody has gone home
            for desk in self._desks.values():
                self._not_ready(desk)

    def _do(self, command: Command) -> tuple[e.Event, ...] | Refused:
        decision = decide(self._hall, command, self._now)
        if not isinstance(decision, Refused):
            for event in decision:
                self._hall = evolve(self._hall, event, self._now)
        return decision

    # --- Citizens ------------------------------------------------------------------------------

    def _arrive(self, place: int, visit: Visit) -> None:
        command = c.TakeTicket(
            visit.services, str(place), visit.language, visit.group, visit.channel, visit.booking
        )
        taken = self._do(command)
        if isinstance(taken, Refused):
            self._ran.turned_away.append((place, taken))
            return
        event = taken[0]
        assert isinstance(event, e.TicketTaken)
        self._tickets[place] = event.ticket
        for move in visit.moves:
            wish = c.MoveTicket(event.ticket, WORD, move.service, move.to_counter)
            self._at(move.at, partial(self._do, wish))
        if visit.leaves is not None:
            self._at(visit.leaves, partial(self._leave, event.ticket))

    def _leave(self, number: str) -> None:
        """Gone home, unless called by then."""
        if self._hall.known(number).turn.stage in (Stage.WAITING, Stage.HELD):
            self._do(c.Cancel(next(iter(self._desks)), number, WORD))

    # --- Counters ------------------------------------------------------------------------------

    def _open(self, desk: _Desk, stretch: Stretch) -> None:
        if not isinstance(self._do(c.Open(desk.code)), Refused):
            desk.stretch, desk.ending = stretch, False
            desk.since = desk.since or self._now

    def _time_is_over(self, desk: _Desk, stretch: Stretch) -> None:
        desk.ending = desk.stretch is stretch

    def _end(self, desk: _Desk) -> None:
        assert desk.stretch is not None
        pauses = desk.stretch.pauses
        self._do(c.Pause(desk.code, WORD) if pauses else c.Close(desk.code))
        self._not_ready(desk)

    def _not_ready(self, desk: _Desk) -> None:
        desk.stretch, desk.ending, desk.due = None, False, None
        if desk.since is not None:
            self._ran.spans[desk.code].append((desk.since, self._now))
            desk.since = None

    def _look_round(self) -> None:
        """Who is free, and may call somebody."""
        for desk in self._desks.values():
            if desk.busy or desk.stretch is None:
                continue
            wanted = self._wanted(desk, desk.stretch)
            if desk.ending and not (wanted and desk.stretch.until_empty):
                self._end(desk)
            elif not wanted:
                desk.over += desk.due is not None
                desk.due = None
            elif desk.due is None:
                self._call_in(desk, 0.0 if desk.back else self._lull(desk).lasts_s)

    def _wanted(self, desk: _Desk, stretch: Stretch) -> bool:
        if desk.back:
            return True
        counter = self._setup.counters[desk.code]
        calls = self._now < stretch.calls_until or stretch.until_empty
        return calls and next(callable_at(self._hall, counter), None) is not None

    def _call_in(self, desk: _Desk, seconds: float) -> None:
        desk.due = due = self._now + timedelta(seconds=seconds)
        self._at(due, partial(self._call, desk, due), first=not seconds)

    def _lull(self, desk: _Desk) -> Lull:
        """The present one: as long as on the day."""
        if desk.over < len(desk.lulls):
            return desk.lulls[desk.over]
        return Lull(self._day.lull_s)

    def _call(self, desk: _Desk, due: datetime) -> None:
        if desk.due != due or desk.busy or desk.stretch is None:
            return
        if not self._wanted(desk, desk.stretch):
            desk.due = None
            return
        if desk.back:
            self._called(desk, self._do(c.Resume(desk.code, desk.back.pop(0))))
            return
        self._called(desk, self._do(self._jump(desk) or c.CallNext(desk.code)))
        desk.over += 1

    def _called(self, desk: _Desk, decision: tuple[e.Event, ...] | Refused) -> None:
        desk.due = None
        if isinstance(decision, Refused):
            return
        desk.busy = True
        event = decision[0]
        assert isinstance(event, e.TicketCalled)
        ticket = self._hall.known(event.ticket)
        meeting = self._meeting(ticket, desk.code)
        if meeting.start_s is None:
            self._after(meeting.lasts_s, partial(self._part, desk, ticket.number, meeting))
        else:
            self._after(meeting.start_s, partial(self._start, desk, ticket.number, meeting))

    def _jump(self, desk: _Desk) -> c.CallTicket | None:
        """Somebody who was called out of order, if that can be."""
        jump = self._lull(desk).jump
        number = None if jump is None else self._tickets.get(self._places[jump])
        if number is None:
            return None
        turn = self._hall.known(number).turn
        able = turn.service in self._setup.counters[desk.code].lag
        waits = turn.stage is Stage.WAITING
        return c.CallTicket(desk.code, number, WORD) if able and waits else None

    # --- At the counter ------------------------------------------------------------------------

    def _meeting(self, ticket: Ticket, counter: str) -> Meeting:
        """What comes of this call: as on the day, if there was one like it."""
        place, service = int(ticket.token), ticket.turn.service
        meetings, met = self._day.visits[place].meetings, self._met[place]
        self._met[place] += 1
        if met < len(meetings) and meetings[met].service == service:
            return meetings[met]
        return Meeting(
            service=service,
            counter=counter,
            ends=Ending.FINISHED,
            start_s=self._day.start_s,
            lasts_s=at_share(self._day.times[service], self._day.visits[place].spare),
        )

    def _start(self, desk: _Desk, number: str, meeting: Meeting) -> None:
        self._do(c.Start(desk.code))
        self._after(meeting.lasts_s, partial(self._part, desk, number, meeting))

    def _part(self, desk: _Desk, number: str, meeting: Meeting) -> None:
        """The end of it, as on the day; what is no longer possible is finished."""
        desk.busy = False
        if not self._hall.known(number).turn.stage.live:  # the day was over before
            return
        for service in meeting.added:
            self._do(c.AddService(desk.code, service))
        decision = self._do(_ending(desk.code, number, meeting))
        if isinstance(decision, Refused):
            decision = self._do(c.Finish(desk.code, WORD))
        assert not isinstance(decision, Refused), decision
        for event in decision:
            if isinstance(event, e.TicketPostponed):
                self._at(event.until, self._time_passes)
            elif isinstance(event, e.TicketHeld) and meeting.away_s is not None:
                back = meeting.back_at or desk.code
                self._after(meeting.away_s, partial(self._back, back, number))

    def _back(self, counter: str, number: str) -> None:
        """A form is filled in: back to whoever is there."""
        if self._hall.known(number).turn.stage is not Stage.HELD:
            return
        service = self._hall.known(number).turn.service
        able = [
            desk
            for code, desk in self._desks.items()
            if service in self._setup.counters[code].lag
            and self._hall.staffing[code].state is CounterState.OPEN
        ]
        there = [desk for desk in able if desk.code == counter] or able
        if there:
            there[0].back.append(number)
            there[0].over += there[0].due is not None
            there[0].due = None


def _ending(counter: str, number: str, meeting: Meeting) -> Command:
    match meeting.ends:
        case Ending.FINISHED:
            return c.Finish(counter, WORD)
        case Ending.TRANSFERRED:
            return c.Transfer(counter, meeting.to_service, meeting.to_counter)
        case Ending.NO_SHOW:
            return c.NoShow(counter)
        case Ending.PUT_BACK:
            return c.PutBack(counter)
        case Ending.HELD:
            return c.Hold(counter, WORD)
        case Ending.POSTPONED:
            return c.Postpone(counter)
        case Ending.CANCELLED:
            return c.Cancel(counter, number, WORD)


def at_share(ascending: tuple[float, ...], share: float) -> float:
    """The time that this share of all times does not exceed."""
    return ascending[min(int(share * len(ascending)), len(ascending) - 1)]
