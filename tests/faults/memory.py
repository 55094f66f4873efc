"""Whether a server's memory grows with what it has done: day after day of a big hall, and screens
that come and go, on a real server in a process of its own, measured by the kernel.

Its clock stands still but for what this program passes of it, so that many days fit in minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import uvloop

import server
from benchmarks.child import begin
from benchmarks.served import CONFIG, DAY, Served, Size, kiosk_at, of_size, officer_at
from config import read
from config.pins import DEMO_PIN
from demo.run import demo_hall
from demo.stage import Stage
from hall.hours import serving_windows
from hall.model import Hours
from load.wire import Asking

KIOSKS: Final = 4
SIZE: Final = Size(counters=16, kiosks=KIOSKS + 1, boards=2)  # one kiosk comes and goes
VISITS: Final = 600  # of half a day
MOST_WAITING: Final = 60
NOTHING_TO_DO_S: Final = 0.02
LAST_NUMBERS: Final = 0.8  # of a session, until the kiosks give no more
SETTLES_S: Final = 0.05  # so long the server has for a noon, an evening and a midnight
EVERY: Final = 100  # commands, one reconnect
PACE: Final = 1_000.0  # what the server believes of its clock: about as fast as it passes

# What an officer does with those who are called, and how often in a thousand.
ENDINGS: Final = {
    "finish": 880, "no_show": 40, "transfer": 30, "hold": 20, "postpone": 10, "put_back": 10,
    "cancel": 10,
}  # fmt: skip
RECALLED: Final = 0.05
PAUSES: Final = 0.01
RESUMED: Final = 0.2  # of the times somebody is on the shelf


@dataclass(frozen=True, slots=True)
class Slope:
    """What a server did and what it kept. Sizes in MB, one of each evening."""

    commands: int
    days: int
    reconnects: int
    seconds: float
    warm_mb: float
    sizes_mb: Sequence[float]
    done: Counter[str]

    @property
    def mb_per_million(self) -> float:
        """As fast as it grew between the middles of the first and the last third."""
        return self.grown_mb / (2 / 3 * self.commands) * 1_000_000

    @property
    def grown_mb(self) -> float:
        """From the median of the first third to that of the last one: one look says little."""
        third = max(1, len(self.sizes_mb) // 3)
        first, last = sorted(self.sizes_mb[:third]), sorted(self.sizes_mb[-third:])
        return last[third // 2] - first[third // 2]


# --- The server ----------------------------------------------------------------------------------


class PassedOn(Stage):
    """A clock that somebody in another process passes on. Its steady clock goes on whenever the
    other one is looked at: between looks at both, passed on, it would seem to have been set.
    """

    def __init__(self, starts_at: datetime, passed_s: Synchronized[float]) -> None:
        self._zero, self._passed_s, self._seen_s = starts_at, passed_s, 0.0
        super().__init__(starts_at, PACE)

    def now(self) -> datetime:
        self._seen_s = self._passed_s.value
        return self._zero + timedelta(seconds=self._seen_s)

    def steady_s(self) -> float:
        return self._seen_s


class PassedHall(Served):
    """The server's process, and its clock."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SIZE)
        self.passed_s: Synchronized[float] = get_context("spawn").Value("d", 0.0)
        self.hours: Hours = read(CONFIG).setup.hours
        self._zero = serving_windows(self.hours, DAY)[0][0]

    def start(self) -> None:
        arguments = (self.port, str(self.folder), self._zero, self.passed_s)
        self._process = get_context("spawn").Process(target=_serve, args=arguments, daemon=True)
        self._process.start()

    async def pass_on_to(self, moment: datetime) -> None:
        """The clock goes there, and the server does what is due."""
        self.pass_to(moment)
        await asyncio.sleep(SETTLES_S)

    def pass_to(self, moment: datetime) -> None:
        self.passed_s.value = max(self.passed_s.value, (moment - self._zero).total_seconds())


@contextmanager
def _passing() -> Iterator[PassedHall]:
    with TemporaryDirectory() as folder:
        hall = PassedHall(Path(folder))
        hall.start()
        try:
            hall.up()
            yield hall
        finally:
            hall.kill()


def _serve(port: int, folder: str, zero: datetime, passed_s: Synchronized[float]) -> None:
    async def until_killed() -> None:
        config = of_size(read(CONFIG), SIZE)
        arguments = argparse.Namespace(database=f"sqlite:///{folder}/hall.db", port=port)
        async with demo_hall(config, arguments, PassedOn(zero, passed_s)):
            server.tune()
            await asyncio.Event().wait()

    begin()
    uvloop.run(until_killed())


# --- Its people ----------------------------------------------------------------------------------


class People:
    """Everybody of a hall, day after day."""

    def __init__(self, hall: PassedHall) -> None:
        self.done: Counter[str] = Counter()  # commands that were answered
        self.reconnects = 0
        self.hall, self._chance = hall, Random(1)
        self._kiosks: list[Asking] = []
        self._officers: list[Asking] = []
        self._services: list[str] = []
        self._outcome = ""
        self._left = self._waiting = 0  # of a session: numbers to be given; people in the hall
        self._held: list[str] = []

    @property
    def commands(self) -> int:
        return self.done.total()

    async def come(self) -> None:
        """Screens are put up, and stay."""
        for number in range(1, KIOSKS + 1):
            self._kiosks.append(await kiosk_at(self.hall.port, number))
        for number in range(1, SIZE.counters + 1):
            self._officers.append(await officer_at(self.hall.port, number))
        for number in range(1, SIZE.boards + 1):
            await Asking("display", f"board-{number}").join(self.hall.port)
        guest = Asking("kiosk", f"kiosk-{SIZE.kiosks}")
        info = (await guest.join(self.hall.port))["hall"]
        guest.wire.close()
        self._services = [service["code"] for service in info["services"]]
        results = info.get("result_outcomes", [])
        self._outcome = next(o["code"] for o in info["outcomes"] if o["code"] not in results)

    async def live(self, day: date) -> None:
        """A working day, and the night after it."""
        for opens, closes in serving_windows(self.hall.hours, day):
            await self.hall.pass_on_to(opens)
            await self._work(opens, closes)
            await self.hall.pass_on_to(closes)
        await self.hall.pass_on_to(closes + timedelta(hours=4))

    async def _work(self, opens: datetime, closes: datetime) -> None:
        self._left, self._waiting, self._held = VISITS, 0, []
        kiosks = [self._citizens(kiosk, opens, closes) for kiosk in self._kiosks]
        officers = [self._serve(n, officer) for n, officer in enumerate(self._officers, 1)]
        await asyncio.gather(*kiosks, *officers, self._come_and_go())

    async def _citizens(self, kiosk: Asking, opens: datetime, closes: datetime) -> None:
        while self._left > 0:
            while self._waiting >= MOST_WAITING:
                await asyncio.sleep(NOTHING_TO_DO_S)
            self._left -= 1
            share = LAST_NUMBERS * (1 - self._left / VISITS)
            self.hall.pass_to(opens + share * (closes - opens))
            ticket = await self._ask(
                kiosk, "take_ticket", services=[self._chance.choice(self._services)]
            )
            if ticket is not None:
                self._waiting += 1
                await self._ask(kiosk, "printed", ticket=ticket["ticket"], ok=True)

    async def _serve(self, number: int, officer: Asking) -> None:
        await self._ask(officer, "sign_in", officer=f"cb{number}", pin=DEMO_PIN)
        await self._ask(officer, "open")
        while True:
            back = self._held.pop() if self._held and self._chance.random() < RESUMED else None
            kind, more = ("resume", {"ticket": back}) if back else ("call_next", {})
            called = await self._ask(officer, kind, **more)
            if called is not None:
                await self._attend(officer, str(called.get("ticket", back)))
            elif self._left <= 0:
                return
            else:
                self._waiting = max(0, self._waiting - 1)
                await asyncio.sleep(NOTHING_TO_DO_S)

    async def _attend(self, officer: Asking, ticket: str) -> None:
        [ending] = self._chance.choices(list(ENDINGS), list(ENDINGS.values()))
        self._waiting = max(0, self._waiting - 1)
        if self._chance.random() < RECALLED:
            await self._ask(officer, "recall")
        if ending in ("finish", "transfer", "hold"):
            await self._ask(officer, "start")
        more: dict[str, dict[str, object]] = {
            "finish": {"outcome": self._outcome},
            "transfer": {"service": self._chance.choice(self._services)},
            "hold": {"reason": "form"},
            "cancel": {"ticket": ticket, "reason": "left"},
        }
        done = await self._ask(officer, ending, **more.get(ending, {}))
        if ending == "hold" and done is not None:
            self._held.append(ticket)
        if done is None and ending != "finish":
            await self._ask(officer, "start")
            await self._ask(officer, "finish", outcome=self._outcome)
        if self._chance.random() < PAUSES:
            await self._ask(officer, "pause", reason="meeting")
            await self._ask(officer, "open")

    async def _ask(self, who: Asking, kind: str, **more: object) -> dict[str, object] | None:
        """What the answer says; None: it was refused, which is written down as well."""
        answer = await who.ask({"kind": kind, **more})
        refused = answer.get("refused")
        self.done[f"{kind}: {refused['reason']}" if refused else kind] += 1
        return None if refused else answer["ok"]

    async def _come_and_go(self) -> None:
        """A kiosk whose line breaks again and again."""
        while self._left > 0:
            while self.reconnects * EVERY < self.commands:
                kiosk = await kiosk_at(self.hall.port, SIZE.kiosks)
                kiosk.wire.close()
                await kiosk.wire.gone
                self.reconnects += 1
            await asyncio.sleep(NOTHING_TO_DO_S)


# --- The measurement -----------------------------------------------------------------------------


def slope(commands: int, warm_up: int, budget_s: float) -> Slope:
    """So many commands after so many to warm up, or as many as time allows; whole days."""
    with _passing() as hall:
        return asyncio.run(_measure(hall, commands, warm_up, budget_s))


async def _measure(hall: PassedHall, commands: int, warm_up: int, budget_s: float) -> Slope:
    people, day = People(hall), DAY
    await people.come()
    while people.commands < warm_up:
        day = await _next_day(people, day)
    warm_mb, done, reconnects = hall.memory_mb(), people.commands, people.reconnects
    began, sizes = time.monotonic(), []
    while people.commands - done < commands and time.monotonic() - began < budget_s:
        day = await _next_day(people, day)
        sizes.append(hall.memory_mb())
    return Slope(
        people.commands - done,
        len(sizes),
        people.reconnects - reconnects,
        time.monotonic() - began,
        warm_mb,
        sizes,
        people.done,
    )


async def _next_day(people: People, day: date) -> date:
    """Live it, if it is a working day; which one comes after it."""
    if serving_windows(people.hall.hours, day):
        await people.live(day)
    return day + timedelta(days=1)
