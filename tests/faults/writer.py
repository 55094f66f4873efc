"""The server's middle as a process of its own that is killed at a named point, again and again.

Dispatcher, journal and SQLite file are the real ones, and the kill is a real one; what it has
answered comes through a pipe. The points are found on the disk: see `disk.py`.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import traceback
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from select import select
from time import monotonic as now
from typing import Any, Final, NoReturn

import apsw
import pytest

from dispatch.batch import Asked
from dispatch.dispatcher import Dispatcher
from dispatch.timekeeper import Timekeeper
from hall.hours import serving_next
from records import rollup
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from tests.faults.disk import Step, watched
from tests.faults.ground import fast_disk, quiet
from tests.faults.halls import FAIR, SERVED
from tests.faults.people import wish_of_citizen, wish_of_manager, wish_of_officer
from tests.faults.sound import records_are_sound
from tests.faults.witness import Promises, Witness, hold
from tests.hall.halls import MONDAY, TIMEZONE

FILE: Final = "hall.db"
AT_ONCE: Final = 4  # people ask together
ROUNDS: Final = 16  # of questions in one life, if nothing kills it before
ASKED_AGAIN: Final = 3  # old questions in each life
EARLY: Final = 3  # the first kills, before there is a whole file
ONE_LIFE_S: Final = 0.04  # of a quick machine
STARTS: Final = datetime.combine(MONDAY, time(6, 45), TIMEZONE).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Aim:
    """A point at which the process is killed: the how-manieth step of a kind, and in what."""

    name: str
    phase: str  # "start", "work", or a part of it
    kinds: tuple[str, ...]
    when: str = "before"  # before, inside, after
    of: str = ""  # how the file's name ends
    most: int = 12
    haste: int = 1  # times as much time passes between two questions


AIMS: Final = (
    Aim("before fsync", "work", ("sync",), of="-wal"),
    Aim("after fsync", "work", ("sync",), "after", of="-wal"),
    Aim("inside a write", "work", ("write",), "inside", most=60),
    Aim("between two writes", "work", ("write",), most=60),
    Aim("between commit and answer", "answer", ("answer",), most=8),
    Aim("in a checkpoint", "work", ("write", "sync"), of=FILE, most=6),
    Aim("while starting", "start", ("read", "write", "sync", "unlink"), most=40),
    Aim("while reading back", "reading back", ("read",), most=4),
    Aim("in the migration", "migration", ("write", "sync"), most=40),
    Aim("in the roll-up at midnight", "roll-up", ("write",), "inside", most=4, haste=4),
    Aim("at any moment", "work", ()),
)
NEVER: Final = Aim("never", "work", ())
PARTS_OF: Final = {
    "start": ("start", "migration", "reading back"),
    "work": ("work", "roll-up"),
}
BY_NAME: Final = {aim.name: aim for aim in AIMS}


class Killer:
    """Watches the disk; ends its own process at the point it is aimed at."""

    def __init__(self, aim: Aim, count: int) -> None:
        self.aim, self._left = aim, count
        self.phase = "start"

    def before(self, step: Step, file: apsw.VFSFile | None) -> None:
        if self.aim.when != "after" and self._hit(step):
            if self.aim.when == "inside" and file is not None and step.data:
                apsw.VFSFile.xWrite(file, step.data[: len(step.data) // 2], step.at)
            die()

    def after(self, step: Step) -> None:
        if self.aim.when == "after" and self._hit(step):
            die()

    def answers(self) -> None:
        """The commit is done; nobody was told yet."""
        with self.during("answer"):
            if self._hit(Step("answer", "")):
                die()

    @contextmanager
    def during(self, phase: str) -> Iterator[None]:
        before, self.phase = self.phase, phase
        try:
            yield
        finally:
            self.phase = before

    def _hit(self, step: Step) -> bool:
        aim = self.aim
        here = self.phase in PARTS_OF.get(aim.phase, (aim.phase,))
        if here and step.kind in aim.kinds and step.file.endswith(aim.of):
            self._left -= 1
            return self._left == 0
        return False


def die() -> NoReturn:
    """As a kill from outside: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes on")


# --- In the process that is killed ----------------------------------------------------------------


@dataclass(frozen=True)
class Parts:
    """What the process is made of: the real classes, or ones with a planted bug."""

    dispatcher: type[Dispatcher] = Dispatcher
    journal: type[Journal] = Journal


SOUND: Final = Parts()


@dataclass(slots=True)
class Clock:
    """A clock that goes only when somebody winds it on."""

    now: datetime
    since: datetime

    def steady(self) -> float:
        return (self.now - self.since).total_seconds()


class Life:
    """One process, from its start to its kill."""

    def __init__(self, file: Path, killer: Killer, seed: str, parts: Parts) -> None:
        self._file, self._killer, self._parts = file, killer, parts
        self._chance, self._says = Random(seed), -1
        self._setup = FAIR

    def live(self, says: int, starts: datetime, again: Sequence[Asked]) -> None:
        """`says`: the pipe to tell of everything asked and answered."""
        self._says, killer = says, self._killer
        with watched(killer), quiet():
            engine = connect(str(self._file))
            with killer.during("migration"):
                upgrade(engine)
            journal = self._watched_journal()(engine, self._setup)
            asyncio.run(self._work(journal, starts, again))
            with killer.during("work"):
                journal.close()

    def _watched_journal(self) -> type[Journal]:
        killer, real = self._killer, self._parts.journal

        class Watched(real):  # type: ignore[misc, valid-type]
            def append(self, *args: Any) -> None:
                super().append(*args)
                killer.phase = "work"
                killer.answers()

            def last_day(self) -> Any:
                with killer.during("reading back"):
                    return super().last_day()

        return Watched

    async def _work(self, journal: Journal, starts: datetime, again: Sequence[Asked]) -> None:
        clock = Clock(starts, starts)
        timekeeper = Timekeeper(lambda: clock.now, clock.steady)
        hall = self._parts.dispatcher(self._setup, journal, timekeeper)
        await hall.load()
        clock.now = max(clock.now, hall.hall.at)
        running = asyncio.create_task(hall.run())
        with self._killer.during("work"), rolled_up_under(self._killer):
            self._tell("up")
            await self._ask(hall, again)
            for _ in range(ROUNDS):
                self._wind(clock)
                await self._ask(hall, [self._wish(hall) for _ in range(AT_ONCE)])
        running.cancel()
        hall.close()

    async def _ask(self, hall: Dispatcher, wishes: Sequence[Asked]) -> None:
        for asked in wishes:
            self._tell(f"asked {pickle.dumps(asked).hex()}")
        asking = [asyncio.create_task(self._until_told(hall, asked)) for asked in wishes]
        await asyncio.gather(*asking)

    async def _until_told(self, hall: Dispatcher, asked: Asked) -> None:
        answer = await hall.ask(asked)
        self._tell(f"told {asked.id} {answer.decode()}")

    def _wish(self, hall: Dispatcher) -> Asked:
        chance = self._chance
        request = str(uuid.UUID(int=chance.getrandbits(128)))
        who = chance.choice(["kiosk", "manager", *SERVED, *SERVED])
        if who == "kiosk":
            return Asked(wish_of_citizen(chance, hall.hall), request, "kiosk-1")
        if who == "manager":
            return Asked(wish_of_manager(chance, hall.hall), request, "manager-1")
        wish = wish_of_officer(chance, hall.hall, who) or wish_of_citizen(chance, hall.hall)
        return Asked(wish, request, f"counter-{who}")

    def _wind(self, clock: Clock) -> None:
        """Minutes pass; closed hours, at once."""
        passed_s = self._chance.uniform(20, 900) * self._killer.aim.haste
        clock.now += timedelta(seconds=passed_s)
        opens = serving_next(self._setup.hours, clock.now)
        if opens is not None and opens - clock.now > timedelta(hours=2):
            clock.now = opens

    def _tell(self, line: str) -> None:
        os.write(self._says, f"{line}\n".encode())


@contextmanager
def rolled_up_under(killer: Killer) -> Iterator[None]:
    """From the moment a finished day is rolled up until that is written down."""
    real = rollup.roll_up_before

    def roll_up(*args: Any) -> Any:
        rolled = real(*args)
        if rolled:
            killer.phase = "roll-up"
        return rolled

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rollup, "roll_up_before", roll_up)
        yield


# --- Beside it ------------------------------------------------------------------------------------


class House:
    """A hall whose process is killed again and again, and somebody who keeps what it promised."""

    def __init__(self, seed: int, folder: Path, parts: Parts) -> None:
        self.seen: Counter[str] = Counter()
        self._seed, self._file, self._parts = seed, folder / FILE, parts
        self._chance = Random(f"{seed} kills")
        self._promises = Promises()
        self._asked: dict[str, Asked] = {}
        self._unanswered: dict[str, Asked] = {}
        self._witness: Witness | None = None

    def run(self, kills: int) -> None:
        """Raises Broken."""
        for number in range(kills):
            early = [BY_NAME["in the migration"], BY_NAME["while starting"]]
            self._one_life(number, self._chance.choice(early if number < EARLY else AIMS))
        self._one_life(kills, None)
        hold("everybody_is_answered", not self._unanswered, f"{list(self._unanswered)}")
        assert self._witness is not None
        self._witness.keeps(self._promises)
        records_are_sound(connect(str(self._file)), FAIR)
        self.seen += self._witness.seen

    def close(self) -> None:
        if self._witness is not None:
            self._witness.close()

    def _one_life(self, number: int, aim: Aim | None) -> None:
        again = [*self._unanswered.values(), *self._some_old()]
        repeated = {asked.id for asked in again if self._written(asked)}
        killer = Killer(aim or NEVER, self._chance.randint(1, aim.most if aim else 1))
        starts = self._witness.hall.at if self._witness and self._witness.seq else STARTS
        life = Life(self._file, killer, f"{self._seed} {number}", self._parts)
        pid, hears = _forked(life, starts, again)
        up = self._listen(pid, hears, aim)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        hold("no_request_breaks_the_code", killed or status == 0, f"life {number}, {aim}: {status}")
        self.seen["kills"] += killed
        self.seen[f"killed {aim.name}" if aim and killed else "lives that ended by themselves"] += 1
        self._look(up)
        self.seen["answered again as before"] += sum(
            request in self._promises.answers for request in repeated
        )

    def _some_old(self) -> list[Asked]:
        witness = self._witness
        old = [
            asked
            for request, asked in self._asked.items()
            if request not in self._unanswered and not (witness and witness.is_old(request))
        ]
        return self._chance.sample(old, min(ASKED_AGAIN, len(old)))

    def _written(self, asked: Asked) -> bool:
        assert asked.id is not None
        return self._witness is not None and self._witness.answer(asked.id) is not None

    def _listen(self, pid: int, hears: int, aim: Aim | None) -> bool:
        """What it says until it is gone. Did it come up?"""
        up, kill_at = False, None
        with os.fdopen(hears, "rb", buffering=0) as said:
            rest = b""
            while True:
                if kill_at is not None and not select([said], [], [], max(0, kill_at - now()))[0]:
                    os.kill(pid, signal.SIGKILL)
                    kill_at = None
                chunk = said.read(65_536)
                if not chunk:
                    return up
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._hear(line)
                    up = up or line == b"up"
                if up and kill_at is None and aim is BY_NAME["at any moment"]:
                    kill_at = now() + self._chance.uniform(0, ONE_LIFE_S)

    def _hear(self, line: bytes) -> None:
        word, _, rest = line.partition(b" ")
        if word == b"asked":
            asked: Asked = pickle.loads(bytes.fromhex(rest.decode()))
            assert asked.id is not None
            self._asked.setdefault(asked.id, asked)
            self._promises.asked.add(asked.id)
            if asked.id not in self._promises.answers:
                self._unanswered[asked.id] = asked
        elif word == b"told":
            request, _, answer = rest.decode().partition(" ")
            self._promises.told(request, answer.encode())
            self._unanswered.pop(request, None)
            self.seen["answered"] += 1

    def _look(self, up: bool) -> None:
        """Everything that was answered is there; of what was not, some is and some is not."""
        if self._witness is None and up:
            self._witness = Witness(self._file, FAIR)
        if self._witness is None:
            self.seen["killed before the first start was over"] += 1
            return
        self._witness.look()
        self._witness.is_replay_of(self._witness.hall)
        self._witness.keeps(self._promises)
        written = sum(self._written(asked) for asked in self._unanswered.values())
        self.seen["written down, but not answered"] += written
        self.seen["neither written down nor answered"] += len(self._unanswered) - written
        self.seen["killed with a ticket at a counter"] += bool(self._witness.books.at_counter)


def _forked(life: Life, starts: datetime, again: Sequence[Asked]) -> tuple[int, int]:
    """The process, and where to listen to it. It never comes back from here."""
    hears, says = os.pipe()
    pid = os.fork()
    if pid:
        os.close(says)
        return pid, hears
    try:
        life.live(says, starts, again)
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it is, the process ends here
        traceback.print_exc()
        os._exit(1)
    raise AssertionError("an ended process goes on")


def kill_the_writer(seed: int, kills: int, parts: Parts = SOUND) -> Counter[str]:
    """One house; what was seen. Raises Broken."""
    with fast_disk() as folder:
        house = House(seed, Path(folder), parts)
        try:
            house.run(kills)
        finally:
            house.close()
    return house.seen
