"""The manager's questions, answered beside the hall: a connection that only reads, in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Engine

from hall.commands import Refused
from link import messages as m
from records.reports import day_figures


def reporter(
    engine: Engine, hall: str
) -> Callable[[m.Report], Awaitable[dict[str, Any] | Refused]]:
    """What makes reports of this hall; `engine` only reads."""

    async def make(asked: m.Report) -> dict[str, Any] | Refused:
        if asked.report != "figures":
            return Refused("unknown_report", report=asked.report)
        try:
            first, last = date.fromisoformat(asked.from_), date.fromisoformat(asked.to)
        except ValueError:
            return Refused("bad_period", problem="no such date")
        if first > last:
            return Refused("bad_period", problem="the first day is after the last")
        return asdict(await asyncio.to_thread(day_figures, engine, hall, first, last))

    return make
