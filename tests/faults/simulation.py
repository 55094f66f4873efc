"""A stretch of a hall's life in virtual time, drawn from one seed: people, faults, and a witness.

No thread, no socket, no sleep. The dispatcher, the journal and the SQLite file are the real ones.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from math import inf
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from dispatch.batch import Asked
from hall.commands import Command, Printed, TakeTicket
from hall.hours import serving_next
from hall.model import RECENT_CALLS, Hall, empty_hall
from tests.faults.ground import compiled_once, engine_for, going_on, new_records, quiet, remembering
from tests.faults.halls import SERVED, STRETCHES, Stretch
from tests.faults.network import FAIR_WEATHER, Board, Network, View, Weather
from tests.faults.people import wish_of_citizen, wish_of_manager, wish_of_officer
from tests.faults.process import KILLS, Fate, Parts, Process
from tests.faults.sound import records_are_sound
from tests.faults.virtual import Killed, VirtualLoop
from tests.faults.witness import Promises, Witness, hold
from tests.invariants import Broken

REPEAT_AFTER_S: Final = 3.0  # people ask again when no answer came
ANSWERED_WITHIN_S: Final = 60.0  # once everything works again
CAUGHT_UP_WITHIN_S: Final = 3.0
BETWEEN_FAULTS_S: Final = 300.0
CLOCK_TOO: Final = 0.8  # of full disks: troubles come together
PRINTED: Final = 0.95  # of the tickets
HOME_FACTOR: Final = 10.0  # how much less happens while the hall is closed
STORY: Final = 30  # last lines told of a seed that fails
MEMORY: Final = (2, 20_000)  # answers the server keeps in mind; the others are in the records

SOUND: Final = Parts()
PEOPLE: Final = ("kiosk", "manager", "forgetful", *(f"officer {counter}" for counter in SERVED))
FAULTS: Final = {  # how often each happens
    "kill_at_some_moment": 8,
    "kill_now": 2,
    "doubt": 2,
    "full_disk": 2,
    "slow_disk": 1,
    "storm": 2,
    "clock": 3,
}
BAD_LINE: Final = "bad line"


@dataclass(frozen=True)
class Cast:
    """Who and what takes part in a life. Less of it tells a shorter story."""

    parts: frozenset[str] = frozenset({*PEOPLE, *FAULTS, BAD_LINE})
    for_s: float = inf
    stretch: Stretch | None = None  # drawn from the seed, if None

    def __contains__(self, part: str) -> bool:
        return part in self.parts

    def without(self, part: str) -> Cast:
        return replace(self, parts=self.parts - {part})


EVERYBODY: Final = Cast()


class Failed(AssertionError):  # noqa: N818 - a seed that failed
    """What broke, in which seed, and what happened last."""

    def __init__(
        self, seed: int, why: BaseException, story: Sequence[str], after_s: float = 0.0
    ) -> None:
        lines = "\n  ".join(story[-STORY:])
        super().__init__(f"seed {seed} (MOTCUA_SEED={seed} reruns it)\n  {lines}\n{why!r}")
        self.seed, self.why, self.story, self.after_s = seed, why, story, after_s

    @property
    def what(self) -> str:
        """The name of the check that does not hold, or the kind of error."""
        return self.why.name if isinstance(self.why, Broken) else type(self.why).__name__


def simulate(seed: int, parts: Parts = SOUND, cast: Cast = EVERYBODY) -> Counter[str]:
    """Live one seed through; what was seen on the way. Raises Failed."""
    with (
        new_records() as file,
        remembering(MEMORY[seed % 2]),
        quiet(),
        compiled_once(),
        going_on(),
    ):
        loop = VirtualLoop()
        try:
            return loop.run_until_complete(_lived(seed, file, parts, cast))
        finally:
            loop.close()


async def _lived(seed: int, file: Path, parts: Parts, cast: Cast) -> Counter[str]:
    simulation = Simulation(seed, file, parts, cast)
    try:
        await simulation.live()
    except Exception as why:
        raise Failed(seed, why, simulation.story, simulation.loop.time()) from why
    finally:
        simulation.end()
    return simulation.seen + simulation.witness.seen


class Simulation:
    """One seed."""

    def __init__(self, seed: int, file: Path, parts: Parts, cast: Cast = EVERYBODY) -> None:
        self.loop = asyncio.get_running_loop()
        self.loop.set_exception_handler(self._callback_failed)
        self.seen: Counter[str] = Counter()
        self._noted: list[tuple[datetime, tuple[object, ...]]] = []
        self._cast = cast
        self._people, self._faults = Random(f"{seed} people"), Random(f"{seed} faults")
        drawn = self._faults.choice(STRETCHES)
        self._stretch = cast.stretch or drawn
        self._file, self._parts, self._setup = file, parts, self._stretch.setup
        self._promises = Promises()
        self.witness = Witness(file, self._setup)
        self._fate = Fate(self.seen)
        self._usual = Weather() if BAD_LINE in cast else FAIR_WEATHER
        self._network = Network(Random(f"{seed} network"), self.seen)
        self._network.weather = self._usual
        self._disk_takes_s = 0.003
        self._clock_set_s = 0.0
        self._asked: dict[str, Asked] = {}
        self._first_heard: dict[str, Process] = {}
        self._unanswered: set[str] = set()
        self._over: asyncio.Future[None] = self.loop.create_future()
        self._tasks: set[asyncio.Task[object]] = set()
        self._boards: list[Board] = []
        self._process: Process | None = None
        self._start()
        self._boards += [Board(self._network, self.witness, self._view) for _ in range(2)]

    # --- From the first minute to the last -------------------------------------------------------

    async def live(self) -> None:
        """Raises whatever is broken first."""
        self.note(f"{self._stretch.name} from {self._wall():%H:%M}")
        lives = {"kiosk": self._kiosk, "manager": self._manager, "forgetful": self._forgetful}
        lives |= {f"officer {counter}": partial(self._officer, counter) for counter in SERVED}
        tasks = [self._begin(life()) for name, life in lives.items() if name in self._cast]
        tasks.append(self._begin(self._misfortune()))
        await self._pass(min(self._stretch.hours * 3600, self._cast.for_s))
        for task in tasks:
            task.cancel()
        await self._come_to_rest()
        await self._last_questions()

    def end(self) -> None:
        """Nothing moves any more."""
        if self._process is not None:
            self._process.on_over = lambda _: None
            self._process.kill()
        for task in self._tasks:
            task.cancel()
        self.witness.close()

    def note(self, *what: object) -> None:
        self._noted.append((self._wall(), what))

    @property
    def story(self) -> list[str]:
        """What was noted, told now: of most lives nobody ever hears."""
        return [f"{at:%m-%d %H:%M:%S} {' '.join(map(str, what))}" for at, what in self._noted]

    async def _pass(self, seconds: float) -> None:
        """Let time pass, unless something breaks."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.shield(self._over)

    async def _come_to_rest(self) -> None:
        """Faults end, everybody is answered, every board is up to date."""
        self._network.weather = FAIR_WEATHER
        self._fate.due, self._fate.disk_full = None, False
        self._disk_takes_s = 0.003
        await self._pass(ANSWERED_WITHIN_S)
        hold("everybody_is_answered", not self._unanswered, f"{self._unanswered}")
        await self._pass(CAUGHT_UP_WITHIN_S)
        self.witness.look()
        for board in self._boards:
            calls = self.witness.hall.calls[-RECENT_CALLS:]
            last = tuple((call.call, call.number, call.counter) for call in calls)
            hold("every_board_catches_up", board.calls == last, f"{board.calls}, not {last}")

    async def _last_questions(self) -> None:
        """After one more start, everybody asks once more, and the records are read as a whole."""
        assert self._process is not None
        self._process.kill()
        await self._pass(CAUGHT_UP_WITHIN_S)
        for asked in self._people.sample(list(self._asked.values()), min(20, len(self._asked))):
            self._begin(self._until_answered(asked))
        await self._pass(ANSWERED_WITHIN_S)
        hold("everybody_is_answered", not self._unanswered, f"{self._unanswered}")
        self.witness.look()
        self.witness.keeps(self._promises)
        self._turns_are_those_of_the_events()

    def _turns_are_those_of_the_events(self) -> None:
        records_are_sound(engine_for("auditor", self._file), self._setup)

    def _begin(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self._over.done():
            self._over.set_exception(error)

    def _callback_failed(self, _loop: object, context: dict[str, Any]) -> None:
        self._fail(context.get("exception") or RuntimeError(context["message"]))

    # --- The server ------------------------------------------------------------------------------

    def _start(self) -> None:
        self.witness.look()
        process = Process(
            self._parts,
            self._setup,
            file=self._file,
            witness=self.witness,
            fate=self._fate,
            wall=self._wall,
            steady=self.loop.time,
            takes_s=lambda: self._faults.expovariate(1 / self._disk_takes_s),
        )
        process.on_over, process.on_up = self._server_over, self._server_up
        process.on_view = self._tell_boards
        self._process = process

    def _server_up(self) -> None:
        assert self._process is not None
        self.note("the server is up")
        self.witness.is_replay_of(self._process.dispatcher.hall)

    def _server_over(self, why: BaseException) -> None:
        if not isinstance(why, Killed):
            self._fail(why)
            return
        self.note(f"the server is killed {why}".rstrip())
        self.seen["kills"] += 1
        self.seen["killed with a request unanswered"] += bool(self._unanswered)
        self.seen["killed with a call open"] += bool(self.witness.books.at_counter)
        for board in self._boards:
            board.lose()
        self.loop.call_later(self._faults.uniform(0.2, 5.0), self._start)

    def _tell_boards(self, rev: int, calls: tuple[Any, ...]) -> None:
        for board in self._boards:
            board.tell(rev, calls)

    def _view(self) -> View | None:
        up = self._process is not None and self._process.up
        return self._process.calls() if self._process and up else None

    def _wall(self) -> datetime:
        """What the machine's clock says."""
        return self._stretch.starts + timedelta(seconds=self.loop.time() + self._clock_set_s)

    def _hall(self) -> Hall:
        """The hall as the screens show it."""
        return self.witness.hall if self.witness.seq else empty_hall(self._setup)

    # --- The people ------------------------------------------------------------------------------

    async def _ask(self, command: Command, device: str, officer: str | None = None) -> bytes:
        request = str(uuid.UUID(int=self._people.getrandbits(128)))
        asked = Asked(command, request, device, officer)
        self._asked[request] = asked
        self._promises.asked.add(request)
        return await self._until_answered(asked)

    async def _until_answered(self, asked: Asked) -> bytes:
        """Ask again and again; the answer that came first."""
        assert asked.id is not None
        answer: asyncio.Future[bytes] = self.loop.create_future()
        self._unanswered.add(asked.id)
        try:
            self._send(asked, answer)
            await answer
        finally:
            self._unanswered.discard(asked.id)
        self.note(asked.device, asked.command, answer.result()[58:].decode())
        return answer.result()

    def _send(self, asked: Asked, answer: asyncio.Future[bytes]) -> None:
        self._network.carry(partial(self._at_the_server, asked, answer))
        self.loop.call_later(REPEAT_AFTER_S, self._send_again, asked, answer)

    def _send_again(self, asked: Asked, answer: asyncio.Future[bytes]) -> None:
        if not answer.done():
            self.seen["asked again"] += 1
            self._send(asked, answer)

    def _at_the_server(self, asked: Asked, answer: asyncio.Future[bytes]) -> None:
        """A request arrives. Each time it does, a ticket would get a new token."""
        assert self._process is not None
        assert asked.id is not None
        first = self._first_heard.setdefault(asked.id, self._process)
        self.seen["asked again after a kill"] += first is not self._process
        if isinstance(asked.command, TakeTicket):
            token = f"{self._people.getrandbits(64):x}"
            asked = replace(asked, command=replace(asked.command, token=token))
        self._process.receive(asked, partial(self._answered, asked, answer))

    def _answered(self, asked: Asked, waiting: asyncio.Future[bytes], answer: bytes) -> None:
        self._network.carry(partial(self._at_home, asked, waiting, answer))

    def _at_home(self, asked: Asked, waiting: asyncio.Future[bytes], answer: bytes) -> None:
        assert asked.id is not None
        self._promises.told(asked.id, answer)
        if not waiting.done():
            waiting.set_result(answer)

    async def _think(self, mean_s: float, chance: Random | None = None) -> None:
        """What people do between two wishes; while the hall is closed they stay at home."""
        now = self._wall()
        at_home = 1.0 if serving_next(self._setup.hours, now) == now else HOME_FACTOR
        await asyncio.sleep((chance or self._people).expovariate(1 / (mean_s * at_home)))

    async def _kiosk(self) -> None:
        while True:
            await self._think(self._stretch.visits_every_s)
            self._begin(self._visit())

    async def _visit(self) -> None:
        """A number, and what the printer says of its paper."""
        answer = await self._ask(wish_of_citizen(self._people, self._hall()), "kiosk-1")
        ok = msgspec.json.decode(answer).get("ok")
        if ok:
            printed = self._people.random() < PRINTED
            trouble = None if printed else "paper_out"
            await self._ask(Printed(ok["ticket"], printed, trouble), "kiosk-1")

    async def _officer(self, counter: str) -> None:
        while True:
            await self._think(75)
            wish = wish_of_officer(self._people, self._hall(), counter)
            if wish is not None:
                await self._ask(wish, f"counter-{counter}")

    async def _manager(self) -> None:
        while True:
            await self._think(500)
            await self._ask(wish_of_manager(self._people, self._hall()), "manager-1")

    async def _forgetful(self) -> None:
        """Somebody asks again what was asked and answered long ago."""
        while True:
            await self._think(600)
            if self._asked:
                await self._until_answered(self._people.choice(list(self._asked.values())))

    # --- What goes wrong -------------------------------------------------------------------------

    async def _misfortune(self) -> None:
        while True:
            await self._think(BETWEEN_FAULTS_S, self._faults)
            [fault] = self._faults.choices(list(FAULTS), list(FAULTS.values()))
            if fault in self._cast:
                self.note(f"fault: {fault}")
                await getattr(self, f"_{fault}")()

    async def _kill_at_some_moment(self) -> None:
        """Aimed: at the next commit, or at the reading back after a kill."""
        self._fate.due = self._faults.choice(KILLS)
        if self._fate.due == "while reading back":
            await self._kill_now()

    async def _kill_now(self) -> None:
        assert self._process is not None
        self._process.kill()

    async def _doubt(self) -> None:
        self._fate.due = "commit in doubt"

    async def _full_disk(self) -> None:
        assert self._process is not None
        if self._process.up:
            self._process.journal.the_disk_fills()
            if self._faults.random() < CLOCK_TOO and "clock" in self._cast:
                await self._clock()
            await asyncio.sleep(self._faults.uniform(5, 90))
            self._fate.disk_full = False

    async def _slow_disk(self) -> None:
        self._disk_takes_s = 4.0
        await asyncio.sleep(self._faults.uniform(10, 120))
        self._disk_takes_s = 0.003

    async def _storm(self) -> None:
        self._network.weather = Weather(lost=0.3, doubled=0.3, takes_s=20.0)
        await asyncio.sleep(self._faults.uniform(30, 300))
        self._network.weather = self._usual

    async def _clock(self) -> None:
        """The machine's clock is set, by seconds or by hours, back or ahead."""
        by_s = self._faults.choice([-1, 1]) * 10 ** self._faults.uniform(0.5, 4.2)
        self._clock_set_s += by_s
        assert self._process is not None
        if self._process.up:
            self._process.clock_stepped()
            self.seen["clock set back" if by_s < 0 else "clock set ahead"] += 1
            self.seen["clock set with somebody waiting"] += any(self.witness.books.waiting())
