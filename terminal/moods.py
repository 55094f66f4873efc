"""Faces from sad to glad, in block characters, at any size.

Large ones are drawn on pixels of a quarter of a terminal cell, small ones are put together by
hand. Knows no level and no scale.
"""

from __future__ import annotations

from functools import lru_cache
from math import hypot
from typing import Final

from terminal.big_number import BLOCKS

LEAST: Final = (7, 3)  # cells and rows of the least face
FRAMED: Final = (11, 5)  # of the least face with an outline
DRAWN_ROWS: Final = 9  # from here on pixels are fine enough
PEN: Final = 1.1  # pixels
EYES_AND_MOUTH: Final = (  # from sad to glad
    ("▀▄ ▄▀", "▞▀▀▀▚"),
    ("▐▌ ▐▌", "▞▀▀▀▚"),
    ("▐▌ ▐▌", "▄▄▄▄▄"),
    ("▐▌ ▐▌", "▚▄▄▄▞"),
    ("▐▌ ▐▌", "▜███▛"),
)


@lru_cache(maxsize=64)
def draw_face(mood: float, cells: int, rows: int) -> tuple[str, ...]:
    """A face from -1, sad, to 1, glad, in the middle of `rows` lines of `cells` characters.

    Where there is no room for one, nothing.
    """
    high = min(rows, cells // 2)
    if high >= DRAWN_ROWS:
        face = _drawn(mood, high)
    elif cells >= FRAMED[0] and rows >= FRAMED[1]:
        face = _framed(mood, min(rows, DRAWN_ROWS))
    elif cells >= LEAST[0] and rows >= LEAST[1]:
        face = _bare(mood)
    else:
        return ()
    above = (rows - len(face)) // 2
    below = rows - len(face) - above
    return tuple(line.center(cells) for line in ("",) * above + face + ("",) * below)


# --- Put together --------------------------------------------------------------------------------


def _bare(mood: float) -> tuple[str, ...]:
    eyes, mouth = EYES_AND_MOUTH[round(2 * mood) + 2]
    return eyes, "", mouth


def _framed(mood: float, rows: int) -> tuple[str, ...]:
    bare = list(_bare(mood))
    room = rows - 2 - len(bare)
    inside = [""] * (room // 2) + bare + [""] * (room - room // 2)
    lines = (f"▐{line.center(9)}▌" for line in inside)
    return "▗▛▀▀▀▀▀▀▀▜▖", *lines, "▝▙▄▄▄▄▄▄▄▟▘"


# --- Drawn ---------------------------------------------------------------------------------------


def _drawn(mood: float, rows: int) -> tuple[str, ...]:
    pixels = [[_inked(mood, x, y, rows) for x in range(4 * rows)] for y in range(2 * rows)]
    return tuple(_line(*pixels[2 * row : 2 * row + 2]) for row in range(rows))


def _line(upper: list[bool], lower: list[bool]) -> str:
    return "".join(
        BLOCKS[upper[x] + 2 * upper[x + 1] + 4 * lower[x] + 8 * lower[x + 1]]
        for x in range(0, len(upper), 2)
    )


def _inked(mood: float, x: int, y: int, rows: int) -> bool:
    """Whether this pixel is part of the face, which reaches from -1 to 1 both ways."""
    across, down = abs((2 * x + 1) / (4 * rows) - 1), (2 * y + 1) / (2 * rows) - 1
    pen = PEN / rows  # a pixel is twice as high as it is wide
    return (
        abs(hypot(across, down) - (1 - pen / 2)) <= pen / 2
        or _in_eye(mood, across, down)
        or _in_mouth(mood, across, down, pen)
    )


def _in_eye(mood: float, across: float, down: float) -> bool:
    """The eyes, and brows where somebody is very sad."""
    if hypot(across - 0.375, down + 0.28) <= 0.135:
        return True
    brow = -0.6 - 0.3 * (across - 0.375)
    return mood < -0.75 and abs(across - 0.375) <= 0.22 and abs(down - brow) <= 0.06


def _in_mouth(mood: float, across: float, down: float, pen: float) -> bool:
    """A line that bends with the mood, and an open mouth where somebody is very glad."""
    bend, half = 0.38 * mood, 0.5
    ends = 0.42 - bend / 2
    line = ends + bend * (1 - (across / half) ** 2)
    opened = mood > 0.75 and ends <= down <= line + pen / 2
    return across <= half and (opened or abs(down - line) <= pen / 2)
