"""How right the expected wait is, beside what simpler rules would have told: on simulated days at
50, 70 and 90 % load, without and with priority, or on the days of a recorded database.

    python -m benchmarks.waits [--days 20]
    python -m benchmarks.waits --database motcua.db

forecast   the rules run forward, as the hall does it
naive      people ahead x mean of the service / counters open for it
ZMS        everybody waiting x mean of all services / counters open; from 0.8 of it to all of it
told       what the hall told on the day, of a recorded database

Prints the table of docs/figures.md, and fails where the forecast is right in less than 80 %.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from math import ceil, floor
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.virtual_day import VirtualDay, visits_at
from config.read import read
from demo.day import LIFE, draw_day, staffed_counters
from hall.desk_times import Experience
from hall.events import TicketTaken
from hall.evolve import evolve
from hall.hours import serving_next, serving_windows
from hall.model import CounterState, Hall, Setup, empty_hall
from hall.waits import STEP_S, Told, forecast
from records.engine import connect_readonly
from records.experience import experience
from records.journal import Journal

MONDAY: Final = date(2026, 11, 23)
LOADS: Final = (0.5, 0.7, 0.9)
COUNTERS: Final = 9
GATE: Final = 0.80
MINUTE_S: Final = 60.0
TITLES: Final = ("days", "rule", "inside", "median error", "x naive", "bias", "width")


class Guess(NamedTuple):
    """The wait that a rule expects, and the range it tells. Seconds."""

    expected_s: float
    range: Told


class Wait(NamedTuple):
    """How long it was, and what each rule had said."""

    truth_s: float
    guesses: Mapping[str, Guess]


class Watcher:
    """Asks every rule right before a number is taken."""

    def __init__(self, known: Experience) -> None:
        self._known = known
        self._said: dict[str, dict[str, Guess]] = {}

    def look(self, hall: Hall, now: datetime, taken: TicketTaken) -> None:
        opens = serving_next(hall.setup.hours, now)
        later_s = (opens - now).total_seconds() if opens else 0.0
        there = set(_there(hall, opens, self._known) if later_s else _open(hall))
        foreseen = forecast(hall, now, self._known).newcomer(taken.services[0], taken.group)
        found = self._said[taken.ticket] = {}
        if foreseen.told is not None and foreseen.expected_s is not None:
            found["forecast"] = Guess(foreseen.expected_s, foreseen.told)
        if taken.wait_low_s is not None and taken.wait_high_s is not None:
            told = Told(taken.wait_low_s, taken.wait_high_s)
            found["told"] = Guess(sum(told) / 2, told)
        able = [code for code in there if taken.services[0] in hall.setup.counters[code].lag]
        if able:
            mean_s = hall.setup.services[taken.services[0]].mean_s
            naive_s = taken.ahead * mean_s / len(able) + later_s
            found["naive"] = Guess(naive_s, _steps(naive_s, naive_s))
            slot_s = _mean_of_all_s(hall) / len(there)
            zms_s = slot_s * sum(len(queue) for queue in hall.queues.values())
            both = zms_s * 0.8 + later_s, zms_s + later_s
            found["ZMS"] = Guess(sum(both) / 2, _steps(*both))

    def waits(self, hall: Hall) -> Iterator[Wait]:
        """Of everybody who was called, where every rule had something to say."""
        rules = {rule for guesses in self._said.values() for rule in guesses}
        for number, guesses in self._said.items():
            ticket = hall.known(number)
            called_at = ticket.turns[0].called_at
            if called_at is not None and guesses.keys() == rules:
                yield Wait((called_at - ticket.issued_at).total_seconds(), guesses)


def _open(hall: Hall) -> Iterator[str]:
    for code, staffing in hall.staffing.items():
        if staffing.state is CounterState.OPEN:
            yield code


def _there(hall: Hall, opens: datetime | None, known: Experience) -> frozenset[str]:
    """Who usually opens with the next session."""
    assert opens is not None
    return known.openings.get(opens.astimezone(hall.setup.hours.timezone).time(), frozenset())


def _mean_of_all_s(hall: Hall) -> float:
    """Over the day's tickets so far; before the first, over the catalogue."""
    services = hall.setup.services
    total = sum(count * services[code].mean_s for code, count in hall.taken.items())
    issued = sum(hall.taken.values())
    return total / issued if issued else statistics.mean(s.mean_s for s in services.values())


def _steps(low_s: float, high_s: float) -> Told:
    """The same steps of five minutes for every rule."""
    low = floor(low_s / STEP_S) * STEP_S
    return Told(low, max(low + STEP_S, ceil(high_s / STEP_S) * STEP_S))


# --- Days ----------------------------------------------------------------------------------------


def simulated(setup: Setup, load: float, priority: float, days: int, seed: int) -> list[Wait]:
    """Days of LIFE at the hall of the configuration; nothing is learnt of its services yet."""
    counters = staffed_counters(setup, COUNTERS)
    habits = replace(LIFE, priority_share=priority)
    opens = [
        begins.astimezone(setup.hours.timezone).time()
        for begins, _ in serving_windows(setup.hours, MONDAY)
    ]
    known = Experience(
        no_show_share=habits.no_show_share, openings=dict.fromkeys(opens, frozenset(counters))
    )
    waits: list[Wait] = []
    for day in range(days):
        watcher = Watcher(known)
        visits = visits_at(setup, MONDAY, len(counters), load)
        people = draw_day(setup, MONDAY, visits, seed + day, habits)
        hall = VirtualDay(setup, counters, habits, seed + day).run(people, watcher.look)
        waits += watcher.waits(hall)
    return waits


def recorded(setup: Setup, database: str) -> list[Wait]:
    """Every day of a database; what is known on each is what the days before it taught."""
    engine = connect_readonly(database, as_it_lies=True)
    journal = Journal(engine, setup)
    waits: list[Wait] = []
    for day in journal.days():
        watcher, hall = Watcher(experience(engine, setup, day)), empty_hall(setup)
        try:
            for one in journal.events(day):
                if isinstance(one.event, TicketTaken):
                    watcher.look(hall, one.at, one.event)
                hall = evolve(hall, one.event, one.at)
        except KeyError as missing:
            print(f"{day} is left out: the configuration no longer has {missing}")
            continue
        waits += watcher.waits(hall)
    engine.dispose()
    return waits


# --- The table -----------------------------------------------------------------------------------


class Score(NamedTuple):
    """How right a rule was: share inside its range; the others in minutes."""

    inside: float
    error: float
    bias: float
    width: float


def score(waits: list[Wait], rule: str) -> Score:
    said = [(wait.truth_s, wait.guesses[rule]) for wait in waits]
    off = [guess.expected_s - truth_s for truth_s, guess in said]
    return Score(
        statistics.mean(
            guess.range.low_s <= truth_s <= guess.range.high_s for truth_s, guess in said
        ),
        statistics.median(map(abs, off)) / MINUTE_S,
        statistics.mean(off) / MINUTE_S,
        statistics.mean(guess.range.high_s - guess.range.low_s for _, guess in said) / MINUTE_S,
    )


class Rightness(NamedTuple):
    """Of the forecast, on days of one kind."""

    inside: float  # share of waits inside the promised range
    of_naive: float  # its median error, of that of the naive rule


def rightness(setup: Setup, days: int, seed: int = 1) -> Iterator[Rightness]:
    """Of each kind of simulated days, so many."""
    for _, waits in measured(setup, None, days, seed):
        ours, naive = score(waits, "forecast"), score(waits, "naive")
        yield Rightness(ours.inside, ours.error / naive.error)


def lines(case: str, waits: list[Wait]) -> Iterator[str]:
    """Of the Markdown table: one for each rule."""
    naive = score(waits, "naive")
    mean_min = statistics.mean(wait.truth_s for wait in waits) / MINUTE_S
    for rule in waits[0].guesses:
        one = score(waits, rule)
        yield _line(
            f"{case}; mean wait {mean_min:.0f} min" if rule == "forecast" else "",
            rule,
            f"{one.inside:.0%}",
            f"{one.error:.1f} min",
            f"{one.error / naive.error:.2f}" if naive.error else "",
            f"{one.bias:+.1f} min",
            f"{one.width:.0f} min",
        )


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.waits",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, default=Path("config.toml"))
    parser.add_argument("--database", help="measure on its days instead")
    parser.add_argument("--days", type=int, default=20, help="simulated, of each kind")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    setup = read(asked.config).setup
    print(_line(*TITLES), _line(*["---"] * len(TITLES)), sep="\n", flush=True)
    worst = 1.0
    for case, waits in measured(setup, asked.database, asked.days, asked.seed):
        if waits:
            print(*lines(case, waits), sep="\n", flush=True)
            worst = min(worst, score(waits, "forecast").inside)
    return int(worst < GATE)


def measured(
    setup: Setup, database: str | None, days: int, seed: int
) -> Iterator[tuple[str, list[Wait]]]:
    """What is measured, by what it is called."""
    if database is not None:
        yield "recorded", recorded(setup, database)
        return
    for load in LOADS:
        for priority in (0.0, LIFE.priority_share):
            name = f"{load:.0%} busy{f', {priority:.0%} with priority' if priority else ''}"
            yield name, simulated(setup, load, priority, days, seed)


if __name__ == "__main__":
    sys.exit(main())
