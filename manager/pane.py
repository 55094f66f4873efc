"""The manager's screen: its keys, what they begin, and the page that is shown.

What may be done the server says; no rule of the hall stands here.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.events import Resize

from link.messages import Answer, AnyDo, LiveView, Report
from manager.catalogue import BY_CODE
from manager.doings import done
from manager.entrance_page import EntrancePage
from manager.entrance_questions import CHANGES, CodeCard
from manager.figures_page import Bookmark, FiguresPage
from manager.hall_page import HallPage
from manager.keys import FREE, KEYS, KEYS_OF, KINDS_OF, SAME_EVERYWHERE, SIDEWAYS
from manager.listing import Picked
from manager.pages import (
    ABOUT,
    GO_ON,
    PAGES,
    WIDGETS,
    Page,
    first_page,
    has_cause,
    is_offered,
    is_seen,
)
from manager.plans import Change, Sketch
from manager.questions import Step, answer, next_step
from manager.report_page import Changed, Denied, ReportPage
from manager.staffing_page import StaffingPage, Wish
from manager.top import Top
from manager.trial_page import TrialPage
from manager.what_if_page import WhatIfPage
from terminal.asking import MESSAGE_S
from terminal.caps import KeyBar, Pressed
from terminal.choice import Chosen
from terminal.guarded import NOT_SIGNED_IN, GuardedPane
from terminal.haste import caught_up, gets_keys
from terminal.journal import MessageLine
from terminal.lines import Line
from terminal.question import Question
from terminal.sign_in import SignInPage
from terminal.words import FIRST_LANGUAGE

LEAST: Final = (72, 20)  # columns and rows that everything has room in
TICK_S: Final = 1.0


class ManagerPane(GuardedPane[LiveView]):
    """The hall now, its figures, and what is tried. Without a manager, a page to sign in on."""

    DEFAULT_CSS = """
    ManagerPane > #content { layers: default dialog; align: center middle; }
    ManagerPane.-lined > #content { margin: 0 0 1 0; }
    ManagerPane #pages { height: 1fr; }
    ManagerPane #bottom { height: 1; }
    ManagerPane #too-small { display: none; height: 1fr; width: 1fr; content-align: center middle; }
    ManagerPane.-small #too-small { display: block; }
    ManagerPane.-small #pages { display: none; }
    """
    CONSOLE = ("#pages", "#bottom")
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: the question that a key opens is there before the next key is looked at.
        *(
            Binding(name, f"press('{key.kind}', '{name}')", show=False, priority=True)
            for key in KEYS
            if key.kind not in FREE
            for name in key.names.split(",")
        ),
        *(Binding(str(n), f"choose({n})", show=False, priority=True) for n in range(10)),
        Binding("f12", "next_language", show=False),
    ]

    def __init__(self, *, language: str = FIRST_LANGUAGE, **how: Any) -> None:
        super().__init__(language=language, **how)
        self._who: str | None = None
        self._may_ask: frozenset[str] = frozenset()  # kinds of request, as the server said
        self._page: Page = "hall"
        self._so_far: tuple[str, ...] = ()  # what was answered of the question that is open
        self._bookmark, self._sketch, self._wish = Bookmark(), Sketch(), Wish()
        self._begun_with = 0  # of that so much was there before it
        self._as_of: datetime | None = None  # the time of the last news, while the server is lost

    @property
    def sitting(self) -> str | None:
        return self._who

    # --- What is shown ---------------------------------------------------------------------------

    def content(self) -> ComposeResult:
        yield Top(self)
        yield SignInPage(self, self.words("manager.title"), self.words("manager.locked"))
        with Container(id="pages"):
            yield HallPage(self)
            yield FiguresPage(self, self._answers, self._bookmark)
            yield WhatIfPage(self, self._answers, self._sketch)
            yield StaffingPage(self, self._answers, self._wish)
            yield EntrancePage(self)
        yield Line(self.words("manager.too_small", columns=LEAST[0], rows=LEAST[1]), id="too-small")
        with Horizontal(id="bottom"):
            yield MessageLine()
        for page in PAGES:
            yield KeyBar(KEYS_OF[page], self.words, self._kind_name, id=f"{page}-keys")

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(TICK_S, self._tick)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < LEAST[0] or event.size.height < LEAST[1], "-small")

    def view_changed(self, view: LiveView, before: LiveView | None) -> None:
        self._composed = True
        if before is None:
            self._show_page()
            self._open_page()  # made anew in other words
        elif view.closed > before.closed and self.sitting and "sign_out" not in self._unanswered:
            self._sign_in_again()  # the server knows nobody here any more
        self._show()

    def _tick(self) -> None:
        if self.welcomed:
            self._lock_when_still()
            if self._composed and self.signed_in and self.online and self._page == "access":
                self.query_one(EntrancePage).tick()
            self._show()

    def _show(self) -> None:
        """Bring everything up to date; what did not change is not drawn."""
        if not self._composed or self.view is None:
            return
        at = (self._who or "", self.words(f"manager.page_{self._page}"))
        self.query_one(Top).show(*(at if self.signed_in else ()))
        if not self.signed_in:
            return
        now, stale = self._as_of or self.now(), self._as_of is not None
        if self._reporting is not None:
            self._reporting.show()
        elif self._page == "access":
            self.query_one(EntrancePage).show(now, stale=stale)
        else:
            self.query_one(HallPage).show(self.view, now, stale=stale)
        self.query_one(f"#{self._page}-keys", KeyBar).show(self._allowed, {})

    def _show_console(self, *, signed_in: bool) -> None:
        super()._show_console(signed_in=signed_in)
        for page in PAGES:
            shown = page == self._page
            self.query_one(WIDGETS[page]).display = shown
            bar = self.query_one(f"#{page}-keys", KeyBar)
            bar.display = signed_in and shown
            bar.offer(self._offered)

    def _focus_page(self) -> None:
        if self.signed_in and self._question is None:
            self.query_one(WIDGETS[self._page]).focus_first()
        else:
            super()._focus_page()

    def on_focus(self) -> None:
        """The keys go where they are wanted."""
        if self._composed and gets_keys(self):
            self._focus_page()

    def online_changed(self, online: bool) -> None:
        """What is shown stays, with the time it is of."""
        self._as_of = None if online else self._as_of or self.now()
        self._show()

    def offline_line(self) -> str:
        if self._unanswered or self.online_since is None:
            return super().offline_line()
        time = self.words.time(self.online_since, self.now())
        return self.words("manager.offline_as_of", time=time)

    # --- Keys ------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "press":
            kind, name = parameters
            if not self._listens_to(kind) or (name in SIDEWAYS and self._in_table):
                return False
        if action == "choose" and (self._page != "figures" or not self._unasked):
            return False
        return super().check_action(action, parameters)

    @property
    def _in_table(self) -> bool:
        """Whether the arrows are needed to see the rest of a wide table."""
        return self.screen.focused in [*self.query("DataTable")]

    @property
    def _unasked(self) -> bool:
        """Whether the keys belong to a page: nothing is asked, and nothing is covered."""
        return self._question is None and self.signed_in and not self.has_class("-small")

    @property
    def _reporting(self) -> ReportPage | None:
        """The page that is shown, unless it is the hall."""
        page = self.query_one(WIDGETS[self._page])
        return page if isinstance(page, ReportPage) else None

    def _listens_to(self, kind: object) -> bool:
        return (self._unasked or kind in SAME_EVERYWHERE) and self._allowed(kind)

    def _may(self, kind: object) -> bool:
        """What there is a reason for, on this page; what is refused in the end, the server says."""
        view = self.view
        if view is None or kind in self._unanswered:
            return False
        if kind == "sign_in":
            return self.live
        if self._who is None or not self._offered(str(kind)):
            return False
        if kind in SAME_EVERYWHERE:
            return True
        if kind not in KINDS_OF[self._page] and not (self._page == "figures" and kind in BY_CODE):
            return False
        if kind in PAGES:
            return True
        if self._reporting is not None:
            return self._reporting.may(str(kind))
        if kind in CHANGES:
            return self.live and self.query_one(EntrancePage).may(str(kind), self._who)
        return self.live and has_cause(view, kind)

    def _offered(self, kind: str) -> bool:
        return is_offered(kind, self._may_ask)

    @on(Pressed)
    async def _clicked(self, message: Pressed) -> None:
        message.stop()
        if message.kind == "language":
            self.action_next_language()
        elif self._listens_to(message.kind):
            await self._begin(message.kind)

    async def action_press(self, kind: str, _name: str) -> None:
        """A key, of whatever name; it waits until all that came before it is done and shown."""
        await caught_up(self)
        if self._composed and self._listens_to(kind):
            await self._begin(kind)

    def action_choose(self, number: int) -> None:
        if self._reporting is not None:
            self._reporting.choose(number)

    async def _begin(self, kind: str) -> None:
        """Do what a key does, or ask first what it needs."""
        if kind == "lock":
            self._lock()
        elif kind in PAGES:
            self._turn_to(kind)
        elif kind == "again" and self._page == "access":
            self.query_one(EntrancePage).load()
        elif self._reporting is None or kind == "add_change":
            await self._step(kind, ())
        elif kind in self._reporting.ASKS:
            await self._ask(partial(self._page_question, kind))
        else:
            self._reporting.begin(kind)

    def _page_question(self, kind: str) -> Question:
        assert self._reporting is not None
        return self._reporting.question(kind)

    def _turn_to(self, page: Page) -> None:
        self._page = page
        self._open_page()
        self._show_page()
        self._show()

    def _open_page(self) -> None:
        """Bring to the page what it shows."""
        if self._reporting is not None:
            self._reporting.open()
        elif self._page == "access" and self.signed_in:
            self.query_one(EntrancePage).load()

    def action_next_language(self) -> None:
        spoken = self.hall.languages
        place = spoken.index(self.words.language) if self.words.language in spoken else -1
        self.speak(spoken[(place + 1) % len(spoken)])

    # --- Questions, step by step -----------------------------------------------------------------

    async def _step(
        self, kind: str, so_far: tuple[str, ...], about: str = "", *, begun_with: int = 0
    ) -> None:
        """The next question of this kind; or the request, when all of it is answered.

        `begun_with`: how many of the answers were there before the first question.
        """
        if self.view is None:
            return
        step = self._next(kind, so_far, about)
        if isinstance(step, Change):
            self._close_question()
            self.query_one(WhatIfPage).add(step)
            self._show()
            return
        if not isinstance(step, Question):
            self._send(kind, step)  # type: ignore[arg-type]
            return
        self._so_far, self._begun_with = so_far, begun_with
        await self._ask(partial(self._question_again, kind, so_far, about))

    def _question_again(self, kind: str, so_far: tuple[str, ...], about: str) -> Question:
        question = self._next(kind, so_far, about)
        assert isinstance(question, Question)
        return question

    def _next(self, kind: str, so_far: tuple[str, ...], about: str) -> Step | Change:
        assert self.view is not None
        if kind == "add_change":
            return self.query_one(WhatIfPage).step(so_far)
        if kind in CHANGES:
            return self.query_one(EntrancePage).step(kind, so_far, self._who or "")
        return next_step(self, self.view, kind, so_far, about)

    @on(Chosen)
    async def _chosen(self, message: Chosen) -> None:
        message.stop()
        code = answer(message.kind, message.code, message.typed)
        if code is None:
            self._complain(self.words("manager.no_number", typed=message.typed))
        elif code == GO_ON.get(message.kind):
            await self._ask(partial(self._page_question, code))
        elif self._reporting is not None and message.kind in self._reporting.ASKS:
            self._close_question()
            self._reporting.chosen(message.kind, code)
        elif message.kind == "add_change" or self._can_send(message.kind):
            so_far = (*self._so_far, code)
            await self._step(message.kind, so_far, begun_with=self._begun_with)

    def _take_form(self, kind: str, do: AnyDo) -> None:
        if isinstance(do, Report):
            self._close_question()
            self.query_one(FiguresPage).take_days(do.from_, do.to)
        elif self._can_send(kind):
            self._send(kind, do)

    def _can_send(self, kind: str) -> bool:
        """While the server is lost what was typed stays: it is said so."""
        if not self.online:
            self._complain(self.words("manager.offline_keeps"))
        return self._allowed(kind)

    def _complain(self, problem: str) -> None:
        if self._question is not None:
            self._question.complain(problem)

    async def _step_back(self) -> None:
        """One question back; from the first one out."""
        question, begun_with = self._question, self._begun_with
        if question is not None and len(self._so_far) > begun_with:
            await self._step(question.kind, self._so_far[:-1], begun_with=begun_with)
        else:
            self._close_question()

    @on(Picked)
    async def _picked(self, message: Picked) -> None:
        """Of an entry that was picked in a list, what one wants to do with it."""
        message.stop()
        kind = ABOUT.get(message.of) or self.query_one(EntrancePage).about(message.of, message.key)
        if message.of == "alarms" and is_seen(self.view, message.key):
            self._tell(self.words("manager.seen_already"))
        elif kind is None or not self._listens_to(kind):
            return
        elif message.of == "fields":
            await self._step(kind, (), message.key)
        else:
            await self._step(kind, (message.key,), begun_with=1)

    async def _answers(self, do: AnyDo, patience_s: float) -> Answer:
        return await self._answer(do, patience_s, None)

    @on(Changed)
    def _page_changed(self, message: Changed) -> None:
        message.stop()
        self._show()

    @on(Denied)
    def _report_denied(self, message: Denied) -> None:
        message.stop()
        if message.reason == NOT_SIGNED_IN:
            self._sign_in_again()

    # --- What came of it -------------------------------------------------------------------------

    def _kind_name(self, kind: str) -> str:
        return self.words(f"manager.do_{kind}")

    def _let_in(self, officer: str, answer: Answer) -> None:
        if answer.ok is not None:
            self._may_ask = frozenset(answer.ok.get("may", ()))
        super()._let_in(officer, answer)

    def _sat_down(self, officer: str) -> None:
        """Somebody else begins where they can begin, and sees nothing of whoever was there."""
        if officer != self._who:
            self._leave()
            self._page = first_page(self._may_ask)
        self._who = officer
        if not self._locked:
            self._stillness.broken()
            self._show_page()
            self._open_page()
            self._show()

    def _lock(self) -> None:
        """A one-time code is not there for whoever unlocks the screen."""
        if isinstance(self._question, CodeCard):
            self._close_question()
        super()._lock()

    def _leave(self) -> None:
        """With whoever leaves their trials end, and nothing of them is shown to the next."""
        self.query_one(EntrancePage).forget()
        for page in self.query(TrialPage):
            page.stop(quiet=True)

    def _answered(self, kind: str, do: AnyDo, answer: Answer) -> None:
        super()._answered(kind, do, answer)
        if kind in CHANGES and answer.ok is not None and self.signed_in and self._composed:
            self._so_far = ()
            if (shows := self.query_one(EntrancePage).came_of(do, answer.ok)) is not None:
                self.run_worker(self._ask(shows))
            elif kind == "reset_pin":
                self._tell(self.words("manager.pin_of_file"), for_s=MESSAGE_S)

    def _done(self, kind: str, do: AnyDo) -> None:
        if kind == "sign_out":
            self._leave()
            self._who, self._page, self._may_ask = None, "hall", frozenset()
            self._show_page()
            return
        self._tell(done(self, kind, do), for_s=MESSAGE_S)
