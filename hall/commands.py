"""What may be asked of the hall. A command is a wish: `decide` says what comes of it.

Whoever asks has been let in already: counters and officers are those of the signed-in screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from hall.events import Event
from hall.model import Booking
from hall.waits import Told


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """A citizen wants a number, for one service or several in order."""

    services: tuple[str, ...]
    token: str  # random, made by whoever lets the request in: the rules know no chance
    language: str = "vi"
    group: str | None = None
    channel: str = "kiosk"
    booking: Booking | None = None
    told: Told | None = None  # the wait, foreseen beforehand; None: no counter is open for it


@dataclass(frozen=True, slots=True)
class Printed:
    """The kiosk says whether the ticket came out."""

    ticket: str
    ok: bool
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """An officer, whose PIN was right, sits down. `take_over`: leave the other counter."""

    counter: str
    officer: str
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class SignOut:
    counter: str


@dataclass(frozen=True, slots=True)
class Open:
    """Open a closed counter, or go on after a pause."""

    counter: str


@dataclass(frozen=True, slots=True)
class Pause:
    counter: str
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    counter: str


@dataclass(frozen=True, slots=True)
class CallNext:
    """The one key: whoever's turn it is at this counter."""

    counter: str


@dataclass(frozen=True, slots=True)
class CallTicket:
    """Out of order, with a reason word: counted, and seen by the manager."""

    counter: str
    ticket: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recall:
    counter: str


@dataclass(frozen=True, slots=True)
class Start:
    """The citizen is here."""

    counter: str


@dataclass(frozen=True, slots=True)
class Finish:
    """`due_on`: of a result that is returned; the apology is for one that is late."""

    counter: str
    outcome: str
    dossier: str | None = None
    due_on: date | None = None
    apology_no: str | None = None
    apology_on: date | None = None


@dataclass(frozen=True, slots=True)
class NoShow:
    """Nobody came: back into line, or the end of the turn."""

    counter: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the finish or no-show pressed last at this counter, if that was just now."""

    counter: str


@dataclass(frozen=True, slots=True)
class AddService:
    """One service more on the ticket at the counter, after those it has."""

    counter: str
    service: str


@dataclass(frozen=True, slots=True)
class Postpone:
    """The citizen comes back after the break: into line again when the next session opens."""

    counter: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """To another service, or to one counter (which then must serve the service)."""

    counter: str
    service: str | None = None
    to_counter: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Park the ticket: the citizen fills in a form, the counter is free."""

    counter: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Call a parked ticket back."""

    counter: str
    ticket: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """Undo a call made by mistake: the ticket keeps its place in line."""

    counter: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """The visit ends without service, whether it waits, is held, or is at this counter."""

    counter: str
    ticket: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rate:
    """How was it? Once per turn, after it ended. `turn` counts from 1."""

    ticket: str
    turn: int
    level: int
    tags: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class SetService:
    """The manager opens or closes a service for today."""

    service: str
    open: bool


@dataclass(frozen=True, slots=True)
class SetNotice:
    text: str


@dataclass(frozen=True, slots=True)
class MoveTicket:
    """The manager sends somebody who waits to another service, to a counter, or to both."""

    ticket: str
    reason: str
    service: str | None = None
    to_counter: str | None = None


@dataclass(frozen=True, slots=True)
class SendWord:
    """A line from the manager to the officer at a counter; without one, to all who are there."""

    text: str
    counter: str | None = None


@dataclass(frozen=True, slots=True)
class ReadWord:
    """The officer has read what the manager sent."""

    counter: str
    word: int


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The manager has seen an alarm: it stays until it is over, and disturbs no more."""

    alarm: str


@dataclass(frozen=True, slots=True)
class Announced:
    """A board says that it has announced a call."""

    call: int
    device: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A loudspeaker says that it has spoken a call, begun `at`; or skipped it, and why."""

    call: int
    device: str
    at: datetime
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class ReportDevice:
    """A screen says how a device beside it is. `trouble` None: it works.

    Of a screen itself nobody says so but the server, which knows who is connected.
    """

    device: str
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeAccess:
    """Who may come in is different already: it is noted, and who may no longer sit must go."""

    of: str
    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class SendAway:
    """The server ends an officer's sitting, for a reason; not while a ticket is there."""

    counter: str
    officer: str
    why: str


@dataclass(frozen=True, slots=True)
class StepClock:
    """The machine's clock was set while the hall ran, by so many seconds."""

    by_s: float


@dataclass(frozen=True, slots=True)
class EraseTexts:
    """Let go what could lead to a person: of one visit, or of all days before one. The server asks
    for it itself; `texts`: how many there are, by what they are.
    """

    by: str
    texts: Mapping[str, int]
    of: date | None = None
    number: str | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: whatever is due happens."""


Command = (
    TakeTicket
    | Printed
    | SignIn
    | SignOut
    | Open
    | Pause
    | Close
    | CallNext
    | CallTicket
    | Recall
    | Start
    | Finish
    | NoShow
    | Undo
    | AddService
    | Postpone
    | Transfer
    | Hold
    | Resume
    | PutBack
    | Cancel
    | Rate
    | SetService
    | SetNotice
    | MoveTicket
    | SendWord
    | ReadWord
    | Acknowledge
    | Announced
    | Spoken
    | ReportDevice
    | ChangeAccess
    | SendAway
    | StepClock
    | EraseTexts
    | Tick
)


@dataclass(frozen=True, slots=True, init=False)
class Refused:
    """No, and why: a stable word and the facts a person needs to go on."""

    reason: str
    facts: dict[str, str | int | float | datetime | None]

    def __init__(self, reason: str, **facts: str | int | float | datetime | None) -> None:
        object.__setattr__(self, "reason", reason)
        object.__setattr__(self, "facts", facts)


Decision = tuple[Event, ...] | Refused
