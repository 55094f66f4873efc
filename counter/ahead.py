"""The right half of the console: who is next and why, who is parked, who waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from counter import wording
from link.messages import CounterView, NextUp, QueueLength
from terminal import telling
from terminal.journal import Journal
from terminal.lines import Line, Passage
from terminal.telling import AnyPane

Rows = list[tuple[str, str, str]]


class Ahead(VerticalScroll, can_focus=False):
    """What comes after the ticket in hand. Scrolls where it is longer than the screen."""

    DEFAULT_CSS = """
    Ahead {
        width: 3fr; padding: 0 1; border-left: solid $panel; scrollbar-size-vertical: 1;
    }
    Ahead .heading { color: $secondary; text-style: bold; height: 1; }
    Ahead Passage { margin: 0 0 1 0; }
    Ahead > #log { height: auto; display: none; }
    Ahead > #queue { height: auto; }
    """

    def __init__(self, pane: AnyPane, journal: Iterable[str]) -> None:
        super().__init__()
        self._pane, self._journal = pane, journal

    def compose(self) -> ComposeResult:
        words = self._pane.words
        with Vertical(id="queue"):
            yield Static(words("counter.next"), classes="heading", markup=False)
            yield Passage(id="next")
            yield Static(words("counter.held"), classes="heading", id="held-heading", markup=False)
            yield Passage(id="held")
            yield Line(classes="heading", id="waiting-heading")
            yield Passage(id="waiting")
        with Vertical(id="log"):
            yield Static(words("counter.log"), classes="heading", markup=False)
            yield Journal(self._journal)

    def show(self, view: CounterView, now: datetime) -> None:
        self._show_next(view.next)
        self._show_held(view, now)
        self._show_waiting(view.queue, now)

    def _show_next(self, upcoming: NextUp | None) -> None:
        pane, line = self._pane, self.query_one("#next", Passage)
        if upcoming is None:
            line.say(pane.words("counter.hint_nobody"))
            return
        who = f"{upcoming.number}  {pane.service_name(upcoming.service)}"
        why = wording.why_text(pane, upcoming.why)
        if upcoming.turn > 1:
            why = f"{pane.words('counter.nth_service', turn=upcoming.turn)} · {why}"
        line.say(f"{who}\n{why}", Text.assemble((who, "bold"), "\n", why))

    def _show_held(self, view: CounterView, now: datetime) -> None:
        pane = self._pane
        rows: Rows = [
            (
                one.number,
                pane.service_name(one.service),
                pane.words("counter.held_until", time=pane.words.time(one.until, now))
                if one.until
                else telling.minutes(pane, telling.since(one.since, now)),
            )
            for one in view.held
        ]
        self.query_one("#held-heading").display = bool(rows)
        self._say("held", rows, name=1)

    def _show_waiting(self, queue: list[QueueLength], now: datetime) -> None:
        heading = self._pane.words("counter.waiting", count=sum(one.waiting for one in queue))
        self.query_one("#waiting-heading", Line).say(heading)
        room = max((len(self._marks(one, now)) for one in queue), default=0)
        rows = [self._waiting_row(one, now, room) for one in queue]
        self._say("waiting", rows, name=0)

    def _waiting_row(self, one: QueueLength, now: datetime, room: int) -> tuple[str, str, str]:
        """Service, people, and the longest wait with its marks, which take so much room."""
        wait = telling.minutes(self._pane, telling.since(one.oldest_at, now))
        name = self._pane.service_name(one.service)
        return name, str(one.waiting), f"{wait}{self._marks(one, now):<{room}}"

    def _marks(self, one: QueueLength, now: datetime) -> str:
        """A mark for each limit that the longest wait is over."""
        wait_s = telling.since(one.oldest_at, now)
        return telling.signs(telling.over(self._pane, wait_s))

    def _say(self, where: str, rows: Rows, *, name: int) -> None:
        text = "\n".join("\t".join(row) for row in rows)
        theme = self.app.current_theme
        shades = {"!": theme.warning or "", "!!": theme.error or ""}
        self.query_one(f"#{where}", Passage).say(text, _table(rows, name, shades))


def _table(rows: Rows, name: int, shades: Mapping[str, str]) -> Table:
    """Rows of three: the name in its column is cut where there is no room, never a figure.

    `shades`: the colour of a row, by the sign it ends with.
    """
    table = Table.grid(padding=(0, 1), expand=True)
    for column in range(3):
        if column == name:
            table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        else:
            table.add_column(no_wrap=True, justify="right" if column > name else "left")
    for row in rows:
        shade = shades.get(row[-1].rstrip().rpartition(" ")[2], "")
        table.add_row(*(Text(cell, style=f"bold {shade}" if shade else "") for cell in row))
    return table
