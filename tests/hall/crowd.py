"""A hall as large and as full as any: what must stay small and quick is measured in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

from hall import commands as c
from hall.model import Counter, Hall
from tests.hall.halls import SERVICES, SETUP, after, local, opened, take


@cache
def crowded() -> Hall:
    """Sixty counters at work, and five hundred people waiting."""
    lag = dict.fromkeys(SERVICES, 0.0)
    counters = {f"Q{n}": Counter(code=f"Q{n}", lag=lag) for n in range(1, 61)}
    hall, eight = opened(replace(SETUP, counters=counters)), local("08:00")
    services = sorted(SERVICES)
    for nth in range(560):
        hall = after(hall, take(services[nth % 4]), at=eight + timedelta(seconds=nth))
    for nth, code in enumerate(counters):
        now = hall.at + timedelta(seconds=1)
        hall = after(hall, c.CallNext(code), c.Start(code), at=now)
        if nth % 2:
            hall = after(hall, c.Finish(code, "received"), c.Pause(code, "meeting"), at=now)
    return hall
