"""A hall's real server in a process of its own, with as many screens as asked."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

import msgspec
import uvloop

import server
from benchmarks.child import begin
from config import Config, read
from config.pins import DEMO_PIN
from demo.play import doors_open
from demo.run import demo_hall
from demo.stage import Stage
from link.messages import DeviceInfo
from load.wire import HOST, Asking

DAY: Final = date(2026, 11, 24)
PATIENCE_S: Final = 60.0
LOOK_S: Final = 0.005
CONFIG: Final = Path(__file__).parents[1] / "config.toml"


@dataclass(frozen=True, slots=True)
class Size:
    """Of a hall."""

    counters: int = 9
    kiosks: int = 2
    boards: int = 1
    printer: str = ""  # of every kiosk; none: it shows the number only
    moment_s: float = 4.0  # how long a board shows a call, at least


class Served:
    """The server's process. Started again after a kill it reads the same database."""

    def __init__(self, folder: Path, size: Size = Size()) -> None:
        self.folder, self.size, self._began = folder, size, time.time()
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Returns at once."""
        self._process = get_context("spawn").Process(
            target=serve,
            args=(self.port, str(self.folder), self.size, self._began),
            daemon=True,
        )
        self._process.start()

    def up(self) -> None:
        """Wait until it listens. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection((HOST, self.port), 1):
                return
            time.sleep(LOOK_S)
        raise TimeoutError("the server does not listen")

    def kill(self) -> None:
        """As a power cut to it alone."""
        assert self._process is not None
        os.kill(self.pid, signal.SIGKILL)
        self._process.join()

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def memory_mb(self) -> float:
        """Resident, as the kernel counts it."""
        return resident_mb(self.pid)

    def cpu_s(self) -> float:
        """Of the processor, so far."""
        return cpu_s(self.pid)


@contextmanager
def served(folder: Path, size: Size = Size()) -> Iterator[Served]:
    """A server that listens until the end."""
    hall = Served(folder, size)
    hall.start()
    try:
        hall.up()
        yield hall
    finally:
        hall.kill()


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(pid)


def cpu_s(pid: int) -> float:
    """Of all its threads."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


# --- In the server's process ---------------------------------------------------------------------


def serve(port: int, folder: str, size: Size, began: float) -> None:
    """The hall's server, until it is killed, on a morning that passes as fast as life."""

    async def until_killed() -> None:
        config = of_size(read(CONFIG), size)
        morning = doors_open(config.setup, DAY) + timedelta(hours=1, seconds=time.time() - began)
        stage = Stage(morning, 1.0)
        arguments = argparse.Namespace(database=f"sqlite:///{folder}/hall.db", port=port)
        async with demo_hall(config, arguments, stage):
            server.tune()
            await asyncio.Event().wait()

    begin()
    uvloop.run(until_killed())


def of_size(config: Config, size: Size) -> Config:
    """The hall of config.toml with so many counters, each with an officer, kiosks and boards."""
    setup, info = config.setup, config.hall_info
    first, shown = setup.counters["Q1"], info.counters[0]
    lag = dict.fromkeys(setup.services, 0.0)
    codes = [f"Q{n}" for n in range(1, size.counters + 1)]
    counters = {code: replace(first, code=code, lag=lag) for code in codes}
    shown_counters = [
        msgspec.structs.replace(shown, code=code, number=n, services=list(lag))
        for n, code in enumerate(codes, 1)
    ]
    officer = config.officers["cb1"]
    officers = {f"cb{n}": replace(officer, code=f"cb{n}") for n in range(1, size.counters + 1)}
    others = {code: one for code, one in config.officers.items() if one.role != "officer"}
    return replace(
        config,
        setup=replace(setup, counters=counters),
        hall_info=msgspec.structs.replace(info, counters=shown_counters),
        devices={device.device: device for device in devices(size)},
        officers={**officers, **others},
    )


def devices(size: Size) -> Iterator[DeviceInfo]:
    for n in range(1, size.counters + 1):
        yield DeviceInfo(f"counter-{n}", "counter", f"Q{n}")
    for n in range(1, size.kiosks + 1):
        yield DeviceInfo(
            f"kiosk-{n}", "kiosk", settings={"printers": [size.printer] if size.printer else []}
        )
    for n in range(1, size.boards + 1):
        yield DeviceInfo(f"board-{n}", "display", settings={"moment_s": size.moment_s})
    yield DeviceInfo("manager-1", "manager")


# --- Its people ----------------------------------------------------------------------------------


async def officer_at(port: int, number: int) -> Asking:
    """Signed in at this counter, which is open."""
    officer = Asking("counter", f"counter-{number}")
    await officer.join(port)
    await officer.ok("sign_in", officer=f"cb{number}", pin=DEMO_PIN)
    await officer.ok("open")
    return officer


async def kiosk_at(port: int, number: int = 1) -> Asking:
    kiosk = Asking("kiosk", f"kiosk-{number}")
    await kiosk.join(port)
    return kiosk
