"""The kiosk's pane: one picture at a time, moved on by touches, keys, answers and the clock.

What stands on a page is in `pages`, what is known of a person in `visit`. Nobody's choices are
logged, and whoever comes next finds nothing of the one before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil, inf
from typing import ClassVar, Final, Literal, assert_never

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from kiosk import offer
from kiosk.pages import Painter
from kiosk.picture import Key, Picture
from kiosk.ticket import Ticket, ticket_or_refusal
from kiosk.tiles import Choices, Foot, Touched
from kiosk.visit import (
    Choose,
    Confirm,
    Go,
    Join,
    Leave,
    Page,
    Sorry,
    Speak,
    Start,
    Stay,
    Step,
    Take,
    Taken,
    Taking,
    TurnSheet,
    Visit,
)
from link.messages import Answer, KioskView, TakeTicket
from terminal.big_number import BigNumber
from terminal.pane import Pane
from terminal.words import FIRST_LANGUAGE

IDLE_S: Final = 45.0
SHOW_NUMBER_S: Final = 20.0
LEAST_S: Final = 20.0  # nobody is hurried more than this, whatever the settings say
WARN_S: Final = 15.0  # of the countdown before a page is left
SETTLE_S: Final = 0.3  # after a page turned, the second half of a double tap does nothing
TICK_S: Final = 0.25
LOW_ROWS: Final = 30  # of a screen on which every row counts
HIGH_ROWS: Final = 40  # of a screen on which sentences may stand apart

VOICES: Final = {"plain": "", "strong": "bold", "note": "bold $warning"}
KEYS: Final = {
    **{str(digit): str(digit) for digit in range(10)},
    "asterisk": "*",
    "number_sign": "#",
    "slash": "#",  # keypads of computers have no #
    "enter": "Enter",
}


class KioskPane(Pane[KioskView]):
    """What a citizen touches. `language`: in which people are greeted, if not the hall's first."""

    OFFLINE = "full"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"press('{label}')", show=False) for key, label in KEYS.items()
    ]
    DEFAULT_CSS = """
    KioskPane #head { height: auto; padding: 1 2; background: $panel; }
    KioskPane #place { width: 1fr; text-style: bold; }
    KioskPane #clock { width: auto; color: $secondary; }
    KioskPane #leaving { display: none; width: 1fr; text-style: bold; text-align: center; }
    KioskPane.-leaving #head { background: $warning; color: $background; }
    KioskPane.-leaving #place { display: none; }
    KioskPane.-leaving #clock { display: none; }
    KioskPane.-leaving #leaving { display: block; }
    KioskPane #title { height: auto; margin: 1 2; color: $primary; text-style: bold; }
    KioskPane #said { height: auto; margin: 0 2 1 2; display: none; }
    KioskPane #choices { margin: 0 2 1 2; }
    KioskPane #number { margin: 0 2 1 2; color: $primary; display: none; }
    KioskPane.-reading #title { text-align: center; }
    KioskPane.-reading #said { height: 1fr; text-align: center; content-align: center middle; }
    KioskPane.-ticket #said { height: auto; text-align: center; }
    KioskPane.-ticket.-portrait #said { height: 1fr; content-align: center top; }
    KioskPane.-ticket #number { display: block; }
    KioskPane.-low #head { height: 1; padding: 0 2; }
    KioskPane.-low #title { margin: 0 2 1 2; }
    """

    def __init__(self, *, language: str | None = None, id: str | None = None) -> None:
        super().__init__(language=language or FIRST_LANGUAGE, id=id)
        self.clock: Callable[[], float] = time.monotonic
        self.settle_s = SETTLE_S
        self._own_language = language
        self._visit = Visit()
        self._drawn: Picture | None = None
        self._standing = False  # whether all widgets are there: keys and answers come at any time
        self._touched_at = -inf  # by `clock`, like the next; so long ago that the first tick
        self._turned_at = -inf  # brings the start page in the hall's language

    # --- What stands on the screen ---------------------------------------------------------------

    def content(self) -> ComposeResult:
        with Horizontal(id="head"):
            yield Static(self.words.name(self.hall.names), id="place", markup=False)
            yield Static(id="clock", markup=False)
            yield Static(id="leaving", markup=False)
        yield Static(id="title", markup=False)
        yield BigNumber(id="number")
        yield Static(id="said", markup=False)
        yield Choices(id="choices")
        yield Foot()

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(TICK_S, self._tick)

    def on_resize(self) -> None:
        width, height = self.size
        self.set_class(height < LOW_ROWS, "-low")
        self.set_class(height > width, "-portrait")
        self._drawn = None
        self._draw()

    def view_changed(self, view: KioskView, before: KioskView | None) -> None:
        if before is None:
            self._drawn, self._standing = None, True
        self._draw()

    async def recompose(self) -> None:
        self._standing = False
        await super().recompose()

    def _draw(self) -> None:
        """Show the page as it is now; what has not changed is left alone."""
        if not self._standing or self.view is None:
            return
        picture = self._painter.picture(self._visit)
        before, self._drawn = self._drawn, picture
        if picture != before:
            self._show(picture, anew=before is None or before.title != picture.title)
        self._show_time()

    def _show(self, picture: Picture, *, anew: bool) -> None:
        self.set_class(not picture.choices, "-reading")
        self.set_class(bool(picture.number), "-ticket")
        self._say("#title", picture.title)
        self._show_said(picture)
        number = self.query_one("#number", BigNumber)
        number.text = picture.number
        number.styles.max_height = self.size.width // 4 + 2  # no higher than its letters can be
        choices = self.query_one(Choices)
        choices.display = bool(picture.choices)
        choices.show(picture.choices, more=self.words("kiosk.more"), anew=anew)

    def _show_said(self, picture: Picture) -> None:
        apart = Content("\n\n" if self.size.height >= HIGH_ROWS else "\n")
        sentences = (Content.styled(said.text, VOICES[said.voice]) for said in picture.said)
        widget = self.query_one("#said", Static)
        widget.update(apart.join(sentences))
        widget.display = bool(picture.said)

    def _show_time(self) -> None:
        """The clock, or how much longer this page will stay."""
        remaining_s = self._remaining_s()
        seconds = ceil(max(0.0, remaining_s or 0.0))
        leaving = self._leaving
        self.set_class(leaving, "-leaving")
        if leaving:
            self._say("#leaving", self.words("kiosk.leaving", seconds=seconds))
        elif isinstance(self._visit.page, Taken):
            self._say("#clock", self.words("kiosk.number_stays", seconds=seconds))
        else:
            now = self.now().astimezone(self.words.timezone)
            self._say("#clock", now.strftime("%H:%M   %d/%m/%Y"))
        self.query_one(Foot).show(self._keys())

    def _say(self, where: str, text: str) -> None:
        self.query_one(where, Static).update(text)

    def _keys(self) -> tuple[Key, ...]:
        """The keys at the foot; while the page is about to go, one of them gives more time."""
        keys = self._drawn.keys if self._drawn else ()
        if not self._leaving:
            return keys
        return (*keys[:2], Key("Enter", self.words("kiosk.stay"), Stay()))

    @property
    def _painter(self) -> Painter:
        assert self.view is not None
        fields = self.device.settings.get("fields")
        shown = tuple(fields) if isinstance(fields, list) else ()
        return Painter(self.words, self.hall, self.view, self.now(), shown)

    # --- Touches and keys ------------------------------------------------------------------------

    def on_touched(self, message: Touched) -> None:
        message.stop()
        self.action_press(message.key)

    def action_press(self, key: str) -> None:
        """One key, or the touch that stands for it."""
        step = self._step(key)
        self._touched_at = self.clock()
        if step is not None and self.clock() - self._turned_at >= self.settle_s:
            self._do(step)
        self._draw()

    def _step(self, key: str) -> Step | None:
        for at_foot in self._keys():
            if at_foot.key == key:
                return at_foot.step
        if self._drawn is None or not self._standing:
            return None
        if key == "Enter":
            return self._drawn.enter
        return self.query_one(Choices).step(key) if self._drawn.choices else None

    def _do(self, step: Step) -> None:
        match step:
            case Go(page):
                self._turn_to(page)
            case Choose(service, before):
                self._choose(service, before)
            case Take(service, before):
                self._take(service, before)
            case Join(group, then):
                self._visit = Visit(then, group)
                self._turn_to(then)
            case Speak(language):
                self.speak(language)
            case Leave():
                self._leave()
            case Stay():
                pass  # any key gives more time
            case TurnSheet():
                self.query_one(Choices).turn()
            case _:
                assert_never(step)

    def _turn_to(self, page: Page) -> None:
        self._visit = Visit(page, self._visit.group)
        self._turned_at = self.clock()
        self._show_overlay()

    def _choose(self, code: str, before: Page) -> None:
        """The ticket at once, unless something must be said of it first, or it is closed."""
        assert self.view is not None
        service = next((one for one in self.view.services if one.service == code), None)
        if service is None or not service.open:
            self._turn_to(Sorry(offer.refusal(code, service), before))
        elif offer.must_be_said(service, self._visit.group):
            self._turn_to(Confirm(code, before))
        else:
            self._take(code, before)

    # --- The ticket ------------------------------------------------------------------------------

    def _take(self, code: str, before: Page) -> None:
        """Ask, and never give up: a ticket nobody was shown would be called for nobody."""
        self._turn_to(Taking(before))
        do = TakeTicket(services=[code], group=self._visit.group, language=self.words.language)
        self.request(do, self._answered, patience_s=None)

    def _answered(self, answer: Answer) -> None:
        """The number, shown large from now on; or why there is none."""
        outcome = ticket_or_refusal(answer)
        page = self._visit.page
        if isinstance(outcome, Ticket):
            self._turn_to(Taken(outcome))
        else:
            self._turn_to(Sorry(outcome, page.before if isinstance(page, Taking) else Start()))
        self._touched_at = self.clock()
        self._draw()

    def offline_shape(self) -> Literal["line", "full"]:
        """A number that was given stays in sight also when the server is lost."""
        return "line" if isinstance(self._visit.page, Taken) else "full"

    # --- Time ------------------------------------------------------------------------------------

    def _tick(self) -> None:
        remaining_s = self._remaining_s()
        if remaining_s is not None and remaining_s <= 0:
            self._leave()
        self._draw()

    def _leave(self) -> None:
        """Forget whoever was here."""
        self._visit = Visit()
        self._turned_at = self.clock()
        self._show_overlay()
        if self.welcomed:
            self.speak(self._home_language)

    @property
    def _leaving(self) -> bool:
        remaining_s = self._remaining_s()
        on_ticket = isinstance(self._visit.page, Taken)
        return remaining_s is not None and remaining_s <= WARN_S and not on_ticket

    def _remaining_s(self) -> float | None:
        """Until the page is left; None: it stays, because nobody was here or an answer is due."""
        page = self._visit.page
        if not self.welcomed or isinstance(page, Taking) or self._at_home:
            return None
        name, usual_s = (
            ("show_number_s", SHOW_NUMBER_S) if isinstance(page, Taken) else ("idle_s", IDLE_S)
        )
        setting = self.device.settings.get(name)
        stays_s = setting if isinstance(setting, int | float) else usual_s
        return self._touched_at + max(stays_s, LEAST_S) - self.clock()

    @property
    def _at_home(self) -> bool:
        return self._visit == Visit() and self.words.language == self._home_language

    @property
    def _home_language(self) -> str:
        return self._own_language or self.hall.languages[0]
