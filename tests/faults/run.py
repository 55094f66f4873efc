"""Run one harness of faults alone.

python -m tests.faults.run power-cuts --seed 4711
python -m tests.faults.run simulated-days --seeds 500 --budget-s 90
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Final

from load.calibrate import table
from tests.faults.harnesses import HARNESSES, one_seed

COLLECT_EVERY: Final = 8  # seeds: collecting all the time costs a tenth of it


@dataclass(slots=True)
class Result:
    """Of one harness and many seeds."""

    name: str
    seeds: list[int] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def count(self) -> int:
        return self.seen[HARNESSES[self.name].counts]

    @property
    def never_reached(self) -> list[str]:
        return [what for what in HARNESSES[self.name].reached if not self.seen[what]]


def run(name: str, seeds: range, budget_s: float, workers: int, enough: int = 0) -> Result:
    """So many seeds, or as many as time allows, on so many processors; or until so much is done."""
    result, began = Result(name), time.monotonic()
    left = iter(seeds)
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=gc.disable
    ) as pool:
        going: dict[Future[tuple[Counter[str], str | None]], int] = {}
        while True:
            in_time = time.monotonic() - began < budget_s
            if in_time and not 0 < enough <= result.count:
                _fill_up(pool, going, left, name, workers)
            if not going:
                break
            done, _ = wait(going, return_when=FIRST_COMPLETED)
            for future in done:
                _note(result, going.pop(future), *future.result())
    result.seconds = time.monotonic() - began
    return result


def _fill_up(
    pool: ProcessPoolExecutor,
    going: dict[Future[tuple[Counter[str], str | None]], int],
    left: Iterator[int],
    name: str,
    workers: int,
) -> None:
    while len(going) < workers and (seed := next(left, None)) is not None:
        going[pool.submit(_one, name, seed)] = seed


def _one(name: str, seed: int) -> tuple[Counter[str], str | None]:
    seen = one_seed(name, seed)
    if seed % COLLECT_EVERY == 0:
        gc.collect()
        gc.freeze()  # what stays is not looked at again
    return seen


def _note(result: Result, seed: int, seen: Counter[str], broken: str | None) -> None:
    result.seeds.append(seed)
    result.seen += seen
    if broken is not None:
        result.broken.append(broken)


def told(result: Result) -> str:
    """For a terminal."""
    harness = HARNESSES[result.name]
    rows = [(what, f"{times:,}") for what, times in sorted(result.seen.items())]
    lines = [
        f"{harness.target}: {harness.injects}",
        table(("seen", "times"), rows),
        f"{result.count:,} {harness.counts}, seeds {spread(result.seeds)}, {result.seconds:.0f} s, "
        f"{len(result.broken)} broken",
    ]
    if result.never_reached and len(result.seeds) > 1:
        lines.append(f"never reached: {', '.join(result.never_reached)}")
    return "\n".join([*lines, *result.broken])


def spread(seeds: list[int]) -> str:
    """From the first to the last."""
    if not seeds:
        return "none"
    return str(seeds[0]) if len(seeds) == 1 else f"{min(seeds)}-{max(seeds)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("harness", choices=sorted(HARNESSES))
    parser.add_argument("--seed", type=int, help="live this one alone")
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--budget-s", type=float, default=3600.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    harness = HARNESSES[chosen.harness]
    first = harness.first_seed if chosen.seed is None else chosen.seed
    count = min(chosen.seeds, harness.most_seeds) if chosen.seed is None else 1
    result = run(chosen.harness, range(first, first + count), chosen.budget_s, chosen.workers)
    print(told(result))
    return 1 if result.broken else 0


if __name__ == "__main__":
    sys.exit(main())
