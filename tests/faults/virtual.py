"""Time that nobody waits for: an event loop whose clock jumps to whatever comes next, and a thread
that is none. Same seed, same order of everything. Knows nothing of halls.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, NoReturn


class Killed(BaseException):  # as a kill is to the code it hits: nothing to handle
    """The process is gone from here on."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs whatever is ready; when nothing is, it is at once as late as the next timer says."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector = self  # there is no input to wait for but time

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._now

    def select(self, timeout_s: float | None) -> list[Any]:
        if timeout_s is None:
            _nothing_left()
        self._now += timeout_s
        return []

    def _process_events(self, _events: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""


def _nothing_left() -> NoReturn:
    raise RuntimeError("everybody waits for somebody, and nothing will ever happen again")


class VirtualThread(Executor):
    """Does one job after another, each some virtual time after its turn came."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        takes_s: Callable[[], float],
        on_killed: Callable[[], None],
    ) -> None:
        self._loop, self._takes_s, self._on_killed = loop, takes_s, on_killed
        self._jobs: deque[tuple[float, Future[Any], Callable[[], Any]]] = deque()
        self._busy = self._dead = False
        self.submitted_at = 0.0  # the job done last

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._jobs.append((self._loop.time(), future, partial(fn, *args, **kwargs)))
        self._go_on()
        return future

    def die(self) -> None:
        """What was not done is never done, and what was done is not told."""
        self._dead = True

    def _go_on(self) -> None:
        if not self._busy and self._jobs:
            self._busy = True
            self._loop.call_later(self._takes_s(), self._do)

    def _do(self) -> None:
        if self._dead:
            return
        self.submitted_at, future, job = self._jobs.popleft()
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(job())
            except Killed:
                self._on_killed()
                return
            except Exception as error:  # noqa: BLE001 - as every executor does
                future.set_exception(error)
        self._busy = False
        self._go_on()
