"""Where the figures of a report come from: tallies by cell, and exact times for short periods.
Reads only; what the figures mean is said in `figures`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, cast

import msgspec
from sqlalchemy import Connection, Executable, Select, Text, case, func, select
from sqlalchemy import cast as as_type

from figures.periods import Period
from figures.satisfaction import SCALES
from figures.tally import DONE, TRANSFERRED, Row, Tally
from figures.times import Quantile, Values
from hall.model import Setup
from records.reports.keys import ALL, OF_TURNS, key_of, source_of
from records.rollup import tallies
from records.tables import turns

EXACT_DAYS: Final = 31  # periods up to so long have exact quantiles


@dataclass(frozen=True, slots=True)
class Counted:
    """One cell: its tally, and the times whose very values are known."""

    tally: Tally = field(default_factory=Tally)
    exact: Mapping[str, Values] = field(default_factory=dict)  # by name of a tally's times
    levels: int | None = None  # of the scale that shares of ratings are shown on, where one is

    def quantile(self, times: str, percent: int) -> Quantile | None:
        """Of `waits`, `visit_waits` or `services`; exact where every value is known."""
        known = self.exact.get(times)
        if known is not None:
            return known.quantile(percent)
        found: Quantile | None = getattr(self.tally, times).quantile(percent)
        return found


class Reader:
    """Reads for one report: whatever several of its blocks show is asked for once.

    `shown`: the period it is of. The scale that has most of its ratings is that of every cell.
    """

    def __init__(self, connection: Connection, setup: Setup, shown: Period) -> None:
        self._connection, self._setup, self._shown = connection, setup, shown
        self._tallies: dict[tuple[Period, str], dict[str, Tally]] = {}
        self._exact: dict[tuple[Period, str], Cells] = {}

    def counted(self, period: Period, by: str, *, quantiles: bool) -> dict[str, Counted]:
        """Every cell of the period that has anything in it, by its key.

        `quantiles`: whether they are asked for; for up to a month they are then exact.
        """
        exact = self._times(period, by) if quantiles and period.days <= EXACT_DAYS else {}
        levels = self._levels()
        return {
            key: Counted(tally, _of_cell(exact, key), levels)
            for key, tally in self._counts(period, by).items()
        }

    def _levels(self) -> int | None:
        """None where nobody rated."""
        total = self._counts(self._shown, ALL).get("", Tally())
        levels = max(SCALES, key=lambda levels: sum(total.ratings(levels)))
        return levels if sum(total.ratings(levels)) else None

    def _counts(self, period: Period, by: str) -> dict[str, Tally]:
        if (period, by) not in self._tallies:
            found = tallies(self._connection, self._setup, period.first, period.last, by)
            self._tallies[period, by] = found
        return self._tallies[period, by]

    def _times(self, period: Period, by: str) -> Cells:
        if (period, by) not in self._exact:
            known = self._put_together(period) if by == ALL else {}
            read = exact_times(self._connection, self._setup, period, by, known.keys())
            self._exact[period, by] = known | read
        return self._exact[period, by]

    def _put_together(self, period: Period) -> Cells:
        """The times of the whole period, as far as they were read already, split by something."""
        return {
            name: {"": Values(chain.from_iterable(values.values()))}
            for (of, _), cells in self._exact.items()
            if of == period
            for name, values in cells.items()
        }


def rows_of(connection: Connection, wanted: Executable) -> Iterator[Row]:
    """What was asked for, each row by its columns."""
    return cast(Iterator[Row], iter(connection.execute(wanted).mappings()))


# --- Every single time ---------------------------------------------------------------------------

Cells = dict[str, Mapping[str, Values]]  # name of a tally's times -> key -> values


def exact_times(
    connection: Connection, setup: Setup, period: Period, by: str, known: Collection[str] = ()
) -> Cells:
    """Every time of the turns, or of the visits, that each cell has; but for those known."""
    found: Cells = {}
    if by in OF_TURNS or (by == ALL and "waits" not in known):
        of_turns = _turns(connection, setup, period, by)
        found |= _gathered(connection, setup, by, of_turns, ("waits", "services"))
    if by not in OF_TURNS and "visit_waits" not in known:
        of_visits = _visits(connection, setup, period, by)
        found |= _gathered(connection, setup, by, of_visits, ("visit_waits",))
    return found


def _of_cell(exact: Cells, key: str) -> dict[str, Values]:
    return {name: cells.get(key, Values()) for name, cells in exact.items()}


def _turns(connection: Connection, setup: Setup, period: Period, by: str) -> Select[Any]:
    """The wait of each attended turn, and its service if it was served."""
    columns = turns.c
    return select(
        source_of(by, connection.dialect).label("said"),
        columns.wait_target_s.label("waits"),
        case((columns.stage == DONE, columns.service_s)).label("services"),
    ).where(
        *_within(setup, period),
        columns.stage.in_((DONE, TRANSFERRED)),
        columns.called_at.is_not(None),
        columns.clock_stepped.is_(False),
    )


def _visits(connection: Connection, setup: Setup, period: Period, by: str) -> Select[Any]:
    """The wait of each visit that was served, summed over its turns."""
    columns = turns.c
    last_done = func.max(case((columns.stage == DONE, columns.turn), else_=0))
    stepped = func.max(case((columns.clock_stepped, 1), else_=0))
    return (
        select(
            func.min(source_of(by, connection.dialect)).label("said"),
            func.sum(columns.wait_target_s).label("visit_waits"),
        )
        .where(*_within(setup, period))
        .group_by(columns.hall, columns.day, columns.ticket)
        .having(last_done == func.max(columns.turn), stepped == 0)
    )


def _within(setup: Setup, period: Period) -> tuple[Any, ...]:
    columns = turns.c
    return columns.hall == setup.hall, columns.day.between(period.first, period.last)


def _gathered(
    connection: Connection, setup: Setup, by: str, each: Select[Any], names: tuple[str, ...]
) -> Cells:
    """The times by cell. The database hands them over in lists: a row for each takes far longer."""
    times = each.subquery()
    lists = [_list(connection, times.c[name]).label(name) for name in names]
    wanted = select(times.c.said, *lists).group_by(times.c.said)
    key = key_of(by, setup.hours.timezone)
    found: Cells = {name: defaultdict(Values) for name in names}
    for row in rows_of(connection, wanted):
        for name in names:
            found[name][key(row["said"])].add_all(_seconds.decode(row[name]))
    return found


def _list(connection: Connection, times: Any) -> Any:
    """All of them as one JSON array."""
    if connection.dialect.name == "postgresql":
        return as_type(func.json_agg(times), Text)
    return func.json_group_array(times)


_seconds: Final = msgspec.json.Decoder(list[float | None])
