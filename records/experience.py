"""What a hall has learnt of itself from its records: how long services and pauses last, who does
not come, which counters open with a session. Reads only.

    weight of a day = 2 ** -(days ago / HALF_LIFE_DAYS)             old habits are forgotten
    mean   = (weighted sum + few x what is known otherwise) / (weighted count + few)
    a service longer than OUTLIER times the catalogue's mean counts as that long

A service is drawn towards the catalogue's mean by FEW; a counter's own figure counts from a
weighted count of OWN on, and is drawn towards the hall's by as many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, Row, Select, Table, case, func, select

from hall.desk_times import USUAL_CV, Desk, Experience
from hall.hours import at, sessions
from hall.model import CounterState, Setup, Stage
from records.errors import trouble_explained
from records.tables import counter_spans, turns

LOOK_BACK_DAYS: Final = 90
HALF_LIFE_DAYS: Final = 14.0
FEW: Final = 5.0
OWN: Final = 30.0
OUTLIER: Final = 5.0
LONGEST_PAUSE_S: Final = 3600.0  # a counter left paused over noon is no pause
WEEKS: Final = timedelta(weeks=4)  # so long a weekday tells who is there on the next one
SOON: Final = timedelta(minutes=10)  # after a session's beginning: who is there then opens with it

Key = tuple[str, str | None]  # a service, and a counter or every counter


@dataclass(slots=True)
class Sums:
    """Weighted count, sum and sum of squares of times, seconds."""

    count: float = 0.0
    total_s: float = 0.0
    squares: float = 0.0

    def add(self, weight: float, row: Row[Any]) -> None:
        self.count += weight * row.turns
        self.total_s += weight * row.total_s
        self.squares += weight * row.squares

    def drawn_towards(self, mean_s: float, few: float) -> tuple[float, float]:
        """Mean and standard deviation, as if there were a few more, usual ones of this mean."""
        count = self.count + few
        mean = (self.total_s + few * mean_s) / count
        usual = few * mean_s**2 * (1 + USUAL_CV**2)
        return mean, sqrt(max(0.0, (self.squares + usual) / count - mean**2))


def experience(engine: Engine, setup: Setup, today: date) -> Experience:
    """What the days before today teach. Raises NotRecorded for trouble with the database."""
    with trouble_explained(), engine.connect() as connection:
        sums = _sums(today, connection.execute(_services(setup, today)))
        ends = connection.execute(_ends(setup, today)).all()
        pauses = connection.execute(_pauses(setup, today)).all()
        days = connection.execute(_days(setup, today)).scalars().all()
        alike = dict(_alike(setup, today, days))
        spans = connection.execute(_open_spans(setup, alike.values())).all()
    usual = Experience()
    return Experience(
        desks=dict(_desks(setup, sums)),
        no_show_share=_no_show_share(today, ends),
        no_show_s=setup.no_show_after_s or usual.no_show_s,
        pause_s=_pause_s(today, pauses, usual.pause_s),
        openings={
            local: frozenset(row.counter for row in spans if _covers(row, begins + SOON))
            for local, begins in _beginnings(setup, alike)
        },
    )


def _weight(today: date, day: date) -> float:
    return float(2 ** -((today - day).days / HALF_LIFE_DAYS))


def _lately(table: Table, setup: Setup, today: date) -> tuple[ColumnElement[bool], ...]:
    since = today - timedelta(LOOK_BACK_DAYS)
    return table.c.hall == setup.hall, table.c.day >= since, table.c.day < today


# --- How long services last ----------------------------------------------------------------------


def _services(setup: Setup, today: date) -> Select[Any]:
    """Every service that ended, by day, service and counter; outliers cut off."""
    columns = turns.c
    longest = {code: OUTLIER * service.mean_s for code, service in setup.services.items()}
    limit = case(longest, value=columns.service)
    seconds = case((columns.service_s > limit, limit), else_=columns.service_s)
    return (
        select(
            columns.day,
            columns.service,
            columns.counter,
            func.count().label("turns"),
            func.sum(seconds).label("total_s"),
            func.sum(seconds * seconds).label("squares"),
        )
        .where(
            *_lately(turns, setup, today),
            columns.stage == Stage.DONE,
            columns.service_s.is_not(None),
            columns.clock_stepped.is_(False),
            columns.service.in_(list(longest)),
        )
        .group_by(columns.day, columns.service, columns.counter)
    )


def _sums(today: date, services: Iterable[Row[Any]]) -> dict[Key, Sums]:
    """Row by row: of three months there are tens of thousands, too many to have at once."""
    sums: dict[Key, Sums] = defaultdict(Sums)
    for row in services:
        weight = _weight(today, row.day)
        sums[row.service, None].add(weight, row)
        sums[row.service, row.counter].add(weight, row)
    return sums


def _desks(setup: Setup, sums: Mapping[Key, Sums]) -> Iterator[tuple[Key, Desk]]:
    """The walk to the counter is on top."""
    for (service, counter), one in sums.items():
        if counter is None:
            mean_s, sd_s = one.drawn_towards(setup.services[service].mean_s, FEW)
        elif counter in setup.counters and one.count >= OWN:
            everywhere = sums[service, None]
            mean_s, sd_s = one.drawn_towards(everywhere.total_s / everywhere.count, OWN)
        else:
            continue
        yield (service, counter), Desk(mean_s + setup.walking_s, sd_s)


# --- Who does not come, how long pauses last -----------------------------------------------------


def _ends(setup: Setup, today: date) -> Select[Any]:
    """Of those called, by day, how many there were and how many did not come."""
    columns = turns.c
    missing = func.sum(case((columns.stage == Stage.NO_SHOW, 1), else_=0))
    return (
        select(columns.day, func.count().label("every"), missing.label("missing"))
        .where(*_lately(turns, setup, today), columns.stage.in_([Stage.DONE, Stage.NO_SHOW]))
        .group_by(columns.day)
    )


def _no_show_share(today: date, ends: Sequence[Row[Any]]) -> float:
    every = sum(_weight(today, row.day) * row.every for row in ends)
    missing = sum(_weight(today, row.day) * row.missing for row in ends)
    return missing / every if every else 0.0


def _pauses(setup: Setup, today: date) -> Select[Any]:
    columns = counter_spans.c
    return select(columns.day, columns.since, columns.until).where(
        *_lately(counter_spans, setup, today),
        columns.state == CounterState.PAUSED,
        columns.until.is_not(None),
    )


def _pause_s(today: date, pauses: Sequence[Row[Any]], usual_s: float) -> float:
    count, total_s = FEW, FEW * usual_s
    for row in pauses:
        lasted_s = (row.until - row.since).total_seconds()
        if lasted_s <= LONGEST_PAUSE_S:
            weight = _weight(today, row.day)
            count, total_s = count + weight, total_s + weight * lasted_s
    return total_s / count


# --- Who opens with a session --------------------------------------------------------------------


def _days(setup: Setup, today: date) -> Select[Any]:
    """The days on which somebody was there, the latest first."""
    day = counter_spans.c.day
    return select(day).where(*_lately(counter_spans, setup, today)).distinct().order_by(day.desc())


def _alike(setup: Setup, today: date, days: Sequence[date]) -> Iterator[tuple[time, date]]:
    """Of each of today's sessions the day that tells who will be there: the last of this weekday,
    WEEKS back at most, that had a session which began at that time; else the last of any.
    """
    since = today - WEEKS
    usual = [day for day in days if day.weekday() == today.weekday() and day >= since]
    had = {day: {one.opens for one in sessions(setup.hours, day)} for day in days}
    for session in sessions(setup.hours, today):
        day = next((day for day in (*usual, *days) if session.opens in had[day]), None)
        if day is not None:
            yield session.opens, day


def _open_spans(setup: Setup, days: Iterable[date]) -> Select[Any]:
    columns = counter_spans.c
    return select(columns.counter, columns.since, columns.until).where(
        columns.hall == setup.hall,
        columns.day.in_(sorted(set(days))),
        columns.state == CounterState.OPEN,
    )


def _beginnings(setup: Setup, alike: Mapping[time, date]) -> Iterator[tuple[time, datetime]]:
    """When the session that began at this local time did so on the day it is like."""
    for local, day in alike.items():
        yield local, at(setup.hours, day, local)


def _covers(row: Row[Any], moment: datetime) -> bool:
    return bool(row.since <= moment and (row.until is None or moment < row.until))
