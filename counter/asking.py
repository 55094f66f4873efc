"""The console's half that asks: which requests may be made now, and what an answered question
leads to. Shows nothing itself."""

from __future__ import annotations

from functools import partial
from typing import Final

from textual import on

from counter.questions import answered, asks_more, then_asked
from counter.wording import undo_left_s
from link.messages import CounterTicket, CounterView
from terminal.asking import PATIENCE_S
from terminal.choice import Chosen
from terminal.guarded import GuardedPane
from terminal.question import Question

CALLS: Final = frozenset({"call_next", "call_ticket", "recall", "resume"})
CALL_PATIENCE_S: Final = 20.0  # nobody is called later than that by a key pressed before
ONLY_HERE: Final = frozenset({"lock", "log"})  # keys that ask the server nothing
OF_THE_OFFICER: Final = frozenset({"change_pin", "read_word"})  # not of the counter's rules


class OfficerPane(GuardedPane[CounterView]):
    """One counter, and the officer who sits there as the view says."""

    @property
    def sitting(self) -> str | None:
        return self.view.officer if self.view is not None else None

    def _in_hand(self) -> CounterTicket | None:
        return self.view.ticket if self.view is not None else None

    def _may(self, kind: object) -> bool:
        """What the view allows; it says nothing while the server is away or still answering."""
        view = self.view
        if view is None or kind in self._unanswered:
            return False
        if kind in ONLY_HERE:
            return view.officer is not None
        if kind in OF_THE_OFFICER:
            return self.live and view.officer is not None and self._has_cause(kind, view)
        if kind == "undo" and view.undo_until is not None and not undo_left_s(view, self.now()):
            return False
        return self.live and kind in view.may

    def _has_cause(self, kind: object, view: CounterView) -> bool:
        """A word is read only where there is one."""
        return kind != "read_word" or bool(view.sent_words)

    def _kind_name(self, kind: str) -> str:
        return self.words(f"counter.do_{kind}")

    def _patience_s(self, kind: str) -> float:
        return CALL_PATIENCE_S if kind in CALLS else PATIENCE_S

    @on(Chosen)
    async def _chosen(self, message: Chosen) -> None:
        message.stop()
        if self.view is None or not self._allowed(message.kind):
            return
        if asks_more(self, message):
            await self._ask(partial(then_asked, self, self.view, message))
        else:
            self._send(message.kind, answered(message, self.view))

    def _fits(self, asked: Question, view: CounterView, before: CounterView | None) -> bool:
        """Whether the open question can still be answered."""
        if asked.kind in self._unanswered:
            return True
        if asked.kind == "change_pin":
            return view.officer is not None
        number = view.ticket.number if view.ticket else None
        number_before = before.ticket.number if before and before.ticket else None
        return asked.kind in view.may and number == number_before
