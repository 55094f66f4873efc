"""What may have happened. Events are kept for ever, so a kind is never renamed or taken away,
and a new field gets a default. `ticket` is a number of the event's day, `counter` a counter's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hall.model import Because, Booking


@dataclass(frozen=True, slots=True)
class DayOpened:
    """A business day began. What outlives the night comes along, so that a day stands alone."""

    day: date
    call: int = 0  # the last one: call numbers go on
    notice: str = ""
    troubles: Mapping[str, str] = field(default_factory=dict)  # device -> what is wrong with it


@dataclass(frozen=True, slots=True)
class DayClosed:
    left_over: int


@dataclass(frozen=True, slots=True)
class TicketTaken:
    ticket: str
    token: str
    services: tuple[str, ...]
    language: str
    group: str | None
    channel: str
    queued_at: datetime
    booking: Booking | None = None
    ahead: int = 0
    wait_low_s: int | None = None  # what the citizen was told; None: no counter was open
    wait_high_s: int | None = None


@dataclass(frozen=True, slots=True)
class TicketPrinted:
    ticket: str
    ok: bool
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class TicketCalled:
    ticket: str
    counter: str
    officer: str
    call: int
    because: Because
    agency: str = ""


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    ticket: str
    counter: str
    call: int


@dataclass(frozen=True, slots=True)
class ServiceStarted:
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True)
class ServiceFinished:
    ticket: str
    counter: str
    outcome: str
    dossier: str | None = None
    start_estimated_at: datetime | None = None  # nobody pressed start
    due_on: date | None = None  # of a result that was returned
    apology_no: str | None = None
    apology_on: date | None = None


@dataclass(frozen=True, slots=True)
class NextServiceQueued:
    """The ticket's next service begins to wait, in the place the ticket always had."""

    ticket: str
    service: str


@dataclass(frozen=True, slots=True)
class NoShow:
    ticket: str
    counter: str
    put_back: bool
    by_clock: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """A finish or a no-show was taken back: the ticket is at the counter as it was before."""

    ticket: str
    counter: str


@dataclass(frozen=True, slots=True)
class ServiceAdded:
    ticket: str
    counter: str
    service: str


@dataclass(frozen=True, slots=True)
class TicketPostponed:
    ticket: str
    counter: str
    until: datetime


@dataclass(frozen=True, slots=True)
class TicketBack:
    """A postponed ticket is in line again, in the place it always had."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    ticket: str
    counter: str
    service: str
    to_counter: str | None = None


@dataclass(frozen=True, slots=True)
class TicketMoved:
    """The manager sent a waiting ticket elsewhere: it keeps its place in a turn of its own."""

    ticket: str
    service: str
    to_counter: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TicketHeld:
    ticket: str
    counter: str
    reason: str


@dataclass(frozen=True, slots=True)
class TicketPutBack:
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True)
class TicketCancelled:
    ticket: str
    counter: str
    reason: str


@dataclass(frozen=True, slots=True)
class TicketLeftOver:
    ticket: str


@dataclass(frozen=True, slots=True)
class OfficerSignedIn:
    counter: str
    officer: str


@dataclass(frozen=True, slots=True)
class OfficerSignedOut:
    counter: str
    officer: str
    why: str | None = None  # None: by the officer, by whoever takes over, or the day is over


@dataclass(frozen=True, slots=True)
class CounterOpened:
    counter: str


@dataclass(frozen=True, slots=True)
class CounterPaused:
    counter: str
    reason: str


@dataclass(frozen=True, slots=True)
class CounterClosed:
    counter: str


@dataclass(frozen=True, slots=True)
class ServiceSet:
    service: str
    open: bool


@dataclass(frozen=True, slots=True)
class NoticeSet:
    text: str


@dataclass(frozen=True, slots=True)
class TurnRated:
    ticket: str
    turn: int
    level: int
    levels: int
    tags: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class CallAnnounced:
    call: int
    device: str


@dataclass(frozen=True, slots=True)
class CallSpoken:
    """A loudspeaker has spoken a call, begun `at`; or skipped it, and why."""

    call: int
    device: str
    at: datetime
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class WordSent:
    """The manager wrote to a counter. A word to all counters has one number, and many events."""

    word: int
    counter: str
    text: str


@dataclass(frozen=True, slots=True)
class WordRead:
    word: int
    counter: str


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """Something the manager should know began. `of`: the field, counter or device it is about.

    `alarm` is its kind and `of`: the same alarm again is another event, after it was cleared.
    """

    alarm: str
    alarm_kind: str
    of: str | None = None
    number: str | None = None  # the ticket that waits longest, or is at the counter
    value_s: float | None = None  # how long by then, in seconds
    detail: str | None = None  # the trouble of a device


@dataclass(frozen=True, slots=True)
class AlarmCleared:
    alarm: str


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged:
    alarm: str


@dataclass(frozen=True, slots=True)
class DeviceReported:
    device: str
    trouble: str | None


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """Who may come in is different.

    `of`: a device's or an account's code; `what`: paired, unpaired, suspended, restored,
    pin_changed, pin_reset; of a screen where PINs are guessed, guessed and guessed_no_more. `by`:
    an account, `command:` and who gave it, or nobody for the server itself.
    """

    of: str
    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class ClockStepped:
    by_s: float


@dataclass(frozen=True, slots=True)
class TextsErased:
    """What could lead to a person was erased: of one visit, or of all days before one."""

    by: str  # the account, or "retention" where the hall keeps texts for so long only
    texts: Mapping[str, int]  # how many, by what they were
    of: date | None = None  # the visit's day
    number: str | None = None  # and its ticket's number
    before: date | None = None


Event = (
    DayOpened
    | DayClosed
    | TicketTaken
    | TicketPrinted
    | TicketCalled
    | TicketRecalled
    | ServiceStarted
    | ServiceFinished
    | NextServiceQueued
    | NoShow
    | Undone
    | ServiceAdded
    | TicketPostponed
    | TicketBack
    | TicketTransferred
    | TicketMoved
    | TicketHeld
    | TicketPutBack
    | TicketCancelled
    | TicketLeftOver
    | OfficerSignedIn
    | OfficerSignedOut
    | CounterOpened
    | CounterPaused
    | CounterClosed
    | ServiceSet
    | NoticeSet
    | TurnRated
    | CallAnnounced
    | CallSpoken
    | WordSent
    | WordRead
    | AlarmRaised
    | AlarmCleared
    | AlarmAcknowledged
    | DeviceReported
    | AccessChanged
    | ClockStepped
    | TextsErased
)
