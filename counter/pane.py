"""The officer's console: the keys, the requests they make, and the page that is shown.

What may be asked now comes from the view alone; no rule of the hall stands here.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Resize

from counter import wording
from counter.ahead import Ahead
from counter.choice import Choice, Chosen, GivenUp
from counter.desk import Desk
from counter.journal import KEPT, Journal, MessageLine
from counter.keys import KEYS, KeyBar, Pressed, Touch
from counter.lines import Line, Passage
from counter.questions import AT_ONCE, answered, may_travel, question
from counter.sign_in import SignInPage, SignInWanted
from link.messages import Answer, AnyDo, CounterView, SignIn
from terminal.pane import Pane
from terminal.words import FIRST_LANGUAGE

TALL: Final = 34  # rows from which the last messages stand beside the queue
OVERRIDABLE: Final = frozenset({"counter_taken", "officer_elsewhere"})


class CounterPane(Pane[CounterView]):
    """One counter. Without an officer it is a page to sign in on."""

    DEFAULT_CSS = """
    CounterPane > #content { layers: default dialog; align: center middle; }
    CounterPane #top { height: 1; background: $surface; padding: 0 1; }
    CounterPane #top > #who { text-style: bold; }
    CounterPane #top > #link { width: auto; margin: 0 2; color: $success; }
    CounterPane #top > #link.-off { color: $error; text-style: bold; }
    CounterPane #console { height: 1fr; }
    CounterPane.-tall #console { padding: 1 0; }
    CounterPane #bottom { height: 1; }
    CounterPane #notice { background: $secondary; color: $background; padding: 0 1; }
    CounterPane #trouble { color: $warning; padding: 0 1; max-height: 2; }
    CounterPane.-tall Ahead > #log, CounterPane.-log Ahead > #log { display: block; }
    CounterPane.-log Ahead > #queue { display: none; }
    CounterPane.-tall Ahead > #queue { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.names, f"press('{key.kind}')", show=False) for key in KEYS),
        Binding("p,P", "log", show=False),
        Binding("f12", "next_language", show=False),
        Binding("pagedown", "scroll_queue(1)", show=False),
        Binding("pageup", "scroll_queue(-1)", show=False),
    ]

    def __init__(self, *, language: str = FIRST_LANGUAGE, id: str | None = None) -> None:
        super().__init__(language=language, id=id)
        self._unanswered: set[str] = set()  # kinds of request on their way
        self._told: deque[str] = deque(maxlen=KEPT)
        self._question: Choice | None = None
        self._composed = False  # the widgets are there: not so while they are composed again

    # --- What is shown ---------------------------------------------------------------------------

    def content(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Line(id="who")
            yield Line(id="link")
            yield Touch("language", self.words("counter.other_language"))
        yield SignInPage(self)
        with Horizontal(id="console"):
            yield Desk(self)
            yield Ahead(self, self._told)
        yield Passage(id="notice")
        yield Passage(id="trouble")
        with Horizontal(id="bottom"):
            yield MessageLine()
            yield Touch("log", self.words("counter.log_key"))
        yield KeyBar(self.words)

    async def recompose(self) -> None:
        self._composed, self._question = False, None
        await super().recompose()

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(1.0, self._show)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height >= TALL, "-tall")

    def view_changed(self, view: CounterView, before: CounterView | None) -> None:
        self._composed = True
        if before is None or (view.officer is None) is not (before.officer is None):
            self._turn_page(signed_in=view.officer is not None)
        if self._question is not None and not self._fits(self._question, view, before):
            self._close_question()
            self._tell(self.words("counter.question_over"))
        self._show()

    def online_changed(self, online: bool) -> None:
        self._show()

    def _show(self) -> None:
        """Bring everything up to date; what did not change is not drawn."""
        if not self._composed or self.view is None:
            return
        view, now = self.view, self.now()
        self._show_top(view)
        self.query_one("#notice", Passage).say(view.notice)
        trouble = wording.trouble_text(self, view.troubles, now)
        self.query_one("#trouble", Passage).say(trouble)
        if view.officer is not None:
            self.query_one(Desk).show(view, now)
            self.query_one(Ahead).show(view, now)
        self.query_one(KeyBar).show(self._allowed)

    def _show_top(self, view: CounterView) -> None:
        words, now = self.words, self.now()
        parts = [words("counter.title", number=self.counter_number(view.counter))]
        if view.officer is not None:
            parts += [view.officer, words(f"counter.state_{view.state}")]
        self.query_one("#who", Line).say(" · ".join([*parts, words.time(now, now)]))
        link = self.query_one("#link", Line)
        link.say(words("counter.online" if self.online else "counter.offline"))
        link.set_class(not self.online, "-off")

    def _turn_page(self, *, signed_in: bool) -> None:
        page = self.query_one(SignInPage)
        page.display = not signed_in
        for part in ("#console", "#bottom", "KeyBar"):
            self.query_one(part).display = signed_in
        page.forget()
        if self.has_focus_within:
            self.focus() if signed_in else page.focus_first()

    def on_focus(self) -> None:
        """The keys go where they are wanted."""
        if self._question is not None:
            self._question.focus_first()
        elif self._composed and self.view is not None and self.view.officer is None:
            self.query_one(SignInPage).focus_first()

    def _tell(self, text: str) -> None:
        """A message for the officer: shown for some seconds, kept for a while."""
        now = self.now()
        self._told.append(f"{self.words.time(now, now)}  {text}")
        if self._composed:
            self.query_one(MessageLine).tell(text)
            self.query_one(Journal).show()

    # --- Keys and requests -----------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "press" and (self._question is not None or not self._allowed(*parameters)):
            return False
        return super().check_action(action, parameters)

    def _allowed(self, kind: object) -> bool:
        """What the view allows; it says nothing while the server is away or still answering."""
        view = self.view
        return self.live and view is not None and kind in view.may and kind not in self._unanswered

    @on(Pressed)
    def _clicked(self, message: Pressed) -> None:
        message.stop()
        if message.kind == "language":
            self.action_next_language()
        elif message.kind == "log":
            self.action_log()
        elif self._question is None and self._allowed(message.kind):
            self.action_press(message.kind)

    def action_press(self, kind: str) -> None:
        """Make the request of a key, or ask first what it needs."""
        if kind in AT_ONCE:
            self._send(kind, AT_ONCE[kind]())
        elif self.view is not None:
            self._question = question(self, self.view, kind)
            self.query_one("#content").mount(self._question)

    def action_log(self) -> None:
        """Show the last messages in place of the queue, or the queue again."""
        self.toggle_class("-log")

    def action_next_language(self) -> None:
        spoken = self.hall.languages
        place = spoken.index(self.words.language) if self.words.language in spoken else -1
        self.speak(spoken[(place + 1) % len(spoken)])

    def action_scroll_queue(self, pages: int) -> None:
        ahead = self.query_one(Ahead)
        ahead.scroll_relative(y=pages * ahead.size.height // 2, animate=False)

    @on(Chosen)
    def _chosen(self, message: Chosen) -> None:
        message.stop()
        if self.view is not None and self._allowed(message.kind):
            self._send(message.kind, answered(message, self.view))

    @on(GivenUp)
    def _given_up(self, message: GivenUp) -> None:
        message.stop()
        self._close_question()

    def _send(self, kind: str, do: AnyDo) -> None:
        if not may_travel(do):
            self._refuse(kind, self.words("counter.bad_form"))
            return
        self._unanswered.add(kind)
        self._show()
        self.request(do, partial(self._answered, kind))

    def _answered(self, kind: str, answer: Answer) -> None:
        self._unanswered.discard(kind)
        if answer.refused is not None:
            self._refuse(kind, self.refusal(answer.refused))
        elif self._question is not None and self._question.kind == kind:
            self._close_question()
        self._show()

    def _refuse(self, kind: str, why: str) -> None:
        """The answer is no; what was typed stays."""
        if self._question is not None and self._question.kind == kind:
            self._question.complain(why)
        self._tell(why)

    def _fits(self, asked: Choice, view: CounterView, before: CounterView | None) -> bool:
        """Whether the open question can still be answered."""
        if asked.kind in self._unanswered:
            return True
        number = view.ticket.number if view.ticket else None
        number_before = before.ticket.number if before and before.ticket else None
        return asked.kind in view.may and number == number_before

    def _close_question(self) -> None:
        if self._question is not None:
            had_focus = self._question.has_focus_within
            self._question.remove()
            self._question = None
            if had_focus:
                self.focus()

    # --- Signing in ------------------------------------------------------------------------------

    @on(SignInWanted)
    def _sign_in(self, message: SignInWanted) -> None:
        message.stop()
        do = SignIn(officer=message.officer, pin=message.pin, take_over=message.take_over)
        page = self.query_one(SignInPage)
        if not may_travel(do):
            page.say(self.words("counter.sign_in_form"))
        elif self._allowed("sign_in"):
            self._unanswered.add("sign_in")
            page.say(self.words("counter.signing_in"))
            self.request(do, self._sat_down)

    def _sat_down(self, answer: Answer) -> None:
        self._unanswered.discard("sign_in")
        if not self._composed:
            return
        page, refused = self.query_one(SignInPage), answer.refused
        if refused is None:
            page.forget()
            return
        why = self.refusal(refused)
        may_override = refused.get("reason") in OVERRIDABLE
        page.say(why, take_over=may_override)
        if refused.get("reason") == "bad_pin":
            page.forget_pin()
