"""The half of a console that knows who sits there: signing in, locking and unlocking.

A locked console is only covered: whoever signed in stays so, and everything where it is. Whether a
PIN is right, the server says.
"""

from __future__ import annotations

import time
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.events import Event

from link.messages import Answer, CounterTicket, Here, SignIn
from terminal.asking import AskingPane, may_travel
from terminal.clocks import Clock, Stillness
from terminal.pane import PATIENCE_S, V
from terminal.question import Draft
from terminal.sign_in import SignInPage, SignInWanted
from terminal.words import FIRST_LANGUAGE

OVERRIDABLE: Final = frozenset({"counter_taken", "officer_elsewhere"})
PIN_AGAIN: Final = frozenset({"bad_pin", "locked_out", "suspended"})
NOT_SIGNED_IN: Final = "not_signed_in"
NEW_PIN: Final = frozenset({"new_pin_needed", "weak_pin"})
HERE_S: Final = 60.0  # so often the server is told that keys are pressed, which asks for nothing


class GuardedPane(AskingPane[V]):
    """A page to sign in on before the console, without an officer and where it is locked.

    `locks`: whether the console is covered after `lock_after_min` without a key or a click, which
    pass by the `clock`.
    """

    CONSOLE: ClassVar[tuple[str, ...]] = ()  # selectors of what is covered

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
        self._clock, self._told_here_s = clock, clock()

    # What a console writes.

    @property
    def sitting(self) -> str | None:
        """The officer who is signed in here, also behind a locked console."""
        raise NotImplementedError

    def _may(self, kind: object) -> bool:
        """What whoever is signed in may do now."""
        raise NotImplementedError

    def _in_hand(self) -> CounterTicket | None:
        """What stands on the page of a locked console."""
        return None

    def _sat_down(self, officer: str) -> None:
        """The server let this officer in."""

    # What a console uses.

    def setting(self, name: str) -> int:
        """A whole number that config.toml gives this screen; 0 where it gives none."""
        value = self.device.settings.get(name)
        return value if isinstance(value, int) else 0

    @property
    def signed_in(self) -> bool:
        """Whether somebody sits here who may see and use the console."""
        return self.view is not None and self.sitting is not None and not self._locked

    def noticed(self, event: Event) -> bool:
        self._stillness.broken()
        if self.signed_in and self._clock() - self._told_here_s >= HERE_S:
            self._told_here_s = self._clock()
            self.request(Here(), self._heard_here)
        return False

    def _heard_here(self, answer: Answer) -> None:
        if answer.refused is not None and answer.refused.get("reason") == NOT_SIGNED_IN:
            self._sign_in_again()

    def _refuse(self, kind: str, why: str, reason: str = "") -> None:
        """Whom the server knows no longer signs in again, and goes on where they were."""
        super()._refuse(kind, why, reason)
        if reason == NOT_SIGNED_IN:
            self._sign_in_again()

    def _sign_in_again(self) -> None:
        self._lock()
        self.query_one(SignInPage).say(self.words("console.sign_in_again"))

    def _allowed(self, kind: object) -> bool:
        """Of a locked console nothing but to sign in, which the rules need not allow first."""
        if not self._locked:
            return self._may(kind)
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

    def _guard(self) -> None:
        """Lock what a new program finds signed in; unlock where nobody sits any more."""
        if self.sitting is None:
            self._locked = False
        elif self._is_new and self._locks and self.setting("lock_after_min"):
            self._locked = True
        self._is_new = False

    def _lock_when_still(self) -> None:
        """Nobody is asked for a PIN in the middle of a service."""
        after_s = 60 * self.setting("lock_after_min")
        is_still = bool(after_s) and self._stillness.seconds >= after_s
        if self._locks and is_still and self._in_hand() is None:
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
        page, signed_in = self.query_one(SignInPage), self.signed_in
        self._show_console(signed_in=signed_in)
        page.display = not signed_in
        if self._locked:
            page.guard(self.sitting or "", self._in_hand())
        else:
            page.welcome()
        if self.has_focus_within:
            self._focus_page()

    def _show_console(self, *, signed_in: bool) -> None:
        for part in self.CONSOLE:
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
        do = SignIn(message.officer, message.pin, message.take_over, message.new_pin)
        page = self.query_one(SignInPage)
        if not may_travel(do):
            page.say(self.words("console.sign_in_form"))
        elif not self.online:
            page.say(self.words("console.offline"))
        elif self._allowed("sign_in"):
            page.say(self.words("console.signing_in"))
            self._request("sign_in", do, partial(self._let_in, message.officer), PATIENCE_S)

    def _let_in(self, officer: str, answer: Answer) -> None:
        if not self._composed:
            return
        page, refused = self.query_one(SignInPage), answer.refused
        if refused is None:
            self._go_on(officer)
            return
        reason = refused.get("reason")
        page.say(self.refusal(refused), take_over=reason in OVERRIDABLE)
        if reason in PIN_AGAIN:
            page.forget_pin()
        elif reason in NEW_PIN:
            page.ask_new_pin()

    def _go_on(self, officer: str) -> None:
        """Whoever comes to a locked console goes on with it, or begins anew as another officer."""
        was, locked = self.sitting, self._locked
        self._sat_down(officer)
        if not locked:
            self.query_one(SignInPage).forget()
            return
        if was != officer:
            self._close_question()
            self._told.clear()
        self._unlock()
