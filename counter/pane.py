"""The officer's console: its keys, what they begin, and the page that is shown.

What may be asked now comes from the view alone; no rule of the hall stands here.
"""

from __future__ import annotations

import time
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Event, Key, Resize

from counter import wording
from counter.ahead import Ahead
from counter.asking import OfficerPane
from counter.desk import Desk
from counter.keys import KEYS, ON_THE_BAR
from counter.meanwhile import meanwhile
from counter.questions import AT_ONCE, question
from link.messages import AnyDo, CounterView, ReadWord
from terminal import telling
from terminal.caps import KeyBar, Pressed, Touch, TouchPassage
from terminal.clocks import Clock, Countdown
from terminal.haste import caught_up, gets_keys
from terminal.journal import MessageLine
from terminal.lines import Line, Passage
from terminal.pane import ViewChanged
from terminal.sign_in import SignInPage
from terminal.words import FIRST_LANGUAGE

TALL: Final = 34  # rows from which the last messages stand beside the queue
TICK_S: Final = 0.5
MEANWHILE_S: Final = 30.0  # how long it is shown what happened while the link was lost
CALL_NEXT_KEYS: Final = frozenset({"space", "enter", "f1"})
ENDS: Final = frozenset({"finish", "no_show"})  # what the next call may follow by itself


class CounterPane(OfficerPane):
    """One counter. Without an officer it is a page to sign in on."""

    DEFAULT_CSS = """
    CounterPane > #content { layers: default dialog; align: center middle; }
    CounterPane.-lined > #content { margin: 0 0 1 0; }
    CounterPane #top { height: 1; background: $surface; padding: 0 1; }
    CounterPane #top > #who { text-style: bold; }
    CounterPane #top > #link { width: auto; margin: 0 2; color: $success; }
    CounterPane #top > #link.-off { color: $error; text-style: bold; }
    CounterPane #console { height: 1fr; }
    CounterPane.-tall #console { padding: 1 0; }
    CounterPane #bottom { height: 1; }
    CounterPane #word {
        background: $primary; color: $background; text-style: bold; padding: 0 1; max-height: 4;
    }
    CounterPane #notice { background: $secondary; color: $background; padding: 0 1; }
    CounterPane #trouble { color: $warning; padding: 0 1; max-height: 2; }
    CounterPane.-tall Ahead > #log, CounterPane.-log Ahead > #log { display: block; }
    CounterPane.-log Ahead > #queue { display: none; }
    CounterPane.-tall Ahead > #queue { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: the question that a key opens is there before the next key is looked at.
        *(Binding(key.names, f"press('{key.kind}')", show=False, priority=True) for key in KEYS),
        Binding("f12", "next_language", show=False),
        Binding("pagedown", "scroll_queue(1)", show=False),
        Binding("pageup", "scroll_queue(-1)", show=False),
    ]

    CONSOLE = ("#console", "#bottom", "KeyBar")

    def __init__(
        self,
        *,
        language: str = FIRST_LANGUAGE,
        id: str | None = None,
        locks: bool = True,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(language=language, id=id, locks=locks, clock=clock)
        self._next_call = Countdown(clock)
        self._minute = 0  # of the clock that was shown last
        self._lost: tuple[CounterView, frozenset[str]] | None = None  # what was known, and asked

    # --- What is shown ---------------------------------------------------------------------------

    def content(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Line(id="who")
            yield Line(id="link")
            yield Touch("language", self.words("console.other_language"))
        number = self.counter_number(self.device.counter or "")
        title = self.words("counter.title", number=number)
        yield SignInPage(self, title, self.words("counter.locked"))
        with Horizontal(id="console"):
            yield Desk(self)
            yield Ahead(self, self._told)
        yield TouchPassage("read_word", id="word")
        yield Passage(id="notice")
        yield Passage(id="trouble")
        with Horizontal(id="bottom"):
            yield MessageLine()
        yield KeyBar(ON_THE_BAR, self.words, self._kind_name)

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(TICK_S, self._tick)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height >= TALL, "-tall")

    def view_changed(self, view: CounterView, before: CounterView | None) -> None:
        self._composed = True
        self._guard()
        turned = before is None or (view.officer is None) is not (before.officer is None)
        if turned:
            self._show_page()
            if view.officer is None and view.sent_away is not None:
                why = self.words(f"counter.sent_away_{view.sent_away}")
                self.query_one(SignInPage).say(why)
        elif self._locked:
            self.query_one(SignInPage).guard(view.officer or "", view.ticket)
        if self._question is not None and not self._fits(self._question, view, before):
            self._close_question()
            self._tell(self.words("counter.question_over"))
        if view.ticket is not None and before is not None and before.ticket is None:
            self._next_call.stop()
        self._show()

    def _tick(self) -> None:
        """Seconds run where somebody is served; on the page to sign in, only minutes."""
        if self.welcomed:
            served = self.signed_in
            self._lock_when_still()
            self._call_by_itself()
            before, self._minute = self._minute, int(self.now().timestamp()) // 60
            if served or self._minute != before:
                self._show()

    def _show(self) -> None:
        """Bring everything up to date; what did not change is not drawn."""
        if not self._composed or self.view is None:
            return
        view, now = self.view, self.now()
        self._show_top(view)
        self.query_one("#notice", Passage).say(view.notice)
        trouble = telling.trouble_text(self, view.troubles, now)
        self.query_one("#trouble", Passage).say(trouble)
        if self.signed_in:
            self.query_one(Desk).show(view, now)
            self.query_one(Ahead).show(view, now)
            self._show_keys(view)
        word = wording.sent_word(self, view, now) if self.signed_in else ""  # nobody else's affair
        self.query_one("#word", Passage).say(word)

    def _show_page(self) -> None:
        """What only an officer may see goes with the console, and comes with it."""
        super()._show_page()
        self._show()

    def _show_keys(self, view: CounterView) -> None:
        left_s = wording.undo_left_s(view, self.now())
        more = {"undo": str(left_s)} if left_s else {}
        self.query_one(KeyBar).show(self._allowed, more)
        running, left_s = self._next_call.running, self._next_call.left_s
        text = self.words("counter.auto_call", seconds=left_s) if running else ""
        self.query_one(MessageLine).under_way(text)

    def _show_top(self, view: CounterView) -> None:
        words, now = self.words, self.now()
        parts = [words("counter.title", number=self.counter_number(view.counter))]
        if view.officer is not None:
            parts += [view.officer, words(f"counter.state_{view.state}")]
        self.query_one("#who", Line).say(" · ".join([*parts, words.time(now, now)]))
        link = self.query_one("#link", Line)
        link.say(words("console.online" if self.online else "console.offline"))
        link.set_class(not self.online, "-off")

    def on_focus(self) -> None:
        """The keys go where they are wanted."""
        elsewhere = self._question is not None or not self.signed_in
        if self._composed and elsewhere and gets_keys(self):
            self._focus_page()

    # --- Keys ------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "press" and not self._listens_to(*parameters):
            return False
        return super().check_action(action, parameters)

    def _listens_to(self, kind: object) -> bool:
        """Keys belong to the console only while nothing is asked; only to lock it, always."""
        unasked = self._question is None and gets_keys(self)
        return (unasked or kind == "lock") and self._allowed(kind)

    @on(Pressed)
    async def _clicked(self, message: Pressed) -> None:
        message.stop()
        if message.kind == "language":
            self.action_next_language()
        elif (self._question is None or message.kind == "lock") and self._allowed(message.kind):
            await self._begin(message.kind)

    def press(self, kind: str) -> bool:
        """Do what the key of this kind does; False: it may not be pressed now."""
        may = self._question is None and self._allowed(kind)
        if may:
            self.call_next(partial(self._begin, kind))
        return may

    async def action_press(self, kind: str) -> None:
        """A key; it waits until everything that came before it is done and shown."""
        await caught_up(self)
        if self._composed and self._listens_to(kind):
            await self._begin(kind)

    async def _begin(self, kind: str) -> None:
        """Make the request of a key, or ask first what it needs."""
        if kind == "lock":
            self._lock()
        elif kind == "log":
            self.toggle_class("-log")  # the last messages in place of the queue, or the queue again
        elif kind == "read_word":
            self._read_word()
        elif kind in AT_ONCE:
            self._send(kind, AT_ONCE[kind]())
        elif self.view is not None:
            await self._ask(partial(question, self, self.view, kind))

    def _read_word(self) -> None:
        """The oldest of the manager's words was read: the next one takes its place."""
        if self.view is not None and self.view.sent_words:
            self._send("read_word", ReadWord(self.view.sent_words[0].word))

    def action_next_language(self) -> None:
        spoken = self.hall.languages
        place = spoken.index(self.words.language) if self.words.language in spoken else -1
        self.speak(spoken[(place + 1) % len(spoken)])

    def action_scroll_queue(self, pages: int) -> None:
        ahead = self.query_one(Ahead)
        ahead.scroll_relative(y=pages * ahead.size.height // 2, animate=False)

    # --- The next call by itself -----------------------------------------------------------------

    def _done(self, kind: str, do: AnyDo) -> None:
        after_s = self.setting("auto_call_s")
        if kind == "change_pin":
            self._tell(self.words("console.pin_changed"))
        if kind in ENDS and after_s:
            self._next_call.start(after_s)
        elif kind == "undo":
            self._next_call.stop()

    def noticed(self, event: Event) -> bool:
        """Any key or click stops the countdown; the one that calls does nothing else then."""
        super().noticed(event)
        if not self._next_call.running:
            return False
        self._next_call.stop()
        self._tell(self.words("counter.auto_call_stopped"))
        self._show()
        return isinstance(event, Key) and event.key in CALL_NEXT_KEYS

    def _call_by_itself(self) -> None:
        countdown, view = self._next_call, self.view
        if not countdown.running or view is None:
            return
        quiet = self._question is None and not self._unanswered and self.signed_in
        if not (self.live and quiet and view.state == "open"):
            countdown.stop()
        elif not countdown.left_s:
            countdown.stop()
            self.press("call_next")

    # --- The link is lost and comes back ---------------------------------------------------------

    def online_changed(self, online: bool) -> None:
        if not online and self.view is not None and self._lost is None:
            self._lost = self.view, frozenset(self._unanswered)
            self._next_call.stop()
            self._tell(self.words("console.offline"))
        self._show()

    @on(ViewChanged)
    def _back_again(self, message: ViewChanged) -> None:
        """The first view after a loss: say what is different."""
        if self._lost is None or not self.online or not isinstance(message.view, CounterView):
            return
        (before, asked), self._lost = self._lost, None
        text = meanwhile(self, before, message.view, asked)
        self._tell(text, for_s=MEANWHILE_S)
        if before.officer is not None and message.view.officer is None:
            self.query_one(SignInPage).say(text)
