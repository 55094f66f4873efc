"""The half of a console that asks: which requests are on their way, and what whoever sits there is
told of them. Shows nothing itself but the question that is open."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec
from textual import on

from link.messages import Answer, AnyDo
from terminal.forms import FilledIn
from terminal.haste import focus_now
from terminal.journal import KEPT, Journal, MessageLine
from terminal.pane import Pane, V
from terminal.question import Draft, GivenUp, Question
from terminal.words import FIRST_LANGUAGE

PATIENCE_S: Final = 600.0  # a request is asked again for as long as a server may be away
MESSAGE_S: Final = 8.0


class AskingPane(Pane[V]):
    """Makes requests, one of a kind at a time, and keeps the question open until it is answered."""

    def __init__(self, *, language: str = FIRST_LANGUAGE, id: str | None = None) -> None:
        super().__init__(language=language, id=id)
        self._unanswered: set[str] = set()  # kinds of request on their way
        self._told: deque[str] = deque(maxlen=KEPT)
        self._question: Question | None = None
        self._made_by: Callable[[], Question] | None = None
        self._composed = False  # the widgets are there: not so while they are composed again

    # What a console writes.

    def _allowed(self, kind: object) -> bool:
        """Whether a request of this kind may be made now, or a key that asks nobody be pressed."""
        raise NotImplementedError

    def _show(self) -> None:
        """Bring everything up to date; what did not change is not drawn."""

    def _done(self, kind: str, do: AnyDo) -> None:
        """This request, of this kind, was carried out."""

    def _take_form(self, kind: str, do: AnyDo) -> None:
        """A form was filled in."""
        if self._allowed(kind):
            self._send(kind, do)

    async def _step_back(self) -> None:
        """The question that is open was given up."""
        self._close_question()

    def _kind_name(self, kind: str) -> str:
        """What a kind of request is called."""
        raise NotImplementedError

    def _patience_s(self, kind: str) -> float:
        """How long an answer is waited for."""
        return PATIENCE_S

    # --- What is told ----------------------------------------------------------------------------

    def _tell(self, text: str, *, for_s: float = MESSAGE_S) -> None:
        """A message for whoever sits here: shown for some seconds, kept for a while."""
        now = self.now()
        self._told.append(f"{self.words.time(now, now)}  {text}")
        if self._composed:
            self.query_one(MessageLine).tell(text, for_s=for_s)
            for journal in self.query(Journal):
                journal.show()

    def offline_line(self) -> str:
        """What is said while the server is lost: also what will be asked again."""
        if not self._unanswered:
            return super().offline_line()
        names = ", ".join(self._kind_name(kind) for kind in sorted(self._unanswered))
        return self.words("console.offline_asked", names=names)

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

    @on(FilledIn)
    def _filled_in(self, message: FilledIn) -> None:
        message.stop()
        self._take_form(message.kind, message.do)

    @on(GivenUp)
    async def _given_up(self, message: GivenUp) -> None:
        message.stop()
        await self._step_back()

    def _close_question(self) -> None:
        if self._question is not None:
            had_focus = self._question.has_focus_within
            self._question.remove()
            self._question = self._made_by = None
            if had_focus:
                focus_now(self)

    # --- Requests --------------------------------------------------------------------------------

    def _send(self, kind: str, do: AnyDo) -> None:
        if not may_travel(do):
            self._refuse(kind, self.words("console.bad_form"))
            return
        self._request(kind, do, partial(self._answered, kind, do), self._patience_s(kind))

    def _request(
        self, kind: str, do: AnyDo, then: Callable[[Answer], object], patience_s: float
    ) -> None:
        """Ask; the kind is on its way until its answer is there."""

        def answered(answer: Answer) -> None:
            self._unanswered.discard(kind)
            then(answer)
            self._show()

        self._unanswered.add(kind)
        self.request(do, answered, patience_s=patience_s)
        self.call_after_refresh(self._show)  # first of all it is on its way

    def _answered(self, kind: str, do: AnyDo, answer: Answer) -> None:
        if answer.refused is not None:
            reason = str(answer.refused.get("reason"))
            self._refuse(kind, self.refusal(answer.refused), reason)
            return
        if self._question is not None and self._question.kind == kind:
            self._close_question()
        self._done(kind, do)

    def _refuse(self, kind: str, why: str, reason: str = "") -> None:
        """The answer is no; what was typed stays."""
        if self._question is not None and self._question.kind == kind:
            self._question.refused(reason, why)
        self._tell(why)


def may_travel(do: AnyDo) -> bool:
    """Whether the request has the form the wire wants: codes, lengths, numbers."""
    try:
        msgspec.convert(msgspec.to_builtins(do), type(do))
    except msgspec.ValidationError:
        return False
    return True
