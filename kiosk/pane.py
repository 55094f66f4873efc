"""The kiosk's pane: one picture at a time, moved on by touches, keys, answers and the clock.

What stands on a page is in `pages`, how it looks in `face`, what is known of a person in `visit`.
Nobody's choices are logged, and whoever comes next finds nothing of the one before.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from math import ceil, inf
from pathlib import Path
from typing import Final, Literal, assert_never

from textual.app import ComposeResult

from hardware.printer import JobChanged
from kiosk import offer
from kiosk.afterwards import after, digit_step, rating
from kiosk.card import Card
from kiosk.device_pane import DevicePane
from kiosk.door import KEY, Door, DoorKey
from kiosk.keys import letter_step, search_after
from kiosk.pages import Painter
from kiosk.patience import WARN_S, stays_s
from kiosk.printing import paper_of
from kiosk.ticket import Ticket, ticket_or_refusal
from kiosk.visit import (
    AskLevel,
    Choose,
    ChooseLevel,
    Confirm,
    Erase,
    EraseDigit,
    Explain,
    Go,
    GoOn,
    HavePaper,
    Held,
    Join,
    Leave,
    OpenDoor,
    Page,
    Paper,
    Point,
    PrintAgain,
    Rated,
    SendRating,
    ShowCard,
    Sorry,
    Speak,
    Start,
    Stay,
    Step,
    Take,
    Taken,
    Taking,
    Type,
    TypeDigit,
    Visit,
    after_card,
)
from link.client import new_request_id
from link.messages import Answer, KioskView, TakeTicket
from terminal.face import Face
from terminal.keys import HELD, KEYS
from terminal.opinion import is_satisfied
from terminal.picture import Key, Picture, TurnSheet
from terminal.tiles import Touched
from terminal.words import FIRST_LANGUAGE

SETTLE_S: Final = 0.3  # after a page turned, the second half of a double tap does nothing
TICK_S: Final = 0.25

log = logging.getLogger("motcua.screen")


class KioskPane(DevicePane):
    """What a citizen touches. `language`: in which people are greeted, if not the hall's first.

    `kept_in` is the folder of the devices' files; without it nothing is printed or scanned.
    """

    OFFLINE = "full"
    DEFAULT_CSS = "KioskPane { layers: content overlay door; }"

    def __init__(
        self,
        *,
        language: str | None = None,
        id: str | None = None,
        kept_in: Path | None = None,
        name: str = "kiosk",
    ) -> None:
        super().__init__(language or FIRST_LANGUAGE, id, kept_in, name)
        self.clock: Callable[[], float] = time.monotonic
        self.settle_s = SETTLE_S
        self.door = Door(self)
        self._own_language = language
        self._visit = Visit()
        self._drawn: Picture[Step] | None = None
        self._looked_back = False  # for what the kiosk asked before it began anew
        self._standing = False  # whether all widgets are there: keys and answers come at any time
        self._touched_at = -inf  # by `clock`, like the next; so long ago that the first tick
        self._second = 0  # of the clock, when last it was looked at
        self._turned_at = -inf  # brings the start page in the hall's language

    # --- What stands on the screen ---------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield DoorKey()

    def content(self) -> ComposeResult:
        yield Face(self.words.name(self.hall.names), self.words, self.size)

    @property
    def face(self) -> Face:
        return self.query_one(Face)

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(TICK_S, self._tick)

    def view_changed(self, view: KioskView, before: KioskView | None) -> None:
        if before is None:
            self._standing = True
            self._ask_again()
        if self.printing is not None:
            self.printing.withdraw(view.called)
        self.draw()

    async def recompose(self) -> None:
        self._standing = False
        await super().recompose()

    def draw(self) -> None:
        """Show the page as it is now; while the program ends, parts of it are gone already."""
        if not self._standing or self.view is None or not self.app.is_running:
            return
        painter = self._painter
        self._drawn = painter.picture(self._visit)
        if self.held_back:
            return
        self.face.show(self._drawn)
        seconds = ceil(max(0.0, self._remaining_s() or 0.0))
        leaving = self.words("kiosk.leaving", seconds=seconds) if self._leaving else ""
        self.face.show_time(painter.clock(self._visit, seconds), leaving, self._keys())

    def _keys(self) -> tuple[Key[Step], ...]:
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
        now, has_door = self.now(), self.door.is_there
        return Painter(self.words, self.hall, self.view, now, shown, has_door)

    # --- Touches and keys ------------------------------------------------------------------------

    def on_touched(self, message: Touched) -> None:
        message.stop()
        self.press(message.key)

    def typed(self, key: str, character: str) -> None:
        if not key.startswith(HELD):
            self.press(KEYS.get(key, character))

    def press(self, key: str) -> None:
        """One key, or the touch that stands for it; out of order, only technicians are let in."""
        if not self.out_of_order:
            self._press(key)
        elif key == KEY and self.door.is_there:
            self._open_door()

    def _press(self, key: str) -> None:
        step = self._step(key)
        self._touched_at = self.clock()
        if step is not None and self.clock() - self._turned_at >= self.settle_s:
            self._do(step)
        self.draw()

    def _step(self, key: str) -> Step | None:
        for at_foot in self._keys():
            if at_foot.key == key:
                return at_foot.step
        if self._drawn is None or not self._standing:
            return None
        if key == "Enter":
            return self._drawn.enter
        choice: Step | None = self.face.choices.step(key) if self._drawn.choices else None
        page = self._visit.page
        return choice or letter_step(page, key) or digit_step(page, key)

    def _do(self, step: Step) -> None:  # noqa: PLR0912 - one case a step
        match step:
            case Go(page):
                self._go_on(page)
            case Choose(service, before):
                self._choose(service, before)
            case Take(service, before):
                self._take(service, before)
            case Join(group, then):
                self._visit = replace(self._visit, group=group)
                self._go_on(then)
            case Speak(language):
                self.speak(language)
            case Leave():
                self._leave()
            case PrintAgain() | HavePaper():
                self._paper_was_seen(step)
            case Stay():
                pass  # any key gives more time
            case Type() | Erase():
                self._visit = replace(self._visit, page=search_after(self._visit.page, step))
            case TypeDigit() | EraseDigit() | GoOn() | ChooseLevel() | Point():
                self._tell_afterwards(step)
            case SendRating():
                self._send_rating()
            case TurnSheet():
                self.face.choices.turn()
            case OpenDoor():
                self._open_door()
            case _:
                assert_never(step)

    def _open_door(self) -> None:
        self.door.open()
        self._leave()

    def _turn_to(self, page: Page) -> None:
        self._visit = replace(self._visit, page=page)
        self._turned_at = self.clock()
        self._show_overlay()

    def _go_on(self, page: Page) -> None:
        """Turn to a page, or past it where it asks for a card that was shown already."""
        if isinstance(page, ShowCard) and self._visit.card_read:
            self._choose(page.service, page.before)
        else:
            self._turn_to(page)

    def _choose(self, code: str, before: Page) -> None:
        """The ticket at once, unless something must be said of it first, or it is closed."""
        assert self.view is not None
        service = next((one for one in self.view.services if one.service == code), None)
        if service is None or not service.open:
            self._turn_to(Sorry(offer.refusal(code, service), before))
        elif self._card_is_needed:
            self._turn_to(ShowCard(code, before))
        elif offer.must_be_said(service, self._visit.group):
            self._turn_to(Confirm(code, before))
        else:
            self._take(code, before)

    # --- The ticket ------------------------------------------------------------------------------

    def _take(self, code: str, before: Page) -> None:
        visit, language = self._visit, self.words.language
        do = TakeTicket([code], group=visit.group, language=language, person=visit.person)
        self._ask(do, new_request_id(), before)

    def _ask(self, do: TakeTicket, request_id: str, before: Page) -> None:
        """Ask, and never give up: a ticket nobody was shown would be called for nobody."""
        self._turn_to(Taking(before))
        self.hold_back()
        self.is_asked(request_id, do)
        self.request(do, self._answered, patience_s=None, request_id=request_id)

    def _ask_again(self) -> None:
        """What was asked for when the kiosk lost its power, if that was just now."""
        if self._looked_back:
            return
        asked = self.devices.asking.unanswered() if self.devices else None
        self._looked_back = True
        if asked is not None and isinstance(self._visit.page, Start):
            log.info("a number is asked for again, under the id it was asked for before")
            self._ask(asked.do, asked.id, Start())

    def _answered(self, answer: Answer) -> None:
        """The number, shown large from now on; or why there is none."""
        outcome = ticket_or_refusal(answer)
        page = self._visit.page
        self.let_go()
        if isinstance(outcome, Ticket):
            self._turn_to(Taken(outcome, self._print(outcome)))
        else:
            self._turn_to(Sorry(outcome, page.before if isinstance(page, Taking) else Start()))
        reason = (answer.refused or {}).get("reason")
        if reason != "no_answer" and (reason is not None or self.printing is None):
            self.nothing_is_asked()
        self._touched_at = self.clock()
        self.draw()

    # --- Paper and cards -------------------------------------------------------------------------

    def _print(self, ticket: Ticket) -> Paper:
        """Begin to print, where there is a printer."""
        if self.printing is None or self.view is None:
            return Paper("none")
        self.hold_back()
        same = [number for number in self.view.called if number[0] == ticket.ticket[0]]
        work = self.printing.print(
            ticket,
            self.hall,
            serving=same[-1] if same else "",
            notices=self._painter.notices(ticket),
        )
        self.run_worker(work, group="printing")
        return Paper("printing")

    def paper_changed(self, told: JobChanged) -> None:
        paper, page = paper_of(told), self._visit.page
        if isinstance(page, Taken) and page.ticket.token == told.job and page.paper != paper:
            self._visit = replace(self._visit, page=replace(page, paper=paper))
            self._touched_at = self.clock()
            self.draw()

    def _paper_was_seen(self, step: PrintAgain | HavePaper) -> None:
        page = self._visit.page
        if isinstance(page, Taken) and self.printing is not None:
            seen = isinstance(step, HavePaper)
            ask = self.printing.received if seen else self.printing.print_again
            ask(page.ticket.token)

    @property
    def _card_is_needed(self) -> bool:
        """A scanner that is broken stops nobody."""
        required = bool(self.device.settings.get("card_required")) and bool(self.person_key)
        return required and self.reads_cards and not self._visit.card_read

    def card_shown(self, card: Card) -> None:
        if not self.live or isinstance(self._visit.page, Taking | Taken):
            return
        today = self.day_of(self.now())
        self._visit = after_card(self._visit, card, self.hall.groups, self.person_key, today)
        self._touched_at = self._turned_at = self.clock()
        self._go_on(self._visit.page)
        self.draw()

    def card_unread(self, reason: str) -> None:
        page = self._visit.page
        if self.live and not isinstance(page, Taking | Taken):
            needed = isinstance(page, ShowCard)
            why = self.words(f"card.{reason}")
            refused = {"reason": "card_needed" if needed else "card_unread", "why": why}
            self._turn_to(Sorry(refused, page))
            self._touched_at = self.clock()
            self.draw()

    # --- How it was ------------------------------------------------------------------------------

    def ticket_shown(self, token: str) -> None:
        if self.live and not isinstance(self._visit.page, Taking | Taken):
            self._leave()
            self._turn_to(AskLevel(Held(token=token)))
            self._touched_at = self.clock()
            self.draw()

    def _tell_afterwards(self, step: TypeDigit | EraseDigit | GoOn | ChooseLevel | Point) -> None:
        """One step further; whoever is satisfied is asked nothing more."""
        before, page = self._visit.page, after(self._visit.page, step)
        if type(page) is type(before):
            self._visit = replace(self._visit, page=page)
            return
        self._turn_to(page)
        if isinstance(step, ChooseLevel) and is_satisfied(step.level, self.hall.rating_levels):
            self._send_rating()

    def _send_rating(self) -> None:
        """A level that was chosen is sent, also when whoever chose it has gone."""
        page = self._visit.page
        if not isinstance(page, Explain):
            return
        sent, do = Rated(page.ticket), rating(page)

        def answered(answer: Answer) -> None:
            if self._visit.page == sent:
                self._turn_to(replace(sent, answer=answer.refused or {}))
                self.draw()

        self._turn_to(sent)
        self.request(do, answered, patience_s=None)

    def offline_shape(self) -> Literal["line", "full"]:
        """A number that was given stays in sight also when the server is lost."""
        return "line" if isinstance(self._visit.page, Taken) else "full"

    def _show_overlay(self) -> None:
        if not self.app.is_running:
            return
        super()._show_overlay()
        self.query_one(DoorKey).display = self.out_of_order and self.door.is_there

    # --- Time ------------------------------------------------------------------------------------

    def _tick(self) -> None:
        remaining_s = self._remaining_s()
        if remaining_s is not None and remaining_s <= 0:
            self._time_is_up()
        before, self._second = self._second, int(self.now().timestamp())
        if remaining_s is not None or self._second != before:  # else nothing but the clock goes on
            self.draw()

    def _time_is_up(self) -> None:
        """Nobody is sent away to wait for a paper: first they are told that it may not come."""
        page = self._visit.page
        if isinstance(page, Taken) and page.paper.state == "printing":
            self._visit = replace(self._visit, page=replace(page, paper=Paper("unknown")))
            self._touched_at = self.clock()
        else:
            self._leave()

    def _leave(self) -> None:
        """Forget whoever was here."""
        self._send_rating()
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
        return self._touched_at + stays_s(page, self.device.settings) - self.clock()

    @property
    def _at_home(self) -> bool:
        return self._visit == Visit() and self.words.language == self._home_language

    @property
    def _home_language(self) -> str:
        return self._own_language or self.hall.languages[0]
