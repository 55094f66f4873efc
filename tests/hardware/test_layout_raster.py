"""What a printer is sent is the picture of the preview, and nothing that it would obey instead."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from hardware.layout import ticket_picture
from hardware.raster import preview, raster, terminal_preview, without_commands
from hardware.template import read
from tests.cli.commands import ROOT
from tests.hardware.paper import TICKET, WIDTHS, printed


@pytest.mark.parametrize("width", WIDTHS)
def test_the_paper_and_the_preview_are_the_same_dots(width: int) -> None:
    picture = ticket_picture(TICKET, read(), width)
    out = printed(raster(picture))
    with Image.open(BytesIO(preview(picture))) as shown:
        assert shown.mode == "1"
        assert out.picture().tobytes() == shown.tobytes() == picture.tobytes()
        assert out.picture().size == shown.size == picture.size
    assert (out.started, out.fed, out.cut) == (True, 6, True)


@pytest.mark.parametrize("height", [1, 47, 48, 96, 144, 192, 200, 240, 248, 392, 400, 1000, 1200])
def test_slices_fit_the_memory_of_cheap_printers(height: int) -> None:
    noise = random.Random(height)
    picture = Image.frombytes("1", (384, height), noise.randbytes(48 * height))
    out = printed(raster(picture))
    heights = [one.height for one in out.slices]
    assert sum(heights) == height
    assert all(rows <= 200 and rows % 48 for rows in heights)
    assert out.picture().tobytes() == without_commands(picture).tobytes()


OBEYED = [b"\x10\x04\x01", b"\x10\x05\x02", b"\x10\x14\x01\x00\x01", b"\x10\x14\x08\x01\x03\x14"]


@pytest.mark.parametrize("command", OBEYED)
def test_dots_that_a_printer_would_obey_get_one_more_dot(command: bytes) -> None:
    black = (b"\x00" * 5 + command).ljust(48 * 3, b"\x00")
    picture = ImageChops.invert(Image.frombytes("1", (384, 3), black))
    stream = raster(picture)
    assert command not in stream
    before, after = picture.tobytes(), printed(stream).picture().tobytes()
    changed = [bin(one ^ other).count("1") for one, other in zip(before, after, strict=True)]
    assert sum(changed) == 1
    assert all(one | other == one for one, other in zip(before, after, strict=True))  # none is lost


def test_no_picture_at_all_brings_a_command() -> None:
    noise = random.Random(7)
    letters = (0x10, 0x04, 0x05, 0x14, 0x00, 0x01)
    for _ in range(20):
        dots = bytes(noise.choices(letters, k=72 * 210))
        picture = ImageChops.invert(Image.frombytes("1", (576, 210), dots))
        stream = raster(picture)
        assert not re.search(rb"\x10[\x04\x05\x14]", stream)
        assert raster(without_commands(picture)) == stream


FIRST_TICKET = """
import logging, sys
from PIL import Image
from hardware.raster import raster
assert not any(name.startswith("escpos") for name in sys.modules)
raster(Image.new("1", (384, 500), 1))
assert "escpos" in sys.modules
assert logging.root.handlers == []
"""


def test_the_library_is_loaded_for_the_first_ticket_and_leaves_no_trace(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_TICKET],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_the_preview_is_as_large_as_the_paper() -> None:
    with Image.open(BytesIO(preview(Image.new("1", (576, 80), 1)))) as shown:
        assert shown.info["dpi"] == pytest.approx((203, 203), abs=0.1)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_terminal_shows_the_shape_within_its_width(columns: int) -> None:
    lines = terminal_preview(ticket_picture(TICKET, read(), 576), columns)
    assert max(map(len, lines)) <= columns
    assert set("".join(lines)) == set(" ▀▄█")


def test_a_terminal_cell_is_two_dots_one_above_the_other() -> None:
    picture = Image.new("1", (8, 4), 1)
    for x, y in [(0, 0), (1, 1), (2, 0), (2, 1), (3, 2)]:
        picture.putpixel((x, y), 0)
    assert terminal_preview(picture, 8) == ["▀▄█", "   ▀"]


def test_two_threads_that_print_their_first_ticket_at_once_leave_temporary_files_alone() -> None:
    code = """
import tempfile
from concurrent.futures import ThreadPoolExecutor
from PIL import Image
from hardware.raster import raster
with ThreadPoolExecutor(8) as threads:
    list(threads.map(lambda _: raster(Image.new("1", (576, 8), 1)), range(8)))
with tempfile.TemporaryDirectory():
    pass
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stderr == ""
