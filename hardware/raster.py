"""A black-and-white picture as what a printer understands (ESC/POS), and as previews of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from PIL import Image

START: Final = b"\x1b@\x1c."  # forget everything; no double-byte letters
END: Final = b"\x1bd\x04\x1dV\x01"  # four lines up to the knife; leave the ticket hanging on
PICTURE: Final = b"\x1dv0\x00"
MOST_ROWS: Final = 200  # of one picture: cheap printers have room for no more
AWKWARD_ROWS: Final = 48  # and some lose their place after a multiple of these
# DLE EOT, DLE ENQ and DLE DC4 are obeyed at once, even in the middle of a picture.
COMMANDS: Final = re.compile(rb"\x10(?=[\x04\x05\x14])")
SAFE: Final = b"\x18"  # the same dots and one beside them
TURNED: Final = bytes(255 - byte for byte in range(256))
DPI: Final = 203
FAINT: Final = 208  # of a coarse preview: a cell this light is still ink
HALF_BLOCKS: Final = " ▀▄█"


def raster(image: Image.Image) -> bytes:
    """The picture in slices, a feed and a partial cut. Its width must be a multiple of 8."""
    safe = without_commands(image)
    return START + b"".join(_slices(safe)) + END


def without_commands(image: Image.Image) -> Image.Image:
    """The picture without dots that a printer would obey instead of printing them."""
    assert image.mode == "1"
    assert image.width % 8 == 0
    ink = COMMANDS.sub(SAFE, _ink(image))
    return Image.frombytes("1", image.size, _turned(ink))


def preview(image: Image.Image) -> bytes:
    """The picture as a PNG file, in its true size on paper."""
    file = BytesIO()
    image.save(file, "PNG", dpi=(DPI, DPI))
    return file.getvalue()


def terminal_preview(image: Image.Image, columns: int) -> list[str]:
    """The picture in half blocks, at most so many cells wide; coarse, but its shape is seen."""
    wide = min(columns, image.width)
    high = max(1, round(image.height * wide / image.width / 2)) * 2
    small = image.convert("L").resize((wide, high), Image.Resampling.BOX)
    dark = [tone < FAINT for tone in small.tobytes()]
    rows = [dark[start : start + wide] for start in range(0, len(dark), wide)]
    return [
        "".join(HALF_BLOCKS[upper + 2 * lower] for upper, lower in zip(*pair, strict=True)).rstrip()
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]


def _slices(image: Image.Image) -> Iterator[bytes]:
    ink, wide = _ink(image), image.width // 8
    y = 0
    for rows in _heights(image.height):
        size = wide.to_bytes(2, "little") + rows.to_bytes(2, "little")
        yield PICTURE + size + ink[y * wide : (y + rows) * wide]
        y += rows


def _heights(rows: int) -> Iterator[int]:
    while rows > 0:
        height = min(rows, MOST_ROWS)
        height -= 8 if height % AWKWARD_ROWS == 0 else 0
        yield height
        rows -= height


def _ink(image: Image.Image) -> bytes:
    """Eight dots a byte, from the left; a set bit is black. In a picture it is white."""
    return _turned(image.tobytes())


def _turned(bits: bytes) -> bytes:
    return bits.translate(TURNED)
