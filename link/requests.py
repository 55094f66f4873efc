"""What a screen may ask: one struct for each kind of request."""

from __future__ import annotations

from typing import Annotated, Final, get_args

from msgspec import Meta
from msgspec import field as wire_field

from link.kinds import (
    END,
    Code,
    Line,
    LocalDate,
    Message,
    Moment,
    Number,
    Ordinal,
    Person,
    Pin,
    Token,
    TrialId,
    Word,
    require_near,
)

Changes = Annotated[list[Annotated[str, Meta(min_length=1, max_length=80)]], Meta(max_length=20)]
Seed = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class Do(Message, tag_field="kind"):
    """One request's wish; `kind` tells which."""


class BookedSlot(Message):
    slot: Moment
    registered: Moment

    def __post_init__(self) -> None:
        require_near(self.slot, self.registered)


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
    """Somebody sits down; `take_over` sends away who sits there, or leaves the other counter.

    `pin`: the PIN or password, or a one-time code; with a code `new_pin` is what counts afterwards.
    """

    officer: Code
    pin: Pin
    take_over: bool = False
    new_pin: Pin | None = None


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
    """By the turn (counted from 1), at a counter; elsewhere by the ticket's public token, or by
    its number and the code printed beside it: `sha256(token)`, its first 8 bytes as a big-endian
    number modulo 10000, in 4 digits.
    """

    level: Annotated[int, Meta(ge=1, le=5)]
    ticket: Number | None = None
    turn: Annotated[int, Meta(ge=1, le=99)] | None = None
    token: Token | None = None
    code: Annotated[str, Meta(pattern=r"^[0-9]{4}" + END)] | None = None
    tags: Annotated[list[Word], Meta(max_length=3)] = []
    text: Line = ""


class Announced(Do, tag="announced"):
    """A board has announced this call."""

    call: Ordinal


class Spoken(Do, tag="spoken"):
    """A loudspeaker has spoken this call, begun `at`; or `skipped` it, and the word says why."""

    call: Ordinal
    at: Moment
    skipped: Word | None = None

    def __post_init__(self) -> None:
        require_near(self.at)


class SetService(Do, tag="set_service"):
    """Offer a service or not, for today."""

    service: Code
    open: bool


class Notice(Do, tag="notice"):
    """A line of text on all screens; empty: none."""

    text: Line


class MoveTicket(Do, tag="move_ticket"):
    """A waiting ticket to another service, to a counter, or to a service at one counter."""

    ticket: Number
    reason: Word
    service: Code | None = None
    to_counter: Code | None = None


class SendWord(Do, tag="send_word"):
    """A line of text to the officer at a counter; without a counter to all who are signed in."""

    text: Annotated[str, Meta(min_length=1, max_length=200)]
    counter: Code | None = None


class ReadWord(Do, tag="read_word"):
    """The officer has read a word the manager sent."""

    word: Ordinal
    counter: Code | None = None


class Acknowledge(Do, tag="acknowledge"):
    """The manager has seen this alarm."""

    alarm: Annotated[str, Meta(min_length=1, max_length=80)]


class Report(Do, tag="report"):
    """Figures of a period: local dates, both included, as YYYY-MM-DD.

    A report that is larger than a frame comes in parts, counted from 1.
    """

    report: Word
    from_: LocalDate = wire_field(name="from")
    to: LocalDate
    by: Word | None = None
    language: Code | None = None
    part: Annotated[int, Meta(ge=1, le=100_000)] = 1


class WhatIf(Do, tag="what_if"):
    """A recorded day with another plan, many times over; changes as `motcua what-if` reads them.

    The answer names the trial at once; `trial` tells how far it is and what came of it. A new one
    ends the one before of the same screen.
    """

    day: LocalDate
    opens: Changes = []
    closes: Changes = []
    skills: Changes = []
    priority: Changes = []
    arrivals: Annotated[float, Meta(gt=0, le=10)] = 1.0
    runs: Annotated[int, Meta(ge=1, le=1000)] = 200
    seed: Seed = 1
    language: Code | None = None


class Staffing(Do, tag="staffing"):
    """How many counters a weekday needs (0 is Monday), by its last so many weeks; else as above."""

    weekday: Annotated[int, Meta(ge=0, le=6)]
    weeks: Annotated[int, Meta(ge=2, le=52)] = 4
    runs: Annotated[int, Meta(ge=20, le=1000)] = 40
    seed: Seed = 1
    language: Code | None = None


class Trial(Do, tag="trial"):
    """How far this screen's trial is; when it is over, its report in parts, counted from 1."""

    trial: TrialId
    part: Annotated[int, Meta(ge=1, le=100_000)] = 1


class StopTrial(Do, tag="stop_trial"):
    """Nobody waits for this screen's trial any more."""

    trial: TrialId | None = None


class Here(Do, tag="here"):
    """Somebody presses keys at this screen: the sign-in goes on. Once a minute is often enough."""


class Access(Do, tag="access"):
    """Every device and account, and how they stand."""


class PairDevice(Do, tag="pair_device"):
    """A one-time code for this device; the token it has is good until the code is used."""

    device: Code


class UnpairDevice(Do, tag="unpair_device"):
    """The device is let in no more, and sent away at once."""

    device: Code


class SuspendOfficer(Do, tag="suspend_officer"):
    """Nobody signs in with this account, and whoever has is signed out at once."""

    officer: Code


class RestoreOfficer(Do, tag="restore_officer"):
    """The account is good again."""

    officer: Code


class ResetPin(Do, tag="reset_pin"):
    """The PIN or password that was chosen is gone; without one in the configuration there is a
    one-time code instead.
    """

    officer: Code


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
    | Spoken
    | SetService
    | Notice
    | MoveTicket
    | SendWord
    | ReadWord
    | Acknowledge
    | Report
    | Here
    | Access
    | PairDevice
    | UnpairDevice
    | SuspendOfficer
    | RestoreOfficer
    | ResetPin
    | WhatIf
    | Staffing
    | Trial
    | StopTrial
)

KINDS: Final = frozenset(
    str(do.__struct_config__.tag) for do in get_args(AnyDo)
)  # of request, as they travel
