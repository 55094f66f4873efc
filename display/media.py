"""Pages of a folder for the board's walls: texts, Markdown and pictures, as rows for a terminal.

Shows nothing and knows no time. Whatever is wrong with a page is said as BadPage.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import category, normalize

from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from display.lettering import LETTER_CELLS, LINE_ROWS, written
from terminal.alphabet import sort_key

if TYPE_CHECKING:
    from PIL.Image import Image

TEXTS: Final = frozenset({".txt", ".md"})
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp"})
MOST_PAGES: Final = 100  # of a folder
MOST_TEXT: Final = 64 * 1024  # bytes
MOST_PICTURE: Final = 32 * 1024 * 1024  # bytes
MOST_DOTS: Final = 50_000_000  # of a picture
FORMATS: Final = ("PNG", "JPEG", "WEBP")
BROKEN: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error)  # of Pillow
COLOURS: Final = 64  # of a picture on a terminal: fewer bytes, and nobody sees it from afar
HUGE: Final = (120, 60)  # cells
HEADING: Final = "magenta"  # how a heading is known among the rows
PLAIN_WORDS: Final = Theme(
    {
        "markdown.h1": Style(bold=True, underline=True, color=HEADING),
        **{f"markdown.h{level}": Style(bold=True, color=HEADING) for level in range(2, 7)},
        "markdown.code": Style(bold=True),
    }
)

Row = list[Segment]
Sheet = list[Row]  # as much of a page as is seen at once


class BadPage(Exception):  # noqa: N818 hall words
    """This file is no page of a board; the text says why, for the technician."""


class Room(NamedTuple):
    """The cells there are for a page, and the colours of what is around it: #rrggbb."""

    width: int
    height: int
    ground: str
    heading: str

    @property
    def is_huge(self) -> bool:
        """So many cells that text in them could not be read from afar: it is drawn."""
        return self.width >= HUGE[0] and self.height >= HUGE[1]


def files_in(folder: Path) -> list[Path]:
    """The pages of a folder by name, in the order of the Vietnamese alphabet.

    Hidden files and folders are none. Raises OSError.
    """
    names = [path for path in folder.iterdir() if not path.name.startswith(".")]
    files = [path for path in names if not path.is_dir()]
    return sorted(files, key=lambda path: sort_key(path.name))[:MOST_PAGES]


def sheets(file: Path, room: Room) -> list[Sheet]:
    """A page in as many sheets as it takes. Raises BadPage."""
    kind = file.suffix.lower()
    try:
        if kind in TEXTS:
            return _written(_text(_content(file, MOST_TEXT)), kind == ".md", room)
        if kind in PICTURES:
            return [_picture(_content(file, MOST_PICTURE), room)]
    except OSError as error:
        raise BadPage(error.strerror or str(error)) from None
    raise BadPage("neither a text (.txt, .md) nor a picture (.png, .jpg, .webp)")


def _content(file: Path, most: int) -> bytes:
    """Raises BadPage, OSError."""
    if not stat.S_ISREG(file.stat().st_mode):  # to read a pipe would never end
        raise BadPage("not a file")
    with file.open("rb") as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise BadPage(f"larger than {most // 1024} kB")
    if not content.strip():
        raise BadPage("empty")
    return content


# --- Texts ---------------------------------------------------------------------------------------


def _text(content: bytes) -> str:
    """Letters and line ends alone: nothing that would steer a terminal. Raises BadPage."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadPage("not a text in UTF-8") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    if any(category(character) == "Cc" and character != "\n" for character in text):
        raise BadPage("not a text: it has control characters")
    seen = (c for c in normalize("NFC", text) if c == "\n" or not category(c).startswith("C"))
    return "".join(seen).strip("\n")


def _written(text: str, markdown: bool, room: Room) -> list[Sheet]:
    wide, high = (LETTER_CELLS, LINE_ROWS) if room.is_huge else (1, 1)
    fitting = room._replace(width=room.width // wide, height=room.height // high)
    rows = _rows(_markdown(text) if markdown else Text(text), fitting)
    if not any(_is_inked(row) for row in rows):
        raise BadPage("empty")
    those = list(_cut(rows, fitting.height))
    return [list(_enlarged(sheet)) for sheet in those] if room.is_huge else those


def _enlarged(sheet: Sheet) -> Iterator[Row]:
    """Each line drawn, in the style of its first word."""
    for row in sheet:
        first = next((piece.style for piece in row if piece.text.strip()), None)
        style = Style(color=first.color) if first is not None else None
        line = "".join(piece.text for piece in row).rstrip()
        yield from ([Segment(drawn, style)] for drawn in written(line, LINE_ROWS))


def _markdown(text: str) -> RenderableType:
    from rich.markdown import Markdown

    return Markdown(text, hyperlinks=False)


def _rows(page: RenderableType, room: Room) -> list[Row]:
    console = Console(
        file=StringIO(), width=room.width, theme=PLAIN_WORDS, color_system="truecolor"
    )
    rows = console.render_lines(page, pad=False, new_lines=False)
    return [[_in_colours(piece, room) for piece in row] for row in rows]


def _in_colours(piece: Segment, room: Room) -> Segment:
    """The hall's colours only, which can be read from afar."""
    look = piece.style or Style.null()
    heads = look.color is not None and look.color.name == HEADING
    plain = Style(bold=look.bold, italic=look.italic, underline=look.underline)
    return Segment(piece.text, plain + Style(color=room.heading) if heads else plain)


def _is_inked(row: Row) -> bool:
    return any(piece.text.strip() for piece in row)


def _cut(rows: Sequence[Row], height: int) -> Iterator[Sheet]:
    """Sheets that begin with a line of text, each cut at the last empty row that leaves it full."""
    rest = list(rows)
    while rest:
        while rest and not _is_inked(rest[0]):
            del rest[0]
        if not rest:
            return
        end = _good_end(rest, height)
        yield rest[:end]
        rest = rest[end:]


def _good_end(rows: Sequence[Row], height: int) -> int:
    """Where the sheet ends: between paragraphs, if one ends in its lower half."""
    if len(rows) <= height:
        return len(rows)
    gaps = [y for y in range(height // 2, height + 1) if not _is_inked(rows[y])]
    return max(1, gaps[-1] if gaps else height)


# --- Pictures ------------------------------------------------------------------------------------


def _picture(content: bytes, room: Room) -> Sheet:
    """As large as it fits, in its own proportions, in the middle; of a moving one the first."""
    from rich_pixels import HalfcellRenderer

    image = _on_the_ground(content, room)
    pieces = HalfcellRenderer().render(image, None)
    rows = list(Segment.split_lines(Segment.simplify(pieces)))
    left = Segment(" " * ((room.width - image.width) // 2))
    above = (room.height - len(rows)) // 2
    return [[] for _ in range(above)] + [[left, *row] for row in rows]


def _on_the_ground(content: bytes, room: Room) -> Image:
    """The picture at two dots a cell, where it is transparent in the colour around it."""
    from io import BytesIO

    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_DOTS:
                raise BadPage(f"larger than {MOST_DOTS // 1_000_000} million dots")
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (*BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPage(f"not a picture: {type(error).__name__}") from None
    fitting = ImageOps.contain(picture, (room.width, 2 * room.height))
    ground = Image.new("RGBA", (fitting.width, fitting.height + fitting.height % 2), room.ground)
    ground.alpha_composite(fitting)
    return ground.convert("RGB").quantize(COLOURS).convert("RGBA")
