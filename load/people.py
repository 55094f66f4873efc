"""Citizens who take numbers and officers who serve them, as fast as asked, for as long as asked.

What it took is kept; nothing is printed here.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Final

from link.trust import trusting
from load.boards import NETWORK_GAP_S
from load.plan import IS_TEST, Plan, Target, counter_name, kiosk_name, officer_name
from load.wire import Asking, Json, SentAway

ECHOES: Final = 15  # a server bears twenty at once
NOBODY_S: Final = 0.5  # a counter without a citizen looks again


class NoTestServer(Exception):  # noqa: N818 - said to whoever loads it
    """The hall is called as real ones are: its code."""


@dataclass(slots=True)
class Took:
    """Milliseconds of every answer; when each call was asked for; refusals by reason."""

    answered: list[float] = field(default_factory=list)
    called: list[tuple[int, float]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class Load:
    """One load on one server."""

    def __init__(self, target: Target, plan: Plan) -> None:
        self._target, self._plan = target, plan
        self._tls = None if target.ca is None else trusting(target.ca)
        self._chance = Random(plan.seed)  # noqa: S311 - drawn from a seed, not a secret
        self._until = 0.0
        self._kiosks: list[Asking] = []
        self._counters: list[tuple[Asking, Json]] = []
        self.took = Took()

    async def come(self) -> None:
        """Everybody is there, and the counters are open. Raises NoTestServer before anything was
        asked for; OSError and SentAway.
        """
        plan = self._plan
        for n in range(1, plan.kiosks + 1):
            self._kiosks.append((await self._join("kiosk", kiosk_name(n)))[0])
        for n in range(1, plan.counters + 1):
            self._counters.append(await self._join("counter", counter_name(n)))
            await self._sign_in(self._counters[-1][0], officer_name(n))

    async def echo_ms(self) -> float:
        """The median of a message to the server and back."""
        times = []
        for _ in range(ECHOES):
            began = time.perf_counter()
            await self._kiosks[0].wire.echo()
            times.append(1000 * (time.perf_counter() - began))
        return median(times)

    async def run(self) -> Took:
        """Raises SentAway."""
        counters = self._counters
        began = time.perf_counter()
        self._until = began + self._plan.seconds
        offered = sorted({code for _, welcome in counters for code in _served(welcome)})
        await asyncio.gather(
            *(self._until_the_end(self._citizens(kiosk, offered)) for kiosk in self._kiosks),
            *(self._until_the_end(self._officer(*at_work)) for at_work in counters),
        )
        self.took.seconds = time.perf_counter() - began
        for counter, _ in counters:
            await counter.ask({"kind": "sign_out"})
        return self.took

    async def _sign_in(self, counter: Asking, officer: str) -> None:
        who = {"officer": officer, "pin": self._plan.pin, "take_over": True}
        for wish in ({"kind": "sign_in", **who}, {"kind": "open"}):
            answer = await counter.ask(wish)
            if "refused" in answer:
                reason = answer["refused"].get("reason")
                raise SentAway(f"{officer} at {counter.device}: {reason}")

    async def _join(self, role: str, device: str) -> tuple[Asking, Json]:
        screen = Asking(role, device, self._target.token(device))
        welcome = await screen.join(self._target.port, self._target.host, self._tls)
        hall = str(welcome["hall"]["hall"])
        if not IS_TEST.search(hall):
            screen.wire.close()
            raise NoTestServer(hall)
        await asyncio.sleep(0 if self._target.here else NETWORK_GAP_S)
        return screen, welcome

    async def _until_the_end(self, step: Callable[[], Awaitable[float]]) -> None:
        """One step after another, each saying how many seconds to wait for the next."""
        while (left := self._until - time.perf_counter()) > 0:  # noqa: ASYNC110 - time passes
            await asyncio.sleep(min(await step(), left))

    def _citizens(self, kiosk: Asking, services: list[str]) -> Callable[[], Awaitable[float]]:
        gap_s = 60 * self._plan.kiosks / self._plan.tickets

        async def one() -> float:
            await self._ask(kiosk, "take_ticket", services=[self._chance.choice(services)])
            return self._chance.expovariate(1 / gap_s)

        return one

    def _officer(self, counter: Asking, welcome: Json) -> Callable[[], Awaitable[float]]:
        results = set(welcome["hall"].get("result_outcomes", []))
        outcomes = [one["code"] for one in welcome["hall"]["outcomes"]]
        outcome = next(code for code in outcomes if code not in results)

        async def one() -> float:
            began = time.perf_counter()
            called = await self._ask(counter, "call_next")
            if called is None:
                return NOBODY_S
            self.took.called.append((int(called["call"]), began))
            await self._ask(counter, "start")
            await asyncio.sleep(self._plan.desk_s)
            await self._ask(counter, "finish", outcome=outcome)
            return 0.0

        return one

    async def _ask(self, who: Asking, kind: str, **more: object) -> Json | None:
        """What the answer says; None: it was refused."""
        began = time.perf_counter()
        answer = await who.ask({"kind": kind, **more})
        if "refused" in answer:
            self.took.refused[f"{kind}: {answer['refused'].get('reason')}"] += 1
            return None
        self.took.answered.append(1000 * (time.perf_counter() - began))
        self.took.done[kind] += 1
        ok: Json = answer["ok"]
        return ok


def _served(welcome: Json) -> list[str]:
    """The services of the counter this screen stands on."""
    at = welcome["device"].get("counter")
    return next(
        (one.get("services", []) for one in welcome["hall"]["counters"] if one["code"] == at), []
    )
