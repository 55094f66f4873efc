"""The console's half that asks: which requests may be made, which are on their way, and what the
officer is told of them. Shows nothing itself but the question that is open."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

from textual import on

from counter.choice import Chosen
from counter.forms import FilledIn
from counter.haste import focus_now
from counter.journal import KEPT, Journal, MessageLine
from counter.question import Draft, GivenUp, Question
from counter.questions import answered, asks_more, may_travel, then_asked
from counter.wording import undo_left_s
from link.messages import Answer, AnyDo, CounterView
from terminal.pane import Pane
from terminal.words import FIRST_LANGUAGE

CALLS: Final = frozenset({"call_next", "call_ticket", "recall", "resume"})
CALL_PATIENCE_S: Final = 20.0  # nobody is called later than that by a key pressed before
PATIENCE_S: Final = 600.0  # anything else is asked again for as long as a server may be away
MESSAGE_S: Final = 8.0
ONLY_HERE: Final = frozenset({"lock", "log"})  # keys that ask the server nothing


class AskingPane(Pane[CounterView]):
    """Makes requests, one of a kind at a time, and keeps the question open until it is answered."""

    def __init__(self, *, language: str = FIRST_LANGUAGE, id: str | None = None) -> None:
        super().__init__(language=language, id=id)
        self._unanswered: set[str] = set()  # kinds of request on their way
        self._told: deque[str] = deque(maxlen=KEPT)
        self._question: Question | None = None
        self._made_by: Callable[[], Question] | None = None
        self._composed = False  # the widgets are there: not so while they are composed again

    def _show(self) -> None:
        """Bring everything up to date; what did not change is not drawn."""

    def _done(self, kind: str) -> None:
        """A request of this kind was carried out."""

    def _allowed(self, kind: object) -> bool:
        """What the view allows; it says nothing while the server is away or still answering."""
        view = self.view
        if view is None or kind in self._unanswered:
            return False
        if kind in ONLY_HERE:
            return view.officer is not None
        if kind == "change_pin":  # of the officer, not of the counter: no view lists it
            return self.live and view.officer is not None
        if kind == "undo" and view.undo_until is not None and not undo_left_s(view, self.now()):
            return False
        return self.live and kind in view.may

    # --- What is told ----------------------------------------------------------------------------

    def _tell(self, text: str, *, for_s: float = MESSAGE_S) -> None:
        """A message for the officer: shown for some seconds, kept for a while."""
        now = self.now()
        self._told.append(f"{self.words.time(now, now)}  {text}")
        if self._composed:
            self.query_one(MessageLine).tell(text, for_s=for_s)
            self.query_one(Journal).show()

    def offline_line(self) -> str:
        """What is said while the server is lost: also what will be asked again."""
        if not self._unanswered:
            return super().offline_line()
        names = ", ".join(self.words(f"counter.do_{kind}") for kind in sorted(self._unanswered))
        return self.words("counter.offline_asked", names=names)

    # --- Questions -------------------------------------------------------------------------------

    async def _ask(self, make: Callable[[], Question]) -> Question:
        """Put a question over the console, in the place of the one before."""
        before, question = self._question, make()
        self._question, self._made_by = question, make
        if before is not None:
            await before.remove()
        await self.query_one("#content").mount(question)
        return question

    async def recompose(self) -> None:
        """The open question goes on in other words, with what was typed."""
        asked, self._question, self._composed = self._question, None, False
        draft = Draft.of(asked) if asked is not None else None
        await super().recompose()
        if draft is not None and self._composed and self._made_by is not None:
            draft.put_into(await self._ask(self._made_by))

    @on(Chosen)
    async def _chosen(self, message: Chosen) -> None:
        message.stop()
        if self.view is None or not self._allowed(message.kind):
            return
        if asks_more(self, message):
            await self._ask(partial(then_asked, self, self.view, message))
        else:
            self._send(message.kind, answered(message, self.view))

    @on(FilledIn)
    def _filled_in(self, message: FilledIn) -> None:
        message.stop()
        if self._allowed(message.kind):
            self._send(message.kind, message.do)

    @on(GivenUp)
    def _given_up(self, message: GivenUp) -> None:
        message.stop()
        self._close_question()

    def _fits(self, asked: Question, view: CounterView, before: CounterView | None) -> bool:
        """Whether the open question can still be answered."""
        if asked.kind in self._unanswered:
            return True
        if asked.kind == "change_pin":
            return view.officer is not None
        number = view.ticket.number if view.ticket else None
        number_before = before.ticket.number if before and before.ticket else None
        return asked.kind in view.may and number == number_before

    def _close_question(self) -> None:
        if self._question is not None:
            had_focus = self._question.has_focus_within
            self._question.remove()
            self._question = None
            if had_focus:
                focus_now(self)

    # --- Requests --------------------------------------------------------------------------------

    def _send(self, kind: str, do: AnyDo) -> None:
        if not may_travel(do):
            self._refuse(kind, self.words("counter.bad_form"))
            return
        patience_s = CALL_PATIENCE_S if kind in CALLS else PATIENCE_S
        self._request(kind, do, partial(self._answered, kind), patience_s)

    def _request(
        self, kind: str, do: AnyDo, then: Callable[[Answer], object], patience_s: float
    ) -> None:
        """Ask; the kind is on its way until its answer is there."""

        def answered(answer: Answer) -> None:
            self._unanswered.discard(kind)
            then(answer)
            self._show()

        self._unanswered.add(kind)
        self._show()
        self.request(do, answered, patience_s=patience_s)

    def _answered(self, kind: str, answer: Answer) -> None:
        if answer.refused is not None:
            self._refuse(kind, self.refusal(answer.refused))
            return
        if self._question is not None and self._question.kind == kind:
            self._close_question()
        self._done(kind)

    def _refuse(self, kind: str, why: str) -> None:
        """The answer is no; what was typed stays."""
        if self._question is not None and self._question.kind == kind:
            self._question.complain(why)
        self._tell(why)
