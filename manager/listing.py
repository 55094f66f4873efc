"""A list on the page that is painted row by row: only what changed. It scrolls, and one entry of it
may be picked by keyboard and mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from manager.rows import STYLES, Drawing, Entry, Row, Style, fit

COMPONENTS: Final[dict[Style, str]] = {style: f"painted--{style}" for style in STYLES}
WHEEL_ROWS: Final = 2

Rows = Callable[[int, int], Sequence[Row]]  # of a width and a height


class Picked(Message):
    """An entry of a list was picked: by Enter, or by a click where it was marked already."""

    def __init__(self, of: str, key: str) -> None:
        super().__init__()
        self.of, self.key = of, key


class Painted(Widget):
    """Rows of pieces, painted one by one. `stale`: all in grey, for what is no longer news."""

    DEFAULT_CSS = """
    Painted > .painted--plain { color: $foreground; }
    Painted > .painted--quiet { color: $secondary; }
    Painted > .painted--strong { color: $foreground; text-style: bold; }
    Painted > .painted--good { color: $success; }
    Painted > .painted--amber { color: $warning; text-style: bold; }
    Painted > .painted--red { color: $error; text-style: bold; }
    Painted > .painted--faint { color: $foreground 55%; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS.values())

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._stale = False
        self._rows: Rows = lambda width, height: ()
        self._painted: list[Row] = []

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.refresh()

    def draw(self, rows: Rows) -> None:
        """Show what this gives for the size there is."""
        self._rows = rows
        self._redraw()

    def on_resize(self) -> None:
        self._redraw()

    def _redraw(self) -> None:
        self._paint(self._rows(*self.size))

    def _paint(self, rows: Sequence[Row]) -> None:
        """Paint the rows that changed."""
        before, self._painted = self._painted, list(rows)
        longest = max(len(before), len(self._painted))
        changed = [y for y in range(longest) if before[y : y + 1] != self._painted[y : y + 1]]
        if changed:
            self.refresh(*(Region(0, y, self.outer_size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        row = self._painted[y] if y < len(self._painted) else ()
        base = self.rich_style + self._over(y)
        pieces = [Segment(text, self._style(style) + self._over(y)) for text, style in row]
        return Strip(pieces).adjust_cell_length(self.size.width, base)

    def _over(self, y: int) -> RichStyle:
        """What lies over the styles of a row."""
        return RichStyle()

    def _style(self, style: Style) -> RichStyle:
        name = COMPONENTS["faint" if self._stale else style]
        return self.rich_style + self.get_component_rich_style(name)


class Listing(Painted, can_focus=True):
    """A heading and entries below it, more than there is room for if need be."""

    DEFAULT_CSS = "Listing { width: 1fr; height: 1fr; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "go(1)", show=False),
        Binding("up", "go(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter", "pick", show=False),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._heading: tuple[str, str] = ("", "")
        self._drawing: Drawing = lambda width, height: ()
        self._entries: Sequence[Entry] = ()
        self._top = 0
        self._marked = ""

    @property
    def marked(self) -> str:
        """The code of the entry that is marked; nothing where there is none."""
        keys = [entry.key for entry in self._entries if entry.key]
        return self._marked if self._marked in keys else next(iter(keys), "")

    def show(self, heading: str, drawing: Drawing, columns: str = "") -> None:
        """Show this list; `columns`: what the figures at the right are."""
        self._heading, self._drawing = (heading, columns), drawing
        self._redraw()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # --- Painting --------------------------------------------------------------------------------

    @property
    def _room(self) -> int:
        return max(0, self.size.height - 1)

    def _redraw(self) -> None:
        width = self.size.width
        self._entries = self._drawing(width, self._room)
        self._top = max(0, min(self._top, len(self._entries) - self._room))
        shown = self._entries[self._top : self._top + self._room]
        self._paint([self._heading_row(width), *(entry.row for entry in shown)])

    def _heading_row(self, width: int) -> Row:
        """The heading; at the right what the columns are, or where one is in a long list."""
        heading, columns = self._heading
        count = len(self._entries)
        if count > self._room:
            last = min(count, self._top + self._room)
            columns = f"{self._top + 1}–{last}/{count}"
        room = width - len(columns)
        return ((fit(heading, room), "quiet"), (columns, "quiet"))

    def _over(self, y: int) -> RichStyle:
        if not self.has_focus:
            return RichStyle(bold=True) if y == 0 else RichStyle()
        place = self._top + y - 1
        on = y == 0 or (
            0 <= place < len(self._entries)
            and bool(self._entries[place].key)
            and self._entries[place].key == self.marked
        )
        return RichStyle(reverse=True, bold=True) if on else RichStyle()

    # --- Keys and mouse --------------------------------------------------------------------------

    def action_go(self, by: int) -> None:
        keys = list(dict.fromkeys(entry.key for entry in self._entries if entry.key))
        if not keys:
            self._scroll(by)
            return
        place = keys.index(self.marked)
        self._mark(keys[max(0, min(len(keys) - 1, place + by))])

    def action_page(self, by: int) -> None:
        for _ in range(max(1, self._room - 1)):
            self.action_go(by)

    def action_end(self, which: int) -> None:
        self.action_go(which * len(self._entries))
        if which < 0:
            self._top = 0
            self._redraw()

    def action_pick(self) -> None:
        if self.marked:
            self.post_message(Picked(self.id or "", self.marked))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        place = self._top + event.get_content_offset_capture(self).y - 1
        if not 0 <= place < len(self._entries) or not self._entries[place].key:
            return
        again = self._entries[place].key == self._marked
        self._mark(self._entries[place].key)
        if again:
            self.action_pick()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-WHEEL_ROWS)

    def _scroll(self, rows: int) -> None:
        self._top += rows
        self._redraw()
        self.refresh()

    def _mark(self, key: str) -> None:
        """Mark this entry, and bring it in sight."""
        self._marked = key
        places = [at for at, entry in enumerate(self._entries) if entry.key == key]
        if places:
            self._top = min(self._top, places[0])
            self._top = max(self._top, places[-1] - self._room + 1)
        self._redraw()
        self.refresh()
