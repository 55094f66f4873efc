"""What is written to a terminal arrives whole and in order, whenever the terminal takes it."""

from __future__ import annotations

import os
import pty
import threading
import tty
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from terminal.outlet import Outlet
from tests.waiting import until_now

FRAMES = [f"{number:06} Số {'ầ' * (number % 997)}\n" for number in range(400)]
MORE_THAN_FITS = "x" * 300_000


class Line(NamedTuple):
    """A terminal's own end, and the one that a screen writes to."""

    terminal: int
    screen: int


@pytest.fixture
def line() -> Iterator[Line]:
    ends = Line(*pty.openpty())
    tty.setraw(ends.screen)
    yield ends
    for end in ends:
        os.close(end)


def read(line: Line, many: int) -> bytes:
    """So many bytes, and none more are there yet."""
    taken = b""
    while len(taken) < many:
        taken += os.read(line.terminal, many - len(taken))
    return taken


def test_what_a_terminal_takes_is_there_when_it_was_written(line: Line) -> None:
    outlet, threads = Outlet(line.screen), threading.active_count()
    outlet.write("A001")
    assert read(line, 4) == b"A001"
    assert threading.active_count() == threads
    outlet.close()


def test_a_terminal_that_stops_for_a_while_holds_up_nobody_and_gets_everything(line: Line) -> None:
    outlet = Outlet(line.screen)
    outlet.write(MORE_THAN_FITS)
    outlet.write("A001")  # returned although nobody reads
    assert read(line, len(MORE_THAN_FITS) + 4) == f"{MORE_THAN_FITS}A001".encode()
    until_now(lambda: not outlet._unwritten)
    outlet.write("A002")
    assert read(line, 4) == b"A002"
    outlet.close()


def test_frames_stay_in_order_however_slowly_they_are_taken(line: Line) -> None:
    outlet, wanted = Outlet(line.screen), "".join(FRAMES).encode()
    taken: list[bytes] = []
    reader = threading.Thread(target=lambda: taken.append(read(line, len(wanted))))
    reader.start()
    for frame in FRAMES:
        outlet.write(frame)
    outlet.close()
    reader.join()
    assert taken == [wanted]


def test_what_is_no_terminal_is_written_to_all_the_same() -> None:
    reads, writes = os.pipe()
    outlet = Outlet(writes)
    for frame in FRAMES[:9]:
        outlet.write(frame)
    outlet.close()
    os.close(writes)
    with open(reads, encoding="utf-8") as pipe:
        assert pipe.read() == "".join(FRAMES[:9])


def test_a_terminal_that_is_gone_ends_nothing() -> None:
    terminal, screen = pty.openpty()
    outlet = Outlet(screen)
    os.close(terminal)
    for _ in range(100):
        outlet.write("A001")
    outlet.close()
    os.close(screen)
