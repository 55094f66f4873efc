"""How long it may take until it is one's turn: the line run forward by its own rules.

One pass over the hall as it is at a moment, without chance: the counter that is free first calls
whoever `order` lets it call, for as long as its service is expected to take. Newcomers of every
service and every kind of priority stand in line too, and take nobody's time. How far the truth may
lie from that comes from the services that go before, and from what nobody can know:

    spread = sqrt(variances of the services called before, at the counters that may serve it)
             / number of these counters, and UNSEEN x the wait
    told   = REACH standard deviations of a lognormal wait to both sides, in steps of five minutes

Whoever is on the way already, is being served, or pauses counts with what is left of that. Before
a session, closed counters that usually open with it do. Changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import islice
from math import ceil, exp, floor, hypot, sqrt
from typing import Final, NamedTuple

from hall.desk_times import NOW, Desk, Experience, lognormal, rest_after
from hall.hours import serving_next, session_end
from hall.model import (
    DAWN,
    CounterState,
    Hall,
    Place,
    QueueKey,
    Service,
    Setup,
    Staffing,
    Stage,
    Ticket,
)
from hall.order import queues_of_field

STEP_S: Final = 300
REACH: Final = 1.0
UNSEEN: Final = 0.16  # of the wait: who comes with priority, who is transferred here, who pauses
KEPT: Final = 1024  # ranges remembered: views tell the same ones again and again
NEWCOMER: Final = 1 << 60  # from here on, the order of newcomers: behind everybody


class Told(NamedTuple):
    """A wait in the words of the kiosk: from-to, whole steps of five minutes, seconds."""

    low_s: int
    high_s: int


class Foreseen(NamedTuple):
    """One wait from the moment of the forecast. Nothing: no counter is open for it."""

    called_s: float | None = None  # from when officers serve until the call
    spread_s: float = 0.0
    later_s: float = 0.0  # until officers serve

    @property
    def expected_s(self) -> float | None:
        return None if self.called_s is None else self.called_s + self.later_s

    @property
    def told(self) -> Told | None:
        """Worked out when it is told: of many who wait, few are."""
        return None if self.called_s is None else told(*self)


UNKNOWN: Final = Foreseen()


class Priority(NamedTuple):
    """What a group's place in line comes to; groups that come to the same wait the same."""

    head_start_s: float = 0.0
    interleaved: bool = False

    @classmethod
    def of(cls, setup: Setup, group: str | None) -> Priority:
        known = setup.groups.get(group or "")
        return cls(known.head_start_s, known.interleaved) if known else ORDINARY


ORDINARY: Final = Priority()


@dataclass(frozen=True, slots=True)
class Forecast:
    """Every wait of a hall at one moment: of newcomers, and of those in line by their number."""

    setup: Setup
    at: datetime = DAWN
    newcomers: Mapping[tuple[str, Priority], Foreseen] = field(default_factory=dict)
    waiting: Mapping[str, Foreseen] = field(default_factory=dict)

    def newcomer(self, service: str, group: str | None = None) -> Foreseen:
        """Of somebody who came now; of no such service, nothing."""
        return self.newcomers.get((service, Priority.of(self.setup, group)), UNKNOWN)

    def of(self, ticket: Ticket) -> Foreseen:
        """Of a waiting ticket; it may have come, or come back, since the forecast was made."""
        known = self.waiting.get(ticket.number)
        return known or self.newcomer(ticket.turn.service, ticket.group)

    def of_field(self, services: list[Service]) -> Told | None:
        """From the shortest to the longest wait of the services that a counter is open for."""
        known = [wait for service in services if (wait := self.newcomer(service.code).told)]
        if not known:
            return None
        return Told(min(wait.low_s for wait in known), max(wait.high_s for wait in known))


def forecast(hall: Hall, now: datetime, experience: Experience) -> Forecast:
    """Run the line forward from `now`, or from when officers serve again."""
    run = _Run(hall, now, experience)
    run.to_the_end()
    return Forecast(hall.setup, now, run.newcomers, run.waiting)


def people_before(hall: Hall, key: QueueKey, place: Place) -> int:
    """How many who wait for the same field stand before this place.

    An interleaved group has a line of its own, and everybody of it stands before the ordinary.
    """
    before = 0
    for other, queue in queues_of_field(hall, hall.setup.services[key.service].field):
        if other.interleaved == key.interleaved:
            before += bisect_left(queue, place)
        elif other.interleaved:
            before += len(queue)
    return before


def place_of_newcomer(priority: Priority, queued_s: float, order: int) -> Place:
    """Where somebody will stand whose place in line is of this moment, in seconds since 1970."""
    return Place(queued_s - priority.head_start_s, queued_s, order, "")


def runs_past_closing(hall: Hall, wait: Told | None, now: datetime) -> bool:
    """May the session be over before it is this visit's turn?"""
    end = session_end(hall.setup.hours, now)
    if wait is None or end is None:
        return False
    return wait.high_s > (end - now).total_seconds()


@lru_cache(maxsize=KEPT)
def told(expected_s: float, spread_s: float, later_s: float = 0.0) -> Told:
    """The range of a wait with this mean and standard deviation that begins so much later."""
    low_s, high_s = 0.0, REACH * spread_s
    if expected_s > 0.0:
        middle, sigma = lognormal(expected_s, spread_s)
        low_s, high_s = exp(middle - REACH * sigma), exp(middle + REACH * sigma)
    low = floor((low_s + later_s) / STEP_S) * STEP_S
    return Told(low, max(low + STEP_S, ceil((high_s + later_s) / STEP_S) * STEP_S))


# --- The run -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    """One queue. Who was called from its front stands before `gone`."""

    service: str
    interleaved: bool
    places: list[Place]
    gone: int = 0

    def waiting(self) -> Iterator[Place]:
        return islice(self.places, self.gone, None)

    def take_out(self, place: Place) -> None:
        index = self.places.index(place, self.gone)
        if index == self.gone:
            self.gone += 1
        else:
            del self.places[index]


@dataclass(slots=True)
class _Counter:
    """One counter at work: the lines it may call from, and the variance of what it has done."""

    code: str
    lines: list[tuple[_Line, float]]
    ordinary_since: int | None
    free_s: float
    variance: float


class _Found(NamedTuple):
    """Whose turn it is at a counter. Tuples compare, the smallest is next."""

    turn_time: float
    place: Place
    line: _Line


class _Run:
    """The hall while it is run forward. Times are seconds from when officers serve."""

    def __init__(self, hall: Hall, now: datetime, experience: Experience) -> None:
        self._hall, self._setup, self._now = hall, hall.setup, now
        self._experience = experience
        self._busy: dict[tuple[str, str], tuple[float, float]] = {}
        opens = serving_next(hall.setup.hours, now)
        self._later_s = (opens - now).total_seconds() if opens else 0.0
        self._newcomers = list(_newcomers(hall.setup))
        self._lines = list(self._all_lines())
        self._counters = list(self._at_work())
        self._free = [(counter.free_s, nth) for nth, counter in enumerate(self._counters)]
        heapify(self._free)
        self._able = {
            code: [one for one in self._counters if code in self._setup.counters[one.code].lag]
            for code in self._setup.services
        }
        self.newcomers: dict[tuple[str, Priority], Foreseen] = {}
        self.waiting: dict[str, Foreseen] = {
            place.number: UNKNOWN for queue in hall.queues.values() for place in queue
        }

    def to_the_end(self) -> None:
        """Call until nobody is left whom a counter may call. Who takes no time changes nothing."""
        while self._free:
            at_s, index = heappop(self._free)
            counter = self._counters[index]
            found = self._next(counter)
            if found is None:
                continue  # nobody will be left for it later either
            place, line = found.place, found.line
            if place.order >= NEWCOMER:
                line.take_out(place)
                who = self._newcomers[place.order - NEWCOMER]
                self.newcomers[who] = self._foreseen(line.service, at_s)
            else:
                self._count(counter, found)
                line.take_out(place)
                self.waiting[place.number] = self._foreseen(line.service, at_s)
                at_s += self._serve(counter, line.service)
            heappush(self._free, (at_s, index))

    def _foreseen(self, service: str, at_s: float) -> Foreseen:
        able = self._able[service]
        spread_s = sqrt(sum([counter.variance for counter in able])) / len(able)
        return Foreseen(at_s, hypot(spread_s, UNSEEN * at_s), self._later_s)

    # --- How it stands at the beginning ----------------------------------------------------------

    def _all_lines(self) -> Iterator[_Line]:
        """Every queue with its newcomers."""
        lines = {key: list(queue) for key, queue in self._hall.queues.items()}
        now_s = self._now.timestamp()
        for index, (service, priority) in enumerate(self._newcomers):
            place = place_of_newcomer(priority, now_s, NEWCOMER + index)
            insort(lines.setdefault(QueueKey(service, priority.interleaved), []), place)
        for key, places in lines.items():
            yield _Line(key.service, key.interleaved, places)

    def _at_work(self) -> Iterator[_Counter]:
        """The counters that call."""
        usual = self._usually_open()
        for code, staffing in self._hall.staffing.items():
            rest = self._rest(code, staffing, code in usual)
            if rest is None:
                continue
            lag = self._setup.counters[code].lag
            lines = [(line, lag[line.service]) for line in self._lines if line.service in lag]
            since = staffing.ordinary_since_priority
            yield _Counter(code, lines, since, rest.mean_s, rest.sd_s**2)

    def _usually_open(self) -> frozenset[str]:
        """Before a session: the counters that its beginning usually finds open."""
        if self._later_s <= 0.0:
            return frozenset()
        opens = self._now + timedelta(seconds=self._later_s)
        local = opens.astimezone(self._setup.hours.timezone).time()
        return self._experience.openings.get(local, frozenset())

    def _rest(self, code: str, staffing: Staffing, usually_open: bool) -> Desk | None:
        """Until the counter is free. None: it is closed."""
        if staffing.state is CounterState.CLOSED:
            return NOW if usually_open else None
        ticket = self._hall.at_counter(code)
        rest = self._rest_of(ticket, code) if ticket else NOW
        if staffing.state is CounterState.PAUSED and self._later_s <= 0.0:
            pause_s = self._experience.pause_s
            rest = Desk(rest.mean_s + pause_s, hypot(rest.sd_s, pause_s))
        return Desk(rest.mean_s - self._later_s, rest.sd_s) if rest.mean_s > self._later_s else NOW

    def _rest_of(self, ticket: Ticket, code: str) -> Desk:
        """What is left of a service that has lasted so long already."""
        turn = ticket.turn
        desk = self._experience.desk(self._setup, turn.service, code)
        since, elapsed_s = turn.last_called_at, 0.0
        if turn.stage is Stage.SERVING and turn.started_at is not None:
            since, elapsed_s = turn.started_at, self._setup.walking_s - turn.held_s
        if since is not None:
            elapsed_s += (self._now - since).total_seconds()
        return rest_after(desk, elapsed_s)

    # --- One call after another ------------------------------------------------------------------

    def _next(self, counter: _Counter) -> _Found | None:
        """Whom this counter calls, as `order.next_turn` has it."""
        best: dict[bool, _Found | None] = {True: None, False: None}
        for line, lag in counter.lines:
            place = self._first(counter, line)
            if place is None:
                continue
            before, turn_time = best[line.interleaved], place.turn_time + lag
            if before is None or (turn_time, place) < before[:2]:
                best[line.interleaved] = _Found(turn_time, place, line)
        preferred, plain = best[True], best[False]
        if preferred is None or plain is None:
            return preferred or plain
        prefers = self._may_prefer(counter) or preferred[:2] < plain[:2]
        return preferred if prefers else plain

    def _first(self, counter: _Counter, line: _Line) -> Place | None:
        for index in range(line.gone, len(line.places)):
            place = line.places[index]
            if place.reserved is None or self._may_call(counter, place):
                return place
        return None

    def _may_prefer(self, counter: _Counter) -> bool:
        since = counter.ordinary_since
        return since is None or since >= self._setup.interleave

    def _may_call(self, counter: _Counter, place: Place) -> bool:
        """A turn sent to one counter waits for that one, unless it is closed."""
        if place.reserved is None or place.reserved == counter.code:
            return True
        return self._hall.staffing[place.reserved].state is CounterState.CLOSED

    def _count(self, counter: _Counter, found: _Found) -> None:
        """Ordinary turns since an interleaved one was preferred, as `evolve` counts them."""
        if not found.line.interleaved:
            if counter.ordinary_since is not None:
                counter.ordinary_since += 1
        elif self._may_prefer(counter) and self._overtakes(counter, found.place):
            counter.ordinary_since = 0

    def _overtakes(self, counter: _Counter, place: Place) -> bool:
        mine = (place.queued_at, place.order)
        return any(
            (one.queued_at, one.order) < mine and self._may_call(counter, one)
            for line, _ in counter.lines
            for one in line.waiting()
            if one.order < NEWCOMER
        )

    def _serve(self, counter: _Counter, service: str) -> float:
        """Seconds the counter is busy with whom it called."""
        key = service, counter.code
        if key not in self._busy:
            self._busy[key] = self._busy_with(*key)
        variance, busy_s = self._busy[key]
        counter.variance += variance
        return busy_s

    def _busy_with(self, service: str, counter: str) -> tuple[float, float]:
        """The variance of that time, and what is expected of it."""
        known = self._experience
        desk, share = known.desk(self._setup, service, counter), known.no_show_share
        return desk.sd_s**2, (1 - share) * desk.mean_s + share * known.no_show_s


def _newcomers(setup: Setup) -> Iterator[tuple[str, Priority]]:
    """One of each service and each kind of priority."""
    kinds = sorted({ORDINARY, *(Priority.of(setup, group) for group in setup.groups)})
    for service in setup.services:
        for priority in kinds:
            yield service, priority
