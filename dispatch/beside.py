"""Answers of one connection that take their time, so that its other requests need not wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final, Self

from websockets.exceptions import ConnectionClosed

MOST: Final = 16  # at once; with more of them its requests wait for one another again

log = logging.getLogger(__name__)


class Beside:
    """What is being answered beside the rest, for as long as a connection lasts."""

    __slots__ = ("_running",)

    def __init__(self) -> None:
        self._running: list[asyncio.Task[None]] = []  # mostly none: a set would take four times it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for task in self._running:
            task.cancel()

    @property
    def has_room(self) -> bool:
        return len(self._running) < MOST

    def start(self, answering: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answering)
        self._running.append(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.remove(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, ConnectionClosed):
            log.error("an answer failed", exc_info=error)
