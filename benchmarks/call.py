"""From the officer's key to the hall's eyes and ears: a real server, a real console and a real
board on pseudo-terminals, its voice into files, and a plate on a serial line.

python -m benchmarks.call [--calls 30]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pty
import socket
import tempfile
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from benchmarks.on_pty import LOOK_S, PATIENCE_S, OnPty, Painted
from config import Config, read
from config.pins import DEMO_PIN
from demo.play import doors_open
from demo.run import demo_hall
from demo.stage import Stage
from link.client import Link
from link.messages import Hello, PlateInfo, TakeTicket, VoiceInfo
from load.calibrate import heading, table

HOST: Final = "127.0.0.1"
DAY: Final = date(2026, 11, 24)
SERVICE: Final = "CT01"
STEP_S: Final = 0.4  # between two keys of an officer who is quick
FLASHED_S: Final = 4.4  # then a board is still, and its voice silent
BURST_S: Final = 0.15


MEASURED: Final = ("board: first byte", "board: painted", "first sound begun", "plate: first byte")


class Times(NamedTuple):
    """Of one call, in milliseconds from the key."""

    board_begun: float
    board_done: float
    heard: float
    plate: float


# --- The hall ------------------------------------------------------------------------------------


def serve(port: int, folder: str, plate: str) -> None:
    """The hall's server, in a process of its own, on a morning that runs as fast as life."""

    async def until_killed() -> None:
        config = with_devices(read(Path("config.toml")), folder, plate)
        stage = Stage(doors_open(config.setup, DAY) + timedelta(hours=1), 1.0)
        arguments = argparse.Namespace(database=f"sqlite:///{folder}/hall.db", port=port)
        async with demo_hall(config, arguments, stage):
            await asyncio.Event().wait()

    asyncio.run(until_killed())


def with_devices(config: Config, folder: str, plate: str) -> Config:
    """The board shows each call until the next, speaks it once, and lights a plate."""
    board = config.devices["board-1"]
    board.settings |= {"show_call_s": 3600, "languages": ["vi"]}
    board.voice = VoiceInfo(f"file:{folder}/heard", chime=False, repeats=1, speed=2.0)
    settings: dict[str, Any] = {"speaks": "frame", "frame": "{text} 0D 0A", "text": "{number}"}
    board.plates = [PlateInfo("plate-1", f"serial://{plate}?baud=9600", "Q1", settings)]
    return replace(config, devices={**config.devices, "board-1": board})


async def take_numbers(port: int, many: int) -> None:
    """So many people come for a service of counter 1."""
    none: Any = lambda *_: None  # noqa: E731 - nobody looks
    hello = Hello(protocol=1, role="kiosk", device="kiosk-1")
    address = f"ws://{HOST}:{port}/"
    link = Link(address, hello, on_welcome=none, on_view=none, on_online=none, on_goodbye=none)
    running = asyncio.create_task(link.run())
    for _ in range(many):
        answer = await link.ask(TakeTicket([SERVICE]), patience_s=PATIENCE_S)
        if answer.ok is None:
            raise RuntimeError(f"no number: {answer.refused}")
        await asyncio.sleep(STEP_S)
    running.cancel()


class Plate:
    """A plate at the end of a serial line, and when it was sent what."""

    def __init__(self) -> None:
        self.lit: list[Painted] = []
        self._line, self._other_end = pty.openpty()
        tty.setraw(self._other_end)
        self.device = os.ttyname(self._other_end)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            data = os.read(self._line, 4096)
            self.lit.append(Painted(time.monotonic(), data))


@contextmanager
def hall(folder: Path, plate: Plate) -> Iterator[int]:
    """A running server; its port."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    server = get_context("spawn").Process(target=serve, args=(port, str(folder), plate.device))
    server.start()
    try:
        yield port
    finally:
        server.terminate()
        server.join()


# --- The calls -----------------------------------------------------------------------------------


def measure(calls: int) -> list[Times]:
    plate = Plate()
    with tempfile.TemporaryDirectory() as name, hall(Path(name), plate) as port:
        folder, joined = Path(name), ("--host", HOST, "--port", str(port))
        asyncio.run(take_numbers(port, calls))
        size = (160, 45)
        with (
            OnPty("display", *joined, size=size, home=folder) as board,
            OnPty("counter", *joined, size=(100, 30), home=folder) as console,
        ):
            sign_in(console)
            board.settle()
            return [one_call(console, board, plate, folder / "heard") for _ in range(calls)]


def sign_in(console: OnPty) -> None:
    console.wait_for("PIN")
    console.settle()
    for keys in ("cb1\r", f"{DEMO_PIN}\r", "m"):
        console.press(keys)
        time.sleep(2 * STEP_S)


def one_call(console: OnPty, board: OnPty, plate: Plate, heard: Path) -> Times:
    """Press next, and then serve whoever was called."""
    painted, lit, known = len(board.painted), len(plate.lit), set(heard.glob("*.wav"))
    wall = time.time() - time.monotonic()
    at = console.press(" ")
    sound = wait_for_sound(heard, known)
    time.sleep(FLASHED_S)
    first, last = burst(board.since(painted), at)
    times = (first, last, sound.stat().st_ctime - wall, plate.lit[lit].at)
    for keys in ("b", "k", "\r"):
        console.press(keys)
        time.sleep(STEP_S)
    return Times(*(1000 * (then - at) for then in times))


def wait_for_sound(heard: Path, known: set[Path]) -> Path:
    """The file of the first sound that was not there before. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        new = set(heard.glob("*.wav")) - known
        if new:
            return new.pop()
        time.sleep(LOOK_S)
    raise TimeoutError("nothing was heard")


def burst(painted: list[Painted], at: float) -> tuple[float, float]:
    """When the first bytes after this came, and the last of those that came with them."""
    after = [one.at for one in painted if one.at > at]
    last = after[0]
    for then in after:
        if then - last > BURST_S:
            break
        last = then
    return after[0], last


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=30, help="to be measured (%(default)s)")
    calls = parser.parse_args().calls
    print(heading(Path(tempfile.gettempdir())), flush=True)
    columns = zip(MEASURED, zip(*measure(calls), strict=True), strict=True)
    rows = [(title, median(times), max(times)) for title, times in columns]
    print(table((f"{calls} calls, ms from the key", "median", "worst"), rows))


if __name__ == "__main__":
    main()
