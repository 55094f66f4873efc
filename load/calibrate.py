"""What the machine can do at the moment, measured beside every figure: times alone say little, as
the same box is twice as slow an hour later. And how figures are printed.
"""

from __future__ import annotations

import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

SYNCS: Final = 200
LOOPS: Final = 7
LOOP_LENGTH: Final = 200_000


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    return taken(work)[0]


def taken(work: Callable[[], object]) -> tuple[float, float]:
    """How long it takes, and how much of that our processor works on it; in seconds."""
    began, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - worked


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest rank."""
    return sorted(values)[max(1, math.ceil(percent * len(values) / 100)) - 1]


def fdatasync_ms(folder: Path, rest_s: float = 0.0) -> float:
    """The median of writing 4 kB to the disk of this folder, for good. `rest_s`: before each, as a
    machine that has rested is slower to begin.
    """
    block = os.urandom(4096)
    with NamedTemporaryFile(dir=folder) as file:

        def sync() -> float:
            time.sleep(rest_s)
            began = time.perf_counter()
            os.write(file.fileno(), block)
            os.fdatasync(file.fileno())
            return time.perf_counter() - began

        return 1000 * statistics.median(sync() for _ in range(SYNCS))


def python_loop_ms() -> float:
    """The best of some runs of a fixed piece of Python: sums and a dict."""

    def loop() -> None:
        found: dict[int, int] = {}
        for n in range(LOOP_LENGTH):
            found[n & 1023] = found.get(n & 1023, 0) + n

    return 1000 * min(seconds(loop) for _ in range(LOOPS))


def heading(folder: Path, sync_ms: float | None = None) -> str:
    """When and where this was measured, and how fast the machine was just then. `sync_ms`: a write
    for good that was measured already.
    """
    sync_ms = fdatasync_ms(folder) if sync_ms is None else sync_ms
    return "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_processor()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}",
            f"fdatasync p50 {sync_ms:.2f} ms, a fixed loop of Python {python_loop_ms():.1f} ms",
        ]
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns under their titles; figures stand on the right."""
    texts = [list(titles), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) if place == 0 else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in texts
    )


def _cell(value: object) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else str(value)
