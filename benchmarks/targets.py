"""The targets of speed and size: what is measured for each, its gate and its goal. How it is
measured stands in the modules named here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Final, NamedTuple

from benchmarks import (
    asked,
    board,
    memory,
    recovery,
    reports,
    sends,
    terminals,
    throughput,
    waits,
    years,
)
from benchmarks.figure import WORST, Figure
from benchmarks.served import CONFIG
from config import read
from records.cells import KEYS

BOARDS: Final = 200
VISITS: Final = 150
RUNS: Final = 5  # whose median counts
SECONDS: Final = 6.0  # of each
UPDATES: Final = 15
MANY: Final = {1_000: (40, 15), 5_000: (180, 65), 10_000: (400, 140)}  # boards: gate, goal in ms
MORE_WIDGETS: Final = 100
CHANGES: Final = 2  # that a call is for a board: the call on show, and the list of those before it
MADE_UP: Final = 1_000_000  # turns, where no database of years is given
KEPT: Final = Path(gettempdir(), "motcua-benchmarks")  # where they are kept for the next time


@dataclass(frozen=True, slots=True)
class Around:
    """What a benchmark is told of the machine and the wishes."""

    unit_ms: float  # a write for good and an echo
    years: Path | None = None  # a database to ask instead of a made-up one


class Part(NamedTuple):
    """Targets that are measured together."""

    codes: str
    about: str  # what is measured, and what is left out
    measure: Callable[[Around], Iterator[Figure]]


def requests(around: Around) -> Iterator[Figure]:
    answered, shown = asked.times_with(BOARDS, VISITS)
    rest = (
        "a machine that has rested for 20 ms is slow to begin: disk and echo alone take what stands"
        " above the table, and the same without a rest stands below."
    )
    yield Figure(
        code="P1",
        what="durable request, asked to answered",
        unit="ms",
        values=answered,
        gate=2,
        goal=1,
        beside="disk and echo",
        why=rest,
    )
    at_once = asked.times_with(1, VISITS // 3, rest_s=0.0).answered
    yield Figure(code="P1", what="the same, one right after the other", unit="ms", values=at_once)
    yield Figure(
        code="P1",
        what="the same, the worst in a hundred",
        unit="ms",
        values=answered,
        quantile=WORST,
        gate=10,
        goal=5,
        beside="disk and echo",
        why=rest,
    )
    ratios = [one / around.unit_ms for one in answered]
    what = "the same, over disk and echo"
    yield Figure(code="P2", what=what, unit="x", values=ratios, gate=6, goal=4)
    yield Figure(
        code="P3",
        what=f"asked until the last of {BOARDS} boards has the view",
        unit="ms",
        values=shown,
        quantile=WORST,
        gate=15,
        goal=5,
        beside="disk and echo",
        why="it is an answer after a rest (P1), and then as many system calls as boards: those"
        " alone, and nothing else, stand below.",
    )
    yield bare("P3", BOARDS)


def bare(code: str, boards: int) -> Figure:
    """What nobody can be quicker than."""
    what = f"bare writes to so many sockets: {boards:,}"
    return Figure(code=code, what=what, unit="ms", values=sends.bare_ms(boards))


def many_boards(_: Around) -> Iterator[Figure]:
    for boards, (gate, goal) in MANY.items():
        yield Figure(
            code="P4",
            what=f"asked until the last of {boards:,} boards has the view",
            unit="ms",
            values=asked.times_with(boards, 20).shown,
            gate=gate,
            goal=goal,
            beside="disk and echo",
            why="one process writes to every socket by itself: those system calls alone, and"
            " nothing else, stand below.",
        )
        yield bare("P4", boards)


def key(_: Around) -> Iterator[Figure]:
    begun, still = zip(*terminals.key_to_board(24), strict=True)
    what = "officer's key until the board is painted"
    why = (
        "a key, a durable request (P1) and a paint come one after the other, in three processes"
        " that rested before; of a bare screen of the same libraries, key and paint alone take"
        " what stands below."
    )
    yield Figure(
        code="P5",
        what=what,
        unit="ms",
        values=begun,
        gate=20,
        goal=10,
        beside="disk and echo",
        why=why,
    )
    what = "the same, the worst"
    yield Figure(code="P5", what=what, unit="ms", values=begun, quantile=WORST, gate=60, goal=50)
    yield Figure(code="P5", what="the same, until nothing more is painted", unit="ms", values=still)
    what = "floor, a bare screen of the same libraries: key until painted"
    yield Figure(code="P5", what=what, unit="ms", values=terminals.bare_key_ms(24))


def together(_: Around) -> Iterator[Figure]:
    rates = [throughput.rate_with(BOARDS, SECONDS) for _ in range(RUNS)]
    per_s, server_us, clients_us = zip(*rates, strict=True)
    yield Figure(
        code="P6",
        what=f"durable requests a second, 128 connections, {BOARDS} boards",
        unit="1/s",
        values=per_s,
        gate=5_000,
        goal=10_000,
        more_is_better=True,
        why="one interpreter does one thing at a time: so many requests, times what it works on"
        " each, the line below, is one processor. A server of the same libraries that only gives"
        " back what comes takes what stands under that.",
    )
    what = "the server's processor for each of them"
    yield Figure(code="P6", what=what, unit="us", values=server_us)
    what = "the processor of those who ask, for each"
    yield Figure(code="P6", what=what, unit="us", values=clients_us)
    bare = [throughput.bare_rate(SECONDS / 2) for _ in range(RUNS)]
    what = "floor, an echo of the same libraries: messages a second, 128 connections"
    yield Figure(code="P6", what=what, unit="1/s", values=[one.per_s for one in bare])
    what = "floor, the same: the server's processor for each"
    yield Figure(code="P6", what=what, unit="us", values=[one.server_us for one in bare])


def screens(_: Around) -> Iterator[Figure]:
    floor_ms, floor_mb = yield from floor()
    for name, size in terminals.SCREENS:
        times, sizes = terminals.start_ms(name, size, 5)
        what = f"{name}: start to first paint"
        yield Figure(
            code="P7",
            what=what,
            unit="ms",
            values=times,
            gate=500,
            goal=300,
            beside="loop",
            why=f"a bare screen of the same libraries takes {floor_ms:.0f} ms, measured above.",
        )
        yield Figure(
            code="P8",
            what=f"{name}: memory",
            unit="MB",
            values=sizes,
            gate=60,
            goal=45,
            why=f"a bare screen of the same libraries takes {floor_mb:.1f} MB, measured above; the"
            f" other {median(sizes) - floor_mb:.1f} MB are its own modules and its widgets. What"
            " one widget costs stands there.",
        )


def floor() -> Generator[Figure, None, tuple[float, float]]:
    """What no screen can be below; returns its milliseconds and its megabytes."""
    times, sizes = terminals.floor_ms(5)
    what = "floor, a bare screen of the same libraries: start to first paint"
    yield Figure(code="P7", what=what, unit="ms", values=times, beside="loop")
    yield Figure(code="P8", what="floor, the same: memory", unit="MB", values=sizes)
    start_ms, least = median(times), median(sizes)
    _, more = terminals.floor_ms(3, MORE_WIDGETS)
    each_kb = [1024 * (one - least) / MORE_WIDGETS for one in more]
    yield Figure(code="P8", what="floor: each widget more", unit="kB", values=each_kb)
    return start_ms, least


def server_memory(_: Around) -> Iterator[Figure]:
    with_boards, each_kb = memory.of_server(BOARDS, 1_000)
    what = f"server with {BOARDS} boards: memory"
    yield Figure(code="P8", what=what, unit="MB", values=[with_boards], gate=150, goal=80)
    what = "each board more, in the server"
    yield Figure(code="P8", what=what, unit="kB", values=[each_kb], gate=30, goal=15)


def one_update(_: Around) -> Iterator[Figure]:
    config = read(CONFIG)
    found = asyncio.run(board.costs(config, terminals.BOARD, UPDATES))
    bare = asyncio.run(board.bare_costs(config, terminals.BOARD, UPDATES))
    for what, costs in (
        ("a board: one more waits", found.one_more_waits),
        ("a board: a notice", found.notice),
    ):
        sizes, times, _least = zip(*costs, strict=True)
        yield Figure(
            code="P9",
            what=what,
            unit="ms",
            values=times,
            gate=6,
            goal=3,
            beside="loop",
            why="a bare screen of the same libraries that shows a count, and nothing else, takes"
            " what stands below.",
        )
        kilobytes = [size / 1024 for size in sizes]
        yield Figure(
            code="P9", what=f"{what}, to the terminal", unit="kB", values=kilobytes, gate=2, goal=1
        )
    bare_ms = [one.cpu_ms for one in bare]
    what = "floor, a bare screen of the same libraries: another number"
    yield Figure(code="P9", what=what, unit="ms", values=bare_ms, beside="loop")
    what = "a board: a call, when the list moves by a line"
    sizes, times, least = zip(*found.next_calls, strict=True)
    yield Figure(
        code="P9",
        what=what,
        unit="ms",
        values=times,
        gate=CHANGES * 6,
        goal=CHANGES * 3,
        beside="loop",
        why="every line of the list moves: the letters of all of them are drawn anew.",
    )
    yield Figure(
        code="P9",
        what=f"{what}, to the terminal",
        unit="kB",
        values=[size / 1024 for size in sizes],
        gate=CHANGES * 2,
        goal=CHANGES * 1,
        why="the letters alone of the cells that change stand below; the rest says where they are"
        " and in which colours.",
    )
    kilobytes = [size / 1024 for size in least]
    yield Figure(code="P9", what="letters that such a call changes", unit="kB", values=kilobytes)


def killed(_: Around) -> Iterator[Figure]:
    listening, current = zip(*recovery.gone(5, BOARDS), strict=True)
    what = "kill -9 until it listens with its state"
    yield Figure(code="P10", what=what, unit="s", values=listening, gate=2, goal=1)
    what = f"kill -9 until {BOARDS} boards are current"
    yield Figure(code="P10", what=what, unit="s", values=current, gate=6, goal=3)


def questions(around: Around) -> Iterator[Figure]:
    of = reports.opened(around.years or years.kept(KEPT, MADE_UP))
    try:
        yield from asked_of(of)
    finally:
        of.engine.dispose()


def asked_of(of: reports.Years) -> Iterator[Figure]:
    """Of a database of years."""
    chance = random.Random(1)
    ranges, again = (
        [one for by in KEYS for one in reports.any_period_ms(of, by, 20, random.Random(by))]
        for _ in range(2)
    )
    yield Figure(
        code="P11",
        what=f"any question over any dates of {of.turns:,} turns",
        unit="ms",
        values=ranges,
        quantile=WORST,
        gate=reports.GATE_MS,
        goal=reports.GOAL_MS,
        beside="loop",
        why="the first time what is asked for comes from the disk: the same questions, asked once"
        " more, take what stands below.",
    )
    what = "the same questions, asked once more"
    yield Figure(code="P11", what=what, unit="ms", values=again, quantile=WORST, beside="loop")
    months = [one for by in reports.OF_A_MONTH for one in reports.one_month_ms(of, by, 10, chance)]
    yield Figure(
        code="P12",
        what=f"a month of {of.turns:,} turns, exact median and P90",
        unit="ms",
        values=months,
        gate=reports.MONTH_GATE_MS,
        goal=reports.MONTH_GOAL_MS,
        beside="loop",
        why="exact is what is worked out of every single turn: to read those of a month, and"
        " nothing else, takes what stands below.",
    )
    what = f"floor, bare rows of a month: {of.turns * 30 // of.days:,} turns"
    bare_ms = reports.bare_month_ms(of, 30, chance)
    yield Figure(code="P12", what=what, unit="ms", values=bare_ms, beside="loop")


def idle(_: Around) -> Iterator[Figure]:
    yield Figure(
        code="P13",
        what=f"{terminals.TERMINALS} idle terminals and the server",
        unit="% of a core",
        values=[terminals.idle_percent()],
        gate=20,
        goal=5,
    )


def paper(_: Around) -> Iterator[Figure]:
    first, cut = zip(*terminals.touch_to_paper(15), strict=True)
    what = "touch until the ticket's first byte is at the printer"
    yield Figure(code="P14", what=what, unit="ms", values=first, gate=100, goal=50, beside="loop")
    what, seconds = "touch until the printer is told to cut", [one / 1000 for one in cut]
    yield Figure(code="P14", what=what, unit="s", values=seconds, quantile=WORST, gate=3, goal=3)


def right_waits(_: Around) -> Iterator[Figure]:
    inside, of_naive = zip(*waits.rightness(read(CONFIG).setup, days=3), strict=True)
    shares = [100 * one for one in inside]
    yield Figure(
        code="P15",
        what="waits inside the promised range, by kind of day",
        unit="%",
        values=shares,
        gate=80,
        goal=85,
        more_is_better=True,
    )
    yield Figure(
        code="P15",
        what="the same, of the worst kind of day",
        unit="%",
        values=shares,
        quantile=WORST,
        gate=80,
        goal=85,
        more_is_better=True,
    )
    what = "median error of the expected wait, of the naive rule's"
    yield Figure(code="P15", what=what, unit="x", values=of_naive, gate=0.7, goal=0.5)


PARTS: Final = (
    Part(
        "P1 P2 P3",
        "One request after the other, from another process to the real server with real records,"
        " while 200 boards in a third process look on. Leaves out the network and painting.",
        requests,
    ),
    Part("P4", "The same with thousands of boards; leaves out the same.", many_boards),
    Part(
        "P5",
        "From the officer's key on a real terminal to the first new bytes on a board's, which are"
        " the number called. Leaves out the terminals that draw.",
        key,
    ),
    Part(
        "P6",
        "32 kiosks and 96 counters ask for the next thing as soon as they are answered, for six"
        " seconds, on the same two cores as the server. Leaves out refusals, and the network.",
        together,
    ),
    Part(
        "P7 P8",
        "From the start of the program until it has painted itself on a terminal, and its resident"
        " memory then. Files are warm: leaves out the first start after the machine's.",
        screens,
    ),
    Part(
        "P8",
        "Resident memory of the server. Leaves out the kernel's own buffers.",
        server_memory,
    ),
    Part(
        "P9",
        "What one change costs a board of 160 x 45 cells: its own time of the processor, and bytes"
        " to the terminal. A call is two changes, of what is on show and of the list, and has twice"
        " the limits of one. Leaves out drawing, and the flashing after a call.",
        one_update,
    ),
    Part(
        "P10",
        "The server is killed after a morning of 250 visits and started again at once. Leaves out"
        " how long a supervisor takes to notice.",
        killed,
    ),
    Part(
        "P11 P12",
        "Questions to a database of ten years, by random dates, in the asker's own process. Leaves"
        " out the text and the file of a report, and a disk that is cold.",
        questions,
    ),
    Part(
        "P13",
        "Processor time of six kiosks, fourteen counters, ten boards and their server for twenty"
        " seconds in which nothing happens. Leaves out the terminals that draw.",
        idle,
    ),
    Part(
        "P14",
        "From the touch that takes a number to bytes at a printer on the network, which answers as"
        " one does. Leaves out its mechanism: 150 to 250 mm of paper a second.",
        paper,
    ),
    Part(
        "P15",
        "Three simulated days of each of six kinds: what was told beside what came. Leaves out real"
        " people: see docs/figures.md.",
        right_waits,
    ),
)
