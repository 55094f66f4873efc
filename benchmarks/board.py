"""What one update of a board costs: bytes to a real pseudo-terminal, and time of the processor.

python -m benchmarks.board [--updates 20]
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import msgspec
import pyte
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.on_pty import BARE, MOTCUA, OnPty, Painted
from config import Config, read
from link.messages import BoardCall, BoardView, CounterShown, FieldWaiting, Shown, Welcome
from load.calibrate import heading, table

SIZES: Final = ((80, 24), (67, 120), (160, 45), (240, 67), (480, 135))
STARTED_S: Final = 1.0
FLASHED_S: Final = 5.0
CALLS: Final = 6
TITLES: Final = ("cells", "one more waits", "a notice", "first call", "its flashing", "next call")
HOST: Final = "127.0.0.1"


class Hall:
    """What a board is shown, as the server would."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._counters = cycle(counter.code for counter in config.hall_info.counters)
        self._rev = 0
        fields = [field.code for field in config.hall_info.fields]
        waiting = [FieldWaiting(field, 7 + n) for n, field in enumerate(fields)]
        self.view = BoardView(calls=[], waiting=waiting, counters=[])
        self.board: ServerConnection | None = None
        self.board_is_here = asyncio.Event()
        for _ in range(12):
            self.call()

    async def came(self, connection: ServerConnection) -> None:
        await connection.recv()
        device = self.config.devices["board-1"]
        welcome = Welcome(1, self.config.hall_info, datetime.now(UTC), device)
        await connection.send(msgspec.json.encode(welcome).decode())
        self.board = connection
        await self.show()
        self.board_is_here.set()
        with suppress(ConnectionClosed):
            async for _ in connection:
                pass

    async def show(self) -> None:
        self._rev += 1
        if self.board is not None:
            await self.board.send(msgspec.json.encode(Shown(self._rev, self.view)).decode())

    # What happens in it.

    def call(self) -> None:
        number = len(self.view.calls) and self.view.calls[-1].call
        counter, ticket = next(self._counters), f"A{100 + number % 900:03}"
        made = BoardCall(number + 1, ticket, counter, "vi", datetime.now(UTC))
        others = [one for one in self.view.counters if one.counter != counter]
        self.view = msgspec.structs.replace(
            self.view,
            calls=[*self.view.calls, made][-12:],
            counters=[*others, CounterShown(counter, "open", ticket)],
        )

    def somebody_comes(self) -> None:
        first, *others = self.view.waiting
        more = FieldWaiting(first.field, first.waiting % 30 + 1)
        self.view = msgspec.structs.replace(self.view, waiting=[more, *others])

    def notice(self) -> None:
        text = f"Bộ phận Một cửa làm việc đến 16:{self._rev % 60:02}."
        self.view = msgspec.structs.replace(self.view, notice=text)


class Cost(NamedTuple):
    """Bytes to the terminal, and milliseconds of the processor.

    `least`: the letters alone of all cells that changed, without a word of where and in which
    colours.
    """

    size: int
    cpu_ms: float
    least: int = 0


class Cells:
    """What stands in each cell of a terminal that was sent all this."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._terminal, self._taken = pyte.Screen(*size), 0
        self._stream = pyte.ByteStream(self._terminal)

    def after(self, painted: list[Painted]) -> list[tuple[str, str, str]]:
        """All of it, of which the beginning is known from before: letters and their colours."""
        self._stream.feed(b"".join(one.data for one in painted[self._taken :]))
        self._taken = len(painted)
        width, height = self._terminal.columns, self._terminal.lines
        cells = (self._terminal.buffer[y][x] for y in range(height) for x in range(width))
        return [(cell.data, cell.fg, cell.bg) for cell in cells]


async def measured(board: OnPty, cells: Cells, hall: Hall, happens: Callable[[], None]) -> Cost:
    """What one thing that happens costs."""
    await asyncio.to_thread(board.settle)
    stood = cells.after(board.painted[:])
    mark, before = len(board.painted), board.cpu_ms()
    happens()
    await hall.show()
    await asyncio.to_thread(board.settle, mark)
    cpu_ms, painted = board.cpu_ms() - before, board.painted[:]
    pairs = zip(stood, cells.after(painted), strict=True)
    least = sum(len(new[0].encode()) for old, new in pairs if new != old)
    return Cost(sum(len(one.data) for one in painted[mark:]), cpu_ms, least)


class Costs(NamedTuple):
    """Of what happens on a board: each time, as often as it was tried."""

    one_more_waits: list[Cost]
    notice: list[Cost]
    first_call: list[Cost]
    flashing: list[Cost]  # of a call, all of it
    next_calls: list[Cost]


async def costs(config: Config, size: tuple[int, int], updates: int) -> Costs:
    """So many updates of the quiet kinds, and some calls."""
    hall = Hall(config)
    async with looking(hall, size) as board:
        cells = Cells(size)
        quiet = [
            [await measured(board, cells, hall, happens) for _ in range(updates)]
            for happens in (hall.somebody_comes, hall.notice)
        ]
        return Costs(quiet[0], quiet[1], *await calls(board, cells, hall))


async def bare_costs(config: Config, size: tuple[int, int], updates: int) -> list[Cost]:
    """So many updates of a screen that shows a count of them and nothing else."""
    hall = Hall(config)
    async with looking(hall, size, bare=True) as screen:
        cells = Cells(size)
        return [await measured(screen, cells, hall, hall.somebody_comes) for _ in range(updates)]


@asynccontextmanager
async def looking(hall: Hall, size: tuple[int, int], *, bare: bool = False) -> AsyncIterator[OnPty]:
    """A board that is shown this hall; or the least that can be one."""
    async with serve(hall.came, HOST, 0) as server:
        port = str(next(iter(server.sockets)).getsockname()[1])
        usual = ("display", "--host", HOST, "--port", port)
        least = (f"ws://{HOST}:{port}/", "hello")
        program = BARE if bare else MOTCUA
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            arguments = least if bare else usual
            with OnPty(*arguments, size=size, home=home, program=program) as board:
                await hall.board_is_here.wait()
                await asyncio.sleep(STARTED_S)
                yield board


async def calls(
    board: OnPty, cells: Cells, hall: Hall
) -> tuple[list[Cost], list[Cost], list[Cost]]:
    """The first call as it is painted, the flashing of each, and the next ones."""
    painted, flashing = [], []
    for _ in range(CALLS):
        painted.append(await measured(board, cells, hall, hall.call))
        mark, before = len(board.painted), board.cpu_ms()
        await asyncio.sleep(FLASHED_S)
        sent = sum(len(one.data) for one in board.since(mark))
        flashing.append(Cost(sent, board.cpu_ms() - before))
    return painted[:1], flashing, painted[1:]


def row(size: tuple[int, int], found: Costs) -> list[str]:
    """The medians' bytes and milliseconds."""
    return [f"{size[0]}x{size[1]}", *(_cell(results) for results in found)]


def _cell(results: list[Cost]) -> str:
    sizes, times, _ = zip(*results, strict=True)
    return f"{median(sizes):,.0f} B {median(times):5.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=20, help="of each kind (%(default)s)")
    updates, config = parser.parse_args().updates, read(Path("config.toml"))
    print(heading(Path(tempfile.gettempdir())), flush=True)
    rows = [row(size, asyncio.run(costs(config, size, updates))) for size in SIZES]
    print(table(TITLES, rows))


if __name__ == "__main__":
    main()
