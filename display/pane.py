"""The board a whole hall looks at: the call on show, the recent ones, how many wait, the notice.

Which call is on show is decided in `showing`; here it is only put on the screen and reported.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import Static

from display.rows import Drawing, Field, Line, Rows, Titles, calls, columns, waiting
from display.showing import Pace, Showing, ends_at, interrupted, passed, recent, seen
from display.stage import Called, Stage
from link.messages import Announced, Answer, BoardCall, BoardView, CounterInfo
from terminal.pane import Pane
from terminal.words import FIRST_LANGUAGE, Words, load

NAMES_S: Final = 10.0  # how long names stand in one language before they stand in the next
RECENT_CALLS: Final = 8
LARGE_FROM: Final = 50  # rows of the terminal: room for air
SMALL_BELOW: Final = 16  # rows of the terminal: room for calls alone
BESIDE_NAME: Final = 24  # cells for the clock and the edges
SOON_S: Final = 0.01  # a timer may ring a little early

log = logging.getLogger("motcua.screen")


class BoardPane(Pane[BoardView]):
    """The hall's board. Settings: `show_call_s`, `moment_s`, `recent_calls`, `languages`."""

    DEFAULT_CSS = """
    #head { height: 1; background: $panel; padding: 0 2; }
    #name { width: 1fr; height: 1; color: $foreground; text-style: bold; }
    #clock { width: 18; height: 1; color: $foreground; text-style: bold; text-align: right; }
    #idle { height: auto; padding: 0 2; text-align: center; color: $primary; text-style: bold; }
    #calls { width: 1fr; height: 1fr; layout: horizontal; }
    #stage { width: 3fr; }
    #recent { width: 2fr; }
    #waiting { height: 2; }
    #notice {
        height: auto; min-height: 1; max-height: 5; padding: 0 2; text-align: center;
        background: $panel; color: $primary;
    }
    BoardPane.-portrait #calls { layout: vertical; }
    BoardPane.-portrait #stage { width: 1fr; height: 5fr; }
    BoardPane.-portrait #recent { width: 1fr; height: 6fr; margin: 1 0 0 0; }
    BoardPane.-portrait #head { layout: vertical; height: auto; }
    BoardPane.-portrait #name { height: auto; text-align: center; }
    BoardPane.-portrait #clock { width: 1fr; text-align: center; }
    BoardPane.-small #waiting, BoardPane.-small #place, BoardPane.-small #word { display: none; }
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
    """

    def __init__(self, *, language: str = FIRST_LANGUAGE, id: str | None = None) -> None:
        super().__init__(language=language, id=id)
        self.showing, self.pace = Showing(), Pace()
        self._languages: list[Words] = []
        self._names_in = 0  # of the languages, the one that names stand in now
        self._lost_at: datetime | None = None
        self._next: Timer | None = None  # rings when the call on show makes room

    def content(self) -> ComposeResult:
        self.pace = Pace(
            newest_s=self._number("show_call_s", Pace().newest_s),
            moment_s=self._number("moment_s", Pace().moment_s),
        )
        self._languages = self._languages_of_this_board()
        with Horizontal(id="head"):
            yield Static(id="name", markup=False)
            yield Static(id="clock", markup=False)
        yield Static(self._in_all("display.idle"), id="idle", markup=False)
        with Container(id="calls"):
            yield Stage(self._in_all("display.calling"), id="stage")
            yield Rows(id="recent")
        yield Rows(id="waiting")
        yield Static(id="notice", markup=False)

    def view_changed(self, view: BoardView, before: BoardView | None) -> None:
        if self.online:
            self.showing = seen(self.showing, view, self.now(), self.pace)
        self._show_calls(view)
        if before is None or before.waiting != view.waiting:
            self._show_waiting(view)
        if before is None or before.notice != view.notice:
            self.query_one("#notice", Static).update(view.notice)
        if before is None:
            self._show_name()
        self._show_clock()

    def online_changed(self, online: bool) -> None:
        if not online:
            self._lost_at = self.now()
            self.showing = interrupted(self.showing)
        if self.view is not None:
            self.view_changed(self.view, self.view)
        self._show_clock()

    def offline_line(self) -> str:
        lost_at, now = self._lost_at or self.now(), self.now()
        return _joined(
            words("display.as_of", time=words.time(lost_at, now)) for words in self._languages
        )

    # What moves without a view.

    def on_mount(self) -> None:
        self._minute_passed()
        self.set_interval(NAMES_S, self._names_in_next_language)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 2 * event.size.height, "-portrait")
        self.set_class(event.size.height >= LARGE_FROM, "-large")
        self.set_class(event.size.height < SMALL_BELOW, "-small")
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

    def _moment_over(self) -> None:
        if self.live and self.view is not None:
            self.showing = passed(self.showing, self.now(), self.pace)
            self._show_calls(self.view)

    # What is shown.

    def _show_calls(self, view: BoardView) -> None:
        """The call on show, unless the server is lost, and the recent ones."""
        current = self.showing.call if self.online else None
        stage = self.query_one(Stage)
        if stage.show(self._called(current) if current else None) and current is not None:
            self.request(Announced(current.call), _noted, patience_s=self.pace.newest_s)
        self.query_one("#idle").display = not stage.display
        self.query_one("#recent", Rows).show(self._recent(view, current))
        self._look_again()

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
        height = 1 + -(-len(fields) // columns(len(fields), self.size.width))
        if widget.styles.height is None or widget.styles.height.value != height:
            widget.styles.height = height
        widget.show(waiting(self._in_all("display.waiting"), fields))

    def _show_name(self) -> None:
        """The hall's name, and the body it belongs to where both fit on a line."""
        words, widget = self._languages[self._names_in], self.query_one("#name", Static)
        name = words.name(self.hall.names)
        both = _joined(part for part in (words.name(self.hall.unit), name) if part)
        widget.update(both if cell_len(both) <= self.size.width - BESIDE_NAME else name)

    def _show_clock(self) -> None:
        if self.welcomed:
            local = self.now().astimezone(self.words.timezone)
            clock = self.query_one("#clock", Static)
            clock.update(local.strftime("%d/%m/%Y  %H:%M"), layout=False)

    # Words and settings.

    def _called(self, call: BoardCall) -> Called:
        counter = next((c for c in self.hall.counters if c.code == call.counter), None)
        return Called(
            call.call,
            call.number,
            self.counter_number(call.counter),
            tuple(words("display.counter") for words in self._languages),
            _joined(place for words in self._languages if (place := _place(counter, words))),
            self._in_all("display.priority") if call.priority else "",
        )

    def _recent(self, view: BoardView, current: BoardCall | None) -> Drawing:
        places = int(self._number("recent_calls", RECENT_CALLS))
        lines = [
            Line(call.number, self.counter_number(call.counter), call.priority)
            for call in recent(view.calls, current, places)
        ]
        number, counter = self._in_all("display.number"), self._in_all("display.counter")
        return calls(Titles(number, counter, self.words("display.priority")), lines, places)

    def _languages_of_this_board(self) -> list[Words]:
        """Those of the setting, else the hall's; the screen's own language first."""
        chosen = self.device.settings.get("languages") or self.hall.languages
        codes = chosen if isinstance(chosen, list) else [str(chosen)]
        first = sorted(codes, key=lambda code: code != self.words.language)
        return [load(code, self.hall.timezone) for code in first] or [self.words]

    def _in_all(self, key: str) -> str:
        return _joined(words(key) for words in self._languages)

    def _number(self, setting: str, otherwise: float) -> float:
        value = self.device.settings.get(setting)
        return float(value) if isinstance(value, int | float) else otherwise


def _joined(texts: Iterable[str]) -> str:
    """Each text once: names are often the same in two languages."""
    return " · ".join(dict.fromkeys(texts))


def _place(counter: CounterInfo | None, words: Words) -> str:
    """The zone and the floor of a counter, where it has them."""
    if counter is None:
        return ""
    zone = words.name(counter.zone)
    floor = words("display.floor", floor=counter.floor) if counter.floor else ""
    return ", ".join(part for part in (zone, floor) if part)


def _noted(answer: Answer) -> None:
    if answer.refused is not None:
        log.info("a call was announced but not noted: %s", answer.refused.get("reason"))
