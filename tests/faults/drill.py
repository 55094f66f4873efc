"""One hall of real screens whose real server is killed again and again, and what is found after.

The moments are aimed: while a request is being written down, just after an answer, while starting.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Final

import msgspec
from websockets.asyncio.client import connect as connect_raw

from config import Config, read
from link import messages as m
from records.engine import connect
from tests.faults.killing import ServerProcess, write_config
from tests.faults.line import Line
from tests.faults.network import FAIR_WEATHER
from tests.faults.screens import Screen, visits, work
from tests.faults.setting import HOUR_S, WallClock
from tests.faults.sound import records_are_sound
from tests.faults.witness import Promises, Witness, hold

MOMENTS: Final = (
    "any moment",
    "request sent",
    "written down",
    "answer came",
    "written down",
    "starting",
)
OFFICERS: Final = 5
ANSWERED_WITHIN_S: Final = 20.0
CAUGHT_UP_WITHIN_S: Final = 30.0
ASKED_AGAIN: Final = 60  # old requests, at the end
LEAVES_WITHIN: Final = 5  # rounds of the loop from a question to its bytes on the wire
STICKS_EVERY: Final = 4  # strikes of a bad line
WATCHED_FOR_S: Final = 0.25  # people work between one start and the next kill


class Drill:
    """A hall, its screens, and somebody who kills the server."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.seen: Counter[str] = Counter()
        self._promises, self._chance, self._folder = Promises(), Random(seed), folder
        config_file, self._database = folder / "hall.toml", folder / "hall.db"
        write_config(config_file)
        self._config: Config = read(config_file)
        self._server = ServerProcess(config_file, self._database, folder / "server.log")
        self._screens: list[Screen] = []
        self._people: list[asyncio.Task[None]] = []
        self._stop, self._asked, self._told = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._start_takes_s, self._answer_takes_s = 1.0, 0.005
        self._witness: Witness | None = None
        self._line: Line | None = None

    async def run(self, kills: int) -> None:
        """Kill the server so often, then look whether every promise is kept. Raises Broken."""
        await self._open()
        for moment in islice(cycle(MOMENTS), kills):
            await self._let_work_until(moment)
            await self._kill(moment)
            await self._start_again(killed_on_the_way=moment == "starting")
        await self._end()

    async def run_on_a_bad_line(self, strikes: int, sticks_s: float) -> None:
        """The same with a server that lives, and a line that does not. Raises Broken."""
        self._line = Line(lambda: self._server.url, self._own_chance(), self.seen)
        await self._line.open()
        await self._open()
        for number in range(strikes):
            await self._let_work_until("any moment")
            if number % STICKS_EVERY == STICKS_EVERY - 1:
                await self._line.stick(sticks_s)
            else:
                self._line.pull()
        self._line.weather = FAIR_WEATHER
        await self._end()

    async def run_without_a_network(self, strikes: int, for_s: float) -> None:
        """The same in a network of its own whose link goes down: what is sent vanishes, and nobody
        is told. Raises Broken.
        """
        await self._open()
        for _ in range(strikes):
            await self._let_work_until("any moment")
            await set_link("down")
            self.seen["link down"] += 1
            await asyncio.sleep(for_s)
            await set_link("up")
        await self._end()

    async def run_on_a_set_clock(self, steps: int) -> None:
        """The same with a wall clock that is set, by hours and by seconds. Raises Broken."""
        clock = WallClock(self._folder)
        self._server.environment = clock.environment
        await self._open()
        for _ in range(steps):
            await self._let_work_until("any moment")
            by_s = clock.set(self._chance)
            self.seen["clock set back" if by_s < 0 else "clock set ahead"] += 1
            self.seen["clock set by an hour and more"] += abs(by_s) >= HOUR_S
        await self._let_work_until("answer came")
        await self._end()

    async def _end(self) -> None:
        await self._everybody_is_answered()
        await self._boards_catch_up()
        for screen in self._screens:
            await screen.close()
        await self._everybody_asks_again()
        await self._server.kill()  # it would go on writing: somebody who was called is missed
        self._records_are_sound()

    async def close(self) -> None:
        """Whatever happened, nothing goes on."""
        for task in self._people:
            task.cancel()
        await asyncio.gather(*self._people, return_exceptions=True)
        for screen in self._screens:
            await screen.close()
        if self._line is not None:
            await self._line.close()
        await self._server.kill()
        if self._witness is not None:
            self._witness.close()

    # --- The hall --------------------------------------------------------------------------------

    async def _open(self) -> None:
        await self._start()
        self._witness = Witness(self._database, self._config.setup)
        for number in (1, 2):
            self._screen("display", f"board-{number}")
            kiosk = self._screen("kiosk", f"kiosk-{number}")
            people = [visits(kiosk, self._own_chance(), self._stop) for _ in range(2)]
            self._people += [asyncio.create_task(queue) for queue in people]
        for number in range(1, OFFICERS + 1):
            counter = self._screen("counter", f"counter-{number}")
            working = work(counter, f"cb{number}", self._own_chance(), self._stop)
            self._people.append(asyncio.create_task(working))

    def _screen(self, role: m.Role, device: str) -> Screen:
        url = self._line.url if self._line else self._server.url
        screen = Screen(url, role, device, self._promises, self.seen)
        screen.on_asked, screen.on_told = self._asked.set, self._told.set
        self._screens.append(screen)
        return screen

    def _own_chance(self) -> Random:
        return Random(self._chance.random())

    def _boards(self) -> list[Screen]:
        return [screen for screen in self._screens if screen.device.startswith("board")]

    # --- Starts and kills ------------------------------------------------------------------------

    async def _let_work_until(self, moment: str) -> None:
        """Let people work for a while, then wait for the very moment."""
        await self._next(self._told)
        await asyncio.sleep(self._chance.uniform(0.3, 1.7) * WATCHED_FOR_S)
        if moment == "request sent":
            await self._measure()
            await self._next(self._asked)
            await asyncio.sleep(self._answer_takes_s * self._chance.uniform(0.1, 1.0))
        elif moment == "written down":
            await self._next(self._asked)
            for _ in range(LEAVES_WITHIN):
                await asyncio.sleep(0)
            self._server.kill_at_commit(self._database)
        elif moment == "answer came":
            await self._next(self._told)

    async def _measure(self) -> None:
        """How long it takes now from a request to the next answer: the commit is in between."""
        await self._next(self._asked)
        since = time.monotonic()
        await self._next(self._told)
        self._answer_takes_s = min(0.05, time.monotonic() - since)

    async def _next(self, happens: asyncio.Event) -> None:
        """Wait until it happens again; raises what ended somebody's work."""
        happens.clear()
        waiting = asyncio.create_task(happens.wait())
        done, _ = await asyncio.wait(
            [waiting, *self._people],
            timeout=ANSWERED_WITHIN_S,
            return_when=asyncio.FIRST_COMPLETED,
        )
        waiting.cancel()
        hold("the_hall_goes_on", bool(done), f"nothing happened for {ANSWERED_WITHIN_S} s")
        for task in done - {waiting}:
            task.result()

    async def _start(self) -> None:
        since = time.monotonic()
        await self._server.start()
        await self._server.up()
        self._start_takes_s = time.monotonic() - since
        self.seen["slowest start, ms"] = max(
            self.seen["slowest start, ms"], int(1000 * self._start_takes_s)
        )

    async def _start_again(self, *, killed_on_the_way: bool) -> None:
        if killed_on_the_way:
            await self._server.start()
            await asyncio.sleep(self._start_takes_s * self._chance.uniform(0.3, 1.1))
            await self._kill("on the way up")
        await self._start()

    async def _kill(self, moment: str) -> None:
        await self._server.kill()
        self.seen["kills"] += 1
        self.seen[f"killed: {moment}"] += 1
        witness = self._reading()
        unanswered = [request for screen in self._screens for request in screen.unanswered()]
        written = sum(witness.answer(request) is not None for request in unanswered)
        self.seen["killed with a request unanswered"] += bool(unanswered)
        self.seen["written down, but not answered"] += written
        self.seen["neither written down nor answered"] += len(unanswered) - written
        self.seen["killed with a ticket at a counter"] += bool(witness.books.at_counter)

    # --- What is found ---------------------------------------------------------------------------

    def _reading(self) -> Witness:
        """The witness, who has read everything there is. Raises Broken."""
        assert self._witness is not None
        self._witness.look()
        return self._witness

    async def _everybody_is_answered(self) -> None:
        """People stop; those who still wait for an answer get it."""
        self._stop.set()
        _, waiting = await asyncio.wait(self._people, timeout=ANSWERED_WITHIN_S)
        hold("everybody_is_answered", not waiting, f"{len(waiting)} still wait")
        for task in self._people:
            task.result()

    async def _boards_catch_up(self) -> None:
        """After one more kill, every board shows the last calls soon, and none it ever showed is
        another than the log's, or came late."""
        await self._kill("any moment")
        await self._start()
        last = self._reading().last_calls
        since = time.monotonic()
        while not all(board.calls()[-1:] == [last] for board in self._boards()):
            late = time.monotonic() - since > CAUGHT_UP_WITHIN_S
            hold("every_board_catches_up", not late, f"not {last}")
            await asyncio.sleep(0.01)
        for board in self._boards():
            place = 0
            for calls in board.calls():
                place = self._reading().place_in_the_log(calls, place)
                self.seen["views of boards"] += 1

    async def _everybody_asks_again(self) -> None:
        """Old ids over a bare websocket, whatever is asked under them: the very same answers."""
        old = list(self._promises.answers.items())
        async with connect_raw(self._server.url, proxy=None, compression=None) as connection:
            hello = m.Hello(m.PROTOCOL, "kiosk", "kiosk-1")
            await connection.send(msgspec.json.encode(hello), text=True)
            for request, answer in self._chance.sample(old, min(ASKED_AGAIN, len(old))):
                asked = m.Request(request, m.TakeTicket([next(iter(self._config.setup.services))]))
                await connection.send(msgspec.json.encode(asked), text=True)
                while not (frame := await connection.recv(decode=False)).startswith(ANSWER):
                    pass
                hold("same_request_same_answer", frame == answer, f"{frame!r}, before {answer!r}")
                self.seen["asked again at the end"] += 1

    def _records_are_sound(self) -> None:
        setup, witness = self._config.setup, self._reading()
        self._promises.asked |= self._promises.answers.keys()
        witness.keeps(self._promises)
        records_are_sound(connect(str(self._database)), setup)
        self.seen += witness.seen


async def set_link(state: str) -> None:
    """Of the network that this process has to itself."""
    setting = await asyncio.create_subprocess_exec("ip", "link", "set", "lo", state)
    assert await setting.wait() == 0


ANSWER: Final = b'{"type":"answer"'
