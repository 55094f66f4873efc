"""A disk that errs in the midst of a day: writes, syncs and reads that come back with an error, or
with half of what was asked. What was answered lasts, and the hall goes on when the disk is well.

MOTCUA_SEED=4711 lives one seed again.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import apsw
import pytest

from dispatch.batch import Asked
from dispatch.dispatcher import Dispatcher
from dispatch.timekeeper import Timekeeper
from records import engine as records_engine
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from tests.faults.disk import Step, watched
from tests.faults.ground import fast_disk, quiet
from tests.faults.halls import FAIR, SERVED
from tests.faults.people import wish_of_citizen, wish_of_officer
from tests.faults.sound import records_are_sound
from tests.faults.witness import Promises, Witness, hold
from tests.faults.writer import STARTS, Clock
from tests.invariants import Broken

SEEDS: Final = range(1, 4)
ROUNDS: Final = 60
AT_ONCE: Final = 4
TRIES: Final = 200  # of one request, before the disk is well for good
ERRS: Final = {"write": 0.02, "sync": 0.05, "read": 0.02, "truncate": 0.2}

# What must have happened on the way: a check that was never reached proves nothing.
REACHED: Final = (
    *("write erred", "sync erred", "read erred", "a write was cut short", "in a checkpoint"),
    *("refused: not recorded", "written down, though it was refused", "answered"),
)


class SickDisk:
    """Errs now and then, for as long as it is sick. A sync that errs has saved nothing."""

    def __init__(self, chance: Random, seen: Counter[str]) -> None:
        self._chance, self._seen = chance, seen
        self.sick = False
        self.unsynced = False  # is something in the log that no sync has saved?

    def before(self, step: Step, file: apsw.VFSFile | None) -> None:
        if step.kind == "write" and step.file.endswith("-wal"):
            self.unsynced = True
        if self.sick and file is not None and self._chance.random() < ERRS.get(step.kind, 0.0):
            self._seen[f"{step.kind} erred"] += 1
            self._seen["in a checkpoint"] += step.kind != "read" and step.file.endswith(".db")
            if step.kind == "write" and self._chance.random() < 0.5:
                self._seen["a write was cut short"] += 1
                apsw.VFSFile.xWrite(file, step.data[: len(step.data) // 2], step.at)
                raise apsw.FullError
            raise apsw.IOError

    def after(self, step: Step) -> None:
        if step.kind == "sync" and step.file.endswith("-wal"):
            self.unsynced = False


def watched_journal(disk: SickDisk) -> type[Journal]:
    class Watched(Journal):
        def append(self, *args: Any) -> None:
            super().append(*args)
            hold("no_answer_before_it_is_durable", not disk.unsynced, "the log was not synced")

    return Watched


class SickDay:
    """People who ask, and ask again under the same id when they are told to."""

    def __init__(self, seed: int, file: Path) -> None:
        self.seen: Counter[str] = Counter()
        self.promises, self._file = Promises(), file
        self._chance = Random(f"{seed} wishes")
        self._refused: set[str] = set()
        self._disk = SickDisk(Random(f"{seed} disk"), self.seen)

    def live(self) -> None:
        with watched(self._disk), quiet():
            engine = connect(str(self._file))
            upgrade(engine)
            journal = watched_journal(self._disk)(engine, FAIR)
            asyncio.run(self._work(journal))
            journal.close()
        self._check()

    async def _work(self, journal: Journal) -> None:
        clock = Clock(STARTS, STARTS)
        hall = Dispatcher(FAIR, journal, Timekeeper(lambda: clock.now, clock.steady))
        await hall.load()
        running = asyncio.create_task(hall.run())
        self._disk.sick = True
        for _ in range(ROUNDS):
            clock.now = max(clock.now, hall.hall.at) + self._some_minutes()
            wishes = [self._wish(hall) for _ in range(AT_ONCE)]
            asking = asyncio.create_task(self._ask_together(hall, wishes))
            await asyncio.wait({running, asking}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                asking.cancel()
                running.result()
            await asking
        running.cancel()
        hall.close()

    async def _ask_together(self, hall: Dispatcher, wishes: list[Asked]) -> None:
        await asyncio.gather(*(self._ask(hall, one) for one in wishes))

    async def _ask(self, hall: Dispatcher, asked: Asked) -> None:
        assert asked.id is not None
        self.promises.asked.add(asked.id)
        for _ in range(TRIES):
            answer = await hall.ask(asked)
            if b'"not_recorded"' not in answer:
                self.promises.told(asked.id, answer)
                self.seen["answered"] += 1
                return
            self.seen["refused: not recorded"] += 1
            self._refused.add(asked.id)
            hold("degraded_is_shown", hall.trouble is not None, f"{answer!r}")
        raise AssertionError("the records were never written again")

    def _wish(self, hall: Dispatcher) -> Asked:
        chance = self._chance
        request = str(uuid.UUID(int=chance.getrandbits(128)))
        counter = chance.choice([None, *SERVED])
        wish = wish_of_officer(chance, hall.hall, counter) if counter else None
        if wish is None:
            return Asked(wish_of_citizen(chance, hall.hall), request, "kiosk-1")
        return Asked(wish, request, f"counter-{counter}")

    def _some_minutes(self) -> timedelta:
        return timedelta(seconds=self._chance.uniform(20, 300))

    def _check(self) -> None:
        with witnessed(self._file) as witness:
            witness.look()
            witness.is_replay_of(witness.hall)
            witness.keeps(self.promises)
            there = {request for request in self._refused if witness.answer(request) is not None}
            self.seen["written down, though it was refused"] += len(there)
        engine = connect(str(self._file))
        records_are_sound(engine, FAIR)
        engine.dispose()


@contextmanager
def witnessed(file: Path) -> Iterator[Witness]:
    witness = Witness(file, FAIR)
    try:
        yield witness
    finally:
        witness.close()


def sick_days(seeds: range) -> Counter[str]:
    only = os.environ.get("MOTCUA_SEED")
    seen: Counter[str] = Counter()
    for seed in [int(only)] if only else seeds:
        with fast_disk() as folder:
            day = SickDay(seed, Path(folder) / "hall.db")
            day.live()
            seen += day.seen
    return seen


def test_a_disk_that_errs_in_the_midst_of_a_day_breaks_no_promise() -> None:
    seen = sick_days(SEEDS)
    assert [what for what in REACHED if not seen[what]] == [], seen


def test_an_answer_before_the_sync_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(records_engine.WRITING, "synchronous", 1)
    with pytest.raises(Broken, match="durable"):
        sick_days(range(1, 2))
