"""A month of uptime in virtual time: one dispatcher, never started again, and how much it keeps.

Memory is counted where it is: every object that can be reached from the server's middle.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import deque
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from types import FunctionType, ModuleType
from typing import Final

from dispatch.batch import Asked
from dispatch.dispatcher import Dispatcher
from dispatch.timekeeper import Timekeeper
from hall.hours import serving_next
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from tests.faults.ground import fast_disk, quiet, remembering
from tests.faults.halls import FAIR, SERVED
from tests.faults.people import wish_of_citizen, wish_of_manager, wish_of_officer
from tests.faults.virtual import VirtualLoop, VirtualThread
from tests.hall.halls import MONDAY, TIMEZONE

REMEMBERED: Final = 200  # answers: so few that the limit is met on the first day
BETWEEN_WISHES_S: Final = 60.0
HOUR_S: Final = 3600.0
NOT_KEPT: Final = (type, ModuleType, FunctionType, asyncio.AbstractEventLoop)


def month(seed: int = 1, days: int = 30) -> dict[date, int]:
    """What the server keeps in mind late each evening, in bytes."""
    with fast_disk() as folder, remembering(REMEMBERED), quiet():
        loop = VirtualLoop()
        try:
            return loop.run_until_complete(_lived(seed, days, Path(folder, "hall.db")))
        finally:
            loop.close()


async def _lived(seed: int, days: int, file: Path) -> dict[date, int]:
    loop, chance = asyncio.get_running_loop(), Random(f"{seed} month")
    engine = connect(str(file))
    upgrade(engine)
    journal = Journal(engine, FAIR)
    starts = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 6, tzinfo=TIMEZONE)

    def wall() -> datetime:
        return starts + timedelta(seconds=loop.time())

    thread = VirtualThread(loop, lambda: 0.003, lambda: None)
    hall = Dispatcher(FAIR, journal, Timekeeper(wall, loop.time), thread)
    await hall.load()
    running = loop.create_task(hall.run())
    sizes = {}
    for _ in range(days):
        evening = wall().replace(hour=22)
        while wall() < evening:
            await _one_wish(hall, chance, wall())
        sizes[evening.date()] = kept(hall, journal)
        await asyncio.sleep(8 * HOUR_S)
    running.cancel()
    journal.close()
    return sizes


async def _one_wish(hall: Dispatcher, chance: Random, now: datetime) -> None:
    """Somebody wants something; while the hall is closed, hardly anybody."""
    is_open = serving_next(FAIR.hours, now) == now
    await asyncio.sleep(chance.expovariate(1 / (BETWEEN_WISHES_S if is_open else HOUR_S)))
    who = chance.choice(["kiosk", "kiosk", "manager", *SERVED, *SERVED, *SERVED])
    wish = (
        wish_of_citizen(chance, hall.hall)
        if who == "kiosk"
        else wish_of_manager(chance, hall.hall)
        if who == "manager"
        else wish_of_officer(chance, hall.hall, who)
    )
    if wish is not None:
        await hall.ask(Asked(wish, f"{chance.getrandbits(128):032x}", "kiosk-1"))


def kept(*roots: object) -> int:
    """Bytes of everything that can be reached from here, but for code and the loop."""
    gc.collect()
    seen: set[int] = set()
    size, todo = 0, deque(roots)
    while todo:
        one = todo.popleft()
        if id(one) in seen or isinstance(one, NOT_KEPT):
            continue
        seen.add(id(one))
        size += sys.getsizeof(one)
        todo.extend(gc.get_referents(one))
    return size
