"""Who comes on a day, when, for what, and how long it takes: drawn from a seed. Asks nobody.

Shares, desk times and the arrival profile are those of a large ward's hall on a weekday; they are
estimates, made to be replaced by a hall's own records.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from hall.model import Setup

# Per cent of the day's tickets that come in the half hour from this time on.
ARRIVALS: Final[Mapping[time, float]] = {
    time(7, 0): 5.0,
    time(7, 30): 10.0,
    time(8, 0): 12.0,
    time(8, 30): 12.0,
    time(9, 0): 10.5,
    time(9, 30): 8.5,
    time(10, 0): 6.5,
    time(10, 30): 4.0,
    time(11, 0): 1.5,
    time(13, 0): 4.0,
    time(13, 30): 7.0,
    time(14, 0): 7.0,
    time(14, 30): 5.5,
    time(15, 0): 3.5,
    time(15, 30): 2.0,
    time(16, 0): 0.8,
    time(16, 30): 0.2,
}
HALF_HOUR_S: Final = 1800.0

# Service -> per cent of visits, and how much desk times vary (standard deviation / mean).
SHARES: Final[Mapping[str, tuple[float, float]]] = {
    "CT01": (33, 0.6),
    "CT02": (7, 0.5),
    "CT03": (3, 0.5),
    "HT01": (4.5, 0.5),
    "HT02": (2, 0.5),
    "HT03": (1.5, 0.5),
    "HT04": (3.5, 0.5),
    "HT05": (4, 0.5),
    "HT06": (1, 0.5),
    "DD01": (6, 0.6),
    "DD02": (1, 0.5),
    "XD01": (2, 0.5),
    "KD01": (4, 0.5),
    "KD02": (1.5, 0.5),
    "BT01": (3, 0.5),
    "BT02": (0.5, 0.5),
    "NC01": (1.5, 0.5),
    "YG01": (1, 0.5),
    "CU01": (6, 0.5),
    "TR00": (10, 0.6),
    "HD00": (4, 0.7),
}
UNKNOWN_SHARE: Final = (1.0, 0.5)  # of a service that is not in the table

ENGLISH_SHARE: Final = 0.02
RATING_SHARE: Final = 0.35
RATING_LEVELS: Final = (5, 4, 3, 2, 1)
RATING_WEIGHTS: Final = (62, 27, 7, 3, 1)
SHORTEST_S: Final = 45.0  # nobody is served faster


@dataclass(frozen=True, slots=True)
class Habits:
    """What makes a day in a hall harder than a textbook's queue."""

    priority_share: float = 0.10
    no_show_share: float = 0.04
    transfer_share: float = 0.05
    walk_s: tuple[float, float] = (10.0, 45.0)  # from the call to the counter
    between_tickets_s: float = 5.0  # the officer tidies the desk


LIFE: Final = Habits()
TEXTBOOK: Final = Habits(0.0, 0.0, 0.0, (0.0, 0.0), 0.0)


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen's day at the hall, as fate has it."""

    arrives_at: datetime
    service: str
    group: str | None
    language: str
    desk_s: float
    walk_s: float
    comes_when_called: bool
    sent_on_to: str | None  # the service it turns out to be
    level: int | None  # how it will be rated, if at all


def draw_day(setup: Setup, day: date, visits: int, seed: int, habits: Habits = LIFE) -> list[Visit]:
    """So many visits in order of arrival; the same seed gives the same day."""
    chance = Random(seed)
    moments = sorted(_arrival(chance, day, setup.hours.timezone) for _ in range(visits))
    return [draw_visit(setup, chance, moment, habits) for moment in moments]


def draw_visit(setup: Setup, chance: Random, arrives_at: datetime, habits: Habits = LIFE) -> Visit:
    """One visit at this moment."""
    codes = list(setup.services)
    shares = [SHARES.get(code, UNKNOWN_SHARE)[0] for code in codes]
    service = chance.choices(codes, shares)[0]
    sent_on = chance.random() < habits.transfer_share
    others = [code for code in codes if code != service]
    group = chance.choice(list(setup.groups)) if setup.groups else None
    rated = chance.random() < RATING_SHARE
    return Visit(
        arrives_at=arrives_at,
        service=service,
        group=group if chance.random() < habits.priority_share else None,
        language=_language(chance, setup.languages),
        desk_s=draw_desk_s(setup, chance, service),
        walk_s=chance.uniform(*habits.walk_s),
        comes_when_called=chance.random() >= habits.no_show_share,
        sent_on_to=chance.choice(others) if sent_on and others else None,
        level=chance.choices(RATING_LEVELS, RATING_WEIGHTS)[0] if rated else None,
    )


def draw_desk_s(setup: Setup, chance: Random, service: str) -> float:
    """Desk time in seconds: lognormal with the catalogue's mean and the service's variation."""
    mean_s, variation = setup.services[service].mean_s, SHARES.get(service, UNKNOWN_SHARE)[1]
    sigma = math.sqrt(math.log(1 + variation**2))
    return max(SHORTEST_S, chance.lognormvariate(math.log(mean_s) - sigma**2 / 2, sigma))


def _arrival(chance: Random, day: date, timezone: ZoneInfo) -> datetime:
    start = chance.choices(list(ARRIVALS), list(ARRIVALS.values()))[0]
    begins = datetime.combine(day, start, timezone)
    return begins + timedelta(seconds=chance.uniform(0, HALF_HOUR_S))


def _language(chance: Random, languages: Sequence[str]) -> str:
    foreign = languages[1:]
    return chance.choice(foreign) if foreign and chance.random() < ENGLISH_SHARE else languages[0]


def staffed_counters(setup: Setup, count: int) -> list[str]:
    """So many counters that together serve everything and share the work as evenly as can be.

    Raises ValueError when so few cannot serve everything.
    """
    counters = list(setup.counters)
    while len(counters) > count:
        without = {code: [c for c in counters if c != code] for code in counters}
        loads = {code: _heaviest_load(setup, rest) for code, rest in without.items()}
        code = min(reversed(counters), key=lambda code: loads[code])
        if math.isinf(loads[code]):
            raise ValueError(f"{count} counters cannot serve every service of this hall")
        counters = without[code]
    return counters


def _heaviest_load(setup: Setup, counters: Sequence[str]) -> float:
    """The work of the busiest counter, each service's shared by those that serve it."""
    load = dict.fromkeys(counters, 0.0)
    for code, service in setup.services.items():
        able = [c for c in counters if code in setup.counters[c].lag]
        if not able:
            return math.inf
        for counter in able:
            share = SHARES.get(code, UNKNOWN_SHARE)[0]
            load[counter] += share * service.mean_s / len(able)
    return max(load.values(), default=math.inf)
