"""What each kind of screen is shown: whole, small, newest wins."""

from __future__ import annotations

from datetime import datetime

from link.kinds import Message, Role


class View(Message, tag_field="kind"):
    """What one kind of screen may know. Times are absolute, so a view does not age."""


class KioskService(Message):
    service: str
    open: bool
    waiting: int
    low_s: int | None = None  # expected wait; absent: no counter is open for it
    high_s: int | None = None
    closed_because: str | None = None
    opens_at: datetime | None = None
    next_day: bool = False  # taken in now, the result comes the next working day
    past_closing: bool = False  # the wait may run past closing


class KioskView(View, tag="kiosk"):
    """Every service, and the numbers called last, oldest first: their tickets need no printing."""

    services: list[KioskService]
    notice: str = ""
    called: list[str] = []


class Why(Message):
    """Why a turn goes first: the rule, how many it overtook, who of them waited longest."""

    rule: str
    overtook: int = 0
    longest: str | None = None
    reason: str | None = None


class CounterTicket(Message):
    number: str
    service: str
    stage: str
    language: str
    issued_at: datetime
    opened_at: datetime
    group: str | None = None
    called_at: datetime | None = None
    last_called_at: datetime | None = None
    started_at: datetime | None = None
    recalls: int = 0
    turn: int = 1
    why: Why | None = None
    later: list[str] = []


class NextUp(Message):
    """Whose turn it is. `turn`: which one of this visit; above 1 the citizen was here before."""

    number: str
    service: str
    why: Why
    turn: int = 1


class QueueLength(Message):
    service: str
    waiting: int
    oldest_at: datetime


class HeldTicket(Message):
    """A parked ticket. `until`: it comes back into line by itself then."""

    number: str
    service: str
    since: datetime
    until: datetime | None = None


class Trouble(Message):
    device: str
    trouble: str
    since: datetime


class SentWord(Message):
    """What the manager wrote to a counter; counted, so that reading it can be told."""

    word: int
    text: str
    at: datetime


class CounterView(View, tag="counter"):
    """One counter: its ticket, what it may do now, and its queue."""

    counter: str
    state: str
    since: datetime
    officer: str | None = None
    sent_away: str | None = None  # why the last officer had to go: suspended, session_over
    pause_reason: str | None = None
    ticket: CounterTicket | None = None
    may: list[str] = []
    undo_until: datetime | None = None  # what may include undo until then
    next: NextUp | None = None
    queue: list[QueueLength] = []
    held: list[HeldTicket] = []
    troubles: list[Trouble] = []
    notice: str = ""
    sent_words: list[SentWord] = []  # by the manager, not read yet, oldest first
    closed_counters: list[str] = []  # a ticket sent there would come straight back


class BoardCall(Message):
    call: int
    number: str
    counter: str
    language: str
    at: datetime
    priority: bool = False


class FieldWaiting(Message):
    field: str
    waiting: int
    oldest_at: datetime | None = None
    low_s: int | None = None
    high_s: int | None = None


class CounterShown(Message):
    """A counter on the board. `next`: on the board of one counter, whose turn it will be."""

    counter: str
    state: str
    number: str | None = None
    pause_reason: str | None = None
    next: str | None = None


class BoardView(View, tag="board"):
    """The last calls, oldest first, with their call numbers; people waiting per field.

    The board of some counters has their calls, their fields, and these counters alone.
    """

    calls: list[BoardCall]
    waiting: list[FieldWaiting]
    counters: list[CounterShown]
    notice: str = ""


class RatingView(View, tag="rating"):
    """The turn that may be rated at this counter now, if any."""

    counter: str | None = None
    ticket: str | None = None
    turn: int | None = None
    ended_at: datetime | None = None
    language: str | None = None


class LiveCounter(Message):
    counter: str
    state: str
    since: datetime
    officer: str | None = None
    pause_reason: str | None = None
    number: str | None = None
    service: str | None = None
    stage: str | None = None
    stage_since: datetime | None = None


class Alarm(Message):
    """Something the manager should know, from when it began until it is over.

    `alarm` is its name, `of` what it is about: a field, a counter or a device. `number` and
    `value_s` say more where there is more to say.
    """

    alarm: str
    kind: str
    since: datetime
    of: str | None = None
    number: str | None = None
    value_s: float | None = None
    detail: str | None = None
    acknowledged_at: datetime | None = None


class WaitingTicket(Message):
    number: str
    service: str
    since: datetime
    group: str | None = None


class HalfHour(Message):
    """What came of one half hour. Waits are those of tickets served that were called in it."""

    at: datetime
    taken: int = 0
    served: int = 0
    mean_wait_s: float | None = None


class RatedToday(Message):
    """How the day's services were rated: how many services ended, and ratings by level, 1 first."""

    ended: int = 0
    levels: list[int] = []


class ScreenShown(Message):
    """A screen of the hall, and since when it is connected or not."""

    device: str
    role: Role
    online: bool
    since: datetime | None = None


class Today(Message):
    """The day so far. Waits are against the target: closed hours do not count."""

    issued: int
    waiting: int
    served: int
    no_shows: int
    cancelled: int
    transfers: int
    left_over: int
    mean_wait_s: float | None = None
    within_target: float | None = None


class LiveView(View, tag="live"):
    """The manager's hall. `closed`: nobody is signed in there, and so nothing is told of it."""

    counters: list[LiveCounter]
    fields: list[FieldWaiting]
    today: Today
    troubles: list[Trouble]
    closed_services: list[str]
    notice: str = ""
    alarms: list[Alarm] = []  # newest first
    longest: list[WaitingTicket] = []  # who waits longest, longest first
    half_hours: list[HalfHour] = []  # of today, in order, from the first ticket on
    rated: RatedToday | None = None
    screens: list[ScreenShown] = []
    closed: bool = False


class TicketView(View, tag="ticket"):
    """One visit, for whoever holds its token."""

    number: str
    service: str
    stage: str
    ahead: int = 0
    low_s: int | None = None
    high_s: int | None = None
    counter: str | None = None


AnyView = KioskView | CounterView | BoardView | RatingView | LiveView | TicketView
