"""Which calls of a board are to be announced aloud, once each: a function of its views alone.

Knows no device, no screen and no clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from display.showing import stands
from link.messages import BoardCall, BoardView

KEPT: Final = 200  # calls; none waits so long to be spoken


class News:
    """Those of the first view are old; a call is new once, even if the server counts anew."""

    def __init__(self) -> None:
        self._known: int | None = None  # the newest call seen; None: no view yet
        self._until: datetime | None = None  # when it was made
        self._view = BoardView(calls=[], waiting=[], counters=[])
        self._announced: dict[int, BoardCall] = {}  # the last of them

    def of(self, view: BoardView) -> list[BoardCall]:
        """The calls that are new in this view, oldest first."""
        new = [call for call in view.calls if self._is_new(call)]
        self._view = view
        kept = list(self._announced.values())[-KEPT:]
        self._announced = {call.call: call for call in (*kept, *new)}
        last = max(view.calls, key=lambda call: (call.at, call.call), default=None)
        self._known = last.call if last else self._known or 0
        self._until = last.at if last else self._until
        return new

    def why_not(self, call: int) -> str | None:
        """From any thread: why a call need not be announced any more; None: it is still due."""
        view = self._view
        there = next((other for other in view.calls if other.call == call), None)
        own = there or self._announced.get(call)
        if own is None:
            return "recalled"
        if any(other.number == own.number and other.call > call for other in view.calls):
            return "recalled"
        return None if stands(own, view) else "left"

    def _is_new(self, call: BoardCall) -> bool:
        if self._known is None:
            return False
        return call.call > self._known or (self._until is not None and call.at > self._until)
