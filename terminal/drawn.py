"""A widget that draws itself row by row, for the room it has. What is drawn, its kinds say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Generic, TypeVar

from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget

R = TypeVar("R")
Cells = tuple[str, ...]  # letters; where its row has several, the sign of each one's colours, too


class Unscrolled(Widget):
    """Never scrolls. For what might, Textual lays out and paints everything a second time whenever
    a part of the screen changed its size."""

    virtual_size = Reactive(Size(), repaint=False)


class Drawn(Unscrolled, Generic[R]):
    """Draws right before it is painted, so that in a new size it is painted once; of what it draws
    anew, only cells that changed are painted. Write `drawn`, `cells` and `painted`."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[R] = ()
        self._drawn_in: Size | None = None  # None: what is drawn is not what is to be shown

    # What a kind writes.

    def drawn(self, width: int, height: int) -> Sequence[R]:
        """The rows for a room of so many cells."""
        raise NotImplementedError

    def cells(self, row: R) -> Cells:
        """What stands in each cell of a row, so that it can be compared."""
        raise NotImplementedError

    def painted(self, row: R) -> Strip:
        """A row in its colours, as wide as the room or less."""
        raise NotImplementedError

    # How it works.

    def redraw(self, *, anew: bool = False) -> None:
        """What is to be shown has changed. `anew`: most likely the room for it, too."""
        if anew or self._drawn_in is None or self._drawn_in != self.size:
            self._drawn_in = None
            self.refresh()
            return
        before, self._rows = self._rows, self.drawn(*self._drawn_in)
        if changed := list(self._changed(before)):
            self.refresh(*changed)

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._drawn_in is None or self._drawn_in != self.size:
            self._drawn_in = self.size
            self._styles_cache.clear()
            self._rows = self.drawn(*self._drawn_in)
        return super().render_lines(crop) if self.gutter.totals != (0, 0) else self._plainly(crop)

    def _plainly(self, crop: Region) -> list[Strip]:
        """Rows without anything around them: Textual's way takes three times as long for each."""
        filters, (_, background) = self.get_line_filters(), self.background_colors
        cache = self._styles_cache
        for y in crop.line_range:
            if y not in cache._cache or cache.is_dirty(y):
                cache._cache[y] = self._filtered(y, filters, background)
        cache._dirty_lines.difference_update(crop.line_range)
        return [cache._cache[y].crop(*crop.column_span) for y in crop.line_range]

    def _filtered(self, y: int, filters: Sequence[LineFilter], background: Color) -> Strip:
        row = self.render_line(y)
        segments = list(row)
        for one in filters:
            segments = one.apply(segments, background)
        return Strip(segments, row.cell_length)

    def render_line(self, y: int) -> Strip:
        width, style = (self._drawn_in or self.size).width, self.visual_style.rich_style
        if y >= len(self._rows):
            return Strip.blank(width, style)
        return self.painted(self._rows[y]).adjust_cell_length(width, style)

    def _changed(self, before: Sequence[R]) -> Iterator[Region]:
        """Where the rows that are drawn now differ from those before."""
        for y, pair in enumerate(zip_longest(before, self._rows)):
            if pair[0] != pair[1]:
                old, new = (() if row is None else self.cells(row) for row in pair)
                if old != new and any(old + new):  # a row that is not there is like an empty one
                    yield changed_cells(y, old, new)


def changed_cells(y: int, before: Cells, after: Cells) -> Region:
    """From the first to the last cell in which two rows of cells differ; `y` says which rows."""
    pairs = list(zip_longest(before, after, fillvalue=""))
    first = min(_alike(*pair) for pair in pairs)
    end = max(len(one) for one in pairs[0])
    if len(pairs[0][0]) == len(pairs[0][1]):
        end -= min(_alike(old[::-1], new[::-1]) for old, new in pairs)
    return Region(first, y, end - first, 1)


def _alike(one: str, other: str) -> int:
    """With how many same letters both begin."""
    alike, most = 0, min(len(one), len(other))
    while alike < most:
        middle = (alike + most + 1) // 2
        if one[alike:middle] == other[alike:middle]:
            alike = middle
        else:
            most = middle - 1
    return alike
