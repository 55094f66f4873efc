"""A real terminal is asked how wide letters are; one that reads them wrongly, or is silent."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any, Final

import pyte
import pytest

from doctor.screen import colours
from tests.waiting import PATIENCE_S

ROOT: Final = Path(__file__).parents[2]
MOUSE: Final = b"\x1b[?1006$p"
KNOWS_MOUSE: Final = b"\x1b[?1006;1$y"
PROGRAM: Final = (
    "import sys\n"
    "from doctor import screen\n"
    "from doctor.screen import terminal\n"
    "screen.ANSWER_S = float(sys.argv[1])\n"
    "found = list(terminal())\n"
    "print('FOUND', *(f'{one.state}:{one.word}' for one in found))"
)


class Emulated(pyte.Screen):
    """A terminal that answers questions about its cursor on the line that it was asked on."""

    def __init__(self, columns: int, rows: int, line: int, *, answers: bool) -> None:
        super().__init__(columns, rows)
        self._line, self._answers = line, answers

    def write_process_input(self, data: str) -> None:
        if self._answers:
            os.write(self._line, data.encode())


def found_on(columns: int, rows: int, *, utf8: bool = True, answers: bool = True) -> list[str]:
    """What is found on a terminal of this size."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (rows, columns))
    stream: Any = pyte.ByteStream(Emulated(columns, rows, ours, answers=answers))
    stream.use_utf8 = utf8
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(PATIENCE_S if answers else 0.1)],
        stdin=theirs,
        stdout=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(theirs)
    heard, deadline = b"", time.monotonic() + PATIENCE_S
    try:
        while b"FOUND" not in heard or not heard.endswith(b"\n"):
            assert time.monotonic() < deadline, heard
            if select.select([ours], [], [], 0.1)[0]:
                said = os.read(ours, 4096)
                if answers and MOUSE in heard + said and MOUSE not in heard:
                    os.write(ours, KNOWS_MOUSE)  # of which the emulator knows nothing
                heard += said
                stream.feed(said)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return heard.rpartition(b"FOUND")[2].decode().split()


def test_a_good_terminal_draws_each_letter_in_one_cell() -> None:
    found = found_on(100, 30)
    drawn = ["ok:letters_drawn", "ok:blocks_drawn"]
    assert found == ["ok:terminal_size", "ok:colours", *drawn, "ok:mouse"]


def test_a_terminal_that_is_too_small_is_told() -> None:
    assert found_on(60, 20)[0] == "mend:terminal_small"


def test_a_terminal_without_utf8_takes_letters_for_several() -> None:
    found = found_on(200, 30, utf8=False)
    assert found[2:4] == ["mend:letters_wrong", "mend:blocks_wrong"]


def test_a_terminal_that_answers_nothing_keeps_nobody_waiting() -> None:
    found = found_on(100, 30, answers=False)
    assert found[2:] == ["look:terminal_mute", "look:mouse_unknown"]


@pytest.mark.parametrize(
    ("term", "colorterm", "word"),
    [
        ("xterm-256color", "", "colours"),
        ("xterm", "truecolor", "colours"),
        ("foot", "", "colours"),
        ("linux", "", "console"),
        ("xterm", "", "colours_few"),
        ("dumb", "", "colours_none"),
        ("", "", "colours_none"),
    ],
)
def test_colours_are_known_by_what_the_terminal_is_called(
    term: str, colorterm: str, word: str
) -> None:
    assert colours(term, colorterm).word == word
