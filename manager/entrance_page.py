"""The page of devices and accounts: who may come in. Asks for the list again and again while it is
shown, for it also changes elsewhere; what is changed from here the pane asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.events import Resize

from link import messages as m
from manager.entrance import Entrance, Told, accounts, devices
from manager.entrance_questions import CHANGES, card, next_step, subjects
from manager.listing import Listing
from manager.report_page import Denied
from terminal.haste import focus_now, gets_keys
from terminal.lines import Passage
from terminal.question import Question
from terminal.telling import AnyPane

AGAIN_TICKS: Final = 5  # of the pane's clock, a second each
WIDE: Final = 170  # columns from which the lists stand beside each other
DEVICES, ACCOUNTS = "entrance-devices", "entrance-accounts"


class EntrancePage(Vertical):
    """Devices above, accounts below."""

    DEFAULT_CSS = """
    EntrancePage > #none { color: $warning; text-style: bold; padding: 0 1; }
    EntrancePage > #lists { layout: grid; grid-size: 1 2; grid-gutter: 1; height: 1fr; }
    EntrancePage.-wide > #lists { grid-size: 2 1; grid-gutter: 0 2; }
    """

    def __init__(self, pane: AnyPane) -> None:
        super().__init__()
        self._pane = pane
        self._entrance = Entrance()
        self._ticks = AGAIN_TICKS

    def compose(self) -> ComposeResult:
        yield Passage(id="none")
        with Container(id="lists"):
            yield Listing(id=DEVICES)
            yield Listing(id=ACCOUNTS)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= WIDE, "-wide")

    # --- The lists -------------------------------------------------------------------------------

    def load(self) -> None:
        """Ask for the lists as they are now."""
        self._ticks = 0
        self._pane.request(m.Access(), self._loaded)

    def _loaded(self, answer: m.Answer) -> None:
        if not self.is_attached:  # the page was made anew in other words meanwhile
            return
        if answer.refused is not None:
            self.query_one("#none", Passage).say(self._pane.refusal(answer.refused))
            self._pane.post_message(Denied(str(answer.refused.get("reason"))))
            return
        self.query_one("#none", Passage).say("")
        self._entrance = msgspec.convert(answer.ok, Entrance)
        self.show(self._pane.now())

    def tick(self) -> None:
        self._ticks += 1
        if self._ticks >= AGAIN_TICKS:
            self.load()

    def forget(self) -> None:
        """Whoever looked at it has gone; the next one waits for no old list."""
        self._entrance, self._ticks = Entrance(), AGAIN_TICKS

    def show(self, now: datetime, *, stale: bool = False) -> None:
        """Bring both lists up to date; `stale`: in grey."""
        pane, known = self._pane, self._entrance
        shown = (
            (DEVICES, "manager.entrance_devices", devices(pane, known.devices, now)),
            (ACCOUNTS, "manager.entrance_accounts", accounts(pane, known.accounts)),
        )
        for name, heading, drawing in shown:
            listing = self.query_one(f"#{name}", Listing)
            listing.show(pane.words(heading), drawing)
            listing.set_stale(stale)

    def focus_first(self) -> None:
        lists = list(self.query(Listing))
        if not any(gets_keys(one) for one in lists):
            focus_now(lists[0])

    # --- What may be done ------------------------------------------------------------------------

    def may(self, kind: str, me: str) -> bool:
        """Whether there is anybody or anything to do it to."""
        return kind not in CHANGES or bool(subjects(self._entrance, kind, me))

    def step(self, kind: str, so_far: tuple[str, ...], me: str) -> Question | m.AnyDo:
        return next_step(self._pane, self._entrance, kind, so_far, me)

    def came_of(self, do: m.AnyDo, ok: dict[str, Any]) -> Callable[[], Question] | None:
        """What a change that was carried out has to show: its one-time code, if it has one."""
        self.load()
        told = msgspec.convert(ok, Told, strict=False)
        if isinstance(do, m.PairDevice | m.ResetPin) and told.code and told.until:
            return partial(card, self._pane, do, told.code, told.until)
        return None

    def about(self, of: str, code: str) -> str | None:
        """What is done with an entry that was picked."""
        if of == DEVICES:
            return "pair_device"
        if of != ACCOUNTS:
            return None
        suspended = any(one.officer == code and one.suspended for one in self._entrance.accounts)
        return "restore_officer" if suspended else "reset_pin"
