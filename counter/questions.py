"""Which request a key makes, and the question that is asked before it. Asks no server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from counter.dossier import remark_on
from counter.forms import ReturnForm
from link import messages as m
from terminal.choice import Choice, Chosen, Field, Item, searched
from terminal.forms import PinForm
from terminal.question import Question
from terminal.telling import AnyPane, ticket_number, today, word_name
from terminal.words import Words

# What needs no further word.
AT_ONCE: Final[dict[str, Callable[[], m.AnyDo]]] = {
    "call_next": m.CallNext,
    "start": m.Start,
    "recall": m.Recall,
    "no_show": m.NoShow,
    "put_back": m.PutBack,
    "undo": m.Undo,
    "open": m.Open,
    "close": m.Close,
}
POSTPONED: Final = "postpone"  # the place a ticket is passed on to that is no place


def question(pane: AnyPane, view: m.CounterView, kind: str) -> Question:
    """What must be known before this kind of request can be made."""
    hall, words = pane.hall, pane.words
    title = words(f"counter.ask_{kind}", number=view.ticket.number if view.ticket else "")
    number = Field(words("counter.field_number"), "first", 8)
    match kind:
        case "finish":
            remark = partial(remark_on, words=words)
            dossier = Field(words("counter.field_dossier"), "extra", 40, remark)
            return Choice(kind, title, _items(pane, hall.outcomes), words, dossier)
        case "transfer":
            return searched(kind, title, _places(pane, view), words)
        case "add_service":
            return searched(kind, title, _more_services(pane, view), words)
        case "hold":
            return Choice(kind, title, _items(pane, hall.hold_reasons), words)
        case "resume":
            return Choice(kind, title, _parked(pane, view), words)
        case "call_ticket":
            return Choice(kind, title, _items(pane, hall.jump_reasons), words, number)
        case "cancel":
            field = None if view.ticket else number
            return Choice(kind, title, _items(pane, hall.cancel_reasons), words, field)
        case "pause":
            return Choice(kind, title, _items(pane, hall.pause_reasons), words)
        case "sign_out":
            return Choice(kind, title, [Item("", words("counter.do_sign_out"))], words)
        case "change_pin":
            return PinForm(words)
        case _:
            raise AssertionError(kind)


def asks_more(pane: AnyPane, chosen: Chosen) -> bool:
    """Whether more must be known than was chosen: of a result that is returned."""
    return chosen.kind == "finish" and chosen.code in pane.hall.result_outcomes


def then_asked(pane: AnyPane, view: m.CounterView, chosen: Chosen) -> Question:
    """When the result was due, and if that is past, the letter of apology."""
    number = view.ticket.number if view.ticket else ""
    outcome = word_name(pane, pane.hall.outcomes, chosen.code)
    title = pane.words("counter.ask_returned", number=number, outcome=outcome)
    return ReturnForm(title, chosen.code, chosen.typed, today(pane), pane.words)


def answered(chosen: Chosen, view: m.CounterView) -> m.AnyDo:
    """The request that a question's answer makes."""
    code, typed = chosen.code, chosen.typed
    match chosen.kind:
        case "finish":
            return m.Finish(outcome=code, dossier=typed.upper() or None)
        case "transfer" if code == POSTPONED:
            return m.Postpone()
        case "transfer":
            to_counter, _, place = code.partition(":")
            return m.Transfer(to_counter=place) if to_counter else m.Transfer(service=place)
        case "add_service":
            return m.AddService(service=code)
        case "hold":
            return m.Hold(reason=code)
        case "resume":
            return m.Resume(ticket=code)
        case "call_ticket":
            return m.CallTicket(ticket=ticket_number(typed), reason=code)
        case "cancel":
            number = view.ticket.number if view.ticket else ticket_number(typed)
            return m.Cancel(ticket=number, reason=code)
        case "pause":
            return m.Pause(reason=code)
        case "sign_out":
            return m.SignOut()
        case _:
            raise AssertionError(chosen.kind)


def _items(pane: AnyPane, those: list[m.WordInfo]) -> list[Item]:
    return [Item(one.code, pane.words.name(one.names)) for one in those]


def _parked(pane: AnyPane, view: m.CounterView) -> list[Item]:
    """Those an officer parked; after them those who come back by themselves, and when."""
    ordered = sorted(view.held, key=lambda one: (one.until is not None, one.until or one.since))
    return [Item(one.number, _parked_name(pane, one)) for one in ordered]


def _parked_name(pane: AnyPane, one: m.HeldTicket) -> str:
    name = f"{one.number}  {pane.service_name(one.service)}"
    if one.until is None:
        return name
    return (
        f"{name} ({pane.words('counter.held_until', time=pane.words.time(one.until, pane.now()))})"
    )


def _places(pane: AnyPane, view: m.CounterView) -> list[Item]:
    """After the break; other counters for the same service, closed ones last; other services.

    Codes tell which: `counter:Q2` is a counter, `:HT01` a service.
    """
    words, service = pane.words, view.ticket.service if view.ticket else ""
    able = [
        one for one in pane.hall.counters if one.code != view.counter and service in one.services
    ]
    able.sort(key=lambda one: one.code in view.closed_counters)
    counters = [Item(f"counter:{one.code}", _counter_name(words, one, view)) for one in able]
    services = [
        Item(f":{one.code}", words.name(one.names))
        for one in pane.hall.services
        if one.code != service
    ]
    later = [Item(POSTPONED, words("counter.after_break"))] if POSTPONED in view.may else []
    return later + counters + services


def _counter_name(words: Words, one: m.CounterInfo, view: m.CounterView) -> str:
    """A ticket sent to a closed counter waits for whoever is free: that must be seen before."""
    key = "to_closed_counter" if one.code in view.closed_counters else "to_counter"
    return words(f"counter.{key}", number=one.number)


def _more_services(pane: AnyPane, view: m.CounterView) -> list[Item]:
    """Every service that the ticket in hand does not have yet."""
    ticket = view.ticket
    has = {ticket.service, *ticket.later} if ticket else set()
    services = (one for one in pane.hall.services if one.code not in has)
    return [Item(one.code, pane.words.name(one.names)) for one in services]
