"""Queues whose mean wait is known by formula, through the hall's own rules: theory, what comes out,
and the 95 % interval of it by batch means.

    python -m benchmarks.theory --visits 40000

Prints the table of docs/figures.md.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from statistics import fmean, stdev
from typing import Final
from zoneinfo import ZoneInfo

from hall.model import FIRST, Counter, Group, Hours, Service, Session, Setup
from whatif.model import Day, Ending, Meeting, Post, Stretch, Visit
from whatif.run import run

DAY: Final = date(2026, 11, 23)
MIDNIGHT: Final = datetime(2026, 11, 23, tzinfo=UTC)
SERVICE, PRIORITY, ORDINARY = "CT01", "priority", "ordinary"
MEAN_S: Final = 10.0  # so short that thousands fit into a day
VARIATION: Final = 0.55  # of the lognormal times
WARM_UP: Final = 0.1  # of the visits, not counted: the hall begins empty
A_DAY: Final = 5_000  # visits at most: rolls of numbers should stay short
BATCHES: Final = 10
T_9: Final = 2.262  # 97.5 % quantile of Student's t with 9 degrees of freedom


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A queue of the textbooks. `theory`: class -> mean wait in seconds."""

    name: str
    source: str
    load: float
    counters: int = 1
    service_s: Callable[[Random], float]
    priority_share: float = 0.0
    theory: dict[str, float] = field(default_factory=dict)

    @property
    def arrivals_per_s(self) -> float:
        return self.load * self.counters / MEAN_S


@dataclass(frozen=True, slots=True)
class Measured:
    """One class of one system: the mean, and half the width of its 95 % interval, in seconds."""

    system: System
    of: str
    theory_s: float
    mean_s: float
    half_width_s: float

    @property
    def agrees(self) -> bool:
        return abs(self.mean_s - self.theory_s) <= self.half_width_s


# --- What theory says ----------------------------------------------------------------------------


def exponential(chance: Random) -> float:
    return chance.expovariate(1 / MEAN_S)


def lognormal(chance: Random) -> float:
    sigma = math.sqrt(math.log(1 + VARIATION**2))
    return chance.lognormvariate(math.log(MEAN_S) - sigma**2 / 2, sigma)


def erlang_c(counters: int, load: float) -> float:
    """The share of arrivals that have to wait (A. K. Erlang 1917); `load` of one counter."""
    offered = counters * load
    terms = [offered**k / math.factorial(k) for k in range(counters)]
    last = offered**counters / math.factorial(counters) / (1 - load)
    return last / (sum(terms) + last)


def wait_with_counters(counters: int, load: float) -> float:
    """M/M/c: C / (c mu - lambda)."""
    return erlang_c(counters, load) * MEAN_S / (counters * (1 - load))


def wait_with_any_service(load: float, variation: float) -> float:
    """M/G/1 (Pollaczek, Khinchine): lambda E[S^2] / 2 (1 - rho)."""
    return rest_s(load, variation) / (1 - load)


def rest_s(load: float, variation: float) -> float:
    """What an arrival finds still to be served of the one at the counter: lambda E[S^2] / 2."""
    return load * MEAN_S * (1 + variation**2) / 2


def waits_by_class(load: float, share: float, variation: float) -> dict[str, float]:
    """Two classes, nobody interrupted (A. Cobham 1954): the rest of the one at the counter, divided
    by 1 - rho1 for the first class, and by (1 - rho1)(1 - rho) for the other.
    """
    first = 1 - share * load
    rest = rest_s(load, variation)
    return {PRIORITY: rest / first, ORDINARY: rest / first / (1 - load)}


def systems() -> list[System]:
    return [
        System(
            name="M/M/1",
            source="λ/μ(μ−λ)",
            load=0.6,
            service_s=exponential,
            theory={ORDINARY: wait_with_counters(1, 0.6)},
        ),
        System(
            name="M/M/3",
            source="Erlang C",
            load=0.7,
            counters=3,
            service_s=exponential,
            theory={ORDINARY: wait_with_counters(3, 0.7)},
        ),
        System(
            name="M/G/1, lognormal",
            source="Pollaczek–Khinchine",
            load=0.6,
            service_s=lognormal,
            theory={ORDINARY: wait_with_any_service(0.6, VARIATION)},
        ),
        System(
            name="M/G/1, two classes",
            source="Cobham",
            load=0.7,
            service_s=lognormal,
            priority_share=0.25,
            theory=waits_by_class(0.7, 0.25, VARIATION),
        ),
    ]


# --- What the rules do ---------------------------------------------------------------------------


def measured(system: System, visits: int, seed: int) -> list[Measured]:
    """Each class of the system: so many visits, in days of A_DAY at most."""
    waits: dict[str, list[float]] = {of: [] for of in system.theory}
    days = -(-visits // A_DAY)
    for number in range(days):
        day = day_of(system, visits // days, Random(f"{seed} {system.name} {number}"))
        for of, wait_s in waits_of(system, day):
            waits[of].append(wait_s)
    return [
        Measured(system, of, theory_s, *mean_and_half_width(waits[of]))
        for of, theory_s in system.theory.items()
    ]


def waits_of(system: System, day: Day) -> Iterator[tuple[str, float]]:
    """Class and wait of each visit after the warm-up, in order of arrival."""
    hall = run(setup_of(system), day).hall
    (roll,) = hall.tickets.values()
    for ticket in list(roll)[int(WARM_UP * len(roll)) :]:
        assert ticket.turn.called_at is not None
        wait_s = (ticket.turn.called_at - ticket.issued_at).total_seconds()
        yield PRIORITY if ticket.group else ORDINARY, wait_s


def mean_and_half_width(values: Sequence[float]) -> tuple[float, float]:
    """By the means of BATCHES batches: neighbours are alike, batches hardly."""
    size = len(values) // BATCHES
    means = [fmean(values[start * size : (start + 1) * size]) for start in range(BATCHES)]
    return fmean(means), T_9 * stdev(means) / math.sqrt(BATCHES)


def setup_of(system: System) -> Setup:
    """One service, counters that are all alike, open around the clock."""
    session = Session(time(0), time(23, 59), time(0), time(23, 59))
    service = Service(code=SERVICE, field="A", mean_s=MEAN_S)
    codes = [f"Q{number + 1}" for number in range(system.counters)]
    return Setup(
        hall="theory",
        hours=Hours(timezone=ZoneInfo("UTC"), week=((session,),) * 7),
        services={SERVICE: service},
        groups={PRIORITY: Group(code=PRIORITY, head_start_s=FIRST)},
        counters={code: Counter(code=code, lag={SERVICE: 0.0}) for code in codes},
    )


def day_of(system: System, visits: int, chance: Random) -> Day:
    """Arrivals by chance alone, services as the system has them; officers lose no time."""
    end = MIDNIGHT + timedelta(hours=23, minutes=59)
    stretch = Stretch(opens=MIDNIGHT, ends=end, calls_until=end)
    counters = setup_of(system).counters
    return Day(
        date=DAY,
        begins=MIDNIGHT,
        visits=tuple(_visits(system, visits, chance)),
        posts={code: Post(stretches=(stretch,)) for code in counters},
        times={SERVICE: (MEAN_S,)},
    )


def _visits(system: System, visits: int, chance: Random) -> Iterator[Visit]:
    at = MIDNIGHT
    meeting = Meeting(
        service=SERVICE, counter="", ends=Ending.FINISHED, start_s=0.0, lasts_s=MEAN_S
    )
    for _ in range(visits):
        at += timedelta(seconds=chance.expovariate(system.arrivals_per_s))
        group = PRIORITY if chance.random() < system.priority_share else None
        lasts_s = system.service_s(chance)
        met = (replace(meeting, lasts_s=lasts_s),)
        yield Visit(at=at, services=(SERVICE,), group=group, meetings=met)


# --- As a table ----------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.theory", description=__doc__)
    parser.add_argument("--visits", type=int, default=40_000, help="of each system")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    print("| queue | load | formula | wait by formula | through the rules | 95 % interval |")
    print("|---|---|---|---|---|---|")
    found = [one for system in systems() for one in measured(system, asked.visits, asked.seed)]
    for one in found:
        low, high = one.mean_s - one.half_width_s, one.mean_s + one.half_width_s
        of = f", {one.of}" if len(one.system.theory) > 1 else ""
        print(
            f"| {one.system.name}{of} | {one.system.load:.0%} | {one.system.source}"
            f" | {one.theory_s:.2f} s | {one.mean_s:.2f} s | {low:.2f}–{high:.2f} s |"
        )
    return 0 if all(one.agrees for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
