"""Every target of speed and size, measured and set beside what it has to be.

    make bench                 all of them, and writes docs/speed.md
    make bench ONLY=P3         one of them, and only prints it

Real server processes, real websocket clients in other processes, real pseudo-terminals, real files.
Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from benchmarks import asked, calibrate, echo, memory, recovery, terminals, throughput
from benchmarks.figure import MEDIAN, Figure

PAGE: Final = Path(__file__).parents[1] / "docs" / "speed.md"
INTRODUCTION: Final = """# Speed and size

Measured by `make bench`. A gate must hold on any machine, a goal on one that does nothing else. The
ratio is to a write for good and an echo (of requests), or to a fixed loop of Python (of others),
measured in the same minute: absolute times differ from machine to machine and from hour to hour."""
TITLES: Final = ["", "quantity", "value", "least to most", "ratio", "gate", "goal", "reached"]
BOARDS: Final = 200
VISITS: Final = 150
MANY: Final = {1_000: (40, 15), 5_000: (180, 65), 10_000: (400, 140)}  # boards: gate, goal in ms


def requests(unit_ms: float) -> Iterator[Figure]:
    """P1 to P3: one request after the other while 200 boards look on."""
    answered, shown = asked.times_with(BOARDS, VISITS)
    yield Figure(
        code="P1",
        what="durable request, asked to answered",
        unit="ms",
        values=answered,
        gate=2,
        goal=1,
        beside="disk and echo",
    )
    yield Figure(
        code="P1", what="the same", unit="ms", values=answered, quantile=99, gate=10, goal=5
    )
    ratios = [one / unit_ms for one in answered]
    yield Figure(
        code="P2", what="the same over disk and echo", unit="x", values=ratios, gate=6, goal=4
    )
    yield Figure(
        code="P3",
        what="asked until the last of 200 boards has the view",
        unit="ms",
        values=shown,
        quantile=99,
        gate=15,
        goal=5,
        beside="disk and echo",
    )


def many_boards(_: float) -> Iterator[Figure]:
    """P4: the same with thousands of boards."""
    for boards, (gate, goal) in MANY.items():
        yield Figure(
            code="P4",
            what=f"asked until the last of {boards:,} boards has the view",
            unit="ms",
            values=asked.times_with(boards, 20).shown,
            gate=gate,
            goal=goal,
            beside="disk and echo",
        )


def key(_: float) -> Iterator[Figure]:
    """P5: from the officer's key to the board's first new byte, two real programs on terminals."""
    times = terminals.key_to_board(20)
    what = "officer's key to board repainted"
    yield Figure(code="P5", what=what, unit="ms", values=times, gate=20, goal=10)
    yield Figure(code="P5", what="the same", unit="ms", values=times, quantile=99, gate=60, goal=50)


def together(_: float) -> Iterator[Figure]:
    """P6: everybody asks at once."""
    yield Figure(
        code="P6",
        what="durable requests a second, 128 connections, 200 boards",
        unit="1/s",
        values=[throughput.rate_with(BOARDS, 8.0) for _ in range(3)],
        gate=5_000,
        goal=10_000,
        more_is_better=True,
        beside="loop",
    )


def screens(_: float) -> Iterator[Figure]:
    """P7 and P8: start and memory of each kind of screen."""
    for name, size in terminals.SCREENS:
        times, sizes = terminals.start_ms(name, size, 5)
        yield Figure(
            code="P7",
            what=f"{name}: start to first paint",
            unit="ms",
            values=times,
            gate=500,
            goal=300,
            beside="loop",
        )
        yield Figure(code="P8", what=f"{name}: memory", unit="MB", values=sizes, gate=60, goal=45)


def server_memory(_: float) -> Iterator[Figure]:
    """P8: the server's."""
    with_boards, each_kb = memory.of_server(BOARDS, 1_000)
    what = "server with 200 boards: memory"
    yield Figure(code="P8", what=what, unit="MB", values=[with_boards], gate=150, goal=80)
    yield Figure(
        code="P8",
        what="each board more, in the server",
        unit="kB",
        values=[each_kb],
        gate=30,
        goal=15,
    )


def killed(_: float) -> Iterator[Figure]:
    """P10: how long a killed hall is gone."""
    gone = recovery.gone(5, BOARDS)
    listening, current = zip(*gone, strict=True)
    what = "kill -9 until it listens with its state"
    yield Figure(code="P10", what=what, unit="s", values=listening, gate=2, goal=1)
    what = "kill -9 until 200 boards are current"
    yield Figure(code="P10", what=what, unit="s", values=current, gate=6, goal=3)


def idle(_: float) -> Iterator[Figure]:
    """P13: thirty terminals while nothing happens."""
    yield Figure(
        code="P13",
        what="30 idle terminals and the server",
        unit="% of a core",
        values=[terminals.idle_percent()],
        gate=20,
        goal=5,
        beside="loop",
    )


PARTS: Final[dict[str, Callable[[float], Iterator[Figure]]]] = {
    "P1 P2 P3": requests,
    "P4": many_boards,
    "P5": key,
    "P6": together,
    "P7 P8": screens,
    "P8": server_memory,
    "P10": killed,
    "P13": idle,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("only", nargs="*", help="such as P3; default: all, and docs/speed.md")
    only: list[str] = parser.parse_args(arguments).only
    folder = Path(gettempdir())
    echo_ms, loop_ms = echo.round_trip_ms(), calibrate.python_loop_ms()
    unit_ms = calibrate.fdatasync_ms(folder) + echo_ms
    heading = f"{calibrate.heading(folder)}, an echo over a websocket {echo_ms:.2f} ms"
    print(heading, flush=True)
    rows, missed = [], False
    for codes, part in PARTS.items():
        if only and not set(only) & set(codes.split()):
            continue
        for figure in part(unit_ms):
            missed |= figure.verdict == "missed"
            rows.append(_cells(figure, unit_ms, loop_ms))
            print("  ".join(rows[-1]), flush=True)
    if not only:
        PAGE.write_text(_page(heading, rows), encoding="utf-8")
    return int(missed)


# --- Paper ---------------------------------------------------------------------------------------


def _cells(figure: Figure, unit_ms: float, loop_ms: float) -> list[str]:
    least, most = figure.spread
    beside = {"disk and echo": unit_ms, "loop": loop_ms}.get(figure.beside)
    return [
        figure.code,
        figure.what + ("" if figure.quantile == MEDIAN else f", p{figure.quantile}"),
        f"{figure.value:,.2f} {figure.unit}",
        f"{least:,.2f} to {most:,.2f}",
        f"{figure.value / beside:.1f}" if beside else "",
        f"{figure.gate:g}",
        f"{figure.goal:g}",
        figure.verdict,
    ]


def _page(heading: str, rows: list[list[str]]) -> str:
    """The page in the docs."""
    lines = [f"| {' | '.join(cells)} |" for cells in (TITLES, ["---"] * len(TITLES), *rows)]
    return "\n".join(
        (INTRODUCTION, "", *(f"    {line}" for line in heading.splitlines()), "", *lines, "")
    )


if __name__ == "__main__":
    sys.exit(main())
