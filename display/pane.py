"""The board a whole hall looks at: the call on show, the recent ones, how many wait, the notice.

Which call is on show is decided in `showing`; here it is only put on the screen and reported. The
board of a single counter has that counter in place of the calls.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.events import Resize
from textual.geometry import Size
from textual.timer import Timer

from display.lettering import Sign
from display.one_counter import OneCounter
from display.pages import Pages, Word
from display.rows import Drawing, Field, Line, Rows, Titles, calls, rows_of_waiting, waiting
from display.showing import Pace, Showing, ends_at, interrupted, passed, recent, seen
from display.stage import Stage
from display.wording import Wording, joined
from link.messages import Announced, Answer, BoardCall, BoardView, DeviceState
from terminal.drawn import Unscrolled
from terminal.pane import Pane
from terminal.words import FIRST_LANGUAGE, Words, load

NAMES_S: Final = 10.0  # how long names stand in one language before they stand in the next
RECENT_CALLS: Final = 8
PAGE_S: Final = 15.0
LARGE_FROM: Final = 50  # rows of the terminal: room for air
WAITING_DRAWN_FROM: Final = 60  # rows of the terminal: people waiting are told in large digits
HUGE_FROM: Final = (240, 100)  # cells: in larger ones, and every line of text is drawn
HUGE: Final = 5  # rows of such a digit
SMALL_BELOW: Final = 16  # rows of the terminal: room for calls alone
ROOM_FOR_PAGES: Final = (60, 20)  # cells of the least board that shows any
ROOM_BESIDE: Final = (150, 40)  # of one that shows them beside a call
ROOM_UPRIGHT: Final = 90  # rows of an upright one with room for air, pages and large digits
BESIDE_NAME: Final = 24  # cells for the clock and the edges
SOON_S: Final = 0.01  # a timer may ring a little early
MEDIA: Final = "media"

log = logging.getLogger("motcua.screen")


class Middle(Unscrolled, Container):
    """Between the head of a board and its foot."""


class BoardPane(Pane[BoardView]):
    """The hall's board. Settings: `show_call_s`, `moment_s`, `recent_calls`, `languages`, `media`,
    `media_s`."""

    DEFAULT_CSS = """
    #head { height: 1; background: $panel; padding: 0 2; }
    #name { width: 1fr; height: 1; color: $foreground; text-style: bold; }
    #clock { width: 18; height: 1; color: $foreground; text-style: bold; text-align: right; }
    #idle { height: auto; padding: 0 2; text-align: center; color: $primary; text-style: bold; }
    #calls { width: 1fr; height: 1fr; layout: horizontal; }
    #stage { width: 3fr; }
    #recent { width: 2fr; }
    Pages { width: 3fr; height: 1fr; }
    #waiting { height: 2; }
    #notice {
        height: auto; min-height: 1; max-height: 5; padding: 0 2; text-align: center;
        background: $panel; color: $primary;
    }
    BoardPane Pages.-calling { width: 2fr; }
    BoardPane.-tight Pages.-calling { display: none; }
    BoardPane.-pageless Pages { display: none; }
    BoardPane.-portrait #calls { layout: vertical; }
    BoardPane.-portrait #stage { width: 1fr; height: 5fr; }
    BoardPane.-portrait OneCounter { width: 1fr; height: 5fr; }
    BoardPane.-portrait #recent { width: 1fr; height: 6fr; margin: 1 0 0 0; }
    BoardPane.-portrait Pages { width: 1fr; height: 6fr; margin: 1 0 0 0; }
    BoardPane.-portrait Pages.-calling { height: 4fr; }
    BoardPane.-portrait #head { layout: vertical; height: auto; }
    BoardPane.-portrait #name { height: auto; text-align: center; }
    BoardPane.-portrait #clock { width: 1fr; text-align: center; }
    BoardPane.-small #waiting, BoardPane.-small #place, BoardPane.-small #word { display: none; }
    BoardPane.-small #desk, BoardPane.-small #next { display: none; }
    BoardPane.-small #mark.-none { display: none; }
    BoardPane.-small #number { margin: 0 1; }
    BoardPane.-large #head { height: auto; padding: 1 2; }
    BoardPane.-large #idle { padding: 1 2 0 2; }
    BoardPane.-large #banner { height: 3; padding: 1 0; }
    BoardPane.-large #mark { height: 3; padding: 1 0; }
    BoardPane.-large #place { margin: 1; }
    BoardPane.-large #recent { margin: 1 0 0 0; }
    BoardPane.-large #waiting { margin: 1 0; }
    BoardPane.-large #notice { padding: 1 2; }
    BoardPane.-huge Sign { height: 9; max-height: 9; }
    BoardPane.-huge #name, BoardPane.-huge #clock { height: 9; }
    BoardPane.-huge #clock { width: 150; }
    BoardPane.-huge #banner, BoardPane.-huge #mark { height: 11; max-height: 11; }
    BoardPane.-huge #notice { height: 11; max-height: 11; }
    BoardPane.-huge #idle { height: 11; max-height: 11; }
    BoardPane.-huge #place { margin: 0 1; }
    """

    def __init__(self, *, language: str = FIRST_LANGUAGE, id: str | None = None) -> None:
        super().__init__(language=language, id=id)
        self.showing, self.pace = Showing(), Pace()
        self.follows = False  # it has had a view since it is online: what is new now was just made
        self.troubles: dict[str, str | None] = {}  # of what hangs on this board; None: it works
        self._languages: list[Words] = []
        self._names_in = 0  # of the languages, the one that names stand in now
        self._lost_at: datetime | None = None
        self._next: Timer | None = None  # rings when the call on show makes room

    def content(self) -> ComposeResult:
        self.pace = self._pace_of_this_board()
        self._languages = self._languages_of_this_board()
        self.wording = Wording(self.hall, self._languages)
        with Horizontal(id="head"):
            yield Sign(id="name")
            yield Sign(id="clock")
        if self._own_counter is None:
            yield Sign(self.wording.in_all("display.idle"), id="idle")
        with Middle(id="calls"):
            yield from self._middle()
        yield Rows(id="waiting")
        yield Sign(id="notice")

    def _middle(self) -> ComposeResult:
        if self._own_counter is None:
            yield Stage(self.wording.in_all("display.calling"), id="stage")
            yield Rows(id="recent")
        else:
            yield OneCounter()
        if folder := self.device.settings.get("media"):
            yield Pages(Path(str(folder)), self._number("media_s", PAGE_S), self._pages_told)

    def view_changed(self, view: BoardView, before: BoardView | None) -> None:
        if self.online:
            just_made = self.follows
            self.showing = seen(self.showing, view, self.now(), self.pace, just_made=just_made)
            self.follows = self.follows or view is not before
        self._show_calls(view)
        if before is None or before.waiting != view.waiting:
            self._show_waiting(view)
        if before is None or before.notice != view.notice:
            self.query_one("#notice", Sign).say(view.notice)
        if before is None:
            self._show_name()
        self._show_clock()

    def online_changed(self, online: bool) -> None:
        if not online:
            self._lost_at, self.follows = self.now(), False
            self.showing = interrupted(self.showing)
        if self.view is not None:
            self.view_changed(self.view, self.view)
        self._show_clock()
        self.report()

    def offline_line(self) -> str:
        lost_at, now = self._lost_at or self.now(), self.now()
        return joined(
            words("display.as_of", time=words.time(lost_at, now)) for words in self._languages
        )

    # What hangs on this board.

    def report(self) -> None:
        """For the manager. What cannot be told now is said when the server is back."""
        if self.online:
            for device, trouble in self.troubles.items():
                self.request(DeviceState(device, trouble), lambda _: None)

    def troubled(self, device: str, trouble: str | None) -> None:
        """How a device is now; told when it is news."""
        if self.troubles.get(device, "") != trouble:
            self.troubles[device] = trouble
            self.report()

    def _pages_told(self, any_page: bool, trouble: Word | None) -> None:
        self.troubled(MEDIA, trouble)

    # What moves without a view.

    def on_mount(self) -> None:
        self._minute_passed()
        self.set_interval(NAMES_S, self._names_in_next_language)

    def on_resize(self, event: Resize) -> None:
        for name, is_so in _shape(event.size).items():
            self.set_class(is_so, name)
        if self.welcomed and self.view is not None:
            self._show_name()
            self._show_waiting(self.view)

    def _minute_passed(self) -> None:
        self._show_clock()
        self.set_timer(60 - self.now().second + SOON_S, self._minute_passed)

    def _names_in_next_language(self) -> None:
        if len(self._languages) > 1:
            self._names_in = (self._names_in + 1) % len(self._languages)
            self._show_name()
            if self.view is not None:
                self._show_waiting(self.view)
                self._show_calls(self.view)

    def _moment_over(self) -> None:
        if self.live and self.view is not None:
            self.showing = passed(self.showing, self.now(), self.pace)
            self._show_calls(self.view)

    # What is shown.

    def _show_calls(self, view: BoardView) -> None:
        """The call on show, unless the server is lost, and the recent ones."""
        current = self.showing.call if self.online else None
        self.query(Pages).set_class(current is not None, "-calling")  # and all the rest not styled
        if self._own_counter is None:
            is_new = self._show_hall(view, current)
        else:
            is_new = self._show_one(self._own_counter, view, current)
        if is_new and current is not None:
            self.call_after_refresh(self._report_shown, current.call)
        self._look_again()

    def _report_shown(self, call: int) -> None:
        self.request(Announced(call), _noted, patience_s=self.pace.newest_s)

    def _show_hall(self, view: BoardView, current: BoardCall | None) -> bool:
        """True: the call was not on show before."""
        stage, listed = self.query_one(Stage), self.query_one("#recent", Rows)
        was_there = stage.display
        is_new = stage.show(self.wording.called(current) if current else None)
        self.query_one("#idle").display = not stage.display
        earlier = recent(view.calls, current, self._places)
        listed.display = bool(earlier) or current is None
        listed.show(self._listed(earlier), anew=stage.display is not was_there)
        return is_new

    def _show_one(self, code: str, view: BoardView, current: BoardCall | None) -> bool:
        """True: the call was not on show before."""
        words, one = self._languages[self._names_in], self.query_one(OneCounter)
        if not self.online:
            return one.show(self.wording.lost_counter(code, words))
        return one.show(self.wording.at_counter(code, view, current, words))

    def _look_again(self) -> None:
        """Set the alarm for the end of the moment."""
        if self._next is not None:
            self._next.stop()
            self._next = None
        over_at = ends_at(self.showing, self.pace)
        if self.online and over_at is not None:
            left_s = (over_at - self.now()).total_seconds()
            self._next = self.set_timer(max(0.0, left_s) + SOON_S, self._moment_over)

    def _show_waiting(self, view: BoardView) -> None:
        words = self._languages[self._names_in]
        names = {field.code: words.name(field.names) for field in self.hall.fields}
        fields = [Field(f.field, names.get(f.field, ""), f.waiting) for f in view.waiting]
        widget = self.query_one("#waiting", Rows)
        tall = _tall(self.size)
        height = rows_of_waiting(len(fields), self.size.width, tall)
        if widget.styles.height is None or widget.styles.height.value != height:
            widget.styles.height = height
        widget.show(waiting(self.wording.in_all("display.waiting"), fields, tall))

    def _show_name(self) -> None:
        """The zone, the hall's name, and the body it belongs to, as far as they fit on a line."""
        words, widget = self._languages[self._names_in], self.query_one("#name", Sign)
        zone = self.wording.zone_of(self.device.counters, words)
        name = joined((words.name(self.hall.names), zone))
        both = joined((words.name(self.hall.unit), name))
        widget.say(both if cell_len(both) <= self.size.width - BESIDE_NAME else name)

    def _show_clock(self) -> None:
        if self.welcomed:
            local = self.now().astimezone(self.words.timezone)
            self.query_one("#clock", Sign).say(local.strftime("%d/%m/%Y  %H:%M"))

    # Words and settings.

    @property
    def _own_counter(self) -> str | None:
        """The only counter this board is for."""
        return self.device.counters[0] if len(self.device.counters) == 1 else None

    def _pace_of_this_board(self) -> Pace:
        """At a single counter nobody waits for a moment: the next one is called when it is free."""
        usual = Pace()
        newest_s = self._number("show_call_s", usual.newest_s)
        moment_s = self._number("moment_s", usual.moment_s)
        return Pace(newest_s, 0.0 if self._own_counter else moment_s)

    @property
    def _places(self) -> int:
        """How many earlier calls there is a place for."""
        return int(self._number("recent_calls", RECENT_CALLS))

    def _listed(self, earlier: Sequence[BoardCall]) -> Drawing:
        number_of = self.wording.number_of
        lines = [Line(call.number, number_of(call.counter), call.priority) for call in earlier]
        said, mark = self.wording.in_all, self.words("display.priority")
        titles = Titles(said("display.number"), said("display.counter"), mark)
        return calls(titles, lines, self._places)

    def _languages_of_this_board(self) -> list[Words]:
        """Those of the setting, else the hall's; the screen's own language first."""
        chosen = self.device.settings.get("languages") or self.hall.languages
        codes = chosen if isinstance(chosen, list) else [str(chosen)]
        first = sorted(codes, key=lambda code: code != self.words.language)
        return [load(code, self.hall.timezone) for code in first] or [self.words]

    def _number(self, setting: str, otherwise: float) -> float:
        value = self.device.settings.get(setting)
        return float(value) if isinstance(value, int | float) else otherwise


def _shape(size: Size) -> dict[str, bool]:
    """Which classes a board of this size has."""
    upright = _is_upright(size)
    return {
        "-portrait": upright,
        "-large": size.height >= (ROOM_UPRIGHT if upright else LARGE_FROM),
        "-huge": _fits(size, HUGE_FROM),
        "-small": size.height < SMALL_BELOW,
        "-pageless": not _fits(size, ROOM_FOR_PAGES),
        "-tight": size.height < ROOM_UPRIGHT if upright else not _fits(size, ROOM_BESIDE),
    }


def _tall(size: Size) -> int:
    """Rows of what is told of the people waiting for a field: letters of three or five, or text."""
    if size.height < (ROOM_UPRIGHT if _is_upright(size) else WAITING_DRAWN_FROM):
        return 1
    return HUGE if _fits(size, HUGE_FROM) else 3


def _is_upright(size: Size) -> bool:
    return size.width < 2 * size.height


def _fits(size: Size, room: tuple[int, int]) -> bool:
    return size.width >= room[0] and size.height >= room[1]


def _noted(answer: Answer) -> None:
    if answer.refused is not None:
        log.info("a call was announced but not noted: %s", answer.refused.get("reason"))
