"""Numbers a whole hall can read: A-Z, 0-9, space, dash and dot in block characters, at any size,
and the one accented letter of the word QUẦY.

Letters are drawn with a pen along paths, on pixels of a quarter of a terminal cell; the lines of a
letter are laid on whole pixels first, so that stems are even at every size.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip

from terminal.drawn import Cells, Drawn

# A path visits points `xy` of a lattice: x 0-4 from left to right, y 0-8 from top to bottom.
# `(` before a point rounds the corner there; a path that ends where it began is closed.
PATHS: Final[dict[str, tuple[str, ...]]] = {
    "A": ("08 02 20 42 48", "05 45"),
    "B": ("04 00 (40 (44 04 08 (48 (44 04",),
    "C": ("42 (40 (00 (08 (48 46",),
    "D": ("08 00 (40 (48 08",),
    "E": ("40 00 08 48", "04 34"),
    "F": ("40 00 08", "04 34"),
    "G": ("42 (40 (00 (08 (48 45 25",),
    "H": ("00 08", "40 48", "04 44"),
    "I": ("20 28", "10 30", "18 38"),
    "J": ("40 (48 (08 06",),
    "K": ("00 08", "40 04 48"),
    "L": ("00 08 48",),
    "M": ("08 00 24 40 48",),
    "N": ("08 00 48 40",),
    "O": ("10 02 06 18 38 46 42 30 10",),
    "P": ("08 00 (40 (44 04",),
    "Q": ("10 02 06 18 38 46 42 30 10", "25 48"),
    "R": ("08 00 (40 (44 04", "24 48"),
    "S": ("41 (40 (00 (04 (44 (48 (08 07",),
    "T": ("00 40", "20 28"),
    "U": ("00 (08 (48 40",),
    "V": ("00 28 40",),
    "W": ("00 08 24 48 40",),
    "X": ("00 48", "40 08"),
    "Y": ("00 24 40", "24 28"),
    "Z": ("00 40 08 48",),
    "0": ("20 (00 (08 (48 (40 20",),
    "1": ("02 20 28", "08 48"),
    "2": ("02 (00 (40 (43 08 48",),
    "3": ("01 (00 (40 (44 14", "34 (44 (48 (08 07"),
    "4": ("38 30 05 45",),
    "5": ("40 00 04 (44 (48 (08 07",),
    "6": ("41 (40 (00 (08 (48 (44 04",),
    "7": ("00 40 18",),
    "8": ("24 (04 (00 (40 (44 24", "24 (04 (08 (48 (44 24"),
    "9": ("44 (04 (00 (40 (48 (08 07",),
    "Ầ": ("08 (04 (44 48", "06 46", "03 21 43", "10 21"),
    "-": ("04 44",),
    ".": ("28 28",),
    " ": (),
}
NARROW: Final = frozenset("-. ")
LEAST_ROWS: Final = 3  # cells; below that plain characters are easier to read
BLOCKS: Final = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"  # by bits: 1 upper left, 2 upper right, 4 and 8 below


class BigNumber(Drawn[str]):
    """Shows a text as large as it fits."""

    DEFAULT_CSS = "BigNumber { width: 1fr; height: 1fr; }"
    text = reactive("", layout=False, repaint=False)

    def __init__(
        self, text: str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(BigNumber.text, text)

    def watch_text(self) -> None:
        self.redraw()

    def drawing(self, text: str, width: int, height: int) -> list[str]:
        """The text in so many rows of so many characters."""
        return draw(text, width, height)

    def drawn(self, width: int, height: int) -> list[str]:
        return self.drawing(self.text, width, height)

    def cells(self, row: str) -> Cells:
        return (row,)

    def painted(self, row: str) -> Strip:
        return Strip([Segment(row, self.visual_style.rich_style)])


def draw(text: str, width: int, height: int) -> list[str]:
    """The text in block characters, centred: `height` rows of `width` cells.

    Letters grow until the width or the height is used up. Characters without a shape are left out;
    where there is no room for shapes, the plain text is centred instead.
    """
    if width <= 0 or height <= 0:
        return [""] * max(0, height)
    text = "".join(character for character in text.upper() if character in PATHS)
    narrow = sum(character in NARROW for character in text)
    size = _largest(len(text) - narrow, narrow, width, height)
    if size is None:
        rows = [text[:width]]
    else:
        columns = [_letter(character, size) for character in text]
        rows = [(" " * size.gap).join(parts) for parts in zip(*columns, strict=True)]
    above = (height - len(rows)) // 2
    below = height - len(rows) - above
    return [" " * width] * above + [row.center(width) for row in rows] + [" " * width] * below


class _Size(NamedTuple):
    """Cells of a letter, and between two."""

    width: int
    narrow: int
    gap: int
    height: int


@lru_cache(maxsize=64)
def _largest(wide: int, narrow: int, width: int, height: int) -> _Size | None:
    """The largest letters that fit: about 5 wide to 7 high, narrower where the room is narrow."""
    for rows in range(height if wide + narrow else 0, LEAST_ROWS - 1, -1):
        widest = round(rows * 1.4)
        for columns in range(widest, max(3, round(rows * 0.9)) - 1, -1):
            size = _Size(columns, max(2, columns // 2), max(1, round(columns / 6)), rows)
            gaps = size.gap * (wide + narrow - 1)
            if wide * size.width + narrow * size.narrow + gaps <= width:
                return size
    return None


@lru_cache(maxsize=512)
def _letter(character: str, size: _Size) -> tuple[str, ...]:
    """One letter as rows of block characters."""
    columns = size.narrow if character in NARROW else size.width
    canvas = _Canvas(2 * columns, 2 * size.height, 2 * size.width)
    for path in PATHS[character]:
        canvas.stroke(path)
    return tuple(canvas.rows())


class _Canvas:
    """Pixels of a quarter cell, twice as high as wide, and a pen."""

    def __init__(self, width: int, height: int, letter_width: int) -> None:
        self.width, self.height = width, height
        self.pen_x = max(1, round(letter_width / 4.6))
        self.pen_y = max(1, round(letter_width / 10))
        self.pixels = [bytearray(width) for _ in range(height)]

    def stroke(self, path: str) -> None:
        points = list(self._points(path.split()))
        for here, there in pairwise(points):
            self._line(*here, *there)

    def rows(self) -> Iterator[str]:
        for upper, lower in zip(self.pixels[::2], self.pixels[1::2], strict=True):
            yield "".join(
                BLOCKS[upper[x] + 2 * upper[x + 1] + 4 * lower[x] + 8 * lower[x + 1]]
                for x in range(0, self.width, 2)
            )

    def _points(self, path: list[str]) -> Iterator[tuple[float, float]]:
        """The path's points in pixels, with round corners as many short lines."""
        lattice = [(self._x(int(step[-2])), self._y(int(step[-1]))) for step in path]
        for index, (step, point) in enumerate(zip(path, lattice, strict=True)):
            if step.startswith("("):
                yield from self._corner(lattice[index - 1], point, lattice[index + 1])
            else:
                yield point

    def _x(self, column: int) -> float:
        """The pen's middle on a lattice line, so that its edges lie on whole pixels."""
        return round((self.width - self.pen_x) * column / 4) + self.pen_x / 2

    def _y(self, row: int) -> float:
        return round((self.height - self.pen_y) * row / 8) + self.pen_y / 2

    def _corner(
        self, before: tuple[float, float], at: tuple[float, float], after: tuple[float, float]
    ) -> Iterator[tuple[float, float]]:
        """A quarter of an ellipse that ends at most half way to either neighbour."""
        reach_x = (self.width - self.pen_x) / 2
        reach_y = min((self.height - self.pen_y) / 4, reach_x / 2)
        start = _towards(at, before, reach_x, reach_y)
        end = _towards(at, after, reach_x, reach_y)
        for step in range(9):
            angle = math.pi / 2 * step / 8
            to_start, to_end = 1 - math.sin(angle), 1 - math.cos(angle)
            yield (
                at[0] + (start[0] - at[0]) * to_start + (end[0] - at[0]) * to_end,
                at[1] + (start[1] - at[1]) * to_start + (end[1] - at[1]) * to_end,
            )

    def _line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Ink every pixel whose middle the pen covers: square ends along the axes, else round."""
        half_x, half_y = self.pen_x / 2, self.pen_y / 2
        columns = _between(min(x1, x2) - half_x, max(x1, x2) + half_x, self.width)
        along = (x2 - x1) / half_x, (y2 - y1) / half_y
        for y in _between(min(y1, y2) - half_y, max(y1, y2) + half_y, self.height):
            covered = columns
            if x1 != x2 and y1 != y2:
                covered = _covered(columns, x1, half_x, (y + 0.5 - y1) / half_y, along)
            self.pixels[y][covered.start : covered.stop] = b"\1" * len(covered)


def _towards(
    at: tuple[float, float], other: tuple[float, float], reach_x: float, reach_y: float
) -> tuple[float, float]:
    """The point on the way from a corner where its rounding begins."""
    away_x, away_y = other[0] - at[0], other[1] - at[1]
    part = min(
        1.0,
        reach_x / abs(away_x) if away_x else 1.0,
        reach_y / abs(away_y) if away_y else 1.0,
    )
    return at[0] + away_x * part, at[1] + away_y * part


def _between(low: float, high: float, limit: int) -> range:
    """Pixels whose middles lie between two edges."""
    return range(max(0, math.ceil(low - 0.5)), min(limit, math.floor(high - 0.5 - 1e-9) + 1))


def _covered(
    columns: range, x1: float, half_x: float, y: float, along: tuple[float, float]
) -> range:
    """Of one row, the columns that a round pen covers: all those from the first to the last."""

    along_x, along_y = along
    length = along_x * along_x + along_y * along_y

    def away(x: int) -> bool:
        """Whether the pixel's middle is farther than half a pen from the line."""
        there = (x + 0.5 - x1) / half_x
        part = (there * along_x + y * along_y) / length
        part = 0.0 if part < 0 else min(1.0, part)
        return math.hypot(there - part * along_x, y - part * along_y) > 1

    first, stop = columns.start, columns.stop
    while first < stop and away(first):
        first += 1
    while stop > first and away(stop - 1):
        stop -= 1
    return range(first, stop)
