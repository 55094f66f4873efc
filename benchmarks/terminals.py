"""Real screens on pseudo-terminals against a real server: from key to board, from start to first
paint, their memory beside a bare screen's, what thirty of them cost while nothing happens, from
touch to printer.

    python -m benchmarks.terminals

Left out: the terminal that draws, and the printer's own mechanism.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, gettempdir
from typing import Final, NamedTuple

import msgspec

from benchmarks.asked import SERVICE
from benchmarks.on_pty import BARE, LOOK_S, PATIENCE_S, OnPty
from benchmarks.served import Served, Size, kiosk_at, resident_mb, served
from config.pins import DEMO_PIN
from link.messages import PROTOCOL, Hello
from load.calibrate import heading, table
from load.wire import HOST
from tests.hardware.fake_printer import CUT, PICTURE, NetworkPrinter

BOARD: Final = (160, 45)
CONSOLE: Final = (100, 30)
KIOSK: Final = (80, 24)
STEP_S: Final = 0.4  # between two keys of an officer who is quick
STILL_S: Final = 5.0  # then everything that a start begins is done
MOMENT_S: Final = 1.0  # of a call on the board, so that many calls take less than a minute
FLASH_S: Final = 0.6  # longer than between two flashes: the board shows no call any more
IDLE_S: Final = 20.0
TERMINALS: Final = 30
PAINTED_B: Final = 500  # more than the questions a program asks a terminal first
SCREENS: Final = (("kiosk", KIOSK), ("counter", CONSOLE), ("display", BOARD), ("manager", CONSOLE))


@contextmanager
def a_screen(hall: Served, name: str, size: tuple[int, int], number: int = 1) -> Iterator[OnPty]:
    """A screen of this hall that has painted itself."""
    device = f"{'board' if name == 'display' else name}-{number}"
    where = ("--host", HOST, "--port", str(hall.port), "--device", device)
    with OnPty(name, *where, size=size, home=hall.folder) as screen:
        screen.wait_for_bytes(PAINTED_B)
        screen.settle()
        yield screen


# --- From the officer's key to the board ---------------------------------------------------------


class Shown(NamedTuple):
    """Milliseconds from the key until the board begins to show the call, and until it is still."""

    begun: float
    still: float


def key_to_board(calls: int) -> list[Shown]:
    """Of so many calls, one after the other."""
    size = Size(moment_s=MOMENT_S)
    with TemporaryDirectory() as folder, served(Path(folder), size) as hall:
        asyncio.run(_take_numbers(hall.port, calls))
        with a_screen(hall, "display", BOARD) as board, a_screen(hall, "counter", CONSOLE) as desk:
            _sign_in(desk)
            return [_one_call(desk, board) for _ in range(calls)]


async def _take_numbers(port: int, many: int) -> None:
    kiosk = await kiosk_at(port)
    for _ in range(many):
        await kiosk.ok("take_ticket", services=[SERVICE])


def _sign_in(console: OnPty) -> None:
    console.wait_for("PIN")
    console.settle()
    for keys in ("cb1\r", f"{DEMO_PIN}\r", "m"):
        console.press(keys)
        time.sleep(2 * STEP_S)


def _one_call(console: OnPty, board: OnPty) -> Shown:
    """Press next, and then serve whoever was called."""
    board.settle()
    mark = len(board.painted)
    at = console.press(" ")
    board.settle(mark)
    painted = board.since(mark)
    for keys in ("b", "k", "\r"):
        console.press(keys)
        time.sleep(STEP_S)
    board.settle(quiet_s=FLASH_S)
    return Shown(*(1000 * (one.at - at) for one in (painted[0], painted[-1])))


def bare_key_ms(keys: int) -> list[float]:
    """Milliseconds from a key to the first byte of what the least that a screen can be makes of it,
    after a rest."""
    times = []
    with TemporaryDirectory() as folder, served(Path(folder)) as hall, _bare_screen(hall) as bare:
        for key in (str(number % 10) for number in range(keys)):
            time.sleep(STEP_S)
            mark = len(bare.painted)
            at = bare.press(key)
            bare.settle(mark)
            times.append(1000 * (bare.since(mark)[0].at - at))
    return times


# --- Start and memory ----------------------------------------------------------------------------


def start_ms(name: str, size: tuple[int, int], starts: int) -> tuple[list[float], list[float]]:
    """Milliseconds from the start of the program to its first paint, and its megabytes then."""
    return _started(partial(a_screen, name=name, size=size), starts)


def floor_ms(starts: int, more: int = 0) -> tuple[list[float], list[float]]:
    """The same of the least that a screen can be, and of so many widgets more."""
    return _started(partial(_bare_screen, more=more), starts)


@contextmanager
def _bare_screen(hall: Served, more: int = 0) -> Iterator[OnPty]:
    hello = msgspec.json.encode(Hello(PROTOCOL, "display", "board-1")).decode()
    what = (f"ws://{HOST}:{hall.port}/", hello, str(more))
    with OnPty(*what, size=CONSOLE, home=hall.folder, program=BARE) as screen:
        screen.wait_for_bytes(PAINTED_B)
        screen.settle()
        yield screen


def _started(
    begin: Callable[[Served], AbstractContextManager[OnPty]], starts: int
) -> tuple[list[float], list[float]]:
    times, sizes = [], []
    with TemporaryDirectory() as folder, served(Path(folder)) as hall:
        for _ in range(starts):
            began = time.monotonic()
            with begin(hall) as screen:
                times.append(1000 * (screen.wait_for_bytes(PAINTED_B) - began))
                time.sleep(STEP_S)
                sizes.append(resident_mb(screen.pid))
    return times, sizes


# --- Thirty terminals on one machine, while nothing happens --------------------------------------


def idle_percent() -> float:
    """Of one core, all screens and the server together."""
    size = Size(counters=14, kiosks=6, boards=10)
    with TemporaryDirectory() as folder, served(Path(folder), size) as hall, ExitStack() as stack:
        screens = [
            stack.enter_context(a_screen(hall, name, cells, number))
            for name, cells, count in (
                ("counter", CONSOLE, size.counters),
                ("kiosk", KIOSK, size.kiosks),
                ("display", BOARD, size.boards),
            )
            for number in range(1, count + 1)
        ]
        assert len(screens) == TERMINALS
        time.sleep(STILL_S)
        began = time.monotonic(), _cpu_s(hall, screens)
        time.sleep(IDLE_S)
        wall_s, worked_s = time.monotonic() - began[0], _cpu_s(hall, screens) - began[1]
    return 100 * worked_s / wall_s


def _cpu_s(hall: Served, screens: list[OnPty]) -> float:
    return hall.cpu_s() + sum(screen.cpu_ms() for screen in screens) / 1000


# --- From touch to printer -----------------------------------------------------------------------


class Printed(NamedTuple):
    """Milliseconds from the touch to the first byte of the ticket's picture, and to its cutting."""

    first: float
    cut: float


class Paper(NetworkPrinter):
    """A printer on the network, and when it heard of a picture and of the knife."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[float] = []
        self.cuts: list[float] = []

    def receive(self) -> bytes:
        data = super().receive()
        now = time.monotonic()
        if PICTURE in data:
            self.pictures.append(now)
        if CUT in data:
            self.cuts.append(now)
        return data


def touch_to_paper(tickets: int) -> list[Printed]:
    """Of so many tickets, one after the other."""
    with Paper() as paper, TemporaryDirectory() as folder:
        size = Size(printer=paper.address)
        with served(Path(folder), size) as hall, a_screen(hall, "kiosk", KIOSK) as kiosk:
            kiosk.wait_for_bytes(PAINTED_B)
            time.sleep(STILL_S)  # the printer is found
            return [_one_ticket(kiosk, paper) for _ in range(tickets)]


def _one_ticket(kiosk: OnPty, paper: Paper) -> Printed:
    """Choose the first service of the first field, and send the citizen on."""
    kiosk.press("1")
    kiosk.settle(len(kiosk.painted))
    time.sleep(STEP_S)  # a touch right after a page came would be meant for the one before
    pictures, cuts = len(paper.pictures), len(paper.cuts)
    at = kiosk.press("1")
    _until(lambda: len(paper.cuts) > cuts)
    first, cut = paper.pictures[pictures], paper.cuts[cuts]
    time.sleep(STEP_S)
    kiosk.press("0")
    time.sleep(2 * STEP_S)
    return Printed(1000 * (first - at), 1000 * (cut - at))


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen")
        time.sleep(LOOK_S)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.terminals", description=__doc__)
    parser.parse_args(arguments)
    print(heading(Path(gettempdir())), flush=True)
    begun, still = zip(*key_to_board(20), strict=True)
    keys = [("key to board", begun), ("until it is still", still), ("bare key", bare_key_ms(20))]
    summed = [(what, median(times), max(times)) for what, times in keys]
    print(table(["ms", "median", "worst"], summed), "\n")
    rows = []
    for name, started in (
        ("floor", floor_ms(5)),
        *((one, start_ms(one, at, 5)) for one, at in SCREENS),
    ):
        times, sizes = started
        rows.append((name, median(times), max(times), max(sizes)))
    print(table(["screen", "first paint, ms", "worst", "MB"], rows), "\n")
    print(table(["30 idle terminals", "% of a core"], [("", idle_percent())]), "\n")
    first, cut = zip(*touch_to_paper(10), strict=True)
    printed = [(what, median(one), max(one)) for what, one in (("printer", first), ("cut", cut))]
    print(table(["ms from touch to", "median", "worst"], printed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
