"""A widget that draws itself row by row, for the room it has. What is drawn, its kinds say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Generic, TypeVar

from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget

R = TypeVar("R")


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

    def cells(self, row: R) -> Sequence[object]:
        """What stands in each cell of a row, so that it can be compared."""
        raise NotImplementedError

    def painted(self, row: R) -> Strip:
        """A row in its colours, as wide as the room or less."""
        raise NotImplementedError

    # How it works.

    def redraw(self) -> None:
        """What is to be shown has changed."""
        if self._drawn_in is None or self._drawn_in != self.size:
            self._drawn_in = None
            self.refresh()
            return
        before, self._rows = self._rows, self.drawn(*self._drawn_in)
        if changed := list(self._changed(before)):
            self.refresh(*changed)

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._drawn_in is None or self._drawn_in != self.size:
            self._drawn_in = self.size
            self._rows = self.drawn(*self._drawn_in)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width, style = (self._drawn_in or self.size).width, self.visual_style.rich_style
        if y >= len(self._rows):
            return Strip.blank(width, style)
        return self.painted(self._rows[y]).adjust_cell_length(width, style)

    def _changed(self, before: Sequence[R]) -> Iterator[Region]:
        """Where the rows that are drawn now differ from those before."""
        for y, pair in enumerate(zip_longest(before, self._rows)):
            if pair[0] != pair[1]:
                old, new = (() if row is None else tuple(self.cells(row)) for row in pair)
                if old != new:  # a row that is not there is like an empty one
                    yield changed_cells(y, old, new)


def changed_cells(y: int, before: Sequence[object], after: Sequence[object]) -> Region:
    """From the first to the last cell in which two rows of cells differ; `y` says which rows."""
    most = min(len(before), len(after))
    first = next((x for x in range(most) if before[x] != after[x]), most)
    if len(before) != len(after):
        return Region(first, y, max(len(before), len(after)) - first, 1)
    last = next(x for x in range(most, first, -1) if before[x - 1] != after[x - 1])
    return Region(first, y, last - first, 1)
