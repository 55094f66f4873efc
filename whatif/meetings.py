"""What came of each call of each citizen, gathered event by event. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from hall import events as e
from hall.model import Booking, Hall, Setup, Stage
from whatif.model import Ending, Meeting, Move, Visit


@dataclass(slots=True, eq=False)
class _Open:
    """A call of which it is not known yet what comes of it."""

    service: str
    counter: str
    called_at: datetime
    again: bool  # it goes on with a service that was put aside
    started_at: datetime | None = None
    added: list[str] = field(default_factory=list)
    recalled_at: list[datetime] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Citizen:
    visit: Visit
    meetings: list[Meeting] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    leaves: datetime | None = None
    call: _Open | None = None
    held_at: datetime | None = None


Ended = (
    e.ServiceFinished
    | e.TicketTransferred
    | e.NoShow
    | e.TicketPutBack
    | e.TicketHeld
    | e.TicketPostponed
    | e.TicketCancelled
)
ENDINGS: dict[type, Ending] = {
    e.ServiceFinished: Ending.FINISHED,
    e.TicketTransferred: Ending.TRANSFERRED,
    e.NoShow: Ending.NO_SHOW,
    e.TicketPutBack: Ending.PUT_BACK,
    e.TicketHeld: Ending.HELD,
    e.TicketPostponed: Ending.POSTPONED,
    e.TicketCancelled: Ending.CANCELLED,
}


class Meetings:
    """Every citizen of a day."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._citizens: dict[str, _Citizen] = {}

    def visits(self) -> Iterator[Visit]:
        """All of them in order of arrival, as far as they have come."""
        for citizen in self._citizens.values():
            yield replace(
                citizen.visit,
                meetings=tuple(citizen.meetings),
                moves=tuple(citizen.moves),
                leaves=citizen.leaves,
            )

    def end(self, at: datetime) -> None:
        """The day is over; whoever is still at a counter is served no more."""
        for citizen in self._citizens.values():
            if citizen.call is not None:
                citizen.meetings.append(_meeting(citizen.call, Ending.FINISHED, at))
                citizen.call = None

    def see(self, hall: Hall, event: e.Event, at: datetime) -> None:
        """An event, and the hall before it."""
        match event:
            case e.TicketTaken():
                self._citizens[event.ticket] = _Citizen(_visit(event, at))
            case e.TicketCalled():
                self._called(hall, event, at)
            case e.ServiceStarted():
                call = self._citizens[event.ticket].call
                if call is not None:
                    call.started_at = at
            case e.TicketRecalled():
                call = self._citizens[event.ticket].call
                if call is not None:
                    call.recalled_at.append(at)
            case e.ServiceAdded():
                call = self._citizens[event.ticket].call
                if call is not None:
                    call.added.append(event.service)
            case e.TicketMoved():
                move = Move(at, event.service, event.to_counter)
                self._citizens[event.ticket].moves.append(move)
            case (
                e.ServiceFinished()
                | e.TicketTransferred()
                | e.NoShow()
                | e.TicketPutBack()
                | e.TicketHeld()
                | e.TicketPostponed()
                | e.TicketCancelled()
            ):
                self._ended(event, at)
            case _:
                pass

    def _called(self, hall: Hall, event: e.TicketCalled, at: datetime) -> None:
        citizen, ticket = self._citizens[event.ticket], hall.known(event.ticket)
        again = ticket.turn.stage is Stage.HELD
        if again and citizen.held_at is not None:
            away_s = (at - citizen.held_at).total_seconds()
            held = replace(citizen.meetings[-1], away_s=away_s, back_at=event.counter)
            citizen.meetings[-1] = held
        citizen.held_at = None
        citizen.call = _Open(ticket.turn.service, event.counter, at, again)

    def _ended(self, event: Ended, at: datetime) -> None:
        citizen = self._citizens[event.ticket]
        call, citizen.call = citizen.call, None
        if call is None:  # left while waiting, or while a form was filled in
            citizen.leaves = at
            return
        meeting = replace(_meeting(call, ENDINGS[type(event)], at), word=_word(event))
        if isinstance(event, e.TicketTransferred):
            meeting = replace(meeting, to_service=event.service, to_counter=event.to_counter)
        citizen.meetings.append(meeting)
        if meeting.ends is Ending.HELD:
            citizen.held_at = at


def _meeting(call: _Open, ends: Ending, at: datetime) -> Meeting:
    since = call.started_at or call.called_at
    start_s = (call.started_at - call.called_at).total_seconds() if call.started_at else None
    return Meeting(
        service=call.service,
        counter=call.counter,
        ends=ends,
        start_s=start_s,
        lasts_s=(at - since).total_seconds(),
        whole=ends is Ending.FINISHED and start_s is not None and not call.again,
        added=tuple(call.added),
        recalls_s=tuple((at - call.called_at).total_seconds() for at in call.recalled_at),
    )


def _word(event: Ended) -> str | None:
    """The outcome, or the reason that was given."""
    match event:
        case e.ServiceFinished():
            return event.outcome
        case e.TicketHeld() | e.TicketCancelled():
            return event.reason
        case _:
            return None


def _visit(event: e.TicketTaken, at: datetime) -> Visit:
    booking: Booking | None = event.booking
    return Visit(
        at=at,
        services=event.services,
        number=event.ticket,
        group=event.group,
        language=event.language,
        channel=event.channel,
        booking=booking,
    )
