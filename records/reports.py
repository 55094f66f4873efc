"""The managers' figures, exact, from the rows of the turns. Changes nothing; give it an engine that
only reads (`engine.connect_readonly`).
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Engine, Row, Select, String, select, type_coerce

from hall.model import Stage
from records.tables import turns

QUARTER_HOUR_S: Final = 900.0
HALF_HOUR_S: Final = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a period came to. Shares are of 1; None where there is nothing to count.

    A visit counts by the end of its last turn; one that goes on counts as a visit only. Its wait is
    the sum over its turns, closed hours taken out. Waits and services are those of served visits
    whose times can be trusted; `untrusted` are the served visits during which the clock was set.
    """

    visits: int
    served: int
    no_shows: int
    cancelled: int
    left_over: int
    transfers: int
    untrusted: int
    wait_mean_s: float | None
    wait_median_s: float | None
    wait_p90_s: float | None  # nearest rank
    within_15_min: float | None
    within_30_min: float | None
    service_mean_s: float | None  # per turn that was finished


@dataclass(frozen=True, slots=True)
class _Visit:
    """One ticket, summed over its turns."""

    end: str
    transfers: int
    trusted: bool
    wait_s: float
    services_s: tuple[float, ...]


def day_figures(engine: Engine, hall: str, first: date, last: date) -> Figures:
    """The figures of a hall from the first day to the last, both included."""
    with engine.connect() as connection:
        return _figures(_visits(connection.execute(_turns_of(hall, first, last))))


def _turns_of(hall: str, first: date, last: date) -> Select[Any]:
    columns = turns.c
    return (
        select(
            type_coerce(columns.day, String),  # only to tell days apart
            columns.ticket,
            columns.stage,
            columns.clock_stepped,
            columns.wait_target_s,
            columns.service_s,
        )
        .where(columns.hall == hall, columns.day.between(first, last))
        .order_by(columns.day, columns.ticket, columns.turn)
    )


def _visits(rows: Iterable[Row[Any]]) -> list[_Visit]:
    return [_visit(list(turns_of_one)) for _, turns_of_one in groupby(rows, itemgetter(0, 1))]


def _visit(rows: Sequence[Row[Any]]) -> _Visit:
    return _Visit(
        end=rows[-1].stage,
        transfers=sum(row.stage == Stage.TRANSFERRED for row in rows),
        trusted=not any(row.clock_stepped for row in rows),
        wait_s=math.fsum(row.wait_target_s or 0.0 for row in rows),
        services_s=tuple(
            row.service_s for row in rows if row.stage == Stage.DONE and row.service_s is not None
        ),
    )


def _figures(visits: Sequence[_Visit]) -> Figures:
    ends = Counter(visit.end for visit in visits)
    timed = [visit for visit in visits if visit.end == Stage.DONE and visit.trusted]
    waits_s = sorted(visit.wait_s for visit in timed)
    return Figures(
        visits=len(visits),
        served=ends[Stage.DONE],
        no_shows=ends[Stage.NO_SHOW],
        cancelled=ends[Stage.CANCELLED],
        left_over=ends[Stage.LEFT_OVER],
        transfers=sum(visit.transfers for visit in visits),
        untrusted=ends[Stage.DONE] - len(timed),
        wait_mean_s=_mean(waits_s),
        wait_median_s=statistics.median(waits_s) if waits_s else None,
        wait_p90_s=_nearest_rank(waits_s, 90),
        within_15_min=_share_within(waits_s, QUARTER_HOUR_S),
        within_30_min=_share_within(waits_s, HALF_HOUR_S),
        service_mean_s=_mean([seconds for visit in timed for seconds in visit.services_s]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _nearest_rank(ascending: Sequence[float], percent: int) -> float | None:
    """The value at rank ceil(percent * n / 100): so many per cent do not exceed it."""
    if not ascending:
        return None
    rank = -(-percent * len(ascending) // 100)
    return ascending[rank - 1]


def _share_within(values: Sequence[float], limit: float) -> float | None:
    return sum(value <= limit for value in values) / len(values) if values else None
