"""A report as a PDF on A4, as an office here sends it: heading, figures, charts, signatures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, TypeVar

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from figures.document import Chart, Figures, Report, Table, Text
from sheets.charts import chart_png
from sheets.drawing import height_of
from sheets.errors import SheetError
from sheets.fonts import FAMILY, STYLES, font_file
from sheets.grid import Grid, grid_of, lines_of, notes_of
from sheets.ruled import Look, Ruled, least_mm, wanted_mm
from sheets.wording import Wording, clean, load

MARGINS_MM: Final = (30.0, 20.0, 15.0)  # left, top, right: paper is punched and filed
FOOT_MM: Final = 18.0
WIDE_MARGIN_MM: Final = 20.0
LANDSCAPE_MM: Final = 297.0 - WIDE_MARGIN_MM - MARGINS_MM[2]
PORTRAIT_MM: Final = 210.0 - MARGINS_MM[0] - MARGINS_MM[2]
MOST_ROWS: Final = 20_000  # of a paper; nobody reads more
MM_PER_INCH: Final = 25.4
SIGNATURE_MM: Final = 42.0

Pdf = TypeVar("Pdf", bound=FPDF)


def paper(report: Report) -> bytes:
    """Raises SheetError for what is too long or too wide for paper."""
    words = load(report.language)
    grids = {
        id(block): grid_of(block, words)
        for block in report.blocks
        if isinstance(block, Table | Figures)
    }
    rows = sum(len(grid.rows) for grid in grids.values())
    if rows > MOST_ROWS:
        raise SheetError("too_long", f"{rows} rows are too many for paper: take csv or xlsx")
    with lettered(Sheet(report, words, landscape=_is_wide([*grids.values()], words))) as sheet:
        sheet.add_page()
        sheet.heading()
        for block in report.blocks:
            match block:
                case Text():
                    sheet.lines(lines_of(block))
                case Chart():
                    sheet.chart(block)
                case _:
                    sheet.grid(grids[id(block)])
        sheet.ending()
        return bytes(sheet.output())


def _is_wide(grids: list[Grid], words: Wording) -> bool:
    """Does any table want more than the width of upright paper? Raises SheetError for too much."""
    with lettered(FPDF()) as measure:
        for grid in grids:
            if least_mm(measure, grid, words) > LANDSCAPE_MM:
                columns = f"{len(grid.heads)} columns are too many for paper"
                raise SheetError("too_wide", f"{columns}: take csv or xlsx")
        return any(wanted_mm(measure, grid, words) > PORTRAIT_MM for grid in grids)


@contextmanager
def lettered(pdf: Pdf) -> Iterator[Pdf]:
    """A PDF that has our letters; their files are open for as long as this lasts."""
    try:
        for style in STYLES:
            with font_file(style) as path:
                pdf.add_font(FAMILY, style, path)
        yield pdf
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


class Sheet(FPDF):
    """The pages of one report while they are written."""

    def __init__(self, report: Report, words: Wording, *, landscape: bool) -> None:
        super().__init__("landscape" if landscape else "portrait", "mm", "A4")
        self._report, self._words = report, words
        left, top, right = MARGINS_MM
        self.set_margins(WIDE_MARGIN_MM if landscape else left, top, right)
        self.set_auto_page_break(True, FOOT_MM)
        self.set_title(clean(report.title))
        self.set_author(clean(report.hall))
        self.set_producer(clean(report.made_by))
        self.set_lang(words.language)
        self.set_creation_date(datetime.fromisoformat(report.made_at))

    def footer(self) -> None:
        """Below every page: what made it and when, and which page it is."""
        self.set_y(-12)
        self._pen(8, "I", grey=90)
        self.cell(self.epw * 0.75, 4, self._words.made(self._report))
        number = self._words("page.number", page=self.page_no(), pages="{nb}")
        self.cell(self.epw * 0.25, 4, number, align=Align.R)

    # --- The heading -----------------------------------------------------------------------------

    def heading(self) -> None:
        """The two columns of every official paper, the date line, the title."""
        words, report, top = self._words, self._report, self.get_y()
        left_mm = self.epw * 0.45
        self._column(self.l_margin, left_mm, clean(report.unit).upper(), "")
        self._column(self.l_margin, left_mm, clean(report.hall).upper(), "B")
        self._rule_below(self.l_margin + left_mm / 2, left_mm / 3)
        self.ln(2.5)
        self._column(self.l_margin, left_mm, words("header.number"), "")
        left_end, right, right_mm = self.get_y(), self.l_margin + left_mm, self.epw - left_mm
        self.set_y(top)
        self._column(right, right_mm, words("header.country"), "B", one_line=True)
        self._column(right, right_mm, words("header.motto"), "B", size=11)
        self._rule_below(right + right_mm / 2, self.get_string_width(words("header.motto")))
        self.ln(2.5)
        self._column(right, right_mm, words.place_and_date(report), "I")
        self.set_y(max(left_end, self.get_y()) + 7)
        self._column(self.l_margin, self.epw, clean(report.title).upper(), "B", size=14)
        self._column(self.l_margin, self.epw, words.period(report), "I", size=10.5)
        self.ln(4)

    def _column(
        self,
        x: float,
        width: float,
        text: str,
        style: str,
        *,
        size: float = 10,
        one_line: bool = False,
    ) -> None:
        """Centred lines in a column; `one_line`: in letters small enough for one."""
        self._pen(size, style)
        while one_line and self.get_string_width(text) > width - 2 and size > 6:
            size -= 0.25
            self._pen(size, style)
        self.set_x(x)
        self.multi_cell(width, size * 0.5, text, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _rule_below(self, centre: float, length: float) -> None:
        self.set_line_width(0.25)
        y = self.get_y() + 0.6
        self.line(centre - length / 2, y, centre + length / 2, y)

    # --- What is in it ---------------------------------------------------------------------------

    def lines(self, lines: list[str]) -> None:
        self._pen(10)
        for line in lines:
            self.multi_cell(0, 5.2, line, align=Align.J, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.5)

    def grid(self, grid: Grid) -> None:
        ruled = Ruled(self, grid, self._words, Look(FAMILY))
        self._block_title(grid.title, ruled.least_mm)
        if grid.rows:
            ruled.draw()
        else:
            self._small_print([self._words("cell.nothing")])
        self.ln(0.8)
        self._small_print(list(grid.notes))
        self.ln(3)

    def chart(self, chart: Chart) -> None:
        width_in = self.epw / MM_PER_INCH
        height = height_of(chart) * MM_PER_INCH
        self._block_title(clean(chart.title), height)
        picture = io.BytesIO(chart_png(chart, self._words, width_in))
        self.image(picture, x=self.l_margin, w=self.epw, h=height, alt_text=clean(chart.title))
        self.ln(3)

    def ending(self) -> None:
        """Notes, and where two people sign."""
        notes = notes_of(self._report)
        if notes:
            self._block_title(self._words("notes.title"), 5)
            self._small_print(notes)
        if self.will_page_break(SIGNATURE_MM):
            self.add_page()
        self.ln(6)
        top, half = self.get_y(), self.epw / 2
        for side, who in enumerate(("maker", "head")):
            self.set_y(top)
            x = self.l_margin + side * half
            self._column(x, half, self._words(f"signature.{who}"), "B")
            self._column(x, half, self._words(f"signature.{who}_how"), "I", size=9)

    def _block_title(self, title: str, needs_mm: float) -> None:
        """A title never stands alone at the foot of a page."""
        if self.will_page_break(needs_mm + 8):
            self.add_page()
        self._pen(11, "B")
        self.multi_cell(0, 6, title, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(0.8)

    def _small_print(self, notes: list[str]) -> None:
        self._pen(8.5, "I", grey=60)
        for note in notes:
            self.multi_cell(0, 4.4, note, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)

    def _pen(self, size: float, style: str = "", *, grey: int = 0) -> None:
        self.set_font(FAMILY, style, size)
        self.set_text_color(grey)
