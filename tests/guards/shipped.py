"""The hall of config.toml on a Monday at eight with real screens at work, and what is asked of its
database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from config import Config, read
from config.pins import DEMO_PIN
from link.messages import Role
from server import OpenHall, open_hall
from tests.architecture.sources import ROOT
from tests.dispatch.conftest import QUICK
from tests.dispatch.halls import Clocks
from tests.dispatch.screens import Screen, screen
from tests.waiting import until

SERVICE: Final = "CT01"
OUTCOME: Final = "accepted"
QUIET_S: Final = 0.5  # longer than a new forecast of the waits rests
LOOKS: Final = 40  # in this time, unless the machine itself stood still
DEVICES: Final[dict[str, Role]] = {
    "kiosk-1": "kiosk",
    "counter-1": "counter",
    "counter-2": "counter",
    "board-1": "display",
    "rating-1": "rating",
    "manager-1": "manager",
}


def config() -> Config:
    return read(ROOT / "config.toml")


@dataclass
class Hall:
    """An open hall, and a screen of each kind by its device's name; both counters are open, and the
    first visit is over: its citizen looks on with a telephone.
    """

    open: OpenHall
    screens: dict[str, Screen] = field(default_factory=dict)

    @property
    def kiosk(self) -> Screen:
        return self.screens["kiosk-1"]

    @property
    def counter(self) -> Screen:
        return self.screens["counter-1"]

    @property
    def manager(self) -> Screen:
        return self.screens["manager-1"]

    async def visit(self) -> None:
        """One citizen, from the kiosk to the end."""
        await self.kiosk.ok("take_ticket", services=[SERVICE])
        await self.serve()

    async def serve(self) -> None:
        """Whoever comes next."""
        for kind in ("call_next", "start"):
            await self.counter.ok(kind)
        await self.counter.ok("finish", outcome=OUTCOME)

    def views(self) -> dict[str, int]:
        """How many views each screen was sent so far."""
        return {name: len(one.of_type("view")) for name, one in self.screens.items()}

    async def settled(self) -> None:
        """Wait until nobody was told anything for a while."""
        heard, since, looks = -1, time.monotonic(), 0

        def quiet() -> bool:
            nonlocal heard, since, looks
            now = sum(len(one.heard) for one in self.screens.values())
            if now != heard:
                heard, since, looks = now, time.monotonic(), 0
            looks += 1
            return time.monotonic() - since > QUIET_S and looks > LOOKS

        await until(quiet)


@asynccontextmanager
async def hall_at_work(folder: Path) -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stack:
        hall = Hall(await stack.enter_async_context(opened(folder)))
        for name, role in DEVICES.items():
            entered = screen(hall.open.url, role, name)
            hall.screens[name] = await stack.enter_async_context(entered)
        for name, officer in (("counter-1", "cb1"), ("counter-2", "cb2"), ("manager-1", "ql1")):
            await hall.screens[name].ok("sign_in", officer=officer, pin=DEMO_PIN)
        for name in ("counter-1", "counter-2"):
            await hall.screens[name].ok("open")
        taken = await hall.kiosk.ok("take_ticket", services=[SERVICE])
        phone = screen(hall.open.url, "ticket", "phone", taken["token"])
        hall.screens["phone"] = await stack.enter_async_context(phone)
        await hall.serve()
        yield hall


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[OpenHall]:
    database, timekeeper = str(folder / "hall.db"), Clocks().new_timekeeper()
    async with open_hall(config(), database, "127.0.0.1", 0, timekeeper, limits=QUICK) as hall:
        yield hall


# --- What is asked of the database ---------------------------------------------------------------


RECORDS: Final = "records"  # the thread that writes down what happens in the hall


@dataclass
class Asked:
    """Statements in order, each once however many rows it writes, and how many were committed."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def counted(thread: str = "") -> Iterator[Asked]:
    """Whatever is asked of databases in this process meanwhile, in threads that are called so."""
    asked = Asked()

    def ours() -> bool:
        return threading.current_thread().name.startswith(thread)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if ours():
            asked.statements.append(statement)

    def commit(_connection: Any) -> None:
        asked.commits += ours()

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", commit)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", commit)
