"""The frozen values the rules speak of: what is set up, and what has come of the day so far.

Changes nothing and decides nothing. Times are aware UTC datetimes; durations are seconds. Values
that events change have no slots: `replace` copies them whole.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from hall.moments import NOTHING_DUE, Due
from hall.replacing import replace
from hall.rolls import Roll

FIRST: Final = math.inf  # a head start nobody can match: strict priority
DAWN: Final = datetime(2000, 1, 1, tzinfo=UTC)  # before anything a hall can have recorded
RECENT_CALLS: Final = 12  # numbers of each counter whose last call a board may still show
SILENT: Final = "silent"  # the trouble of a screen that is not connected


# --- What is set up: the same all day -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of a working day, in local time: served from-to, numbers issued from-to."""

    opens: time
    closes: time
    issues_from: time
    issues_to: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When the hall serves. `week` is seven days, Monday first; a special day replaces its own."""

    timezone: ZoneInfo
    week: tuple[tuple[Session, ...], ...]
    holidays: frozenset[date] = frozenset()
    special: Mapping[date, tuple[Session, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a citizen comes for. `field` is the letter its numbers begin with (lĩnh vực)."""

    code: str
    field: str
    mean_s: float  # desk time to expect, seconds
    same_day: bool = False  # result the same day, unless it is taken in too late
    daily_limit: int | None = None
    issuing: tuple[tuple[time, time], ...] | None = None  # instead of the hall's issuing windows
    weekdays: frozenset[int] | None = None  # 0 = Monday; None = whenever the hall works


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A priority group. `interleaved` groups go first once in every so many ordinary turns."""

    code: str
    head_start_s: float = 0.0
    interleaved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where an officer sits. `lag`: each service it may serve -> seconds; above 0 it helps out."""

    code: str
    lag: Mapping[str, float]
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLimits:
    """From when on the manager is told. 0: never."""

    pause_s: float = 900.0  # a counter pauses so long while the hall serves
    service_factor: float = 2.0  # a service takes so many times the desk time to expect,
    service_s: float = 600.0  # and at least so long
    mean_from: int = 10  # so many waits make a mean
    silent_s: float = 60.0  # a kiosk or a display is not connected while the hall is open


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One hall as configured. Nothing here changes while the server runs."""

    hall: str
    hours: Hours
    services: Mapping[str, Service]
    groups: Mapping[str, Group]
    counters: Mapping[str, Counter]
    languages: tuple[str, ...] = ("vi", "en")
    interleave: int = 3  # ordinary turns between two interleaved priority turns
    no_show_after_s: float = 120.0  # from the last call; 0 = only the officer decides
    put_backs: int = 1  # how often a no-show is put back before the turn ends
    recalls: int = 3  # recalls after the first call
    undo_within_s: float = 10.0  # after a finish or no-show was pressed; 0 = never
    left_over_after_s: float = (
        3600.0  # from the last closing until those still waiting are left over
    )
    wait_target_s: float = 900.0  # the state's target for the mean wait
    wait_limit_s: float = 1800.0  # nobody should wait longer
    alarms: AlarmLimits = AlarmLimits()
    walking_s: float = 30.0  # call to start, where nobody pressed start
    booking_by_slot: bool = True  # a booked place in line is its slot's start, or its registration
    same_day_until: time = time(15, 0)
    rating_levels: int = 5
    rating_tags: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    result_outcomes: frozenset[str] = frozenset()  # of these: a result was returned
    pause_reasons: frozenset[str] = frozenset()
    hold_reasons: frozenset[str] = frozenset()
    jump_reasons: frozenset[str] = frozenset()
    cancel_reasons: frozenset[str] = frozenset()


# --- What has come of the day so far ------------------------------------------------------------


class Stage(StrEnum):
    """Where a turn stands. The first four are live, the others are its end."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    DONE = "done"
    NO_SHOW = "no_show"
    TRANSFERRED = "transferred"
    CANCELLED = "cancelled"
    LEFT_OVER = "left_over"

    @property
    def live(self) -> bool:
        return self in LIVE


LIVE: Final = frozenset({Stage.WAITING, Stage.CALLED, Stage.SERVING, Stage.HELD})


@dataclass(frozen=True, slots=True)
class Because:
    """Why this turn and no other: the rule, how many it overtook, who of them waited longest."""

    rule: str
    overtook: int = 0
    longest: str | None = None  # number of the ticket overtaken that had waited longest
    reason: str | None = None  # the officer's word, for a call out of order


@dataclass(frozen=True, slots=True)
class Booking:
    """A booked visit: the slot's start, and when it was registered."""

    slot: datetime
    registered: datetime


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One wait and the service after it. It began at `opened_at`; its place is of `queued_at`."""

    service: str
    opened_at: datetime
    queued_at: datetime
    reserved: str | None = None  # only this counter may call it, unless it is closed
    stage: Stage = Stage.WAITING
    counter: str | None = None
    agency: str = ""
    officer: str | None = None
    because: Because | None = None
    call: int = 0  # number of its last call
    recalls: int = 0  # since it was last called
    called_at: datetime | None = None  # first call
    called_before: bool = False  # its last call was not the first
    last_called_at: datetime | None = None  # last call or recall
    undone_at: datetime | None = None  # the officer took back its end: no-shows count from here
    started_at: datetime | None = None
    start_estimated: bool = False
    held_at: datetime | None = None
    held_until: datetime | None = None  # postponed: in line again then
    held_s: float = 0.0
    ended_at: datetime | None = None
    missed: int = 0
    outcome: str | None = None
    dossier: str | None = None
    due_on: date | None = None  # of a result that was returned
    apology_no: str | None = None
    apology_on: date | None = None
    rating: int | None = None
    clock_stepped: bool = (
        False  # the clock was set while it lived: its durations are not to be trusted
    )

    @property
    def waited_until(self) -> datetime | None:
        """When its wait was over: called for the first time, or moved elsewhere before that."""
        moved = self.called_at is None and self.stage is Stage.TRANSFERRED
        return self.ended_at if moved else self.called_at


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One visit: a number, and one turn after another. The last turn is the one that counts now."""

    number: str
    order: int  # place among all tickets of the day
    token: str  # random and public: names the ticket without naming anybody
    issued_at: datetime
    language: str
    group: str | None
    channel: str
    turns: tuple[Turn, ...]
    later: tuple[str, ...] = ()  # services still to come on the same ticket
    booking: Booking | None = None
    told_low_s: int | None = None  # the wait the citizen was told; None: no counter was open
    told_high_s: int | None = None
    printed: bool | None = None  # None: the printer has not said

    @property
    def turn(self) -> Turn:
        return self.turns[-1]

    def wait_began(self, turn: Turn) -> datetime:
        """From when a turn's wait counts for the target: not before a booked slot."""
        return max(turn.opened_at, self.booking.slot) if self.booking else turn.opened_at


class Place(NamedTuple):
    """A place in a queue. Tuples compare, so a sorted queue is in calling order."""

    turn_time: float  # seconds since 1970, head start taken off
    queued_at: float
    order: int
    number: str
    reserved: str | None = None  # only this counter may call it, unless it is closed
    waits_from: datetime | None = None  # for the target; None: it was called, its wait is over

    @property
    def wait(self) -> Wait | None:
        """Its wait, if it was not called yet."""
        since = self.waits_from
        return None if since is None else Wait(since, self.order, self.number)


class Wait(NamedTuple):
    """The wait of a turn that was not called yet. Tuples compare: the longest is first."""

    since: datetime
    order: int
    number: str


class QueueKey(NamedTuple):
    """The waiting turns of a service; interleaved priority groups have a line of their own."""

    service: str
    interleaved: bool


class CounterState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Pressed:
    """The finish or no-show pressed last at a counter, for as long as nothing has come of it."""

    ticket: Ticket  # as it was before
    finished: str | None  # what the counter had finished before
    at: datetime


@dataclass(frozen=True)
class Staffing:
    """Who sits at a counter, and what happens there."""

    officer: str | None = None
    state: CounterState = CounterState.CLOSED
    since: datetime = DAWN
    pause_reason: str | None = None
    ticket: str | None = None  # the one ticket called or being served there
    finished: str | None = None  # the ticket it finished last
    pressed: Pressed | None = None  # what may be taken back, if that was just now
    ordinary_since_priority: int | None = None  # None: no interleaved turn was called yet
    sent_away: str | None = None  # why the last officer had to go; None: went by themselves
    due: Due = NOTHING_DUE


@dataclass(frozen=True, slots=True)
class Call:
    """One announcement: a recall is a new one."""

    call: int
    number: str
    counter: str
    language: str
    priority: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SentWord:
    """A line from the manager that the officer has not read yet."""

    word: int
    text: str
    at: datetime


@dataclass(frozen=True)
class Alarm:
    """Something the manager should know, as it was when it was raised."""

    alarm: str
    kind: str
    since: datetime
    of: str | None = None
    number: str | None = None
    value_s: float | None = None
    detail: str | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What a screen last said of a device beside it. `trouble` None: it works."""

    trouble: str | None
    since: datetime


@dataclass(frozen=True)
class HalfHour:
    """What came of one half hour. Waits are those of served visits that were called in it."""

    taken: int = 0
    served: int = 0
    timed: int = 0
    wait_s: float = 0.0


@dataclass(frozen=True)
class Tally:
    """The day's counts so far. A wait is that of a served ticket, closed hours taken out."""

    served: int = 0
    timed: int = 0  # of these, how many waits the clock can be trusted for
    wait_s: float = 0.0  # the sum over them
    within_target: int = 0
    no_shows: int = 0
    cancelled: int = 0
    transfers: int = 0
    left_over: int = 0
    ended: int = 0  # services that could be rated
    rated: Mapping[int, int] = field(default_factory=dict)  # level -> ratings
    half_hours: Mapping[int, HalfHour] = field(default_factory=dict)  # half hours since 1970


Queue = tuple[Place, ...]

NO_TICKETS: Final[Roll[Ticket]] = Roll()
NO_TIMES: Final[Roll[datetime]] = Roll()


@dataclass(frozen=True, kw_only=True)
class Hall:
    """The hall at one moment. `at` is the time of the last event: nothing happens before it."""

    setup: Setup
    day: date | None = None
    at: datetime = DAWN
    tickets: Mapping[str, Roll[Ticket]] = field(default_factory=dict)  # letter -> in number's order
    issued: int = 0
    taken: Mapping[str, int] = field(default_factory=dict)  # service -> tickets issued today
    queues: Mapping[QueueKey, Queue] = field(default_factory=dict)
    waits: Mapping[QueueKey, tuple[Wait, ...]] = field(default_factory=dict)  # longest first
    sent_to: Mapping[str, int] = field(default_factory=dict)  # counter -> waiting for it alone
    held: tuple[str, ...] = ()
    staffing: Mapping[str, Staffing] = field(default_factory=dict)
    call: int = 0  # never restarts, so that a board knows old from new over midnight
    calls: tuple[Call, ...] = ()  # the last ones, newest last, one of a number
    calls_at: Mapping[str, tuple[Call, ...]] = field(default_factory=dict)  # counter -> the same
    made: Roll[datetime] = NO_TIMES  # when today's calls were made; the last one is `call`
    tally: Tally = Tally()
    closed_services: frozenset[str] = frozenset()
    notice: str = ""
    word: int = 0  # of the last one the manager sent
    words: Mapping[str, tuple[SentWord, ...]] = field(
        default_factory=dict
    )  # counter -> not read yet, oldest first
    alarms: Mapping[str, Alarm] = field(default_factory=dict)  # newest last
    devices: Mapping[str, DeviceState] = field(default_factory=dict)
    guessed: frozenset[str] = frozenset()  # screens where wrong PINs were typed in a row
    closed: bool = True  # the day's work is over, or has not begun
    stepped_at: datetime = DAWN  # when the clock was last set; set back, time stands still there

    def ticket(self, number: str) -> Ticket | None:
        """The ticket with this number, today."""
        roll = self.tickets.get(number[:1], NO_TICKETS)
        digits = number[1:]
        if not (digits.isascii() and digits.isdecimal()):
            return None
        index = int(digits) - 1
        return roll[index] if 0 <= index < len(roll) and roll[index].number == number else None

    def known(self, number: str) -> Ticket:
        """The ticket with this number, which there is."""
        ticket = self.tickets[number[0]][int(number[1:]) - 1]
        assert ticket.number == number, number
        return ticket

    def with_ticket(self, ticket: Ticket) -> Hall:
        """The hall with this ticket in place of the one with its number, or after the last."""
        letter, index = ticket.number[0], int(ticket.number[1:]) - 1
        roll = self.tickets.get(letter, NO_TICKETS).having(index, ticket)
        return replace(self, tickets={**self.tickets, letter: roll})

    def at_counter(self, counter: str) -> Ticket | None:
        """The ticket called or being served at this counter."""
        number = self.staffing[counter].ticket
        return None if number is None else self.known(number)


def empty_hall(setup: Setup) -> Hall:
    """A hall before its first day: every counter closed, nobody there."""
    return Hall(setup=setup, staffing={code: Staffing() for code in setup.counters})


def number_of(letter: str, count: int) -> str:
    """The number on the ticket: letter and at least three digits, A001."""
    return f"{letter}{count:03d}"
