"""What the keys of a pad mean at a counter without a screen, and what its plates say.

Asks no server, and no rule of the hall stands here: what may be asked now comes from the view.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

from hardware.plates import Call, Face, Pause, Words
from link import messages as m

FORGET_S: Final = 10.0  # what was typed and never used
LONGEST: Final = 64
AWAY_AFTER_S: Final = 30.0  # without the server: what the plates show may be true no longer
NUMBER: Final = re.compile(r"([A-Z]?)(\d{1,7})", re.ASCII)
TYPES: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

# What needs no further word.
AT_ONCE: Final[dict[str, Callable[[], m.AnyDo]]] = {
    "open": m.Open,
    "close": m.Close,
    "call_next": m.CallNext,
    "recall": m.Recall,
    "start": m.Start,
    "no_show": m.NoShow,
    "undo": m.Undo,
    "put_back": m.PutBack,
    "postpone": m.Postpone,
    "sign_out": m.SignOut,
}


class Typed:
    """What was typed on the pad and not used yet. It may be half a PIN: never shown or logged."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._text = ""
        self._at = 0.0

    def add(self, character: str) -> None:
        self._text = (self._fresh() + character)[-LONGEST:]
        self._at = self._clock()

    def take(self) -> str:
        """What was typed, once."""
        text, self._text = self._fresh(), ""
        return text

    def _fresh(self) -> str:
        return self._text if self._clock() - self._at < FORGET_S else ""


def kind_of(do: m.AnyDo) -> str:
    """The request's kind, as a view's `may` names it."""
    return str(do.__struct_config__.tag)


def wish(action: str, typed: str, view: m.CounterView, hall: m.HallInfo) -> m.AnyDo | None:
    """The request of a key, with what was typed before it; None: it makes none.

    Where a screen would ask for a word, the hall's first one is taken.
    """
    match action:
        case "enter" | "call_ticket":
            return _call(typed, view, hall)
        case "resume":
            parked = next((one.number for one in view.held), None)
            number = _number(typed, view, hall) or parked
            return m.Resume(ticket=number) if number else None
        case "transfer":
            counter = next((c.code for c in hall.counters if str(c.number) == typed), None)
            return m.Transfer(to_counter=counter) if counter else None
        case "finish":
            return m.Finish(outcome=_first(hall.outcomes))
        case "pause" if view.state == "paused":
            return m.Open()
        case "pause":
            return m.Pause(reason=_first(hall.pause_reasons))
        case "hold":
            return m.Hold(reason=_first(hall.hold_reasons))
        case "cancel" if view.ticket is not None:
            return m.Cancel(ticket=view.ticket.number, reason=_first(hall.cancel_reasons))
        case _:
            return AT_ONCE[action]() if action in AT_ONCE else None


def face(view: m.CounterView | None) -> Face:
    """What citizens read on the plates: the number at the counter, a pause, or nothing."""
    if view is None or view.officer is None:
        return Words()
    if view.ticket is not None:
        return Call(view.ticket.number)
    return Pause() if view.state == "paused" else Words()


def newly_called(view: m.CounterView, before: m.CounterView | None) -> bool:
    """Whether somebody was called, or called once more, since the view before."""
    return before is not None and _call_of(view) not in {None, _call_of(before)}


def _call_of(view: m.CounterView) -> tuple[str, object] | None:
    ticket = view.ticket
    return (ticket.number, ticket.last_called_at) if ticket and ticket.last_called_at else None


def _call(typed: str, view: m.CounterView, hall: m.HallInfo) -> m.AnyDo | None:
    """The ticket of this number, out of order; one that is parked comes back."""
    number = _number(typed, view, hall)
    if number is None:
        return None
    if any(one.number == number for one in view.held):
        return m.Resume(ticket=number)
    return m.CallTicket(ticket=number, reason=_first(hall.jump_reasons))


def _number(typed: str, view: m.CounterView, hall: m.HallInfo) -> str | None:
    """The number that was typed: 47 is A047 where the counter's first service is of field A."""
    match = NUMBER.fullmatch(typed)
    if match is None:
        return None
    own = next((c.services for c in hall.counters if c.code == view.counter), [])
    fields = (s.field for s in hall.services if s.code in own)
    return f"{match[1] or next(fields, 'A')}{int(match[2]):03d}"


def _first(those: list[m.WordInfo]) -> str:
    return those[0].code if those else ""
