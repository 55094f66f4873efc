"""What must be known before a request of the manager's can be made, asked step by step.

Asks no server.
"""

from __future__ import annotations

import re
from typing import Final

from textual.widgets import Input

from link import messages as m
from manager.sights import alarm_text
from terminal.choice import Choice, Field, Item, searched
from terminal.forms import Entry, Form, PinForm
from terminal.question import Question
from terminal.telling import AnyPane, minutes, since, ticket_number
from terminal.words import Words

LONGEST_WORD: Final = 200  # letters of a notice or a word to a counter
EVERYBODY: Final = "everybody"  # stands for all counters: no counter is called so in small letters
IS_NUMBER: Final = re.compile(r"[A-Z][0-9]{3,7}", re.ASCII)

Step = Question | m.Do


def next_step(
    pane: AnyPane, view: m.LiveView, kind: str, so_far: tuple[str, ...], about: str = ""
) -> Step:
    """The next question of this kind, or the request when all of it is answered.

    `about`: the field whose services are meant, where one was pointed at.
    """
    match kind:
        case "set_service":
            return _set_service(pane, view, so_far, about)
        case "move_ticket":
            return _move_ticket(pane, view, so_far)
        case "send_word":
            return WordForm(pane, so_far[0]) if so_far else _counters(pane, view)
        case "acknowledge":
            return m.Acknowledge(alarm=so_far[0]) if so_far else _alarms(pane, view)
        case "sign_out":
            return m.SignOut() if so_far else _leaving(pane)
        case "notice":
            return NoticeForm(pane.words, view.notice)
        case "change_pin":
            return PinForm(pane.words)
        case _:
            raise AssertionError(kind)


def _set_service(pane: AnyPane, view: m.LiveView, so_far: tuple[str, ...], field: str) -> Step:
    match so_far:
        case ():
            return _services(pane, view, field)
        case (service,):
            return _open_or_close(pane, view, service)
        case service, will, *_:
            return m.SetService(service=service, open=will == "open")
    raise AssertionError(so_far)


def _move_ticket(pane: AnyPane, view: m.LiveView, so_far: tuple[str, ...]) -> Step:
    match so_far:
        case ():
            return _tickets(pane, view)
        case (number,):
            return _places(pane, view, number)
        case number, _:
            title = pane.words("manager.ask_why_move", number=number)
            reasons = [_item(pane, one) for one in pane.hall.jump_reasons]
            return Choice("move_ticket", title, reasons, pane.words)
        case number, place, reason, *_:
            return _move(number, place, reason)
    raise AssertionError(so_far)


def answer(kind: str, code: str, typed: str) -> str | None:
    """What was chosen or typed; None: it cannot be what was asked for."""
    if kind != "move_ticket" or code:
        return code
    number = ticket_number(typed)
    return number if IS_NUMBER.fullmatch(number) else None


# --- Lists to choose from ------------------------------------------------------------------------


def _item(pane: AnyPane, word: m.WordInfo) -> Item:
    return Item(word.code, pane.words.name(word.names))


def _services(pane: AnyPane, view: m.LiveView, field: str) -> Question:
    """Every service, or those of one field, and whether numbers are given for it today."""
    words = pane.words
    items = [
        Item(one.code, _offered(pane, view, one.code))
        for one in pane.hall.services
        if field in ("", one.field)
    ]
    return searched("set_service", words("manager.ask_set_service"), items, words)


def _offered(pane: AnyPane, view: m.LiveView, service: str) -> str:
    name = pane.service_name(service)
    if service in view.closed_services:
        return pane.words("manager.service_closed", service=name)
    return f"● {name}"


def _open_or_close(pane: AnyPane, view: m.LiveView, service: str) -> Question:
    """What is not so yet; nothing is closed by one key too many."""
    words = pane.words
    will = "open" if service in view.closed_services else "close"
    items = [Item(will, words(f"manager.will_{will}"))]
    return Choice("set_service", pane.service_name(service), items, words)


def _tickets(pane: AnyPane, view: m.LiveView) -> Question:
    """Those who wait longest; any other number is typed."""
    items = [
        Item(one.number, f"{one.number}  {pane.service_name(one.service)}  ({wait})")
        for one in view.longest
        if (wait := minutes(pane, since(one.since, pane.now())))
    ]
    field = Field(pane.words("manager.field_number"), "instead", 8)
    return Choice("move_ticket", pane.words("manager.ask_move_ticket"), items, pane.words, field)


def _places(pane: AnyPane, view: m.LiveView, number: str) -> Question:
    """Counters, those at work first, then services: `counter:Q2`, or `:HT01` for a service."""
    words = pane.words
    states = {one.counter: one.state for one in view.counters}
    has = next((one.service for one in view.longest if one.number == number), None)
    order = sorted(pane.hall.counters, key=lambda one: states.get(one.code) == "closed")
    counters = [
        Item(f"counter:{one.code}", words(f"manager.to_counter_{state}", number=one.number))
        for one in order
        if (state := states.get(one.code, "closed"))
    ]
    services = [
        Item(f":{one.code}", words("manager.to_service", service=words.name(one.names)))
        for one in pane.hall.services
        if one.code != has
    ]
    title = words("manager.ask_where", number=number)
    return searched("move_ticket", title, counters + services, words)


def _move(number: str, place: str, reason: str) -> m.MoveTicket:
    to_counter, _, code = place.partition(":")
    if to_counter:
        return m.MoveTicket(ticket=number, reason=reason, to_counter=code)
    return m.MoveTicket(ticket=number, reason=reason, service=code)


def _counters(pane: AnyPane, view: m.LiveView) -> Question:
    """All who are signed in, or one of them."""
    words = pane.words
    here = [
        Item(
            one.counter,
            words(
                "manager.to_officer",
                number=pane.counter_number(one.counter),
                officer=one.officer,
            ),
        )
        for one in view.counters
        if one.officer
    ]
    items = [Item(EVERYBODY, words("manager.to_everybody", count=len(here))), *here]
    return searched("send_word", words("manager.ask_send_word"), items if here else [], words)


def _leaving(pane: AnyPane) -> Question:
    only = [Item("yes", pane.words("manager.do_sign_out"))]
    return Choice("sign_out", pane.words("manager.ask_sign_out"), only, pane.words)


def _alarms(pane: AnyPane, view: m.LiveView) -> Question:
    """Those nobody has seen yet."""
    items = [
        Item(one.alarm, alarm_text(pane, one)) for one in view.alarms if one.acknowledged_at is None
    ]
    return Choice("acknowledge", pane.words("manager.ask_acknowledge"), items, pane.words)


# --- Texts to type -------------------------------------------------------------------------------


class NoticeForm(Form):
    """The line on all screens; an empty one takes it away."""

    def __init__(self, words: Words, notice: str) -> None:
        entries = [Entry("text", words("manager.field_notice"), LONGEST_WORD)]
        super().__init__("notice", words("manager.ask_notice"), entries, words)
        self._notice = notice

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.value, field.cursor_position = self._notice, len(self._notice)

    def request(self) -> m.AnyDo | None:
        return m.Notice(text=self.typed("text"))


class WordForm(Form):
    """A line to an officer, or to all."""

    def __init__(self, pane: AnyPane, counter: str) -> None:
        words = pane.words
        self._counter = None if counter == EVERYBODY else counter
        number = pane.counter_number(counter)
        to = "ask_word_all" if self._counter is None else "ask_word_counter"
        entries = [Entry("text", words("manager.field_word"), LONGEST_WORD)]
        super().__init__("send_word", words(f"manager.{to}", number=number), entries, words)

    def request(self) -> m.AnyDo | None:
        text = self.typed("text")
        if not text:
            self.complain(self._words("manager.nothing_typed"))
            return None
        return m.SendWord(text=text, counter=self._counter)
