"""What the machine can do at the moment, as `motcua load` measures and prints it, too."""

from __future__ import annotations

from load.calibrate import (
    fdatasync_ms,
    heading,
    percentile,
    python_loop_ms,
    seconds,
    table,
    taken,
)

__all__ = [
    "fdatasync_ms",
    "heading",
    "percentile",
    "python_loop_ms",
    "seconds",
    "table",
    "taken",
]
