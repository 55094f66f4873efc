"""Words a whole hall can read: any text in block characters, with every mark of its letters."""

from __future__ import annotations

from functools import lru_cache
from textwrap import wrap
from typing import Final

from textual.geometry import Size

from terminal.big_number import BLOCKS, BigNumber

LEAST_ROWS: Final = 7  # cells; below that the marks of letters run together
LEAST_PLAIN: Final = 5  # of letters without marks
NARROWEST: Final = 0.7  # of a letter's own width, where the room is narrow
FINE: Final = 8  # dots of the drawing for one dot of the screen
INKED: Final = 110  # of 255, from which a dot is lit
LINE_ROWS: Final = 9  # of a line of text that is drawn
LETTER_CELLS: Final = 6  # about, of a letter in such a line
HIGHEST: Final = "ẤỄỰgj"  # between them all letters have room

Box = tuple[float, float, float, float]  # left, top, right, bottom, in dots from the baseline


class Lettering(BigNumber):
    """Shows a line of text as large as it fits; where it would not be readable so, plainly."""

    DEFAULT_CSS = "Lettering { text-style: bold; }"

    def drawing(self, text: str, width: int, height: int) -> list[str]:
        return letter(text, width, height)


class Sign(Lettering):
    """A line of text that is drawn where it has the room for that, and else written in as many
    lines as it takes."""

    DEFAULT_CSS = "Sign { height: auto; text-style: none; }"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._lines(self.text, width)))

    def say(self, text: str) -> None:
        """Show this text; where it takes more or fewer lines, everything makes room."""
        width = self.size.width
        lines = [len(self._lines(one, width)) for one in (self.text, text)]
        self.text = text
        if width and lines[0] != lines[1]:
            self.refresh(layout=True)

    def drawing(self, text: str, width: int, height: int) -> list[str]:
        drawn = self._lines(text, width)[:height]
        if height >= LINE_ROWS and text.strip():
            drawn = written(text, LINE_ROWS)
            if len(drawn[0]) > width:
                return letter(text, width, height)
        above = (height - len(drawn)) // 2
        below = height - len(drawn) - above
        return [self._placed(row, width) for row in [*[""] * above, *drawn, *[""] * below]]

    def _placed(self, row: str, width: int) -> str:
        match self.styles.text_align:
            case "right":
                return row.rjust(width)
            case "center":
                return _centred(row, width)
            case _:
                return row.ljust(width)

    def _lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width) if width > 0 else [text]


@lru_cache(maxsize=32)
def letter(text: str, width: int, height: int) -> list[str]:
    """The text in the middle of `height` rows of `width` cells."""
    if width <= 0 or height <= 0:
        return [""] * max(0, height)
    rows = _as_large_as_it_fits(text.strip(), width, height) or [text[:width]]
    above = (height - len(rows)) // 2
    below = height - len(rows) - above
    return [_centred(row, width) for row in [*[""] * above, *rows, *[""] * below]]


@lru_cache(maxsize=128)
def written(text: str, rows: int) -> list[str]:
    """A line of text of this height, as wide as it is; lines of one height go together."""
    if not text.strip():
        return [""] * rows
    from hardware.letters import font

    letters = font("bold", 2 * FINE * rows)
    _, top, _, bottom = letters.getbbox(HIGHEST, anchor="ls")
    box = (0.0, top, letters.getlength(text), bottom)
    return _drawn(text, box, round(2 * rows * box[2] / (bottom - top)), rows, rows)


def _centred(row: str, width: int) -> str:
    return f"{' ' * ((width - len(row)) // 2)}{row}".ljust(width)


def _as_large_as_it_fits(text: str, width: int, height: int) -> list[str]:
    """As many rows as the width allows; none where they would be too few to be read."""
    least = LEAST_PLAIN if text.isascii() else LEAST_ROWS
    if not text or height < least:
        return []
    from hardware.letters import font

    box = font("bold", 2 * FINE * height).getbbox(text, anchor="ls")
    wide, high = max(1, box[2] - box[0]), max(1, box[3] - box[1])
    rows = min(height, int(width * high / wide / 2 / NARROWEST))
    columns = min(width, round(2 * rows * wide / high))
    return _drawn(text, box, columns, rows, height) if rows >= least else []


def _drawn(text: str, box: Box, columns: int, rows: int, size: int) -> list[str]:
    """What stands in a box, on that many cells; a dot is twice as high as it is wide."""
    from PIL import Image, ImageDraw

    from hardware.letters import font

    left, top, right, bottom = box
    ink = Image.new("L", (max(1, int(right - left)), max(1, int(bottom - top))))
    pen = ImageDraw.Draw(ink)
    letters = font("bold", 2 * FINE * size)
    pen.text((-left, -top), text, fill=255, font=letters, anchor="ls")
    small = ink.resize((2 * columns, 2 * rows), Image.Resampling.BOX)
    lit = [dot > INKED for dot in small.tobytes()]
    lines = [lit[start : start + 2 * columns] for start in range(0, len(lit), 2 * columns)]
    return [
        "".join(
            BLOCKS[upper[x] + 2 * upper[x + 1] + 4 * lower[x] + 8 * lower[x + 1]]
            for x in range(0, 2 * columns, 2)
        )
        for upper, lower in zip(lines[::2], lines[1::2], strict=True)
    ]
