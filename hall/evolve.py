"""The hall after an event. Never refuses: what has happened has happened.

Every function takes the hall and gives a new one; nothing is changed in place.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from hall import events as e
from hall.beside import BesideTheLine, after_beside, forgotten_words
from hall.changes import (
    counted,
    counter_becomes,
    dequeued,
    ended,
    enqueued,
    held_s,
    in_half_hour,
    new_turn,
    opened,
    turn_becomes,
    unparked,
    visit_counted,
    waiting_again,
)
from hall.due import due_at
from hall.model import (
    RECENT_CALLS,
    Because,
    Call,
    CounterState,
    DeviceState,
    Hall,
    Stage,
    Ticket,
    Turn,
    empty_hall,
)
from hall.replacing import replace
from hall.undo import kept, made_final, undone


def evolve(hall: Hall, event: e.Event, at: datetime) -> Hall:
    """The hall after `event` happened at `at`, which is never before the event before it."""
    after = _after(made_final(hall, event), event, at)
    counters = _concerned(hall, event)
    if not counters:
        return replace(after, at=at)
    known = {code: replace(after.staffing[code], due=due_at(after, code)) for code in counters}
    return replace(after, at=at, staffing={**after.staffing, **known})


def _concerned(before: Hall, event: e.Event) -> Collection[str]:
    """Counters where something else may be due by time alone after this event."""
    match event:
        case e.ClockStepped():
            return before.staffing.keys()
        case e.TicketLeftOver():
            counter = before.known(event.ticket).turn.counter
        case _:
            counter = getattr(event, "counter", None)
    return (counter,) if counter is not None and counter in before.staffing else ()


def _after(hall: Hall, event: e.Event, at: datetime) -> Hall:
    match event:
        case e.DayOpened():
            return _day_opened(hall, event, at)
        case e.DayClosed():
            return replace(hall, closed=True)
        case e.OfficerSignedIn():
            now = {"officer": event.officer, "since": at, "sent_away": None}
            return counter_becomes(hall, event.counter, **now)
        case e.OfficerSignedOut():
            hall = counter_becomes(hall, event.counter, officer=None, sent_away=event.why)
            hall = forgotten_words(hall, event.counter)
            return _state(hall, event.counter, CounterState.CLOSED, at)
        case e.CounterOpened():
            return _state(hall, event.counter, CounterState.OPEN, at)
        case e.CounterPaused():
            return _state(hall, event.counter, CounterState.PAUSED, at, event.reason)
        case e.CounterClosed():
            return _state(hall, event.counter, CounterState.CLOSED, at)
        case _:
            return _after_of_a_ticket(hall, event, at)


OfATicket = (
    e.TicketTaken
    | e.TicketPrinted
    | e.TicketCalled
    | e.TicketRecalled
    | e.ServiceStarted
    | e.ServiceFinished
    | e.NextServiceQueued
    | e.NoShow
    | e.Undone
    | e.ServiceAdded
    | e.TicketPostponed
    | e.TicketBack
    | e.TicketTransferred
    | e.TicketMoved
    | e.TicketHeld
    | e.TicketPutBack
    | e.TicketCancelled
    | e.TicketLeftOver
    | e.TurnRated
)


def _after_of_a_ticket(  # noqa: PLR0912 - one case a kind
    hall: Hall, event: OfATicket | BesideTheLine, at: datetime
) -> Hall:
    match event:
        case e.TicketTaken():
            return _taken(hall, event, at)
        case e.TicketPrinted():
            return hall.with_ticket(replace(hall.known(event.ticket), printed=event.ok))
        case e.TicketCalled():
            return _called(hall, event, at)
        case e.TicketRecalled():
            return _recalled(hall, event, at)
        case e.ServiceStarted():
            return _started(hall, event, at)
        case e.ServiceFinished():
            return _finished(hall, event, at)
        case e.NextServiceQueued():
            return _next_service(hall, event, at)
        case e.NoShow():
            return _no_show(hall, event, at)
        case e.Undone():
            return undone(hall, event, at)
        case e.ServiceAdded():
            return _service_added(hall, event)
        case e.TicketPostponed():
            return _parked(hall, event.ticket, event.counter, at, until=event.until)
        case e.TicketBack():
            return waiting_again(unparked(hall, event.ticket), event.ticket)
        case e.TicketTransferred() | e.TicketMoved():
            return _passed_on(hall, event, at)
        case e.TicketHeld():
            return _parked(hall, event.ticket, event.counter, at)
        case e.TicketPutBack():
            return _put_back(hall, event)
        case e.TicketCancelled():
            return counted(ended(hall, event.ticket, Stage.CANCELLED, at), cancelled=1)
        case e.TicketLeftOver():
            return counted(ended(hall, event.ticket, Stage.LEFT_OVER, at), left_over=1)
        case e.TurnRated():
            return _rated(hall, event)
        case _:
            return after_beside(hall, event, at)


# --- The day -------------------------------------------------------------------------------------


def _day_opened(hall: Hall, event: e.DayOpened, at: datetime) -> Hall:
    """A fresh hall: numbers restart, counters are closed, every service is offered again."""
    return replace(
        empty_hall(hall.setup),
        day=event.day,
        call=event.call,
        notice=event.notice,
        devices={device: DeviceState(trouble, at) for device, trouble in event.troubles.items()},
        closed=False,
    )


# --- A ticket's way ------------------------------------------------------------------------------


def _taken(hall: Hall, event: e.TicketTaken, at: datetime) -> Hall:
    first, *later = event.services
    turn = new_turn(hall, first, event.queued_at, at)
    ticket = Ticket(
        number=event.ticket,
        order=hall.issued,
        token=event.token,
        issued_at=at,
        language=event.language,
        group=event.group,
        channel=event.channel,
        turns=(turn,),
        later=tuple(later),
        booking=event.booking,
        told_low_s=event.wait_low_s,
        told_high_s=event.wait_high_s,
    )
    taken = {**hall.taken, **{code: hall.taken.get(code, 0) + 1 for code in event.services}}
    hall = replace(hall.with_ticket(ticket), issued=hall.issued + 1, taken=taken)
    return in_half_hour(enqueued(hall, ticket), at, taken=1)


def _called(hall: Hall, event: e.TicketCalled, at: datetime) -> Hall:
    ticket = hall.known(event.ticket)
    hall = unparked(dequeued(hall, ticket), event.ticket)
    turn = ticket.turn
    turn = replace(
        turn,
        stage=Stage.CALLED,
        counter=event.counter,
        agency=event.agency,
        officer=event.officer,
        because=_because(turn, event),
        call=event.call,
        recalls=0,
        called_at=turn.called_at or at,
        called_before=turn.called_at is not None,
        last_called_at=at,
        held_s=held_s(turn, at),
        held_at=None,
        held_until=None,
    )
    hall = hall.with_ticket(replace(ticket, turns=(*ticket.turns[:-1], turn)))
    hall = counter_becomes(
        hall,
        event.counter,
        ticket=event.ticket,
        ordinary_since_priority=_ordinary_since(hall, event, ticket),
    )
    return _announcing(hall, ticket, event.counter, event.call, at)


def _because(turn: Turn, event: e.TicketCalled) -> Because:
    """Why it went first. A ticket that was parked keeps the reason of its own call."""
    resumed = event.because.rule == "resumed"
    return turn.because if resumed and turn.because is not None else event.because


def _ordinary_since(hall: Hall, event: e.TicketCalled, ticket: Ticket) -> int | None:
    """Turns in plain order since this counter last preferred an interleaved one."""
    if event.because.rule == "interleaved":
        return 0
    since = hall.staffing[event.counter].ordinary_since_priority
    group = hall.setup.groups.get(ticket.group or "")
    ordinary = group is None or not group.interleaved
    new = event.because.rule != "resumed"
    return since + 1 if since is not None and ordinary and new else since


def _recalled(hall: Hall, event: e.TicketRecalled, at: datetime) -> Hall:
    before = hall.known(event.ticket)
    recalls = before.turn.recalls + 1
    hall = turn_becomes(hall, event.ticket, call=event.call, recalls=recalls, last_called_at=at)
    return _announcing(hall, before, event.counter, event.call, at)


def _started(hall: Hall, event: e.ServiceStarted, at: datetime) -> Hall:
    """Service begins, or goes on after the ticket was parked."""
    started_at = hall.known(event.ticket).turn.started_at or at
    return turn_becomes(hall, event.ticket, stage=Stage.SERVING, started_at=started_at)


def _finished(hall: Hall, event: e.ServiceFinished, at: datetime) -> Hall:
    before = hall.known(event.ticket)
    hall = ended(
        hall,
        event.ticket,
        Stage.DONE,
        at,
        outcome=event.outcome,
        dossier=event.dossier,
        due_on=event.due_on,
        apology_no=event.apology_no,
        apology_on=event.apology_on,
        started_at=before.turn.started_at or event.start_estimated_at,
        start_estimated=event.start_estimated_at is not None,
    )
    hall = kept(hall, event.counter, before, at, finished=event.ticket)
    hall = counted(hall, ended=1)
    return hall if before.later else visit_counted(hall, hall.known(event.ticket))


def _next_service(hall: Hall, event: e.NextServiceQueued, at: datetime) -> Hall:
    ticket = hall.known(event.ticket)
    turn = new_turn(hall, event.service, ticket.turn.queued_at, at)
    return opened(hall, replace(ticket, later=ticket.later[1:]), turn)


def _no_show(hall: Hall, event: e.NoShow, at: datetime) -> Hall:
    """Back into line, or the end. What the clock did, no officer takes back."""
    before = hall.known(event.ticket)
    if event.put_back:
        missed = before.turn.missed + 1
        hall = turn_becomes(hall, event.ticket, queued_at=at, missed=missed, reserved=None)
        hall = _sent_back(hall, event.ticket, event.counter)
    else:
        hall = counted(ended(hall, event.ticket, Stage.NO_SHOW, at), no_shows=1)
    return hall if event.by_clock else kept(hall, event.counter, before, at)


def _put_back(hall: Hall, event: e.TicketPutBack) -> Hall:
    """A call that should not have been: the first wait goes on, unless it had ended before."""
    turn = hall.known(event.ticket).turn
    called_at = turn.called_at if turn.called_before else None
    hall = turn_becomes(hall, event.ticket, called_at=called_at)
    return _sent_back(hall, event.ticket, event.counter)


def _sent_back(hall: Hall, number: str, counter: str) -> Hall:
    """From the counter into line."""
    return waiting_again(counter_becomes(hall, counter, ticket=None), number)


def _service_added(hall: Hall, event: e.ServiceAdded) -> Hall:
    """As if the citizen had asked for it at the kiosk: it counts for the day's limit, too."""
    ticket = hall.known(event.ticket)
    taken = {**hall.taken, event.service: hall.taken.get(event.service, 0) + 1}
    hall = replace(hall, taken=taken)
    return hall.with_ticket(replace(ticket, later=(*ticket.later, event.service)))


def _passed_on(hall: Hall, event: e.TicketTransferred | e.TicketMoved, at: datetime) -> Hall:
    """Another turn begins, in the place that this one had."""
    place = hall.known(event.ticket).turn.queued_at
    hall = counted(ended(hall, event.ticket, Stage.TRANSFERRED, at), transfers=1)
    turn = replace(new_turn(hall, event.service, place, at), reserved=event.to_counter)
    return opened(hall, hall.known(event.ticket), turn)


def _parked(
    hall: Hall, number: str, counter: str, at: datetime, until: datetime | None = None
) -> Hall:
    """Away from the counter, onto the shelf; `until`: a postponed ticket is in line again then."""
    hall = turn_becomes(hall, number, stage=Stage.HELD, held_at=at, held_until=until)
    hall = replace(hall, held=(*hall.held, number))
    return counter_becomes(hall, counter, ticket=None)


def _rated(hall: Hall, event: e.TurnRated) -> Hall:
    ticket = hall.known(event.ticket)
    index = event.turn - 1
    turn = replace(ticket.turns[index], rating=event.level)
    turns = (*ticket.turns[:index], turn, *ticket.turns[index + 1 :])
    hall = hall.with_ticket(replace(ticket, turns=turns))
    rated = {**hall.tally.rated, event.level: hall.tally.rated.get(event.level, 0) + 1}
    return replace(hall, tally=replace(hall.tally, rated=rated))


def _state(
    hall: Hall, counter: str, state: CounterState, since: datetime, why: str | None = None
) -> Hall:
    return counter_becomes(hall, counter, state=state, since=since, pause_reason=why)


def _announcing(hall: Hall, before: Ticket, counter: str, number: int, at: datetime) -> Hall:
    """A ticket is called or recalled: of its calls only the last one is shown."""
    call = Call(number, before.number, counter, before.language, before.group is not None, at)
    calls, calls_at = hall.calls, hall.calls_at
    if any(turn.call for turn in before.turns):
        calls = _others(calls, before)
        calls_at = {code: _others(there, before) for code, there in calls_at.items()}
    return replace(
        hall,
        call=number,
        calls=_with_last(calls, call),
        calls_at={**calls_at, counter: _with_last(calls_at.get(counter, ()), call)},
        made=hall.made.having(len(hall.made), at),
    )


def _others(calls: tuple[Call, ...], ticket: Ticket) -> tuple[Call, ...]:
    return tuple(call for call in calls if call.number != ticket.number)


def _with_last(calls: tuple[Call, ...], call: Call) -> tuple[Call, ...]:
    return (*calls, call)[-RECENT_CALLS:]
