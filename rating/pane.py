"""The rating screen's pane: wakes for a turn that ended, asks once, thanks, and sleeps again.

What stands on a page is in `pages`, what follows from what in `course`. Nothing that anybody
answers is logged, shown to whoever comes next, or kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil, inf
from typing import Final, Literal, assert_never

from textual import on
from textual.app import ComposeResult
from textual.events import Key as KeyEvent
from textual.message import Message

from hardware.keypad import Pressed, Told
from link.messages import Answer, DeviceState, RatingView
from rating.course import (
    Ask,
    Asleep,
    Choose,
    Explain,
    Go,
    Offer,
    Page,
    Point,
    Send,
    Skip,
    Speak,
    Step,
    Thank,
    Type,
    Write,
    due,
    offer_in,
    pointed,
    typed,
)
from rating.pads import Pads
from rating.pages import Painter
from terminal.face import Face
from terminal.keys import ERASE, HELD, KEYS, types
from terminal.opinion import Opinion, is_satisfied
from terminal.pane import Pane, Welcomed
from terminal.picture import Picture, TurnSheet
from terminal.tiles import Touched
from terminal.words import FIRST_LANGUAGE

AWAKE_S: Final = 60.0
EXPLAIN_S: Final = 30.0  # untouched, then what was said is sent
WARN_S: Final = 10.0  # of that, with a countdown
THANK_S: Final = 6.0
SETTLE_S: Final = 0.3  # after a page turned, a bouncing key or a double tap does nothing
TICK_S: Final = 0.25


class PadTold(Message, bubble=False):
    """The pad has news."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told


class RatingPane(Pane[RatingView]):
    """What the citizen at a counter touches. Settings: `awake_s`, `pad`, `pad_codes`."""

    def __init__(self, *, language: str | None = None, id: str | None = None) -> None:
        super().__init__(language=language or FIRST_LANGUAGE, id=id)
        self.clock: Callable[[], float] = time.monotonic
        self.pads = Pads(self._tell)
        self._own_language = language
        self._page: Page = Asleep()
        self._offer: Offer | None = None  # the one last heard of
        self._drawn: Picture[Step] | None = None
        self._standing = False  # whether all widgets are there
        self._leave_at = inf  # by `clock`
        self._turned_at = -inf
        self._second = 0  # of the clock, when last it was looked at

    # --- What stands on the screen ---------------------------------------------------------------

    def content(self) -> ComposeResult:
        yield Face(self.words.name(self.hall.names), self.words, self.size)

    @property
    def face(self) -> Face:
        return self.query_one(Face)

    async def recompose(self) -> None:
        self._standing = False
        await super().recompose()

    def view_changed(self, view: RatingView, before: RatingView | None) -> None:
        if before is None:
            self._standing = True
        offer = offer_in(view)
        if offer != self._offer:
            self._offer = offer
            self._end()
            if offer is not None:
                self._wake(offer, view.language)
        self._draw()

    def _draw(self) -> None:
        """Show the page as it is now."""
        if not self._standing:
            return
        counter = self.counter_number(self.device.counter) if self.device.counter else ""
        self._drawn = Painter(self.words, self.hall, counter).picture(self._page)
        self.face.show(self._drawn)
        clock = self.now().astimezone(self.words.timezone).strftime("%H:%M   %d/%m/%Y")
        left_s = self._leave_at - self.clock()
        leaving = ""
        if isinstance(self._page, Explain | Write) and left_s <= WARN_S:
            leaving = self.words("rating.leaving", seconds=ceil(max(0.0, left_s)))
        self.face.show_time(clock, leaving, self._drawn.keys)

    # --- The course of a rating ------------------------------------------------------------------

    def _wake(self, offer: Offer, language: str | None) -> None:
        """Ask about a turn, unless it ended too long ago for its citizen to be here."""
        awake_s = self._awake_s - max(0.0, (self.now() - offer.ended_at).total_seconds())
        if awake_s > 0:
            self._turn_to(Ask(offer), awake_s)
            self.speak(language or self._home_language)

    def _choose(self, offer: Offer, level: int) -> None:
        """One touch is enough; whoever is not satisfied may say more before it is sent."""
        if not 1 <= level <= self.hall.rating_levels:
            return
        self._turn_to(Explain(offer, Opinion(level)), EXPLAIN_S)
        if is_satisfied(level, self.hall.rating_levels):
            self._end()

    def _end(self) -> None:
        """Send what was said, with thanks; whoever said nothing was not there."""
        rating = due(self._page)
        if rating is not None:
            self.request(rating, _no_matter, patience_s=None)
            self._turn_to(Thank(), THANK_S)
        elif not isinstance(self._page, Thank):
            self._sleep()

    def _sleep(self) -> None:
        self._turn_to(Asleep(), inf)
        self.speak(self._home_language)

    def _turn_to(self, page: Page, stays_s: float) -> None:
        self._page = page
        self._leave_at = self.clock() + stays_s
        self._turned_at = self.clock()
        self._show_overlay()

    def _tick(self) -> None:
        asleep = isinstance(self._page, Asleep)
        if self.welcomed and self.clock() >= self._leave_at:
            if isinstance(self._page, Thank):
                self._sleep()
            else:
                self._end()
        before, self._second = self._second, int(self.now().timestamp())
        if not asleep or self._second != before:  # of whoever sleeps only the clock goes on
            self._draw()

    # --- Touches and keys ------------------------------------------------------------------------

    def on_touched(self, message: Touched) -> None:
        message.stop()
        self.press(message.key)

    def on_key(self, event: KeyEvent) -> None:
        character = event.character or ""
        level = self.pads.levels.get(character) or self.pads.levels.get(event.key)
        if self.pads.types and level is not None:
            self.press_pad(level)
        elif not event.key.startswith(HELD):
            self.press(KEYS.get(event.key, character))

    def press_pad(self, level: int) -> None:
        """A pad says a level and nothing else: the first one counts."""
        if isinstance(self._page, Ask):
            self.press(str(level))

    def press(self, key: str) -> None:
        """One key, or the touch that stands for it."""
        step = self._step(key)
        settling = self.clock() - self._turned_at < SETTLE_S
        if self.out_of_order or (settling and not isinstance(step, Type)):
            return
        if isinstance(self._page, Explain | Write):
            self._leave_at = self.clock() + EXPLAIN_S
        if step is not None:
            self._do(step)
        self._draw()

    def _step(self, key: str) -> Step | None:
        if self._drawn is None or not self._standing:
            return None
        keyed = [(one.key, one.step) for one in self._drawn.keys]
        keyed += [(one.key, one.step) for one in self._drawn.choices if one.key]
        if key in dict(keyed):
            return dict(keyed)[key]
        if isinstance(self._page, Write):
            return Type(key) if key == ERASE or types(key) else None
        step: Step | None = self.face.choices.step(key) if self._drawn.choices else None
        return step

    def _do(self, step: Step) -> None:
        page = self._page
        match step:
            case Choose(level):
                if isinstance(page, Ask):
                    self._choose(page.offer, level)
            case Point(tag):
                if isinstance(page, Explain):
                    self._page = pointed(page, tag)
            case Go(to):
                self._turn_to(to, self._awake_s if isinstance(to, Ask) else EXPLAIN_S)
            case Type(letter):
                if isinstance(page, Write):
                    self._page = typed(page, letter)
            case Send() | Skip():
                self._end()
            case Speak(language):
                self.speak(language)
            case TurnSheet():
                self.face.choices.turn()
            case _:
                assert_never(step)

    # --- The pad ---------------------------------------------------------------------------------

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(TICK_S, self._tick)

    async def darken(self) -> None:
        await self.pads.end()

    @on(Welcomed)
    def _take_settings(self, message: Welcomed) -> None:
        async def use() -> None:
            await self.pads.use(message.welcome.device.settings)
            self._report()

        self.run_worker(use(), group="pads")

    def online_changed(self, online: bool) -> None:
        self._report()

    def _tell(self, told: Told) -> None:
        """From any thread."""
        self.post_message(PadTold(told))

    @on(PadTold)
    def _hear(self, message: PadTold) -> None:
        if isinstance(message.told, Pressed):
            level = self.pads.levels.get(message.told.code)
            if level is not None:
                self.press_pad(level)
        else:
            self.pads.heard(message.told)
            self._report()

    def _report(self) -> None:
        """For the officers. What they cannot be told now is said when the server is back."""
        if self.online:
            for device, trouble in self.pads.troubles.items():
                self.request(DeviceState(device, trouble), _no_matter)

    # --- Without a server, and settings ----------------------------------------------------------

    def offline_shape(self) -> Literal["line", "full"]:
        """Whoever is answering goes on: the link sends it when it can."""
        return "full" if isinstance(self._page, Asleep) else "line"

    def offline_line(self) -> str:
        return self.words("rating.sent_later")

    @property
    def _awake_s(self) -> float:
        setting = self.device.settings.get("awake_s")
        return float(setting) if isinstance(setting, int | float) else AWAKE_S

    @property
    def _home_language(self) -> str:
        return self._own_language or self.hall.languages[0]


def _no_matter(_: Answer) -> None:
    """Whether it counted, or the turn was rated already or taken back: nobody waits to hear."""
