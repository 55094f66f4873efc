"""How a screen is painted on its terminal: what changed, in few bytes and little time.

Textual's own way draws every widget near a change, paints rows from the widget's edge on, and says
the colours of each piece anew. What is seen is the same. Links are not painted: no screen has any.
What everybody looks for goes to the terminal ahead of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, ReflowResult
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

PLAIN: Final = "\x1b[0m"


class Sight(NamedTuple):
    """What of a widget may be in sight, and where it begins."""

    region: Region
    widget: Widget
    x: int
    y: int


class Piece(NamedTuple):
    """Of one row of the screen: the cells from `left` to `right` show this widget."""

    left: int
    right: int
    sight: Sight


Span = tuple[int, list[Piece]]  # of a row: what is to be painted


class Patch(NamedTuple):
    """Cells beside each other that are painted together, and from where on."""

    x: int
    y: int
    strips: list[Strip]


class Patches(ChopsUpdate):
    """All that one frame changes."""

    def __init__(self, patches: list[Patch]) -> None:
        super().__init__((), [], [])
        self._patches = patches

    def render_segments(self, console: Console) -> str:
        """For a terminal that writes plainly, as it does again afterwards."""
        colours, written, ink = console._color_system or ColorSystem.TRUECOLOR, [], ""
        for x, y, strips in self._patches:
            written.append(f"\x1b[{y + 1};{x + 1}H")
            for strip in strips:
                for text, style, _ in strip._segments:
                    wanted = _ink(style, colours)
                    if wanted != ink:
                        written.append(f"\x1b[0;{wanted}m" if wanted else PLAIN)
                        ink = wanted
                    written.append(text)
        return "".join([*written, PLAIN] if ink else written)


def _ink(style: Style | None, colours: ColorSystem) -> str:
    """The parameters that have a terminal write in this style."""
    if style is None:
        return ""
    return Strip.render_ansi(style, colours) if style._ansi is None else style._ansi


class Urgent(Widget):
    """Goes to the terminal while the rest of the same frame is still drawn."""


class Painter(Compositor):
    """Asks each widget for those of its rows alone that changed and are in sight. `show` is given
    what goes ahead of the rest of a frame."""

    def __init__(self, show: Callable[[Patches], None]) -> None:
        super().__init__()
        self._show = show
        self._sights: list[Sight] = []  # from the front to the back
        self._rows: dict[int, list[Piece]] = {}  # those that were needed since the last layout
        self._alike: dict[tuple[int, ...], list[Piece]] = {}  # by what is in sight in a row
        self._laid_out: object = None  # what these three were made of

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Everything has its place then: Textual would look for it a second time."""
        found = super().reflow(parent, size)
        self._full_map_invalidated = False
        return found

    def render_full_update(self, simplify: bool = False) -> Any:
        """Every cell once; what is behind others is not drawn. `simplify`: for no terminal."""
        if simplify:
            return super().render_full_update(simplify)
        self._dirty_regions.clear()
        width, height = self.size
        return _patches([(y, list(self._pieces(y, 0, width))) for y in range(height)])

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed since the last frame; None: nothing, or it went ahead."""
        within = self.size.region.intersection
        changed = [region for one in self._dirty_regions if (region := within(one))]
        self._dirty_regions.clear()
        if ahead := _patches(self._spans(self._urgent(changed), urgent=True)):
            self._show(ahead)
        return _patches(self._spans(changed, urgent=False))

    def _urgent(self, changed: list[Region]) -> list[Region]:
        """Of what changed, where it is urgent."""
        urgent = [one.region for one in self._all_sights() if isinstance(one.widget, Urgent)]
        parts = (one.intersection(region) for one in changed for region in urgent)
        return [part for part in parts if part]

    def _spans(self, changed: list[Region], *, urgent: bool) -> list[Span]:
        """Of these cells, those that are urgent, or all others."""
        return [
            (y, list(pieces))
            for y, left, right in self._regions_to_spans(changed)
            for is_urgent, pieces in groupby(self._pieces(y, left, right), _is_urgent)
            if is_urgent is urgent
        ]

    def _pieces(self, y: int, left: int, right: int) -> Iterator[Piece]:
        """What stands in a row between two cells."""
        sights = self._all_sights()
        row = self._rows.get(y)
        if row is None:
            here = [one for one in sights if one.region.y <= y < one.region.bottom]
            row = self._rows[y] = self._fronts(here)
        for piece in row:
            if piece.left < right and left < piece.right:
                yield piece._replace(left=max(left, piece.left), right=min(right, piece.right))

    def _all_sights(self) -> list[Sight]:
        """After a layout everything may be elsewhere."""
        if self._laid_out is not self.visible_widgets:
            self._laid_out, self._rows, self._alike = self.visible_widgets, {}, {}
            self._sights = [
                Sight(region.intersection(clip), widget, region.x, region.y)
                for widget, (region, clip) in self.visible_widgets.items()
            ]
        return self._sights

    def _fronts(self, here: list[Sight]) -> list[Piece]:
        """Which of these widgets is in front, from edge to edge; most rows are like another."""
        alike = tuple(map(id, here))
        row = self._alike.get(alike)
        if row is None:
            row = self._alike[alike] = list(_from_edge_to_edge(here))
        return row


def _from_edge_to_edge(here: list[Sight]) -> Iterator[Piece]:
    edges = {edge for one in here for edge in one.region.column_span}
    for left, right in pairwise(sorted(edges)):
        front = (one for one in here if one.region.x <= left < one.region.right)
        if sight := next(front, None):
            yield Piece(left, right, sight)


def _is_urgent(piece: Piece) -> bool:
    return isinstance(piece.sight.widget, Urgent)


class HallScreen(Screen[Any]):
    """The whole terminal, under such a painter."""

    def __init__(self) -> None:
        super().__init__(id="_default")
        self._compositor = Painter(lambda patches: self.app._display(self, patches))


def _patches(spans: list[Span]) -> Patches | None:
    """These cells; None: there are none."""
    drawn = _drawn(spans)
    patches = [_patch(y, pieces, drawn) for y, pieces in spans if pieces]
    patches.sort(key=lambda patch: patch.x)  # those of one widget together: of one colour
    return Patches(patches) if patches else None


def _drawn(spans: list[Span]) -> dict[tuple[Widget, int], Strip]:
    """Each widget's rows on these rows of the screen, as wide as the widget."""
    needed: dict[Sight, list[int]] = {}
    for y, pieces in spans:
        for piece in pieces:
            needed.setdefault(piece.sight, []).append(y)
    drawn = {}
    for sight, rows in needed.items():
        first, last = min(rows), max(rows)
        width = sight.widget.region.width
        strips = sight.widget.render_lines(Region(0, first - sight.y, width, last - first + 1))
        drawn.update({(sight.widget, y): strip for y, strip in enumerate(strips, first)})
    return drawn


def _patch(y: int, pieces: list[Piece], drawn: dict[tuple[Widget, int], Strip]) -> Patch:
    strips = [
        drawn[sight.widget, y].crop(left - sight.x, right - sight.x)
        for left, right, sight in pieces
    ]
    return Patch(pieces[0].left, y, strips)
