"""The reports' process as the operating system sees it."""

from __future__ import annotations

import os
from pathlib import Path

from dispatch.report_process import GIVE_WAY


def report_processes(server: int | None = None) -> list[int]:
    """Processes of a server (default: this one) that give way to everything, and live."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        state, parent, nice = facts[0], int(facts[1]), int(facts[16])
        if parent == (server or os.getpid()) and nice == GIVE_WAY and state != "Z":
            found.append(int(path.parent.name))
    return found
