"""One life of the hall's server in virtual time: the real dispatcher on the real journal and file.

What may hit it is a Fate, and hits it where a real kill or a real disk would.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from dispatch import dispatcher
from dispatch.batch import Asked
from dispatch.dispatcher import MAX_BATCH, MAX_WAITING, Dispatcher
from dispatch.timekeeper import Steady, Timekeeper, Wall
from hall import views
from hall.events import ClockStepped
from hall.model import Hall, Setup
from records.errors import NotRecorded
from records.journal import Entry, Journal, Recorded
from records.turns import Row, TurnKey
from tests.faults.ground import engine_for
from tests.faults.virtual import Killed, VirtualThread
from tests.faults.witness import Called, Witness, hold

KILLS: Final = ("between statements", "before commit", "after commit", "while reading back")
COMPARE_EVERY: Final = 8  # changes of the hall; whole halls are compared only now and then

Reply = Callable[[bytes], None]


@dataclass
class Fate:
    """What will happen at the next moment of its name, and what has happened so far."""

    seen: Counter[str]
    due: str | None = None
    disk_full: bool = False

    def meet(self, moment: str) -> None:
        """The moment is here. Raises what is due."""
        if self.due != moment:
            return
        self.due = None
        self.seen[f"killed {moment}" if moment in KILLS else moment] += 1
        if moment in KILLS:
            raise Killed(moment)


class FatefulJournal(Journal):
    """The real journal, on a file whose disk may be full, in a process that may be killed."""

    def __init__(self, file: Path, setup: Setup, fate: Fate) -> None:
        super().__init__(_engine(file), setup)
        self._fate, self._appending = fate, False
        self._tried = True  # after trouble: was a row written on the records opened anew?
        _at_work[file] = self

    def append(
        self,
        first_seq: int,
        entries: Sequence[Entry],
        turns: Sequence[Row],
        gone: Collection[TurnKey] = (),
    ) -> None:
        hold("nothing_is_written_before_a_try", self._tried, "the probe was left out")
        self._appending = True
        try:
            super().append(first_seq, entries, turns, gone)
        finally:
            self._appending = False
        self._fate.meet("after commit")
        if self._fate.due == "commit in doubt":
            self._fate.meet("commit in doubt")
            self._in_doubt = True  # as when the disk fails after the data were there
            raise NotRecorded("io_error", "the disk did not answer")

    def reopen(self) -> None:
        self._tried = False
        super().reopen()

    def probe(self, at: datetime) -> None:
        super().probe(at)
        self._tried = True

    def last_day(self) -> tuple[int, list[Recorded]]:
        self._fate.meet("while reading back")
        return super().last_day()

    def the_disk_fills(self) -> None:
        """From now on the file cannot grow, until `reopen` finds room again."""
        self._fate.disk_full = True
        if self._writer is not None:
            self.limit(self._writer.connection.dbapi_connection)

    def limit(self, raw: Any) -> None:
        if self._fate.disk_full:
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count={pages}")

    def meet(self, moment: str) -> None:
        if self._appending:
            self._fate.meet(moment)


@cache
def _engine(file: Path) -> Engine:
    """An engine whose connections and statements are met by what is due for the present life."""
    engine = engine_for("server", file)

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO requests"):
            _at_work[file].meet("between statements")

    event.listen(engine, "connect", lambda raw, _: _at_work[file].limit(raw))
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", lambda _: _at_work[file].meet("before commit"))
    return engine


_at_work: Final[dict[Path, FatefulJournal]] = {}  # the journal of the life that goes on


@dataclass(frozen=True)
class Parts:
    """What a server is made of: the real classes, or ones with a planted bug."""

    dispatcher: type[Dispatcher] = Dispatcher
    journal: type[FatefulJournal] = FatefulJournal
    timekeeper: type[Timekeeper] = Timekeeper
    board: Callable[[Hall], dict[str, Any]] = views.board


class Process:
    """The server from its start to its kill."""

    def __init__(
        self,
        parts: Parts,
        setup: Setup,
        *,
        file: Path,
        witness: Witness,
        fate: Fate,
        wall: Wall,
        steady: Steady,
        takes_s: Callable[[], float],
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.on_over: Callable[[BaseException], None] = lambda _: None  # killed, or a bug
        self.on_up: Callable[[], None] = lambda: None
        self.on_view: Callable[[int, tuple[Called, ...]], None] = lambda _rev, _calls: None
        self.up = False
        self._parts, self._witness, self._fate = parts, witness, fate
        self._thread = VirtualThread(self.loop, takes_s, lambda: self._end(Killed()))
        self.journal = parts.journal(file, setup, fate)
        self.dispatcher = parts.dispatcher(
            setup, self.journal, parts.timekeeper(wall, steady), self._thread
        )
        self.dispatcher.on_change = self._tell
        self._looked_after = 0  # jobs of the thread
        self._told: Hall | None = None
        self._changes = 0
        self._steps: list[float] = []  # when the clock was set and nobody has written it down
        self._over = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._begin(self._live())

    # --- Its life ---

    def kill(self) -> None:
        """Now, whatever it is doing."""
        self._end(Killed())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._end(error)

    async def _live(self) -> None:
        await self.dispatcher.load()
        self.up = True
        self.on_up()
        await self.dispatcher.run()

    def _end(self, why: BaseException) -> None:
        if self._over:
            return
        self._over, self.up = True, False
        self._thread.die()
        for task in self._tasks:
            task.cancel()
        self.journal.close()
        self.on_over(why)

    # --- What it does for others ---

    def receive(self, asked: Asked, reply: Reply) -> None:
        """A request comes in; nobody hears it while the server starts."""
        if self.up:
            self._begin(self._serve(asked, reply))

    async def _serve(self, asked: Asked, reply: Reply) -> None:
        assert asked.id is not None
        known = self._witness.has_seen_answered(asked.id)
        answer = await self.dispatcher.ask(asked)
        self._look()
        sound = b'"server_error"' not in answer
        hold("no_request_breaks_the_code", sound, lambda: f"{asked.command}")
        self._witness.is_durable(asked.id, answer)
        self._says_what_is_wrong(answer)
        self._fate.seen["repeats answered as before"] += known
        self._fate.seen["told not_recorded"] += b'"not_recorded"' in answer
        reply(answer)

    def _says_what_is_wrong(self, answer: bytes) -> None:
        """While requests are refused for the records' sake, whoever asks for health hears it."""
        if b'"not_recorded"' in answer:
            hold("degraded_is_shown", self.dispatcher.trouble is not None, f"{answer!r}")

    def _keeps_its_bounds(self) -> None:
        kept = self.dispatcher
        sizes = len(kept._waiting), len(kept._answers), len(kept._pending)
        limits = MAX_WAITING, dispatcher.MAX_REMEMBERED, MAX_WAITING + MAX_BATCH
        within = all(size <= limit for size, limit in zip(sizes, limits, strict=True))
        hold("memory_and_queues_are_bounded", within, lambda: f"{sizes}, not {limits}")

    def calls(self) -> tuple[int, tuple[Called, ...]]:
        """What a board is shown now: the revision, and the last calls."""
        calls = self._parts.board(self.dispatcher.hall)["calls"]
        shown = tuple((call["call"], call["number"], call["counter"]) for call in calls)
        return self.dispatcher.seq, shown

    def _tell(self) -> None:
        """The dispatcher says that the hall may have changed."""
        self._look()
        self._keeps_its_bounds()
        if self.dispatcher.hall is not self._told:
            self._told = self.dispatcher.hall
            self._changes += 1
            if self._changes % COMPARE_EVERY == 0:
                self._witness.is_replay_of(self._told)
            self.on_view(*self.calls())

    # --- Its clock ---

    def clock_stepped(self) -> None:
        """The machine's clock was set while the server ran."""
        self._steps.append(self.loop.time())

    def _look(self) -> None:
        """Whatever was decided after the clock was set stands after the step in the records.

        Only what the records' thread does writes there: since its last job nothing is new.
        """
        if self._looked_after == self._thread.done:
            return
        self._looked_after = self._thread.done
        happened = self._witness.look()
        decided_at = self._thread.submitted_at
        if any(isinstance(event, ClockStepped) for event in happened):
            self._steps = [at for at in self._steps if at >= decided_at]
        missed = [at for at in self._steps if happened and at < decided_at]
        hold("a_clock_step_is_written_down", not missed, lambda: f"{happened} came before it")
