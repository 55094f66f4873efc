"""What the server's memory is with many boards, and what each of them costs it.

    python -m benchmarks.memory

Resident memory as the kernel counts it, of a real server process whose boards are connected and
have been shown some calls. It is started twice: what makes new records is loaded at the first start
alone. Left out: the network's buffers, which are the kernel's own.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from benchmarks.asked import measured
from benchmarks.boards import crowd
from benchmarks.served import Size, served
from load.calibrate import heading, table

CALLS = 5


def with_boards(count: int) -> float:
    """Megabytes."""
    with TemporaryDirectory() as folder, served(Path(folder), Size(boards=count)) as hall:
        hall.kill()
        hall.start()
        hall.up()
        with crowd(hall.port, count) as looking_on:
            asyncio.run(measured(hall.port, looking_on, CALLS))
            return hall.memory_mb()


def of_server(some: int, more: int) -> tuple[float, float]:
    """Megabytes with `some` boards, and kilobytes that each of the `more` others costs."""
    few, many = with_boards(some), with_boards(some + more)
    return few, 1024 * (many - few) / more


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__).parse_args(
        arguments
    )
    print(heading(Path(gettempdir())), flush=True)
    rows = [(boards, with_boards(boards)) for boards in (1, 200, 1200)]
    print(table(["boards", "the server's MB"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
