"""How long services take: the hall's own times, or the catalogue's where there are too few."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import NormalDist
from typing import Final

from sqlalchemy import Engine, select

from hall.model import Service, Setup
from records.errors import trouble_explained
from records.tables import turns
from whatif.model import Times

BACK: Final = timedelta(days=90)  # times of so long ago still count
ENOUGH: Final = 10  # times of its own, for a service to be drawn from them
MOST: Final = 2_000  # of one service, the latest
VARIATION: Final = 0.55  # standard deviation / mean, where only the mean is known
STEPS: Final = 200


def times_of(engine: Engine, setup: Setup, until: date) -> tuple[Times, frozenset[str]]:
    """Service -> times, and the services that have too few of their own. Raises NotRecorded."""
    own: defaultdict[str, list[float]] = defaultdict(list)
    for service, service_s in _recorded(engine, setup, until):
        if len(own[service]) < MOST:
            own[service].append(service_s)
    few = frozenset(code for code in setup.services if len(own[code]) < ENOUGH)
    return {
        code: lognormal(service) if code in few else tuple(sorted(own[code]))
        for code, service in setup.services.items()
    }, few


def _recorded(engine: Engine, setup: Setup, until: date) -> Iterator[tuple[str, float]]:
    columns = turns.c
    wanted = (
        select(columns.service, columns.service_s)
        .where(
            columns.hall == setup.hall,
            columns.day.between(until - BACK, until),
            columns.stage == "done",
            columns.service_s.is_not(None),
            columns.start_estimated.is_(False),
            columns.clock_stepped.is_(False),
        )
        .order_by(columns.day.desc())
    )
    with trouble_explained(), engine.connect() as connection:
        yield from ((row.service, row.service_s) for row in connection.execute(wanted))


def lognormal(service: Service) -> tuple[float, ...]:
    """Times with the catalogue's mean, ascending, as many as make a smooth curve."""
    sigma = math.sqrt(math.log(1 + VARIATION**2))
    middle = math.log(service.mean_s) - sigma**2 / 2
    normal = NormalDist()
    steps = [math.exp(middle + sigma * normal.inv_cdf((i + 0.5) / STEPS)) for i in range(STEPS)]
    scale = service.mean_s * STEPS / sum(steps)  # cut into steps, the long tail is lost
    return tuple(scale * step_s for step_s in steps)
