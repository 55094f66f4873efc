"""One batch at a time: decide, write down, evolve, tell.

Whatever waits is one batch and one transaction; the records' own thread writes it while the next
requests gather. Nothing is answered before it is written down. If writing fails the new hall is
dropped, everybody is answered `not_recorded`, and before anything else happens the hall is read
again from the records: what they have is what has happened.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from dispatch.batch import Asked, Outcome, encode, prepare
from dispatch.durations import Durations
from dispatch.replay import replayed
from dispatch.timekeeper import Timekeeper
from hall.commands import Command, Refused
from hall.model import Hall, Setup, empty_hall
from hall.tick import next_due
from records.errors import AlreadyAnswered, NotRecorded
from records.journal import Journal

MAX_BATCH = 256  # requests in one transaction
MAX_WAITING = 10_000  # requests that may wait for theirs
MAX_REMEMBERED = 20_000  # answers kept in memory; older ones are found in the records
REFRESH_S = 15.0  # how old a view that changes with time may get
PROBE_S = 1.0  # how often a broken disk is tried again
KEEP_REQUESTS_DAYS = 2  # how long an id is good for a repeat
TELL_S = 0.1  # how often the screens are told at most, but of a few requests at once
FEW = 4  # requests in one batch

T = TypeVar("T")
Waiting = tuple[Asked, asyncio.Future[bytes]]

log = logging.getLogger(__name__)


class Dispatcher:
    """The one place where the hall changes."""

    def __init__(
        self,
        setup: Setup,
        journal: Journal,
        timekeeper: Timekeeper,
        thread: Executor | None = None,  # does one thing after another; default: its own
    ) -> None:
        self.hall = empty_hall(setup)
        self.seq = 0  # of the last event
        self.trouble: str | None = None  # why nothing can be written down, if so
        self.on_change: Callable[[], None] = lambda: None
        self.news: Callable[[Hall, datetime], Sequence[Command]] = lambda _hall, _now: ()
        self.batches = 0
        self.answered, self.committed = Durations(), Durations()
        self.on_proof: Callable[[], None] = lambda: None
        self._prove_every_s, self._proven_s = math.inf, 0.0
        self._in_thread_since_s: float | None = None
        self._journal, self.timekeeper = journal, timekeeper
        self._thread = thread or ThreadPoolExecutor(1, thread_name_prefix="records")
        self._waiting: deque[Waiting] = deque()
        self._pending: dict[str, asyncio.Future[bytes]] = {}
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._work = asyncio.Event()
        self._told_s, self._untold = -math.inf, False

    # --- From outside ----------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the hall back from the records."""
        self.hall, self.seq = await self._in_thread(self._replay)
        remembered = await self._in_thread(lambda: self._journal.answers(MAX_REMEMBERED))
        self._answers = OrderedDict(remembered)
        self.timekeeper.look_back_at(self.hall.at)

    async def ask(self, asked: Asked) -> bytes:
        """Have one request carried out; its encoded answer, once it is written down."""
        assert asked.id is not None
        if (answer := self._answers.get(asked.id)) is not None:
            return answer
        if (pending := self._pending.get(asked.id)) is not None:
            return await asyncio.shield(pending)
        if len(self._waiting) >= MAX_WAITING:
            return encode(asked.id, refused=Refused("busy"))
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._pending[asked.id] = future
        self._waiting.append((asked, future))
        self._work.set()
        with self.answered.seen():
            return await future

    def answer_to(self, request_id: str) -> bytes | None:
        """What was answered lately to the request with this id."""
        return self._answers.get(request_id)

    def wake(self) -> None:
        """Something is different that no request tells of: look for news, and tell the screens."""
        self._work.set()

    def prove(self, every_s: float, on_proof: Callable[[], None]) -> None:
        """Tell so often that this loop turns and the disk answers; nothing comes if they do not."""
        self._prove_every_s, self.on_proof = every_s, on_proof
        self.wake()

    def hanging_s(self) -> float:
        """How long the records' thread has not come back from what it does now."""
        since_s = self._in_thread_since_s
        return 0.0 if since_s is None else self.timekeeper.steady_s() - since_s

    async def run(self) -> None:
        """Carry out batch after batch until cancelled."""
        while True:
            if not self._waiting:
                await self._until_something_is_due()
            self._work.clear()
            batch = self._next_batch()
            await self._carry_out(batch)
            await self._tell(few=0 < len(batch) <= FEW)
            if self._proof_in_s() <= 0:
                await self._prove()

    def close(self) -> None:
        """Wait for the commit in flight, and let the records' thread go."""
        self._thread.shutdown(wait=True)

    # --- One batch -------------------------------------------------------------------------------

    def _next_batch(self) -> list[Waiting]:
        size = min(MAX_BATCH, len(self._waiting))
        return [self._waiting.popleft() for _ in range(size)]

    async def _carry_out(self, batch: list[Waiting]) -> None:
        if self.trouble is not None and not await self._recovered():
            self._not_recorded(batch)
            return
        step_s = self.timekeeper.step_s()
        outcome = self._prepare(batch, step_s)
        if outcome.entries and not await self._written(outcome, batch):
            return
        if step_s is not None:
            log.warning("the clock was set by %.1f s", step_s)
            self.timekeeper.written(step_s)
        self._take_over(outcome, batch)

    async def _tell(self, *, few: bool) -> None:
        """Tell the screens of what has happened; but those who wait for an answer come first.

        `few`: only a few requests were carried out together. If none waits now, it is no storm.
        """
        if not self._untold:
            return
        await asyncio.sleep(0)  # all who asked send their answers on their way
        if self._tell_in_s() <= 0 or (few and not self._waiting):
            self._told_s, self._untold = asyncio.get_running_loop().time(), False
            self.on_change()

    def _tell_in_s(self) -> float:
        """When the screens may be told again."""
        return self._told_s + TELL_S - asyncio.get_running_loop().time()

    def _prepare(self, batch: list[Waiting], step_s: float | None) -> Outcome:
        """What the batch brings; a request that the rules break on hurts nobody but its sender."""
        at = self.timekeeper.now(self.hall.at)
        news = [Asked(command) for command in self.news(self.hall, at)]
        try:
            return prepare(self.hall, [*news, *(asked for asked, _ in batch)], at, step_s)
        except Exception:
            # A bug. The hall is untouched, as nothing changes in place: leave out its request.
            if not batch:
                raise
            self._leave_out_the_broken(batch, at, step_s)
            return prepare(self.hall, [asked for asked, _ in batch], at, step_s)

    def _leave_out_the_broken(
        self, batch: list[Waiting], at: datetime, step_s: float | None
    ) -> None:
        """Try each request alone after the good ones before it; the broken go to their senders."""
        good: list[Waiting] = []
        for asked, future in batch:
            try:
                prepare(self.hall, [*(other for other, _ in good), asked], at, step_s)
            except Exception:
                kind = type(asked.command).__name__  # and no more of it: it may hold a token
                log.exception("the rules' code broke on %s of %s", kind, asked.device)
                self._refuse(asked, future, Refused("server_error"))
            else:
                good.append((asked, future))
        batch[:] = good

    async def _written(self, outcome: Outcome, batch: list[Waiting]) -> bool:
        """Write the outcome down in one transaction; False: it is not, and everybody knows."""
        first_seq, rows, gone = self.seq + 1, outcome.rows(), outcome.gone
        try:
            with self.committed.seen():
                await self._in_thread(
                    lambda: self._journal.append(first_seq, outcome.entries, rows, gone)
                )
        except NotRecorded as error:
            self.trouble = str(error)
            log.error("not recorded: %s", error)  # noqa: TRY400 - the disk's fault, not the code's
            self._not_recorded(batch)
            return False
        except AlreadyAnswered as known:
            self._answer_again(known.answers, batch)
            return False
        return True

    def _take_over(self, outcome: Outcome, batch: list[Waiting]) -> None:
        """It is written down: now it is true, and may be told."""
        new_day = outcome.hall.day != self.hall.day
        self.seq += outcome.events
        self.hall = outcome.hall
        self._untold = True
        self.batches += 1
        self._remember(outcome.answers)
        for asked, future in batch:
            self._forget(asked)
            if asked.id is not None:
                _settle(future, outcome.answers[asked.id])
        if new_day:
            self._forget_old_requests()

    def _not_recorded(self, batch: list[Waiting]) -> None:
        for asked, future in batch:
            self._refuse(asked, future, Refused("not_recorded"))

    def _answer_again(self, answers: dict[str, bytes], batch: list[Waiting]) -> None:
        """Some ids were answered long ago: give those the same answer, and try the others again."""
        self._remember(answers)
        for asked, future in reversed(batch):
            if asked.id in answers:
                self._forget(asked)
                _settle(future, answers[asked.id])
            else:
                self._waiting.appendleft((asked, future))

    # --- When the disk fails ---------------------------------------------------------------------

    async def _recovered(self) -> bool:
        """Open the records anew, try to write, and read back what has happened.

        What is read back lasts: `reopen` has synced it. The row shows whether there is room, too.
        """
        try:
            await self._in_thread(self._journal.reopen)
            at = self.timekeeper.now(self.hall.at)
            await self._in_thread(lambda: self._journal.probe(at))
            await self.load()
        except NotRecorded as error:
            self.trouble = str(error)
            return False
        log.warning("the records can be written again")
        self.trouble = None
        return True

    async def _prove(self) -> None:
        """Write something down, also while nobody asks for anything. A disk that refuses has
        answered, and whoever asks is told so; from one that hangs nothing comes back.
        """
        if self.trouble is None:
            at = self.timekeeper.now(self.hall.at)
            try:
                await self._in_thread(lambda: self._journal.probe(at))
            except NotRecorded as error:
                self.trouble = str(error)
                log.error("not recorded: %s", error)  # noqa: TRY400 - the disk's fault
        self._proven_s = self.timekeeper.steady_s()
        self.on_proof()

    def _proof_in_s(self) -> float:
        return self._proven_s + self._prove_every_s - self.timekeeper.steady_s()

    def _replay(self) -> tuple[Hall, int]:
        seq, recorded = self._journal.last_day()
        return replayed(self.hall.setup, recorded), seq

    # --- Small parts -----------------------------------------------------------------------------

    async def _until_something_is_due(self) -> None:
        delay_s = PROBE_S if self.trouble is not None else self._due_in_s()
        if self._untold:
            delay_s = min(delay_s, self._tell_in_s())
        delay_s = max(0.0, min(delay_s, self._proof_in_s()))
        try:
            async with asyncio.timeout(delay_s):
                await self._work.wait()
        except TimeoutError:
            pass

    def _due_in_s(self) -> float:
        now = self.timekeeper.now(self.hall.at)
        due_in_s = max(0.0, (next_due(self.hall, now) - now).total_seconds())
        return min(REFRESH_S, self.timekeeper.sleep_s(due_in_s))

    def _refuse(self, asked: Asked, future: asyncio.Future[bytes], refused: Refused) -> None:
        """Answer without remembering it: the same request may be carried out later."""
        self._forget(asked)
        if asked.id is not None:
            _settle(future, encode(asked.id, refused=refused))

    def _forget(self, asked: Asked) -> None:
        if asked.id is not None:
            self._pending.pop(asked.id, None)

    def _remember(self, answers: dict[str, bytes]) -> None:
        self._answers.update(answers)
        while len(self._answers) > MAX_REMEMBERED:
            self._answers.popitem(last=False)

    def _forget_old_requests(self) -> None:
        assert self.hall.day is not None
        before = self.hall.day - timedelta(days=KEEP_REQUESTS_DAYS)
        self._thread.submit(self._journal.forget_requests, before)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        self._in_thread_since_s = self.timekeeper.steady_s()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._in_thread_since_s = None


def _settle(future: asyncio.Future[bytes], answer: bytes) -> None:
    """Give the answer to whoever waits; nobody does once their connection's task was ended."""
    if not future.done():
        future.set_result(answer)
