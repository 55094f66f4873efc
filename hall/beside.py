"""What an event changes beside the line: services and notices, words, alarms, devices, the clock,
texts that were erased.

For `evolve` alone; refuses nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, assert_never

from hall import events as e
from hall.changes import turn_becomes
from hall.model import Alarm, DeviceState, Hall, SentWord, Turn
from hall.replacing import replace

MAX_WORDS: Final = 24  # unread at one counter; the oldest go

BesideTheLine = (
    e.ServiceSet
    | e.NoticeSet
    | e.CallAnnounced
    | e.CallSpoken
    | e.WordSent
    | e.WordRead
    | e.AlarmRaised
    | e.AlarmCleared
    | e.AlarmAcknowledged
    | e.DeviceReported
    | e.AccessChanged
    | e.ClockStepped
    | e.TextsErased
)


def after_beside(  # noqa: PLR0912 - one case a kind
    hall: Hall, event: BesideTheLine, at: datetime
) -> Hall:
    """The hall after an event that moves nobody."""
    match event:
        case e.ServiceSet():
            return _service_set(hall, event)
        case e.NoticeSet():
            return replace(hall, notice=event.text)
        case e.CallAnnounced() | e.CallSpoken():
            return hall
        case e.WordSent():
            sent = SentWord(event.word, event.text, at)
            unread = (*hall.words.get(event.counter, ()), sent)[-MAX_WORDS:]
            return replace(_with_words(hall, event.counter, unread), word=event.word)
        case e.WordRead():
            unread = hall.words.get(event.counter, ())
            others = tuple(sent for sent in unread if sent.word != event.word)
            return _with_words(hall, event.counter, others)
        case e.AlarmRaised():
            return _with_alarm(hall, _alarm(event, at))
        case e.AlarmCleared():
            alarms = {code: one for code, one in hall.alarms.items() if code != event.alarm}
            return replace(hall, alarms=alarms)
        case e.AlarmAcknowledged():
            return _with_alarm(hall, replace(hall.alarms[event.alarm], acknowledged_at=at))
        case e.DeviceReported():
            state = DeviceState(event.trouble, at)
            return replace(hall, devices={**hall.devices, event.device: state})
        case e.AccessChanged():
            return _access_changed(hall, event)
        case e.ClockStepped():
            return _clock_stepped(hall, at)
        case e.TextsErased():
            return _texts_erased(hall, event)
        case _:
            assert_never(event)


def forgotten_words(hall: Hall, counter: str) -> Hall:
    """Whoever the manager wrote to has gone."""
    return _with_words(hall, counter, ())


def _service_set(hall: Hall, event: e.ServiceSet) -> Hall:
    changed = frozenset({event.service})
    closed = hall.closed_services - changed if event.open else hall.closed_services | changed
    return replace(hall, closed_services=closed)


def _with_words(hall: Hall, counter: str, unread: tuple[SentWord, ...]) -> Hall:
    words = {code: sent for code, sent in hall.words.items() if code != counter}
    return replace(hall, words={**words, counter: unread} if unread else words)


def _with_alarm(hall: Hall, alarm: Alarm) -> Hall:
    return replace(hall, alarms={**hall.alarms, alarm.alarm: alarm})


def _alarm(event: e.AlarmRaised, at: datetime) -> Alarm:
    return Alarm(
        alarm=event.alarm,
        kind=event.alarm_kind,
        since=at,
        of=event.of,
        number=event.number,
        value_s=event.value_s,
        detail=event.detail,
    )


def _texts_erased(hall: Hall, event: e.TextsErased) -> Hall:
    """What was known of a ticket of today is known no more: only that there was something."""
    if event.number is None or event.of != hall.day:
        return hall
    ticket = hall.known(event.number)
    turns = tuple(_without_texts(turn) for turn in ticket.turns)
    return hall.with_ticket(replace(ticket, turns=turns))


def _without_texts(turn: Turn) -> Turn:
    dossier, apology_no = turn.dossier and "", turn.apology_no and ""
    return replace(turn, dossier=dossier, apology_no=apology_no)


def _access_changed(hall: Hall, event: e.AccessChanged) -> Hall:
    """What is not of screens where PINs are guessed changes nothing in the hall."""
    match event.what:
        case "guessed":
            return replace(hall, guessed=hall.guessed | {event.of})
        case "guessed_no_more":
            return replace(hall, guessed=hall.guessed - {event.of})
        case _:
            return hall


def _clock_stepped(hall: Hall, at: datetime) -> Hall:
    """Whatever lives now has a duration that the step falsifies."""
    hall = replace(hall, stepped_at=at)
    for roll in hall.tickets.values():
        for ticket in roll:
            if ticket.turn.stage.live:
                hall = turn_becomes(hall, ticket.number, clock_stepped=True)
    return hall
