"""Time that nobody waits for: an event loop whose clock jumps to whatever comes next, and a thread
that is none. Same seed, same order of everything. Knows nothing of halls.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextvars import Context
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any, NoReturn, TypeVarTuple

Given = TypeVarTuple("Given")


class Killed(BaseException):  # as a kill is to the code it hits: nothing to handle
    """The process is gone from here on."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs whatever is ready; when nothing is, it is at once as late as the next timer says."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        # Tuples, which are compared without a line of Python: by their time, then by their number.
        self._later: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._now

    def call_at(
        self,
        when: float,
        callback: Callable[[*Given], object],
        *args: *Given,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._later, (when, next(self._numbers), timer))
        return timer

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """A thread that is none needs nothing that threads need to tell each other."""
        if isinstance(executor, VirtualThread):
            return executor.soon(partial(func, *args))
        return super().run_in_executor(executor, func, *args)

    def _run_once(self) -> None:
        ready: deque[asyncio.Handle] = self._ready  # type: ignore[attr-defined]
        later = self._later
        while later and (not ready or later[0][0] <= self._now):
            when, _, timer = heappop(later)
            if not timer.cancelled():
                self._now = max(self._now, when)
                ready.append(timer)
        if not ready:
            _nothing_left()
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()

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
        self._jobs: deque[tuple[float, Future[Any] | asyncio.Future[Any], Callable[[], Any]]]
        self._jobs = deque()
        self._busy = self._dead = False
        self.submitted_at = 0.0  # the job done last
        self.done = 0  # jobs begun, whatever came of them

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._take(future, partial(fn, *args, **kwargs))
        return future

    def soon(self, job: Callable[[], Any]) -> asyncio.Future[Any]:
        """The same for who waits on the loop."""
        future: asyncio.Future[Any] = self._loop.create_future()
        self._take(future, job)
        return future

    def die(self) -> None:
        """What was not done is never done, and what was done is not told."""
        self._dead = True

    def _take(self, future: Future[Any] | asyncio.Future[Any], job: Callable[[], Any]) -> None:
        self._jobs.append((self._loop.time(), future, job))
        self._go_on()

    def _go_on(self) -> None:
        if not self._busy and self._jobs:
            self._busy = True
            self._loop.call_later(self._takes_s(), self._do)

    def _do(self) -> None:
        if self._dead:
            return
        self.submitted_at, future, job = self._jobs.popleft()
        self.done += 1
        if _is_wanted(future):
            try:
                future.set_result(job())
            except Killed:
                self._on_killed()
                return
            except Exception as error:  # noqa: BLE001 - as every executor does
                future.set_exception(error)
        self._busy = False
        self._go_on()


def _is_wanted(future: Future[Any] | asyncio.Future[Any]) -> bool:
    if isinstance(future, Future):
        return future.set_running_or_notify_cancel()
    return not future.cancelled()
