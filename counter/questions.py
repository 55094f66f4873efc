"""Which request a key makes, and the question that is asked before it. Asks no server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

from counter.choice import Choice, Chosen, Field, Item
from counter.wording import AnyPane
from link import messages as m

# What needs no further word.
AT_ONCE: Final[dict[str, Callable[[], m.AnyDo]]] = {
    "call_next": m.CallNext,
    "start": m.Start,
    "recall": m.Recall,
    "no_show": m.NoShow,
    "put_back": m.PutBack,
    "open": m.Open,
    "close": m.Close,
}
SEARCHED_FROM: Final = 10  # a list this long gets a field to find things by
NUMBER: Final = re.compile(r"([A-Z])(\d{1,7})", re.ASCII)


def question(pane: AnyPane, view: m.CounterView, kind: str) -> Choice:
    """What must be known before this kind of request can be made."""
    hall, words = pane.hall, pane.words
    title = words(f"counter.ask_{kind}", number=view.ticket.number if view.ticket else "")
    number = Field(words("counter.field_number"), "first", 8)
    match kind:
        case "finish":
            dossier = Field(words("counter.field_dossier"), "extra", 40)
            return Choice(kind, title, _items(pane, hall.outcomes), words, dossier)
        case "transfer":
            places = _places(pane, view)
            search = Field(words("counter.field_search"), "search", 40)
            field = search if len(places) >= SEARCHED_FROM else None
            return Choice(kind, title, places, words, field)
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
        case _:
            raise AssertionError(kind)


def answered(chosen: Chosen, view: m.CounterView) -> m.AnyDo:
    """The request that a question's answer makes."""
    code, typed = chosen.code, chosen.typed
    match chosen.kind:
        case "finish":
            return m.Finish(outcome=code, dossier=typed.upper() or None)
        case "transfer":
            to_counter, _, place = code.partition(":")
            return m.Transfer(to_counter=place) if to_counter else m.Transfer(service=place)
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


def may_travel(do: m.AnyDo) -> bool:
    """Whether the request has the form the wire wants: codes, lengths, numbers."""
    try:
        msgspec.convert(msgspec.to_builtins(do), type(do))
    except msgspec.ValidationError:
        return False
    return True


def ticket_number(typed: str) -> str:
    """The number somebody means: "a 7" is A007."""
    packed = re.sub(r"[\s.-]", "", typed).upper()
    match = NUMBER.fullmatch(packed)
    return f"{match[1]}{int(match[2]):03d}" if match else packed


def _items(pane: AnyPane, those: list[m.WordInfo]) -> list[Item]:
    return [Item(one.code, pane.words.name(one.names)) for one in those]


def _parked(pane: AnyPane, view: m.CounterView) -> list[Item]:
    return [
        Item(one.number, f"{one.number}  {pane.service_name(one.service)}") for one in view.held
    ]


def _places(pane: AnyPane, view: m.CounterView) -> list[Item]:
    """Other counters for the same service, then other services. Codes tell which: `counter:Q2`."""
    words, service = pane.words, view.ticket.service if view.ticket else ""
    counters = [
        Item(f"counter:{one.code}", words("counter.to_counter", number=one.number))
        for one in pane.hall.counters
        if one.code != view.counter and service in one.services
    ]
    services = [
        Item(f":{one.code}", words.name(one.names))
        for one in pane.hall.services
        if one.code != service
    ]
    return counters + services
