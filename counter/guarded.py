"""The console's half that knows who sits here: signing in, locking and unlocking.

A locked console is only covered: the officer stays signed in and the ticket where it is. Whether a
PIN is right, the server says.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Final

from textual import on
from textual.events import Event

from counter.asking import AskingPane
from counter.clocks import Clock, Stillness
from counter.question import Draft
from counter.questions import may_travel
from counter.sign_in import SignInPage, SignInWanted
from link.messages import Answer, CounterView, SignIn
from terminal.pane import PATIENCE_S
from terminal.words import FIRST_LANGUAGE

OVERRIDABLE: Final = frozenset({"counter_taken", "officer_elsewhere"})
PIN_AGAIN: Final = frozenset({"bad_pin", "locked_out"})


class GuardedPane(AskingPane):
    """A page to sign in on before the console, without an officer and where it is locked.

    `locks`: whether the console is covered after `lock_after_min` without a key or a click, which
    pass by the `clock`.
    """

    def __init__(
        self,
        *,
        language: str = FIRST_LANGUAGE,
        id: str | None = None,
        locks: bool = True,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(language=language, id=id)
        self._stillness = Stillness(clock)
        self._locks, self._locked, self._is_new = locks, False, True

    def setting(self, name: str) -> int:
        """A whole number that config.toml gives this screen; 0 where it gives none."""
        value = self.device.settings.get(name)
        return value if isinstance(value, int) else 0

    @property
    def signed_in(self) -> bool:
        """Whether somebody sits here who may see and use the console."""
        return self.view is not None and self.view.officer is not None and not self._locked

    def noticed(self, event: Event) -> bool:
        self._stillness.broken()
        return False

    def _allowed(self, kind: object) -> bool:
        """Of a locked console nothing but to sign in, which the rules need not allow first."""
        if not self._locked:
            return super()._allowed(kind)
        return kind == "sign_in" and self.live and kind not in self._unanswered

    async def recompose(self) -> None:
        """In other words, with what was typed on the page."""
        draft = Draft.of(self.query_one(SignInPage)) if self._composed else None
        await super().recompose()
        if draft is not None and not self.signed_in:
            draft.put_into(self.query_one(SignInPage))
            if self.has_focus_within:
                self._focus_page()

    # --- Locking ---------------------------------------------------------------------------------

    def _guard(self, view: CounterView) -> None:
        """Lock what a new program finds signed in; unlock where nobody sits any more."""
        if view.officer is None:
            self._locked = False
        elif self._is_new and self._locks and self.setting("lock_after_min"):
            self._locked = True
        self._is_new = False

    def _lock_when_still(self) -> None:
        after_s = 60 * self.setting("lock_after_min")
        if self._locks and after_s and self._stillness.seconds >= after_s:
            self._lock()

    def _lock(self) -> None:
        if self.signed_in:
            self._locked = True
            self._show_page()

    def _unlock(self) -> None:
        self._locked = False
        self._stillness.broken()
        self._show_page()

    def _show_page(self) -> None:
        """The console, or the page before it. Called where it may have changed."""
        if not self._composed or self.view is None:
            return
        page, view, signed_in = self.query_one(SignInPage), self.view, self.signed_in
        self._show_console(signed_in=signed_in)
        page.display = not signed_in
        if self._locked:
            page.guard(view.officer or "", view.ticket)
        else:
            page.welcome()
        if self.has_focus_within:
            self._focus_page()

    def _show_console(self, *, signed_in: bool) -> None:
        for part in ("#console", "#bottom", "KeyBar"):
            self.query_one(part).display = signed_in
        if self._question is not None:
            self._question.display = signed_in

    def _focus_page(self) -> None:
        """The keys go where they are wanted."""
        if not self.signed_in:
            self.query_one(SignInPage).focus_first()
        elif self._question is not None:
            self._question.focus_first()
        else:
            self.screen.set_focus(self)

    # --- Signing in ------------------------------------------------------------------------------

    @on(SignInWanted)
    def _sign_in(self, message: SignInWanted) -> None:
        message.stop()
        do = SignIn(officer=message.officer, pin=message.pin, take_over=message.take_over)
        page = self.query_one(SignInPage)
        if not may_travel(do):
            page.say(self.words("counter.sign_in_form"))
        elif not self.online:
            page.say(self.words("counter.offline"))
        elif self._allowed("sign_in"):
            page.say(self.words("counter.signing_in"))
            self._request("sign_in", do, partial(self._sat_down, message.officer), PATIENCE_S)

    def _sat_down(self, officer: str, answer: Answer) -> None:
        if not self._composed:
            return
        page, refused = self.query_one(SignInPage), answer.refused
        if refused is None:
            self._let_in(officer)
            return
        reason = refused.get("reason")
        page.say(self.refusal(refused), take_over=reason in OVERRIDABLE)
        if reason in PIN_AGAIN:
            page.forget_pin()

    def _let_in(self, officer: str) -> None:
        """Whoever comes to a locked console goes on with it, or begins anew as another officer."""
        if not self._locked:
            self.query_one(SignInPage).forget()
            return
        if self.view is not None and self.view.officer != officer:
            self._close_question()
            self._told.clear()
        self._unlock()
