"""A black-and-white picture as what a printer understands (ESC/POS), and as previews of it."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

from PIL import Image

PLAIN_BYTES: Final = b"\x1c."  # Chinese firmware starts by reading bytes in pairs
MOST_ROWS: Final = 200  # of one picture: cheap printers have room for no more
AWKWARD_ROWS: Final = 48  # and some lose their place after a multiple of these
# DLE EOT, DLE ENQ and DLE DC4 are obeyed at once, even in the middle of a picture.
COMMANDS: Final = re.compile(rb"\x10(?=[\x04\x05\x14])")
SAFE: Final = b"\x18"  # the same dots and one beside them
TURNED: Final = bytes(255 - byte for byte in range(256))
DPI: Final = 203
FAINT: Final = 208  # of a coarse preview: a cell this light is still ink
HALF_BLOCKS: Final = " ▀▄█"
IMPORTING: Final = Lock()
IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - no full or dying disk keeps a ticket from coming


def raster(image: Image.Image) -> bytes:
    """The picture in slices, a feed and a partial cut. Its width must be a multiple of 8.

    python-escpos feeds six lines, about 25 mm, before it cuts: that is beyond the knife of every
    printer, also where a line is only 30 dots. The ticket stays hanging by a corner.
    """
    printer = _printer(image.width)
    printer.hw("INIT")
    printer._raw(PLAIN_BYTES)
    for one in _slices(without_commands(image)):
        printer.image(one, impl="bitImageRaster", fragment_height=MOST_ROWS, center=False)
    printer.cut("PART")
    return bytes(printer.output)


def without_commands(image: Image.Image) -> Image.Image:
    """The picture without dots that a printer would obey instead of printing them."""
    assert image.mode == "1"
    assert image.width % 8 == 0
    ink = _ink(image)
    safe = COMMANDS.sub(SAFE, ink)
    return image if safe == ink else Image.frombytes("1", image.size, _turned(safe))


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


def _slices(image: Image.Image) -> Iterator[Image.Image]:
    y = 0
    for rows in _heights(image.height):
        yield image.crop((0, y, image.width, y + rows))
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


# --- The library that knows the printer's language ------------------------------------------------


def _printer(width: int) -> Any:
    """A printer of python-escpos that keeps what it is sent, with so many dots and a knife."""
    capabilities, dummy = _library()
    profile = capabilities.Profile(features={"paperPartCut": True})
    # Of a width that its profile does not say, the library speaks on stdout: into the screen.
    profile.profile_data = {"media": {"width": {"pixels": width}}, "codePages": {}}
    return dummy(profile=profile)


def _library() -> tuple[Any, Any]:
    """Imported for the first ticket: it takes a fifth of a second, and screens must start fast."""
    with IMPORTING:  # two threads at once would each take the other's folder for the one before
        return _imported()


@cache
def _imported() -> tuple[Any, Any]:
    with _traceless():
        from escpos import capabilities
        from escpos.printer import Dummy

        return capabilities, Dummy


@contextmanager
def _traceless() -> Iterator[None]:
    """The library's import leaves a temporary folder, and a log on stderr: neither stays."""
    handlers, folder = logging.root.handlers[:], tempfile.tempdir
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as own:
        tempfile.tempdir = own
        try:
            yield
        finally:
            tempfile.tempdir, logging.root.handlers[:] = folder, handlers
