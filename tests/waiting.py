"""Waiting in tests: for something to become true, never for a time to pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 60.0  # a machine may be busy: only what never comes true is wrong
LOOK_S: Final = 0.005


async def until(true: Callable[[], object], *, within_s: float = PATIENCE_S) -> None:
    """Wait until something is true; fails when it does not become so."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(LOOK_S)


def until_now(true: Callable[[], object], *, within_s: float = PATIENCE_S) -> None:
    """The same where no loop runs: the thing waited for lives in threads."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(LOOK_S)
