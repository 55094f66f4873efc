"""Answers of one connection that take their time, so that its other requests need not wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final

from websockets.exceptions import ConnectionClosed

MOST: Final = 16  # at once; with more of them its requests wait for one another again

log = logging.getLogger(__name__)


class Beside:
    """What is being answered beside the rest."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    @property
    def has_room(self) -> bool:
        return len(self._running) < MOST

    def start(self, answering: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answering)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def end(self) -> None:
        for task in self._running:
            task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, ConnectionClosed):
            log.error("an answer failed", exc_info=error)


@contextmanager
def beside() -> Iterator[Beside]:
    """For as long as a connection lasts."""
    answers = Beside()
    try:
        yield answers
    finally:
        answers.end()
