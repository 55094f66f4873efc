"""What a load took, as the table the benchmarks print: values beside what they have to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from load.boards import Shown, last_shown
from load.calibrate import percentile, table
from load.people import Took

TITLES: Final = (
    *("", "quantity", "unit", "median", "p99", "least to most", "values"),
    *("ratio", "gate", "goal", "reached"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """What the median and the worst in a hundred have to be, in milliseconds."""

    gate: tuple[float, float]
    goal: tuple[float, float]


ANSWER: Final = Target((2, 10), (1, 5))  # P1, with a local disk and 200 boards
LAST_BOARD: Final = Target((15, 15), (5, 5))  # P3


def page(took: Took, boards: Sequence[Shown], unit_ms: float | None) -> Iterator[str]:
    """`unit_ms`: a write for good and an echo; None: the server's disk is elsewhere."""
    rows = []
    if took.answered:
        rows.append(_row("P1", "request, asked to answered", took.answered, ANSWER, unit_ms))
    shown = [
        1000 * (at - began)
        for call, began in took.called
        if (at := last_shown(call, boards)) is not None
    ]
    if shown:
        what = f"asked until the last of {len(boards)} boards has the view"
        rows.append(_row("P3", what, shown, LAST_BOARD, unit_ms))
    yield table(TITLES, rows)
    carried_out = sum(took.done.values())
    rate = carried_out / took.seconds if took.seconds else 0.0
    counts = ", ".join(f"{kind} {many}" for kind, many in sorted(took.done.items()))
    yield f"{carried_out} requests in {took.seconds:.0f} s, {rate:.1f} a second: {counts}"
    for why, many in took.refused.most_common():
        yield f"refused {many} times: {why}"
    if boards and len(shown) < len(took.called):
        yield f"{len(took.called) - len(shown)} calls were not yet on every board at the end"


def _row(
    code: str, what: str, values: Sequence[float], target: Target, unit_ms: float | None
) -> list[str]:
    p50, p99 = median(values), percentile(values, 99)
    ratio = f"{p50 / unit_ms:.1f}" if unit_ms else ""
    measured = [f"{p50:,.2f}", f"{p99:,.2f}", f"{min(values):,.2f} to {max(values):,.2f}"]
    gate, goal = (f"{a:g} / {b:g}" for a, b in (target.gate, target.goal))
    reached = _verdict((p50, p99), target)
    return [code, what, "ms", *measured, str(len(values)), ratio, gate, goal, reached]


def _verdict(found: tuple[float, float], target: Target) -> str:
    for name, wanted in (("goal", target.goal), ("gate", target.gate)):
        if all(one <= most for one, most in zip(found, wanted, strict=True)):
            return name
    return "missed"
