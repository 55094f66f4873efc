"""The page of the hall as it is now. Knows the view, no request."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.events import Resize

from link.messages import LiveView
from manager import sights
from manager.listing import Listing, Painted
from terminal.haste import focus_now, gets_keys
from terminal.lines import Passage
from terminal.telling import AnyPane

WIDE: Final = 140  # columns from which three lists stand beside each other
TALL: Final = 36  # rows from which the day's bars are larger
LISTS: Final = {
    "counters": sights.counters,
    "alarms": sights.alarms,
    "fields": sights.fields,
    "longest": sights.longest,
    "devices": sights.devices,
}


class HallPage(Vertical):
    """Everything at a glance: the day above, the lists below."""

    DEFAULT_CSS = """
    HallPage > #day { height: 5; padding: 0 1; background: $surface; }
    HallPage #today { width: 1fr; }
    HallPage #trend { width: 36; margin: 0 0 0 2; }
    HallPage > #lists {
        layout: grid; grid-size: 2 2; grid-rows: 3fr 2fr; grid-gutter: 0 1; height: 1fr;
    }
    HallPage #longest { display: none; }
    HallPage.-wide > #lists { grid-size: 3 2; grid-rows: 1fr 1fr; grid-gutter: 1 2; }
    HallPage.-wide #counters { row-span: 2; }
    HallPage.-wide #longest { display: block; }
    HallPage.-wide #today { width: 60; }
    HallPage.-wide #trend { width: 1fr; }
    HallPage.-tall > #day { height: 10; padding: 1; }
    HallPage > #closed { color: $warning; padding: 0 1; max-height: 2; }
    HallPage > #notice { background: $secondary; color: $background; padding: 0 1; max-height: 2; }
    """

    def __init__(self, pane: AnyPane) -> None:
        super().__init__()
        self._pane = pane

    def compose(self) -> ComposeResult:
        with Horizontal(id="day"):
            yield Painted(id="today")
            yield Painted(id="trend")
        yield Passage(id="notice")
        yield Passage(id="closed")
        with Container(id="lists"):
            for name in LISTS:
                yield Listing(id=name)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= WIDE, "-wide")
        self.set_class(event.size.height >= TALL, "-tall")

    def show(self, view: LiveView, now: datetime, *, stale: bool) -> None:
        """Bring everything up to date; only rows that differ are painted. `stale`: in grey."""
        pane = self._pane
        self.query_one("#today", Painted).draw(partial(sights.day_rows, pane, view))
        self.query_one("#trend", Painted).draw(partial(sights.trend, pane, view))
        for name, drawing in LISTS.items():
            columns = sights.field_columns(pane) if name == "fields" else ""
            heading = pane.words(f"manager.{name}")
            self.query_one(f"#{name}", Listing).show(heading, drawing(pane, view, now), columns)
        for painted in self.query(Painted):
            painted.set_stale(stale)
        self._show_lines(view)

    def _show_lines(self, view: LiveView) -> None:
        words = self._pane.words
        notice = words("manager.notice_now", text=view.notice) if view.notice else ""
        self.query_one("#notice", Passage).say(notice)
        names = ", ".join(self._pane.service_name(code) for code in view.closed_services)
        closed = words("manager.closed_now", services=names) if names else ""
        self.query_one("#closed", Passage).say(closed)

    def focus_first(self) -> None:
        """Where the keys were, or to the counters."""
        lists = list(self.query(Listing))
        if not any(gets_keys(one) for one in lists):
            focus_now(lists[0])
