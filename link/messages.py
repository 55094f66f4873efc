"""The wire, protocol version 1: every message that may travel, and nothing else.

JSON text frames over one websocket. Unknown fields are refused by name, every string and number
is bounded, all times carry their offset, durations are seconds. `docs/protocol.md` is generated
from this file.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, get_args

from msgspec import Meta, Struct
from msgspec import field as wire_field

PROTOCOL: Final = 1
MAX_FRAME: Final = 16 * 1024  # bytes, both ways before hello and from screens ever after
MAX_HELLO: Final = 1024  # bytes of the first message
MAX_VIEW: Final = 256 * 1024  # bytes of what the server may send

END: Final = r"$(?!\n)"  # the very end: in Python `$` alone also fits before a last newline

Role = Literal["kiosk", "counter", "display", "rating", "manager", "ticket"]
Code = Annotated[
    str, Meta(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*" + END)
]
Number = Annotated[str, Meta(min_length=4, max_length=8, pattern=r"^[A-Z][0-9]{3,7}" + END)]
Word = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*" + END)]
Line = Annotated[str, Meta(max_length=200)]
RequestId = Annotated[str, Meta(min_length=36, max_length=36, pattern=r"^[0-9a-f-]{36}" + END)]
Token = Annotated[str, Meta(max_length=128)]
LocalDate = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}" + END)]
Moment = Annotated[datetime, Meta(tz=True)]  # with its offset
Person = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}" + END)]  # a card's hash with today's key
Pin = Annotated[str, Meta(min_length=4, max_length=64)]
Names = dict[str, str]  # language -> text


class Message(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Anything that travels."""


# --- Requests: what a screen may ask -------------------------------------------------------------


class Do(Message, tag_field="kind"):
    """One request's wish; `kind` tells which."""


class BookedSlot(Message):
    slot: Moment
    registered: Moment


class TakeTicket(Do, tag="take_ticket"):
    """A number for one service, or for several in order."""

    services: Annotated[list[Code], Meta(min_length=1, max_length=8)]
    group: Code | None = None
    language: Code | None = None
    booking: BookedSlot | None = None
    person: Person | None = None


class Printed(Do, tag="printed"):
    """Whether the ticket came out of the printer."""

    ticket: Number
    ok: bool
    trouble: Word | None = None


class DeviceState(Do, tag="device_state"):
    """How a device beside the screen is; `trouble` absent: it works."""

    device: Code
    trouble: Word | None = None


class SignIn(Do, tag="sign_in"):
    """An officer sits down; `take_over` sends away who sits there, or leaves the other counter."""

    officer: Code
    pin: Pin
    take_over: bool = False


class ChangePin(Do, tag="change_pin"):
    """Whoever is signed in here takes another PIN."""

    pin: Pin
    new_pin: Pin


class SignOut(Do, tag="sign_out"):
    """The officer goes; a manager who names no counter leaves the own screen."""

    counter: Code | None = None


class Open(Do, tag="open"):
    """The counter calls from now on, also after a pause."""

    counter: Code | None = None


class Pause(Do, tag="pause"):
    """The counter calls nobody for a while."""

    reason: Word
    counter: Code | None = None


class Close(Do, tag="close"):
    """The counter calls nobody any more; the officer stays signed in."""

    counter: Code | None = None


class CallNext(Do, tag="call_next"):
    """Whoever's turn it is at this counter."""

    counter: Code | None = None


class CallTicket(Do, tag="call_ticket"):
    """This ticket out of order; counted, and seen by the manager."""

    ticket: Number
    reason: Word
    counter: Code | None = None


class Recall(Do, tag="recall"):
    """Call the ticket at the counter once more."""

    counter: Code | None = None


class Start(Do, tag="start"):
    """The citizen is here."""

    counter: Code | None = None


class Finish(Do, tag="finish"):
    """The service is over. When a result is returned: when it was due, and if late the apology."""

    outcome: Word
    dossier: Annotated[str, Meta(max_length=40)] | None = None
    due_on: LocalDate | None = None
    apology_no: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    apology_on: LocalDate | None = None
    counter: Code | None = None


class NoShow(Do, tag="no_show"):
    """Nobody came: back into line, or the end of the turn."""

    counter: Code | None = None


class Undo(Do, tag="undo"):
    """Take back the finish or no-show that this counter pressed last, within seconds."""

    counter: Code | None = None


class AddService(Do, tag="add_service"):
    """One service more on the ticket at the counter, after those it has."""

    service: Code
    counter: Code | None = None


class Postpone(Do, tag="postpone"):
    """The ticket comes back into line, in its place, when the next session opens."""

    counter: Code | None = None


class Transfer(Do, tag="transfer"):
    """To a service, to a counter, or to a service at one counter."""

    service: Code | None = None
    to_counter: Code | None = None
    counter: Code | None = None


class Hold(Do, tag="hold"):
    """Park the ticket: the counter is free meanwhile."""

    reason: Word
    counter: Code | None = None


class Resume(Do, tag="resume"):
    """Call a parked ticket back."""

    ticket: Number
    counter: Code | None = None


class PutBack(Do, tag="put_back"):
    """Undo a call made by mistake: the ticket keeps its place in line."""

    counter: Code | None = None


class Cancel(Do, tag="cancel"):
    """The visit ends without service."""

    ticket: Number
    reason: Word
    counter: Code | None = None


class Rate(Do, tag="rate"):
    """By the turn (counted from 1), at a counter; elsewhere by the ticket's public token."""

    level: Annotated[int, Meta(ge=1, le=5)]
    ticket: Number | None = None
    turn: Annotated[int, Meta(ge=1, le=99)] | None = None
    token: Token | None = None
    tags: Annotated[list[Word], Meta(max_length=3)] = []
    text: Line = ""


class Announced(Do, tag="announced"):
    """A board has announced this call."""

    call: Annotated[int, Meta(ge=1)]


class SetService(Do, tag="set_service"):
    """Offer a service or not, for today."""

    service: Code
    open: bool


class Notice(Do, tag="notice"):
    """A line of text on all screens; empty: none."""

    text: Line


class Report(Do, tag="report"):
    """`from_` and `to` are local dates, both included, as YYYY-MM-DD."""

    report: Word
    from_: LocalDate = wire_field(name="from")
    to: LocalDate
    by: Word | None = None


AnyDo = (
    TakeTicket
    | Printed
    | DeviceState
    | SignIn
    | ChangePin
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
    | Announced
    | SetService
    | Notice
    | Report
)

KINDS: Final = frozenset(
    str(do.__struct_config__.tag) for do in get_args(AnyDo)
)  # of request, as they travel


# --- From a screen -------------------------------------------------------------------------------


class Hello(Message, tag_field="type", tag="hello"):
    """The first message, within five seconds."""

    protocol: int
    role: Role
    device: Code
    token: Token = ""


class Request(Message, tag_field="type", tag="request"):
    """The id is made once and kept over every retry: the same id gets the same answer."""

    id: RequestId
    do: AnyDo


FromScreen = Hello | Request


# --- From the server -----------------------------------------------------------------------------


class FieldInfo(Message):
    """A field of service (lĩnh vực): the letter of its numbers, and its names."""

    code: str
    names: Names


class ServiceInfo(Message):
    code: str
    field: str
    names: Names
    expected_s: float
    papers: Names = {}
    same_day: bool = False


class CounterInfo(Message):
    code: str
    number: int
    names: Names = {}
    zone: Names = {}
    floor: str = ""
    agency: Names = {}
    services: list[str] = []
    accessible: bool = False


class GroupInfo(Message):
    """A priority group, the proof the staff will ask for, and the age that gives a right to it."""

    code: str
    names: Names
    proof: Names = {}
    from_age: int | None = None


class WordInfo(Message):
    """A word officers choose from: a reason, an outcome, a rating tag."""

    code: str
    names: Names


class HallInfo(Message):
    """What the hall is called and has: names in every language, for codes in the views."""

    hall: str
    names: Names
    unit: Names
    address: Names
    colours: dict[str, str]
    languages: list[str]
    timezone: str
    fields: list[FieldInfo]
    services: list[ServiceInfo]
    counters: list[CounterInfo]
    groups: list[GroupInfo]
    outcomes: list[WordInfo]
    pause_reasons: list[WordInfo]
    hold_reasons: list[WordInfo]
    jump_reasons: list[WordInfo]
    cancel_reasons: list[WordInfo]
    rating_levels: int
    rating_tags: list[WordInfo]
    wait_target_s: float
    wait_limit_s: float
    logo: str = ""  # a short text where others have a picture
    ticket_line: Names = {}  # the hall's own line on every ticket
    result_outcomes: list[str] = []  # with these a result was returned: it was due on some day


class DeviceInfo(Message):
    """Who the screen is, and the settings config.toml gives it."""

    device: str
    role: Role
    counter: str | None = None
    settings: dict[str, str | int | float | bool | list[str]] = {}


class Welcome(Message, tag_field="type", tag="welcome"):
    """`person_key`: what a kiosk hashes identity cards with; empty: nobody asks for a card."""

    protocol: int
    hall: HallInfo
    now: datetime
    device: DeviceInfo
    person_key: str = ""


class Answer(Message, tag_field="type", tag="answer"):
    """Exactly one of `ok` and `refused`; a refusal has `reason` and the facts beside it."""

    id: str
    ok: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None


class Goodbye(Message, tag_field="type", tag="goodbye"):
    """The server closes after this. `detail` is for the technician's log."""

    reason: str
    detail: str = ""


# --- Views: whole, small, newest wins ------------------------------------------------------------


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
    number: str
    service: str
    why: Why


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


class CounterView(View, tag="counter"):
    """One counter: its ticket, what it may do now, and its queue."""

    counter: str
    state: str
    since: datetime
    officer: str | None = None
    pause_reason: str | None = None
    ticket: CounterTicket | None = None
    may: list[str] = []
    undo_until: datetime | None = None  # what may include undo until then
    next: NextUp | None = None
    queue: list[QueueLength] = []
    held: list[HeldTicket] = []
    troubles: list[Trouble] = []
    notice: str = ""


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
    counter: str
    state: str
    number: str | None = None


class BoardView(View, tag="board"):
    """The last calls, oldest first, with their call numbers; people waiting per field."""

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
    """The manager's hall."""

    counters: list[LiveCounter]
    fields: list[FieldWaiting]
    today: Today
    troubles: list[Trouble]
    closed_services: list[str]
    notice: str = ""


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


class Shown(Message, tag_field="type", tag="view"):
    """The whole view, at once after the welcome and whenever it changed. `rev` only grows."""

    rev: int
    view: AnyView


FromServer = Welcome | Shown | Answer | Goodbye
