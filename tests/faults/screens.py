"""Screens without a terminal: real links that ask under load and remember what they were told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final

import msgspec

from link import messages as m
from link.client import Link
from tests.faults.witness import Called, Promises

PIN: Final = "1234"
PAUSE_S: Final = 0.03  # of an officer, on average, between two keys
BETWEEN_VISITS_S: Final = 0.06
WEIGHTS: Final = {
    "sign_in": 30, "open": 30, "call_next": 30, "start": 12, "finish": 15, "recall": 4,
    "no_show": 3, "transfer": 3, "hold": 3, "put_back": 2, "resume": 6, "pause": 0.5, "undo": 8,
    "add_service": 1, "postpone": 1,
}  # fmt: skip


class Screen:
    """One device: its link, and whoever stands before it."""

    def __init__(
        self, url: str, role: m.Role, device: str, promises: Promises, seen: Counter[str]
    ) -> None:
        self.device = device
        self.on_asked: Callable[[], None] = lambda: None
        self.on_told: Callable[[], None] = lambda: None
        self.hall: m.HallInfo | None = None
        self.views: list[m.AnyView] = []
        self._promises, self._seen = promises, seen
        self.link = Link(
            url,
            m.Hello(m.PROTOCOL, role, device),
            on_welcome=self._welcomed,
            on_view=self.views.append,
            on_online=lambda online, _why: None,
            on_goodbye=lambda goodbye: None,
        )
        self._running = asyncio.create_task(self.link.run(), name=device)

    async def close(self) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def ask(self, do: m.AnyDo) -> m.Answer:
        """Ask until answered, over any number of kills; the answer is a promise from then on."""
        self.on_asked()
        answer = await self.link.ask(do)
        self._promises.told(answer.id, msgspec.json.encode(answer))
        self._seen["answered"] += 1
        self._seen["refused"] += answer.refused is not None
        self.on_told()
        return answer

    def unanswered(self) -> list[str]:
        """Requests that wait for an answer."""
        return list(self.link._unanswered)

    def calls(self) -> list[tuple[Called, ...]]:
        """What a board has shown, view by view."""
        boards = [view for view in self.views if isinstance(view, m.BoardView)]
        return [tuple((c.call, c.number, c.counter) for c in board.calls) for board in boards]

    def _welcomed(self, welcome: m.Welcome) -> None:
        self.hall = welcome.hall


async def visits(kiosk: Screen, chance: Random, stop: asyncio.Event) -> None:
    """Citizens, one after another."""
    while not stop.is_set():
        await asyncio.sleep(chance.expovariate(1 / BETWEEN_VISITS_S))
        if kiosk.hall is None:
            continue
        service = chance.choice(kiosk.hall.services).code
        answer = await kiosk.ask(m.TakeTicket([service]))
        if answer.ok is not None:
            await kiosk.ask(m.Printed(answer.ok["ticket"], ok=True))


async def work(counter: Screen, officer: str, chance: Random, stop: asyncio.Event) -> None:
    """An officer who presses whatever the screen offers."""
    while not stop.is_set():
        await asyncio.sleep(chance.expovariate(1 / PAUSE_S))
        view = counter.views[-1] if counter.views else None
        if isinstance(view, m.CounterView) and counter.hall is not None:
            del counter.views[:-1]
            kinds = [kind for kind in view.may if kind in WEIGHTS]
            if kinds:
                [kind] = chance.choices(kinds, [WEIGHTS[kind] for kind in kinds])
                await counter.ask(_do(kind, view, counter.hall, officer, chance))


def _do(kind: str, view: m.CounterView, hall: m.HallInfo, officer: str, chance: Random) -> m.AnyDo:
    wishes: dict[str, Callable[[], m.AnyDo]] = {
        "sign_in": lambda: m.SignIn(officer, PIN),
        "open": m.Open,
        "call_next": m.CallNext,
        "recall": m.Recall,
        "start": m.Start,
        "finish": lambda: m.Finish(chance.choice(hall.outcomes).code),
        "no_show": m.NoShow,
        "undo": m.Undo,
        "add_service": lambda: m.AddService(chance.choice(hall.services).code),
        "postpone": m.Postpone,
        "transfer": lambda: m.Transfer(service=chance.choice(hall.services).code),
        "hold": lambda: m.Hold(chance.choice(hall.hold_reasons).code),
        "put_back": m.PutBack,
        "resume": lambda: m.Resume(view.held[0].number) if view.held else m.CallNext(),
        "pause": lambda: m.Pause(chance.choice(hall.pause_reasons).code),
    }
    return wishes[kind]()
