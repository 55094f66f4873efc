"""The manager's reports, made in a process of their own, so that the hall waits for none of them.

One report is made after another. Whoever asks again within a minute gets the same one, and all
parts of it are parts of the same.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any, Final, TypeVar

from dispatch.report_process import Question, Source, Written, as_text, awake, begin, into_files
from hall.commands import Refused
from link import messages as m

STARTS_WITHIN_S: Final = 60.0  # a process that is asked whether it lives
GONE_WITHIN_S: Final = 2.0  # a process that was killed, unless a disk or a share holds it
LOOK_S: Final = 0.01
PART: Final = 60_000  # characters; the largest part still fits into a frame when it is encoded

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLimits:
    """How much is put up with."""

    within_s: float = 120.0  # one report; what takes longer is for `motcua report`
    waiting: int = 8  # questions that wait for their turn
    kept_s: float = 60.0
    fetched_s: float = 600.0  # its later parts, for whoever has begun to fetch it
    kept: int = 50_000_000  # characters of finished reports in memory


@dataclass(slots=True)
class Finished:
    """A report as JSON text, and when it was finished, on the steady clock."""

    text: str
    at_s: float

    @property
    def parts(self) -> int:
        return max(1, -(-len(self.text) // PART))

    def part(self, number: int) -> dict[str, Any]:
        text = self.text[(number - 1) * PART : number * PART]
        return {"part": number, "parts": self.parts, "text": text}


class Reporter:
    """Answers questions and writes files; `now` is the hall's time, `steady_s` nobody can set."""

    def __init__(
        self,
        source: Source,
        now: Callable[[], datetime],
        steady_s: Callable[[], float],
        limits: ReportLimits | None = None,
    ) -> None:
        self._source, self._now, self._steady_s = source, now, steady_s
        self._limits = limits or ReportLimits()
        self._process = Process()
        self._finished: dict[Question, Finished] = {}
        self._fetched: dict[str, tuple[Question, Finished]] = {}  # device -> what it is reading
        self._making: dict[Question, asyncio.Task[Finished | Refused]] = {}

    async def answer(self, asked: m.Report, device: m.DeviceInfo) -> dict[str, Any] | Refused:
        """One part of a report, or why there is none."""
        try:
            first, last = date.fromisoformat(asked.from_), date.fromisoformat(asked.to)
        except ValueError:
            return Refused("bad_period", problem="no_such_date")
        language = asked.language or next(iter(self._source.names))
        named = device.role == "manager"
        question = Question(asked.report, first, last, language, asked.by, named)
        finished = await self._report(question, asked.part, device.device)
        if isinstance(finished, Refused):
            return finished
        if asked.part > finished.parts:
            return Refused("unknown_report", report=asked.report, parts=finished.parts)
        return finished.part(asked.part)

    async def write(self, question: Question, formats: tuple[str, ...], folder: Path) -> Written:
        """Write the files of a report that are not there yet."""
        work = (into_files, self._source, question, formats, folder, self._now())
        written = await self._process.do(self._limits.within_s, *work)
        if isinstance(written, Refused):
            return Written(trouble=written.reason, detail=str(written.facts))
        return written

    def close(self) -> None:
        """End the process, whatever it is doing."""
        for making in self._making.values():
            making.cancel()
        self._process.end()

    # --- Small parts -----------------------------------------------------------------------------

    async def _report(self, question: Question, part: int, device: str) -> Finished | Refused:
        """The finished report: who asks for later parts gets them of the one that was begun."""
        self._forget_the_old()
        begun = self._fetched.get(device)
        if part > 1 and begun is not None and begun[0] == question:
            return begun[1]
        finished = self._finished.get(question) or await self._made(question)
        if isinstance(finished, Finished):
            self._fetched[device] = (question, finished)
        return finished

    async def _made(self, question: Question) -> Finished | Refused:
        """Whoever asks what is being made already waits for the same."""
        making = self._making.get(question)
        if making is None:
            if len(self._making) >= self._limits.waiting:
                return Refused("busy")
            making = asyncio.create_task(self._make(question), name=f"report {question.report}")
            self._making[question] = making
            making.add_done_callback(lambda _: self._making.pop(question, None))
        return await asyncio.shield(making)

    async def _make(self, question: Question) -> Finished | Refused:
        work = (as_text, self._source, question, self._now())
        text = await self._process.do(self._limits.within_s, *work)
        if isinstance(text, Refused):
            return text
        if len(text) > self._limits.kept:
            return Refused("report_failed", problem="too_large")
        finished = Finished(text, self._steady_s())
        self._finished[question] = finished
        while len(self._finished) > 1 and self._kept() > self._limits.kept:
            del self._finished[next(iter(self._finished))]
        return finished

    def _kept(self) -> int:
        return sum(len(finished.text) for finished in self._finished.values())

    def _forget_the_old(self) -> None:
        now_s, limits = self._steady_s(), self._limits
        for question, finished in list(self._finished.items()):
            if now_s - finished.at_s > limits.kept_s:
                del self._finished[question]
        for device, (_, finished) in list(self._fetched.items()):
            if now_s - finished.at_s > limits.fetched_s:
                del self._fetched[device]


class Process:
    """One process beside the server: started when it is first needed, and again when it died.

    There is never another beside it, not even beside one that was killed and does not end.
    """

    def __init__(self, name: str = "reports") -> None:
        self._name = name  # for the log
        self._pool: ProcessPoolExecutor | None = None
        self._number: int | None = None  # the operating system's, for as long as it lives
        self._killed: int | None = None  # the number of one that has perhaps not ended yet
        self._one_at_a_time = asyncio.Lock()

    async def do(
        self,
        within_s: float,
        work: Callable[..., T],
        *facts: object,
        still_s: float | None = None,
    ) -> T | Refused:
        """What the work brings. Trouble of the process, and mistakes in it, are a refusal.

        `still_s`: for how long it may read and write nothing; None: as long as it likes.
        """
        async with self._one_at_a_time:
            if not await self._rid_of_the_killed():
                return Refused("report_failed", problem="not_ended")
            try:
                async with asyncio.timeout(STARTS_WITHIN_S):
                    future = asyncio.wrap_future(await self._begun(work, *facts))
            except (BrokenProcessPool, OSError):  # a time-out is an OSError
                return self._broken("not_started")
            try:
                await self._watch(future, within_s, still_s or within_s)
            except asyncio.CancelledError:
                future.cancel()  # nobody is left to hear of it
                raise
            if not future.done():
                future.cancel()
                return self._broken("too_long")
            error = future.exception()
            if error is None:
                return future.result()
            if isinstance(error, BrokenProcessPool):
                return self._broken("ended")
            log.error("%s: the work failed", self._name, exc_info=error)
            return Refused("report_failed", problem="server_error")

    def end(self) -> None:
        if self._number is not None:
            with suppress(ProcessLookupError):
                os.kill(self._number, signal.SIGKILL)
            self._killed = self._number
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._number = None

    async def _watch(self, future: asyncio.Future[T], within_s: float, still_s: float) -> None:
        """Wait until the work is done, is late, or stands still."""
        clock = asyncio.get_running_loop().time
        until = clock() + within_s
        while (left_s := until - clock()) > 0:
            before = self._moved()
            await asyncio.wait({future}, timeout=min(left_s, still_s))
            if future.done() or (before and before == self._moved()):
                return

    def _moved(self) -> str:
        """What the process has read and written so far; "" where the system does not tell."""
        try:
            return Path(f"/proc/{self._number}/io").read_text(encoding="ascii")
        except OSError:
            return ""

    async def _rid_of_the_killed(self) -> bool:
        """Has the process that was killed ended? One that waits for a dead disk does not."""
        clock = asyncio.get_running_loop().time
        until = clock() + GONE_WITHIN_S
        while self._killed in {child.pid for child in active_children()}:
            if clock() > until:
                return False
            await asyncio.sleep(LOOK_S)
        self._killed = None
        return True

    async def _begun(self, work: Callable[..., T], *facts: object) -> Future[T]:
        """The work given to the process, or to a new one where that has died meanwhile."""
        try:
            return (await self._alive(work)).submit(work, *facts)
        except BrokenProcessPool:
            log.warning("%s: the process has died and is started again", self._name)
            self._number = None  # it may be another's by now
            self.end()
            return (await self._alive(work)).submit(work, *facts)

    async def _alive(self, work: Callable[..., object]) -> ProcessPoolExecutor:
        """The process, once it has answered and knows the work, which takes a second to import:
        one that died idle is noticed only then.
        """
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), begin)
        self._number = await asyncio.wrap_future(self._pool.submit(awake, work))
        return self._pool

    def _broken(self, problem: str) -> Refused:
        log.error("%s: the process: %s", self._name, problem)
        self.end()
        return Refused("report_failed", problem=problem)
