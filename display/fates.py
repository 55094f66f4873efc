"""What became of each call, told to the server in order, again and again until it answers."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Final, Protocol

from link.client import NoAnswer, TooManyUnanswered, new_request_id
from link.messages import Answer, Spoken

MOST: Final = 1000  # kept while the server is away; then the oldest are given up
AGAIN_S: Final = 2.0

log = logging.getLogger("motcua.screen")


class Ask(Protocol):
    """Carries one request to the server; raises NoAnswer where there is no link any more."""

    async def __call__(self, do: Spoken, *, request_id: str) -> Answer: ...


class Fates:
    """Keeps what is not answered yet. `ask` carries a request over however many connections."""

    def __init__(self) -> None:
        self._untold: deque[Spoken] = deque()
        self._any = asyncio.Event()

    def __len__(self) -> int:
        return len(self._untold)

    def add(self, fate: Spoken) -> None:
        if len(self._untold) >= MOST:
            log.warning("the fate of call %d was never told", self._untold.popleft().call)
        self._untold.append(fate)
        self._any.set()

    async def tell(self, ask: Ask) -> None:
        """One after the other, until cancelled."""
        while True:
            await self._any.wait()
            fate = self._untold[0]
            await _told(fate, ask)
            if self._untold and self._untold[0] is fate:
                self._untold.popleft()
            if not self._untold:
                self._any.clear()


async def _told(fate: Spoken, ask: Ask) -> None:
    """Until there is an answer; under one id, so that it counts once."""
    request_id = new_request_id()
    while True:
        try:
            answer = await ask(fate, request_id=request_id)
        except (NoAnswer, TooManyUnanswered) as why:
            log.info("the fate of call %d is told later: %s", fate.call, why)
            await asyncio.sleep(AGAIN_S)
            continue
        if answer.refused is not None:
            log.info("the fate of call %d was not noted: %s", fate.call, answer.refused)
        return
