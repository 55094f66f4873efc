"""The wall clock of one process, which can be set while it runs; its steady clocks go on.

Done by libfaketime, where the machine has it: a clock of its own is nothing Linux gives a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Final

HOUR_S: Final = 3600.0
FURTHEST_S: Final = 5 * HOUR_S  # from noon: no run meets a new day


def library() -> Path | None:
    """The one that threads may use."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


class WallClock:
    """Says in a file how far the clock is off, which the process looks at whenever it asks."""

    def __init__(self, folder: Path) -> None:
        self._file, self._off_s = folder / "clock", 0.0
        self._write()

    @property
    def environment(self) -> Mapping[str, str]:
        """Of the process. Raises FileNotFoundError where there is no libfaketime."""
        found = library()
        if found is None:
            raise FileNotFoundError("libfaketime is not installed")
        return {
            "LD_PRELOAD": str(found),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",  # seconds; it would read its file at every look
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, chance: Random) -> float:
        """By hours or by seconds, back or ahead; by how many seconds."""
        before = self._off_s
        furthest_s = FURTHEST_S if chance.random() < 0.7 else 100.0
        self._off_s = chance.uniform(-furthest_s, furthest_s)
        self._write()
        return self._off_s - before

    def _write(self) -> None:
        new = self._file.with_suffix(".new")  # never read when it is half written
        new.write_text(f"{self._off_s:+.3f}\n", encoding="ascii")
        new.replace(self._file)
