"""The terminal a screen is to run on: its size, colours, letters and mouse; and the fonts there.

A terminal is asked itself: whoever writes letters and then asks where the cursor is, knows how wide
they were drawn. Whether they can be read only an eye can tell.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which
from typing import Final

from doctor.finding import Finding, look, mend, ok

COLUMNS, ROWS = 80, 24
ANSWER_S: Final = 1.0
FONTS_S: Final = 3.0
LETTERS: Final = "ơưạấậẩẫắặẳẵếệốộợựỷĐ"
BLOCKS: Final = "█▀▄▌▐░▒▓┌─┐│└┘"
WHERE: Final = "\x1b[6n"
MOUSE: Final = "\x1b[?1006$p"  # does it know clicks that are told in digits?
POSITION: Final = re.compile(rb"\x1b\[(\d+);(\d+)R")
KNOWS: Final = re.compile(rb"\x1b\[\?1006;(\d)\$y")
DIRECT: Final = frozenset({"truecolor", "24bit"})
POOR: Final = frozenset({"dumb", "", "vt100", "vt220", "ansi"})


def terminal() -> Iterator[Finding]:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield look("no_terminal")
        return
    size = os.get_terminal_size(sys.stdout.fileno())
    facts = {"columns": size.columns, "rows": size.lines}
    fits = size.columns >= COLUMNS and size.lines >= ROWS
    yield ok("terminal_size", **facts) if fits else mend("terminal_small", **facts)
    yield colours(os.environ.get("TERM", ""), os.environ.get("COLORTERM", ""))
    with _raw(sys.stdin.fileno()) as descriptor:
        letters, blocks = _columns(descriptor, LETTERS), _columns(descriptor, BLOCKS)
        mouse = _asked(descriptor, MOUSE, KNOWS)
    if letters is None or blocks is None:
        yield look("terminal_mute")
    else:
        yield _of_letters(LETTERS, letters, "letters_drawn", "letters_wrong")
        yield _of_letters(BLOCKS, blocks, "blocks_drawn", "blocks_wrong")
    yield _of_mouse(mouse)


def colours(term: str, colorterm: str) -> Finding:
    """As the terminal is called."""
    if term in POOR:
        return mend("colours_none", term=term or "-")
    if term == "linux":
        return look("console", term=term)
    if colorterm in DIRECT or "256color" in term or "direct" in term or term in {"foot", "kitty"}:
        return ok("colours", term=term)
    return look("colours_few", term=term)


def _of_letters(text: str, columns: int, well: str, badly: str) -> Finding:
    """Each of them is one column wide."""
    if columns == len(text):
        return ok(well, text=text)
    return mend(badly, text=text, columns=columns, right=len(text))


def _of_mouse(said: re.Match[bytes] | None) -> Finding:
    if said is None:
        return look("mouse_unknown")
    return look("mouse_none") if said[1] == b"0" else ok("mouse")


@contextmanager
def _raw(descriptor: int) -> Iterator[int]:
    """Keys and answers come as they are, and nothing of them is drawn."""
    before = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor)
        yield descriptor
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)


def _columns(descriptor: int, text: str) -> int | None:
    """How many columns the terminal moved on; None: it does not say."""
    said = _asked(descriptor, f"\r{text}{WHERE}", POSITION)
    _write("\r\x1b[K")
    return None if said is None else int(said[2]) - 1


def _asked(descriptor: int, question: str, answer: re.Pattern[bytes]) -> re.Match[bytes] | None:
    _write(question)
    heard, until = b"", time.monotonic() + ANSWER_S
    while (rest := until - time.monotonic()) > 0:
        if select.select([descriptor], [], [], rest)[0]:
            heard += os.read(descriptor, 1024)
            if (found := answer.search(heard)) is not None:
                return found
    return None


def _write(text: str) -> None:
    os.write(sys.stdout.fileno(), text.encode())


def fonts() -> Iterator[Finding]:
    """Whether a font of equal widths has Vietnamese, where terminals use the system's fonts."""
    if which("fc-list") is None:
        return
    try:
        done = subprocess.run(
            ["fc-list", ":lang=vi:spacing=mono", "family"],  # noqa: S607 - where it is, is theirs
            capture_output=True,
            text=True,
            timeout=FONTS_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield look("fonts_none")
        return
    families = sorted({line.split(",")[0].strip() for line in done.stdout.splitlines()} - {""})
    yield ok("fonts", names=", ".join(families[:3])) if families else look("fonts_none")
