"""A table with ruled lines on paper: columns as wide as they need, heads again on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fpdf import FPDF

from sheets.fonts import FAMILY
from sheets.grid import Grid
from sheets.wording import Wording

SIZE: Final = 9.0  # points
SMALLEST: Final = 5.5
PAD_MM: Final = 1.4
COMFORT_MM: Final = 38.0  # of a text, where space is short
WIDEST_TEXT_MM: Final = 62.0  # a longer text stands on several lines
SHORT_TEXT_MM: Final = 20.0  # is not broken
LONGEST_WORD_MM: Final = 34.0
WIDE_HEAD_MM: Final = 24.0
SAMPLE: Final = 400  # rows that say how wide a column is
LINE: Final = 0.46  # mm for each point of a letter's size


@dataclass(frozen=True, slots=True)
class Look:
    """The letters and greys of a table."""

    family: str
    head_grey: int = 226
    total_grey: int = 242
    line_grey: int = 120


def wanted_mm(pdf: FPDF, grid: Grid, words: Wording) -> float:
    """How wide the table is when only long texts are broken."""
    columns = zip(_least(pdf, grid, words, SIZE), _natural(pdf, grid, words, SIZE), strict=True)
    return sum(max(least, min(natural, COMFORT_MM)) for least, natural in columns)


def least_mm(pdf: FPDF, grid: Grid, words: Wording) -> float:
    """What it cannot do without."""
    return sum(_least(pdf, grid, words, SMALLEST))


class Ruled:
    """One table on the pages of a PDF."""

    def __init__(self, pdf: FPDF, grid: Grid, words: Wording, look: Look) -> None:
        self._pdf, self._grid, self._words, self._look = pdf, grid, words, look
        self._size, self._widths = _fitted(pdf, grid, words)
        self._line_mm = self._size * LINE
        self._heads = self._broken(grid.heads, "B")

    @property
    def least_mm(self) -> float:
        """Heads and a row or two: less should not stand at the foot of a page."""
        return self._height(self._heads) + 3 * self._line_mm + 4 * PAD_MM

    def draw(self) -> None:
        grid, total_mm = self._grid, 0.0
        if grid.total:
            total_mm = self._height(self._broken(grid.total_texts(self._words), "B"))
        self._draw_heads()
        for index in range(len(grid.rows)):
            last = index == len(grid.rows) - 1
            self._draw(grid.texts(index, self._words), "", None, below_mm=total_mm * last)
        if grid.total:
            self._draw(grid.total_texts(self._words), "B", self._look.total_grey)

    def _draw_heads(self) -> None:
        self._row(self._heads, "B", self._look.head_grey, heads=True)

    def _draw(
        self, texts: Sequence[str], style: str, grey: int | None, *, below_mm: float = 0.0
    ) -> None:
        """A row, on the next page if it does not fit; in parts if it is longer than a page.

        `below_mm`: what must stand below it on the same page.
        """
        rest = self._broken(texts, style)
        while any(rest):
            if self._pdf.will_page_break(self._height(rest) + below_mm):
                self._next_page()
            most = int((self._room() - 2 * PAD_MM) / self._line_mm)
            self._row([lines[:most] for lines in rest], style, grey)
            rest = [lines[most:] for lines in rest]

    def _next_page(self) -> None:
        fresh = self._pdf.t_margin + self._height(self._heads)
        if self._pdf.get_y() > fresh + 0.01:
            self._pdf.add_page()
            self._draw_heads()

    def _row(
        self, cells: Sequence[Sequence[str]], style: str, grey: int | None, *, heads: bool = False
    ) -> None:
        pdf, height = self._pdf, self._height(cells)
        pdf.set_font(self._look.family, style, self._size)
        pdf.set_text_color(0)
        pdf.set_draw_color(self._look.line_grey)
        pdf.set_line_width(0.15)
        x, top = pdf.l_margin, pdf.get_y()
        for lines, width, right in zip(cells, self._widths, self._grid.numeric, strict=True):
            if grey is not None:
                pdf.set_fill_color(grey)
            pdf.rect(x, top, width, height, style="D" if grey is None else "DF")
            free = (height - 2 * PAD_MM - len(lines) * self._line_mm) / 2 if heads else 0.0
            for number, line in enumerate(lines):
                pdf.set_xy(x, top + PAD_MM + free + number * self._line_mm)
                align = "C" if heads else "R" if right else "L"
                pdf.cell(width, self._line_mm, line, align=align)
            x += width
        pdf.set_xy(pdf.l_margin, top + height)

    def _broken(self, texts: Sequence[str], style: str) -> list[list[str]]:
        self._pdf.set_font(self._look.family, style, self._size)
        room = (width - 2 * PAD_MM for width in self._widths)
        return [broken(self._pdf, text, mm) for text, mm in zip(texts, room, strict=True)]

    def _height(self, cells: Sequence[Sequence[str]]) -> float:
        return max(map(len, cells)) * self._line_mm + 2 * PAD_MM

    def _room(self) -> float:
        return self._pdf.page_break_trigger - self._pdf.get_y()


def broken(pdf: FPDF, text: str, width: float) -> list[str]:
    """The text in lines of at most this width, with the font that is set; no letter is lost."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if pdf.get_string_width(longer) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and pdf.get_string_width(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


# --- How wide columns are ------------------------------------------------------------------------


def _fitted(pdf: FPDF, grid: Grid, words: Wording) -> tuple[float, list[float]]:
    """Letters' size and columns' widths, so that the table is as wide as the page."""
    size = SIZE
    while True:
        natural, least = _natural(pdf, grid, words, size), _least(pdf, grid, words, size)
        if sum(least) <= pdf.epw or size <= SMALLEST:
            return size, _shared(natural, least, pdf.epw, [kind == "text" for kind in grid.kinds])
        size -= 0.5


def _shared(
    natural: list[float], least: list[float], room: float, is_text: Sequence[bool]
) -> list[float]:
    """Columns of text take what is left; where nothing is, every column gives of what it can."""
    spare = room - sum(natural)
    if spare >= 0:
        takers = [width * (3 if text else 1) for width, text in zip(natural, is_text, strict=True)]
        return [n + spare * t / sum(takers) for n, t in zip(natural, takers, strict=True)]
    can_give = [width - shortest for width, shortest in zip(natural, least, strict=True)]
    if sum(can_give) < -spare:
        return [room * width / sum(least) for width in least]
    return [n + spare * give / sum(can_give) for n, give in zip(natural, can_give, strict=True)]


def _natural(pdf: FPDF, grid: Grid, words: Wording, size: float) -> list[float]:
    """The widest cell of each column up to a limit, and room for half of its head."""
    least, cells = _least(pdf, grid, words, size), _cell_widths(pdf, grid, words, size)
    pdf.set_font(FAMILY, "B", size)
    halves = [pdf.get_string_width(head) / 2 + 4 * PAD_MM for head in grid.heads]
    return [
        max(shortest, min(max(column, default=0.0), WIDEST_TEXT_MM), min(half, WIDE_HEAD_MM))
        for shortest, column, half in zip(least, cells, halves, strict=True)
    ]


def _least(pdf: FPDF, grid: Grid, words: Wording, size: float) -> list[float]:
    """Whole words of the head, whole numbers, and of texts whole words and some more."""
    pdf.set_font(FAMILY, "B", size)
    heads = [max(_width(pdf, word) for word in head.split() or [""]) for head in grid.heads]
    cells = _cells(grid, words)
    return [
        max(head, *(_least_of(pdf, text, right=right) for text in column))
        for head, column, right in zip(heads, cells, grid.numeric, strict=True)
    ]


def _least_of(pdf: FPDF, text: str, *, right: bool) -> float:
    whole = _width(pdf, text)
    if right or whole <= SHORT_TEXT_MM:
        return whole
    longest = max(_width(pdf, word) for word in text.split(" "))
    return min(max(longest, SHORT_TEXT_MM), LONGEST_WORD_MM)


def _cell_widths(pdf: FPDF, grid: Grid, words: Wording, size: float) -> list[list[float]]:
    pdf.set_font(FAMILY, "B" if grid.total else "", size)
    return [[_width(pdf, text) for text in column] for column in _cells(grid, words)]


def _cells(grid: Grid, words: Wording) -> list[tuple[str, ...]]:
    """What stands in each column, as far as is looked at."""
    rows = [grid.texts(index, words) for index in range(min(SAMPLE, len(grid.rows)))]
    if grid.total:
        rows.append(grid.total_texts(words))
    return [*zip(*rows, strict=True)] or [("",)] * len(grid.heads)


def _width(pdf: FPDF, text: str) -> float:
    return pdf.get_string_width(text) + 2 * PAD_MM + 0.3
