"""The ticket as one black-and-white picture: what stands where on the paper.

Sends nothing anywhere. Sizes are dots of a head with 203 dots per inch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final, assert_never

from PIL import Image, ImageDraw

from hardware.facts import TicketFacts
from hardware.letters import Paragraph, dots, number, paragraph, size_for
from hardware.raster import without_commands
from hardware.template import (
    LEAST_NUMBER_MM,
    AnyRow,
    GapRow,
    LineRow,
    NumberRow,
    PictureRow,
    QrRow,
    Template,
    TextRow,
    fill,
)

DARK: Final = 140  # a grey below this becomes a dot
MARGIN_MM: Final = 1.5  # left and right
EDGE_MM: Final = 1.5  # above and below
LABEL_GAP: Final = 16  # between labels and what they label
WIDEST_LABELS: Final = 0.42  # of the width; wider ones stand above
FRAME: Final = 3  # thickness
FRAME_X: Final = 18  # between frame and text
FRAME_Y: Final = 8
FRAME_ROUND: Final = 10
LEAST_BOX: Final = 4  # of a QR code that cheap cameras read
THICKNESS: Final = {"thin": 2, "thick": 4, "dashed": 2}
DASH: Final = 6


def ticket_picture(facts: TicketFacts, template: Template, width: int) -> Image.Image:
    """The ticket, `width` dots wide (a multiple of 8) and as long as it needs to be; mode "1"."""
    assert width % 8 == 0
    blocks = list(_blocks(Page(facts.language, facts.texts(), template, width)))
    edge = dots(EDGE_MM)
    paper = Image.new("L", (width, 2 * edge + sum(block.height for block in blocks)), 255)
    y = edge
    for block in blocks:
        block.draw(paper, y)
        y += block.height
    return without_commands(_black_and_white(paper))


def _black_and_white(grey: Image.Image) -> Image.Image:
    return grey.point(lambda tone: 255 * (tone >= DARK), "1")


@dataclass(frozen=True, slots=True)
class Page:
    """One ticket on paper of one width. `known`: its facts, by their names."""

    language: str
    known: Mapping[str, str]
    template: Template
    paper_width: int

    @property
    def left(self) -> int:
        return dots(MARGIN_MM)

    @property
    def width(self) -> int:
        return self.paper_width - 2 * self.left

    def fill(self, texts: str | dict[str, str]) -> str:
        return fill(texts, self.language, self.known)

    def shown(self) -> list[AnyRow]:
        """The rows of this ticket, without those that have nothing to say."""
        rows = (row for row in self.template.rows if not row.only_if or self.known[row.only_if])
        return _settled([row for row in rows if self._has_something(row)])

    def _has_something(self, row: AnyRow) -> bool:
        match row:
            case TextRow():
                return bool(self.fill(row.text))
            case NumberRow():
                return bool(self.fill(row.number))
            case QrRow():
                return bool(self.fill(row.qr))
            case PictureRow():
                return row.picture in self.template.pictures
            case LineRow() | GapRow():
                return True

    def x(self, wide: int, align: str) -> int:
        """Where something so wide begins."""
        free = self.width - wide
        return self.left + {"left": 0, "center": free // 2, "right": free}[align]


def _settled(rows: list[AnyRow]) -> list[AnyRow]:
    """Lines and gaps that meet become one line between the largest gaps around it."""
    settled: list[AnyRow] = []
    for blank, group in groupby(rows, key=lambda row: isinstance(row, LineRow | GapRow)):
        run = list(group)
        settled += _separator(run) if blank else run
    return settled


def _separator(run: list[AnyRow]) -> Iterator[AnyRow]:
    lines = [place for place, row in enumerate(run) if isinstance(row, LineRow)]
    first, last = (lines[0], lines[-1]) if lines else (len(run), len(run))
    yield from _largest(run[:first])
    yield from run[first : first + 1]
    yield from _largest(run[last + 1 :])


def _largest(run: list[AnyRow]) -> list[GapRow]:
    gaps = [row for row in run if isinstance(row, GapRow)]
    return [max(gaps, key=lambda row: row.gap)] if gaps else []


# --- Rows become blocks ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """Something so high, and how it is drawn below a `y`."""

    height: int
    draw: Callable[[Image.Image, int], None]


def _blocks(page: Page) -> Iterator[Block]:
    rows = page.shown()
    labels = _label_width(page, rows)
    for row in rows:
        match row:
            case TextRow():
                yield _text(page, row, labels)
            case NumberRow():
                yield _number(page, row)
            case PictureRow():
                yield _picture(page, row)
            case QrRow():
                yield from _qr(page, row)
            case LineRow():
                yield _line(page, row)
            case GapRow():
                yield Block(dots(row.gap), lambda paper, y: None)
            case _:
                assert_never(row)


def _text(page: Page, row: TextRow, labels: int) -> Block:
    if page.fill(row.label):
        return _labelled(page, row, labels)
    if row.frame:
        return _framed(page, row)
    text = _paragraph(page, row, page.width)
    return Block(
        text.height, lambda paper, y: text.draw(paper, page.left, y, page.width, row.align)
    )


def _paragraph(page: Page, row: TextRow, width: int) -> Paragraph:
    size = size_for(row.weight, row.height_mm)
    return paragraph(page.fill(row.text), row.weight, size, width)


def _label(page: Page, row: TextRow) -> Paragraph:
    size = size_for("regular", row.height_mm)
    return paragraph(page.fill(row.label), "regular", size, page.width)


def _label_width(page: Page, rows: list[AnyRow]) -> int:
    """The column of the labels with the gap behind it; 0: too wide, they stand above."""
    labels = [_label(page, row) for row in rows if isinstance(row, TextRow) and row.label]
    width = max((label.width for label in labels), default=0)
    return width + LABEL_GAP if width <= page.width * WIDEST_LABELS else 0


def _labelled(page: Page, row: TextRow, labels: int) -> Block:
    label = _label(page, row)
    text = _paragraph(page, row, page.width - labels)
    above = 0 if labels else label.height

    def draw(paper: Image.Image, y: int) -> None:
        label.draw(paper, page.left, y, page.width, "left")
        text.draw(paper, page.left + labels, y + above, page.width - labels, "left")

    return Block(max(label.height, text.height + above), draw)


def _framed(page: Page, row: TextRow) -> Block:
    text = _paragraph(page, row, page.width - 2 * FRAME_X)
    width, height = text.width + 2 * FRAME_X, text.height + 2 * FRAME_Y
    x = page.x(width, row.align)

    def draw(paper: Image.Image, y: int) -> None:
        box = (x, y, x + width - 1, y + height - 1)
        ImageDraw.Draw(paper).rounded_rectangle(box, FRAME_ROUND, outline=0, width=FRAME)
        text.draw(paper, x + FRAME_X, y + FRAME_Y, text.width, row.align)

    return Block(height, draw)


def _number(page: Page, row: NumberRow) -> Block:
    text = page.fill(row.number)
    ink = number(text, row.weight, row.height_mm, LEAST_NUMBER_MM, page.width)
    return _pasted(ink, page.x(ink.width, "center"))


def _picture(page: Page, row: PictureRow) -> Block:
    picture = page.template.pictures[row.picture]
    most = min(page.width, dots(row.width_mm)), dots(row.height_mm)
    scale = min(most[0] / picture.width, most[1] / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    ink = picture.resize(size, Image.Resampling.LANCZOS)
    return _pasted(ink, page.x(ink.width, row.align))


def _pasted(ink: Image.Image, x: int) -> Block:
    return Block(ink.height, lambda paper, y: paper.paste(ink, (x, y)))


def _qr(page: Page, row: QrRow) -> Iterator[Block]:
    """With its quiet zone. None where the paper is too narrow for a text so long."""
    code = _code(page.fill(row.qr))
    box = min(row.box, page.width // code.width)
    if box >= LEAST_BOX:
        side = code.width * box
        ink = code.resize((side, side), Image.Resampling.NEAREST)
        yield _pasted(ink, page.x(side, row.align))


@lru_cache(maxsize=4)  # a ticket is drawn twice: as it is, and as the copy it may need
def _code(text: str) -> Image.Image:
    """A dot for each module."""
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    modules = code.get_matrix()
    ink = Image.new("L", (len(modules), len(modules)))
    ink.putdata([0 if dark else 255 for line in modules for dark in line])
    return ink


def _line(page: Page, row: LineRow) -> Block:
    thickness = THICKNESS[row.line]
    length, step = (DASH, 2 * DASH) if row.line == "dashed" else (page.width, page.width)

    def draw(paper: Image.Image, y: int) -> None:
        for x in range(page.left, page.left + page.width, step):
            right = min(x + length, page.left + page.width)
            paper.paste(0, (x, y, right, y + thickness))

    return Block(thickness, draw)
