"""Letters on paper: sizes in dots, text broken into lines that fit. Knows nothing of tickets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from math import ceil, floor
from typing import Final, NamedTuple

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont, Layout, truetype

DOTS_PER_MM: Final = 203 / 25.4
FILES: Final = {"regular": "Regular", "semibold": "SemiBold", "bold": "Bold"}
LEAST_SIZE: Final = 14  # of a font; below it a long word is broken instead
STEP: Final = 4  # dots by which a paragraph is made narrower until its lines are even


def dots(mm: float) -> int:
    """A length on paper."""
    return round(mm * DOTS_PER_MM)


@cache
def font(weight: str, size: int) -> FreeTypeFont:
    """Without the optional shaping library, so that every machine sets the same letters."""
    file = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{FILES[weight]}.ttf"
    with as_file(file) as path:
        return truetype(path, size, layout_engine=Layout.BASIC)


@cache
def size_for(weight: str, capital_mm: float) -> int:
    """The size of a font whose capitals are at least this high."""
    _, top, _, _ = font(weight, 1000).getbbox("H", anchor="ls")
    return ceil(capital_mm * DOTS_PER_MM * 1000 / -top)


@lru_cache(maxsize=1024)
def _length(text: str, letters: FreeTypeFont) -> float:
    """How wide the text is. Words and whole lines come again on the next ticket."""
    return letters.getlength(text)


class Ink(NamedTuple):
    """One line, the darker the more; it stands so far from where its base line begins."""

    mask: Image.Image
    x: int
    y: int


@lru_cache(maxsize=96)  # most lines of a ticket are those of the one before
def _ink(line: str, letters: FreeTypeFont) -> Ink:
    left, top, right, bottom = letters.getbbox(line, anchor="ls")
    x, y = floor(left), floor(top)
    mask = Image.new("L", (max(1, ceil(right) - x), max(1, ceil(bottom) - y)))
    ImageDraw.Draw(mask).text((-x, -y), line, fill=255, font=letters, anchor="ls")
    return Ink(mask, x, y)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of one font, one below the other."""

    lines: tuple[str, ...]
    font: FreeTypeFont

    @property
    def width(self) -> int:
        return max((ceil(_length(line, self.font)) for line in self.lines), default=0)

    @property
    def line_height(self) -> int:
        return sum(self.font.getmetrics())

    @property
    def height(self) -> int:
        return len(self.lines) * self.line_height

    def draw(self, paper: Image.Image, x: int, y: int, width: int, align: str) -> None:
        """Into a column. Marks of the first line's capitals may reach above `y`, as in print."""
        below = self.font.getmetrics()[1]
        for line in self.lines:
            free = width - _length(line, self.font)
            left = x + round({"left": 0, "center": free / 2, "right": free}[align])
            y += self.line_height
            ink = _ink(line, self.font)
            paper.paste(0, (left + ink.x, y - below + ink.y), ink.mask)


@lru_cache(maxsize=64)  # a ticket is set twice: as it is, and as the copy it may need
def paragraph(text: str, weight: str, size: int, width: int) -> Paragraph:
    """The whole text in lines of at most this width: no letter is lost, however long it is.

    The lines are about even. A word wider than the width makes the letters smaller, and is broken
    when they would be too small.
    """
    letters = font(weight, size)
    longest = max(re.split("[ \n]", text), key=lambda word: _length(word, letters))
    while size > LEAST_SIZE and font(weight, size).getlength(longest) > width:
        size -= 1
    letters = font(weight, size)
    lines: list[str] = []
    for line in text.split("\n"):
        words = [piece for word in line.split(" ") for piece in _pieces(word, letters, width)]
        lines += _even(Measured(words, letters), width)
    return Paragraph(tuple(lines), letters)


class Measured:
    """Words, each measured once: that is what takes the time."""

    def __init__(self, words: Sequence[str], letters: FreeTypeFont) -> None:
        self.words = [(word, _length(word, letters)) for word in words]
        self.blank = _length(" ", letters)
        self.widest = max(length for _, length in self.words)

    def lines(self, width: float) -> list[str]:
        """As many words to a line as fit."""
        (first, used), *others = self.words
        lines = [first]
        for word, length in others:
            if used + self.blank + length <= width:
                lines[-1] += f" {word}"
                used += self.blank + length
            else:
                lines.append(word)
                used = length
        return lines


def _even(measured: Measured, width: int) -> list[str]:
    """The fewest lines, in the narrowest column that needs no more."""
    lines = measured.lines(width)
    if len(lines) == 1:
        return lines
    for narrower in range(width - STEP, ceil(measured.widest) - 1, -STEP):
        evener = measured.lines(narrower)
        if len(evener) > len(lines):
            break
        lines = evener
    return lines


@lru_cache(maxsize=4)  # a ticket is drawn twice, as above
def number(text: str, weight: str, capital_mm: float, least_mm: float, width: int) -> Image.Image:
    """The ink of one short text. Too wide, it is lower, down to the least; then it is narrower."""
    size, least = size_for(weight, capital_mm), size_for(weight, least_mm)
    while size > least and font(weight, size).getlength(text) > width:
        size -= 1
    left, top, right, bottom = map(int, font(weight, size).getbbox(text, anchor="ls"))
    ink = Image.new("L", (max(1, right - left), max(1, bottom - top)), 255)
    ImageDraw.Draw(ink).text((-left, -top), text, fill=0, font=font(weight, size), anchor="ls")
    return ink if ink.width <= width else ink.resize((width, ink.height), Image.Resampling.LANCZOS)


def _pieces(word: str, letters: FreeTypeFont, width: int) -> list[str]:
    """The word, or parts of it that fit."""
    if _length(word, letters) <= width:
        return [word]
    pieces = [""]
    for letter in word:
        if pieces[-1] and letters.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
