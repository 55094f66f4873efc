"""How a process of a benchmark begins: it ends with whoever started it, however that one ends."""

from __future__ import annotations

import ctypes
import resource
import signal
from typing import Final

DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG


def begin() -> None:
    """To be called first in the new process. Ctrl+C is for whoever started it."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    allow_many_files()


def allow_many_files() -> None:
    """As many as the machine lets us: each connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
