"""What happened, in the words of the scenario files. Decides nothing."""

from __future__ import annotations

from datetime import datetime

from hall import events as e
from hall.commands import Refused
from hall.events import Event
from hall.model import Because, Ticket, Turn
from tests.hall.halls import TIMEZONE

FACTS = (
    "opens_at",
    "limit",
    "stage",
    "officer",
    "counter",
    "levels",
    "due_on",
    "date",
)  # worth reading in a refusal


def refusal(refused: Refused) -> str:
    """`refused service_closed, opens_at Monday 2026-11-23 07:00`."""
    facts = [f"{fact} {_fact(refused.facts[fact])}" for fact in FACTS if fact in refused.facts]
    return ", ".join([f"refused {refused.reason}", *facts])


def happened(event: Event, calls: bool = False) -> str:
    """One event: its kind, its ticket, and what a reader would ask next."""
    kind, ticket = type(event).__name__, getattr(event, "ticket", "")
    more = _more(event)
    call = getattr(event, "call", 0)
    if calls and call and ticket:
        more += f", call {call}"
    return " ".join(word for word in (kind, ticket) if word) + more


def _more(event: Event) -> str:
    match event:
        case e.TicketTaken():
            return f", in line from {clock(event.queued_at)}" if event.booking else ""
        case e.TicketCalled():
            return f" because {because(event.because)}"
        case e.ServiceFinished():
            estimated = event.start_estimated_at
            started = f", started about {clock(estimated)}" if estimated else ""
            return f" {event.outcome}{started}{_of_a_result(event)}"
        case e.NextServiceQueued():
            return f", now for {event.service}"
        case e.NoShow():
            return ", put back" if event.put_back else ""
        case e.ServiceAdded():
            return f", then {event.service}"
        case e.TicketPostponed():
            return f", back at {clock(event.until)}"
        case e.TicketTransferred():
            return _where(event)
        case e.TicketMoved():
            return f"{_where(event)}, {event.reason}"
        case e.TicketHeld() | e.TicketCancelled():
            return f", {event.reason}"
        case e.DayOpened():
            return f" {event.day}, calls so far {event.call}"
        case e.DayClosed():
            return f", {event.left_over} left over"
        case e.OfficerSignedIn() | e.OfficerSignedOut():
            return f" {event.officer}, counter {event.counter}"
        case e.CounterPaused():
            return f" {event.counter}, {event.reason}"
        case e.CounterOpened() | e.CounterClosed():
            return f" {event.counter}"
        case e.ServiceSet():
            return f" {event.service} {'open' if event.open else 'closed'}"
        case e.NoticeSet():
            return f" {event.text}"
        case e.TurnRated():
            said = f": {event.text}" if event.text else ""
            return f" turn {event.turn}, {event.level} of {event.levels}{said}"
        case e.TicketPrinted():
            return "" if event.ok else f" failed, {event.trouble}"
        case e.AccessChanged():
            return f" {event.of} {event.what}"
        case e.DeviceReported():
            return f" {event.device}, {event.trouble or 'works'}"
        case e.ClockStepped():
            return f" by {span(event.by_s)}"
        case _:
            return _told(event)


def _told(event: Event) -> str:
    """What the manager, the loudspeakers and the alarms have to say."""
    match event:
        case e.CallSpoken():
            why = f", skipped, {event.skipped}" if event.skipped else ""
            return f" call {event.call} at {clock(event.at)}{why}"
        case e.WordSent():
            return f" {event.word} to counter {event.counter}: {event.text}"
        case e.WordRead():
            return f" {event.word} at counter {event.counter}"
        case e.AlarmRaised():
            facts = [event.number, event.detail, event.value_s and span(event.value_s)]
            return ", ".join([f" {event.alarm}", *(fact for fact in facts if fact)])
        case e.AlarmCleared() | e.AlarmAcknowledged():
            return f" {event.alarm}"
        case _:
            return ""


def _where(event: e.TicketTransferred | e.TicketMoved) -> str:
    where = f" at counter {event.to_counter}" if event.to_counter else ""
    return f" to {event.service}{where}"


def _of_a_result(event: e.ServiceFinished) -> str:
    due = f", due {event.due_on}" if event.due_on else ""
    number = f" {event.apology_no}" if event.apology_no else ""
    day = f" of {event.apology_on}" if event.apology_on else ""
    return f"{due}, apology{number}{day}" if number or day else due


def because(why: Because) -> str:
    """`head_start, overtook 2, longest A001`."""
    rule = f"{why.rule} ({why.reason})" if why.reason else why.rule
    return f"{rule}, overtook {why.overtook}, longest {why.longest}" if why.overtook else rule


def story(ticket: Ticket) -> str:
    """Every turn of a ticket: what it was for, how it ended, and how long it took."""
    return "; ".join(_turn(turn) for turn in ticket.turns)


def _turn(turn: Turn) -> str:
    words = [f"{turn.service} {turn.stage}"]
    if turn.waited_until is not None:
        words.append(f"waited {span((turn.waited_until - turn.opened_at).total_seconds())}")
    if turn.started_at is not None and turn.ended_at is not None:
        served_s = (turn.ended_at - turn.started_at).total_seconds() - turn.held_s
        about = "about " if turn.start_estimated else ""
        words.append(f"served {about}{span(served_s)}")
    if turn.held_s:
        words.append(f"held {span(turn.held_s)}")
    if turn.clock_stepped:
        words.append("clock set meanwhile")
    return ", ".join(words)


def span(seconds: float) -> str:
    """`5 min`, or `45 s`."""
    minutes, rest = divmod(seconds, 60)
    return f"{seconds:.0f} s" if rest or not minutes else f"{minutes:.0f} min"


def day_and_time(moment: datetime) -> str:
    """`Monday 2026-11-23 07:00`, in the hall."""
    return f"{moment.astimezone(TIMEZONE):%A %Y-%m-%d %H:%M}"


def _fact(value: object) -> str:
    if isinstance(value, datetime):
        return day_and_time(value)
    return "not known" if value is None else str(value)


def clock(moment: datetime) -> str:
    """`07:00:00`, in the hall."""
    return f"{moment.astimezone(TIMEZONE):%H:%M:%S}"
