"""Every target of speed and size, measured and set beside what it has to be.

    make bench                    all of them, and writes docs/speed.md: a quarter of an hour
    make bench ONLY=P3            one of them, and only prints it
    make bench YEARS=ten.db       reports over these years (benchmarks.years makes them)
    make bench GROWTH=1           in halls of every size, too: ten minutes more

Real server processes, real websocket clients in other processes, real pseudo-terminals, real files.
Run it on a machine that does nothing else. Where a gate is missed everything beside it is measured
again, three times at most; the page says how often.
"""

from __future__ import annotations

import argparse
import compileall
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from benchmarks import echo, growth
from benchmarks.asked import REST_S
from benchmarks.figure import MEDIAN, WORST, Figure
from benchmarks.targets import KEPT, PARTS, Around, Part
from load import calibrate

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "speed.md"
INTRODUCTION: Final = """# Speed and size

Written by `make bench`. A gate must hold on any machine, a goal on one that does nothing else; what
is judged is bold. The ratio is to a write for good and an echo (of requests, after the same rest as
before each of them: whatever wakes up is slower), or to a fixed loop of Python (of programs and
reports), measured in the same run: absolute times differ from machine to machine and from hour to
hour."""
OUT_OF_REACH: Final = "Goals that were not reached in this run, and why:"
AGAIN: Final = "Measured again, because a gate was missed:"
LEFT_OUT: Final = "What is measured, and what is left out:"
UNKNOWN: Final = "it is not known why."
GROWING: Final = "## In halls of every size"
MEASURED: Final = ("", "quantity", "unit", "median", "p99", "least to most", "values")
TITLES: Final = (*MEASURED, "ratio", "gate", "goal", "reached")
ATTEMPTS: Final = 3  # to hold a gate: the machine may have been in somebody else's hands
FAILURES: Final = (OSError, EOFError, RuntimeError, AssertionError)  # OSError: it took too long

Row = Sequence[str]


def main(arguments: list[str] | None = None) -> int:
    wanted = _wanted(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # everything is put away on the way
    _compile()
    measuring = Measuring(wanted.years)
    print(measuring.heading, flush=True)
    chosen = [part for part in PARTS if not wanted.only or {*part.codes.split()} & {*wanted.only}]
    rows = [row for part in chosen for row in measuring.rows(part)]
    grown = list(_grown(wanted.years)) if wanted.growth else []
    if not wanted.only:
        page = _page(measuring, rows, grown or _grown_before())
        PAGE.write_text(page, encoding="utf-8")
    return int(measuring.failed)


def _wanted(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("only", nargs="*", help="such as P3; default: all, and docs/speed.md")
    parser.add_argument("--years", type=Path, help="a database made by benchmarks.years")
    parser.add_argument("--growth", action="store_true", help="in halls of every size, too")
    return parser.parse_args(arguments)


def _compile() -> None:
    """What is installed is compiled; a checkout whose interpreter writes no bytecode is not, and
    compiles every program anew at each start.
    """
    compileall.compile_dir(ROOT, maxlevels=0, quiet=2)
    for room in ROOT.glob("*/__init__.py"):
        compileall.compile_dir(room.parent, quiet=2)


class Measuring:
    """One run. Prints each figure as soon as it is known."""

    def __init__(self, years: Path | None) -> None:
        folder = Path(gettempdir())
        self._loop_ms = calibrate.python_loop_ms()
        sync_ms, echo_ms = calibrate.fdatasync_ms(folder, REST_S), echo.round_trip_ms(REST_S)
        self._around = Around(sync_ms + echo_ms, years)
        rest = f"after a rest of {1000 * REST_S:g} ms, as between two requests"
        self.heading = (
            f"{calibrate.heading(folder)}, an echo over a websocket {echo.round_trip_ms():.2f} ms\n"
            f"{rest}: fdatasync {sync_ms:.2f} ms, an echo {echo_ms:.2f} ms"
        )
        self.failed = False
        self.reasons: list[str] = []  # of goals that were not reached
        self.again: list[str] = []  # parts that were measured more than once

    def rows(self, part: Part) -> Iterator[Row]:
        """Of the page: one for each figure."""
        print(f"\n{part.codes}: {part.about}", flush=True)
        began = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            figures = self._measured(part)
            if not _missed(figures):
                break
            print(f"    a gate was missed, {attempt} of {ATTEMPTS} times", flush=True)
        self.failed |= _missed(figures)
        if attempt > 1:
            self.again.append(f"- **{part.codes.replace(' ', ', ')}** {attempt} times")
        for figure in figures:
            if figure.verdict not in ("goal", ""):
                self.reasons.append(f"- **{figure.code}** {figure.what}: {figure.why or UNKNOWN}")
            yield self._row(figure)
        if not figures:
            yield (part.codes.replace(" ", ", "), "not measured", *[""] * 8, "failed")
        print(f"    {time.monotonic() - began:.0f} s", flush=True)

    def _measured(self, part: Part) -> list[Figure]:
        """Nothing, where it could not be measured."""
        figures = []
        try:
            for figure in part.measure(self._around):
                print("    " + "  ".join(filter(None, self._row(figure))), flush=True)
                figures.append(figure)
        except FAILURES as error:
            print(f"    failed: {error!r}", flush=True)
            return []
        return figures

    def _row(self, figure: Figure) -> Row:
        units = {"disk and echo": self._around.unit_ms, "loop": self._loop_ms}
        unit, (least, most) = units.get(figure.beside), figure.spread
        return (
            figure.code,
            figure.what,
            figure.unit,
            _bold(_number(figure.at(MEDIAN)), figure, MEDIAN),
            _bold(_number(figure.at(WORST)), figure, WORST),
            f"{_number(least)} to {_number(most)}",
            str(len(figure.values)),
            f"{figure.value / unit:.1f}" if unit else "",
            "" if figure.gate is None else f"{figure.gate:,g}",
            "" if figure.goal is None else f"{figure.goal:,g}",
            figure.verdict,
        )


def _missed(figures: list[Figure]) -> bool:
    return not figures or any(figure.verdict == "missed" for figure in figures)


def _bold(number: str, figure: Figure, quantile: int) -> str:
    judged = figure.gate is not None and figure.quantile == quantile
    return f"**{number}**" if judged else number


def _number(value: float) -> str:
    """With three digits that mean something."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


# --- Paper ---------------------------------------------------------------------------------------


def _grown(years: Path | None) -> Iterator[str]:
    """The lines about halls of every size."""
    print(f"\n{GROWING}", flush=True)
    yield GROWING
    for titles, rows in (
        (growth.OF_BOARDS, growth.of_boards()),
        (growth.OF_TURNS, growth.of_turns(KEPT, years)),
    ):
        yield ""
        for line in _table(titles, rows):
            print(line, flush=True)
            yield line


def _grown_before() -> list[str]:
    """What an earlier run found out about that."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    _, begins, rest = page.partition(GROWING)
    return f"{begins}{rest}".splitlines()


def _page(measuring: Measuring, rows: list[Row], grown: list[str]) -> str:
    """The page in the docs."""
    about = [f"- **{part.codes.replace(' ', ', ')}** {part.about}" for part in PARTS]
    lines = [
        INTRODUCTION,
        "",
        *(f"    {line}" for line in measuring.heading.splitlines()),
        "",
        *_table(TITLES, rows),
        "",
        *_listed(OUT_OF_REACH, measuring.reasons),
        *_listed(AGAIN, measuring.again),
        *_listed(LEFT_OUT, about),
        *grown,
    ]
    return "\n".join(lines).rstrip() + "\n"


def _listed(title: str, points: list[str]) -> Iterator[str]:
    if points:
        yield from (title, "", *points, "")


def _table(titles: Row, rows: Iterable[Row]) -> Iterator[str]:
    for cells in (titles, ["---"] * len(titles)):
        yield f"| {' | '.join(cells)} |"
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
