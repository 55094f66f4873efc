"""The figures of long periods: what each finished day, month and year came to, kept beside the
turns, so that ten years are answered from a few rows. What is counted: figures/tally.py.

A day that is not in it, as the one that goes on, is counted from its turns whenever it is asked
for: an answer is never older than the records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select

from figures.tally import Tally
from hall.model import Setup
from records.cells import KEYS, Cells, counted
from records.periods import DAY, Period, Run, beginning, covering, months
from records.tables import rollup, turns

LONGER: Final[tuple[Period, ...]] = ("month", "year")

# Asked each time that a server starts: made once, as making them takes longer than their answer.
LAST_ROLLED: Final = select(func.max(rollup.c.first)).where(
    rollup.c.hall == bindparam("hall"), rollup.c.period == "day", rollup.c.by == "all"
)
DAYS: Final = (
    select(turns.c.day)
    .where(turns.c.hall == bindparam("hall"))
    .where(turns.c.day.between(bindparam("first"), bindparam("last")))
    .distinct()
    .order_by(turns.c.day)
)

K = TypeVar("K")

# --- Asking --------------------------------------------------------------------------------------


def tallies(
    connection: Connection, setup: Setup, first: date, last: date, by: str
) -> dict[str, Tally]:
    """What the days from the first to the last came to, both included, by key; none is empty.

    `by`: one of KEYS, or "day" or "month", with keys like 2026-11-22 and 2026-11. Counts and sums
    are exact. Ask within one transaction that reads.
    """
    match by:
        case "day":
            return _by_day(connection, setup, first, last)
        case "month":
            by_month = {
                since.strftime("%Y-%m"): tallies(connection, setup, since, until, "all")
                for since, until in months(first, last)
            }
            return {month: found[""] for month, found in by_month.items() if found}
        case _:
            return _by(connection, setup, first, last, by)


def _by(connection: Connection, setup: Setup, first: date, last: date, by: str) -> dict[str, Tally]:
    rolled = last_rolled(connection, setup.hall)
    rows: defaultdict[str, list[tuple[bytes, int]]] = defaultdict(list)
    for run in covering(first, last):
        for _, key, data in _rows(connection, setup.hall, run, by):
            rows[key].append((data, run.sign))
    sums = {key: Tally.sum_of(written) for key, written in rows.items()}
    for day in _days(connection, setup.hall, _after(first, rolled), last):
        for (_, key), tally in counted(connection, setup, day, [by]).items():
            _add(sums, key, tally)
    return {key: tally for key, tally in sums.items() if tally != Tally()}


def _by_day(connection: Connection, setup: Setup, first: date, last: date) -> dict[str, Tally]:
    rolled = last_rolled(connection, setup.hall)
    run = Run("day", first, last)
    found = {
        day.isoformat(): Tally.from_bytes(data)
        for day, _, data in _rows(connection, setup.hall, run, "all")
    }
    for day in _days(connection, setup.hall, _after(first, rolled), last):
        found[day.isoformat()] = counted(connection, setup, day, ["all"])["all", ""]
    return found


def last_rolled(connection: Connection, hall: str) -> date | None:
    """The last day that is rolled up; every day before it that has turns is, too."""
    found: date | None = connection.execute(LAST_ROLLED, {"hall": hall}).scalar_one()
    return found


# --- Keeping -------------------------------------------------------------------------------------


def roll_up_before(connection: Connection, setup: Setup, day: date) -> list[date]:
    """Roll up every day before this one that has turns and is not rolled up yet, and say which."""
    rolled = last_rolled(connection, setup.hall)
    finished = _days(connection, setup.hall, _after(date.min, rolled), day - DAY)
    for one in finished:
        roll_up(connection, setup, one)
    return finished


def roll_up(connection: Connection, setup: Setup, day: date) -> None:
    """Count a finished day, anew if it was counted before, and what it adds to month and year."""
    was, now = _stored(connection, setup.hall, "day", day), counted(connection, setup, day)
    if was == now:
        return
    _store(connection, setup.hall, "day", day, now)
    for period in LONGER:
        first = beginning(period, day)
        cells = _stored(connection, setup.hall, period, first)
        _add_all(cells, now)
        _add_all(cells, was, -1)
        _store(connection, setup.hall, period, first, cells)


def rebuild(connection: Connection, setup: Setup, before: date) -> None:
    """Write all anew from the turns of the days before this one, the first that goes on."""
    connection.execute(delete(rollup).where(rollup.c.hall == setup.hall))
    days = _days(connection, setup.hall, date.min, before - DAY)
    write(connection, setup.hall, _counted(connection, setup, days))


def write(connection: Connection, hall: str, days: Iterable[tuple[date, Cells]]) -> None:
    """Write whole years into an empty rollup: every day that has turns, in order."""
    for period, first, cells in _with_longer(days):
        _store(connection, hall, period, first, cells)


def _counted(
    connection: Connection, setup: Setup, days: Iterable[date]
) -> Iterator[tuple[date, Cells]]:
    return ((day, counted(connection, setup, day)) for day in days)


def _with_longer(days: Iterable[tuple[date, Cells]]) -> Iterator[tuple[Period, date, Cells]]:
    """The days, and after the last of each month and year what they come to."""
    for first_of_year, of_year in groupby(days, lambda one: beginning("year", one[0])):
        year: Cells = {}
        for first_of_month, of_month in groupby(of_year, lambda one: beginning("month", one[0])):
            month: Cells = {}
            for day, cells in of_month:
                _add_all(month, cells)
                yield "day", day, cells
            _add_all(year, month)
            yield "month", first_of_month, month
        yield "year", first_of_year, year


# --- Checking ------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """A cell that is not what its turns say; None: it is not there."""

    period: str
    first: date
    by: str
    key: str
    written: Tally | None
    counted: Tally | None


def differences(connection: Connection, setup: Setup) -> Iterator[Difference]:
    """Where the rollup is not what the turns of the days that are rolled up say; none is right."""
    rolled = last_rolled(connection, setup.hall)
    days = _days(connection, setup.hall, date.min, rolled) if rolled is not None else []
    seen = set()
    for period, first, cells in _with_longer(_counted(connection, setup, days)):
        seen.add((period, first))
        yield from _unlike(period, first, _stored(connection, setup.hall, period, first), cells)
    wanted = select(rollup.c.period, rollup.c.first).where(rollup.c.hall == setup.hall).distinct()
    for period, first in connection.execute(wanted).all():
        if (period, first) not in seen:
            yield from _unlike(period, first, _stored(connection, setup.hall, period, first), {})


def _unlike(period: str, first: date, written: Cells, counted: Cells) -> Iterator[Difference]:
    for cell in sorted(written.keys() | counted.keys()):
        if written.get(cell) != counted.get(cell):
            yield Difference(period, first, *cell, written.get(cell), counted.get(cell))


# --- Rows ----------------------------------------------------------------------------------------


def _after(first: date, rolled: date | None) -> date:
    """The first day of a range that is not rolled up."""
    return first if rolled is None else max(first, rolled + DAY)


def _days(connection: Connection, hall: str, first: date, last: date) -> list[date]:
    """The days of a range that have turns, in order."""
    if first > last:
        return []
    return list(connection.execute(DAYS, {"hall": hall, "first": first, "last": last}).scalars())


def _rows(connection: Connection, hall: str, run: Run, by: str) -> Iterable[Any]:
    columns = rollup.c
    wanted = select(columns.first, columns.key, columns.tally).where(
        columns.hall == hall,
        columns.period == run.period,
        columns.by == by,
        columns.first.between(run.first, run.last),
    )
    return connection.execute(wanted)


def _of(hall: str, period: str, first: date) -> list[ColumnElement[bool]]:
    columns = rollup.c
    in_key = columns.by.in_(KEYS)  # so that the key is found by its beginning
    return [columns.hall == hall, columns.period == period, in_key, columns.first == first]


def _stored(connection: Connection, hall: str, period: str, first: date) -> Cells:
    columns = rollup.c
    wanted = select(columns.by, columns.key, columns.tally).where(*_of(hall, period, first))
    return {(by, key): Tally.from_bytes(data) for by, key, data in connection.execute(wanted)}


def _store(connection: Connection, hall: str, period: Period, first: date, cells: Cells) -> None:
    connection.execute(delete(rollup).where(*_of(hall, period, first)))
    rows = [
        {
            "hall": hall,
            "period": period,
            "by": by,
            "first": first,
            "key": key,
            "tally": tally.to_bytes(),
        }
        for (by, key), tally in cells.items()
        if tally != Tally()
    ]
    if rows:
        connection.execute(insert(rollup), rows)


def _add_all(cells: Cells, others: Cells, sign: int = 1) -> None:
    for cell, tally in others.items():
        _add(cells, cell, tally, sign)


def _add(sums: dict[K, Tally], key: K, tally: Tally, sign: int = 1) -> None:
    mine = sums.setdefault(key, Tally())
    (mine.merge if sign > 0 else mine.subtract)(tally)
