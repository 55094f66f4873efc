"""Which cells a turn is counted in, and the cells of a day counted from its rows. What is counted
in a cell is said in figures/tally.py. Writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from figures.tally import Tally, parts
from hall.model import Setup
from records.tables import ratings, turns

Row = Mapping[str, Any]
Cell = tuple[str, str]  # by what, and which of them
Cells = dict[Cell, Tally]
Kept = defaultdict[tuple[str, ...], Tally]  # by keys together
Rating = tuple[int, int, list[str]]  # level, of how many, tags
Rated = Mapping[tuple[str, int], Rating]  # by ticket and turn

# The key of a turn's cell, by what the turns are told apart. `at`: the issue of its number, local.
# There is no group, no counter, no officer: "".
KEYS: Final[Mapping[str, Callable[[Row, datetime], str]]] = {
    "all": lambda row, at: "",
    "service": lambda row, at: row["service"],
    "field": lambda row, at: row["field"],
    "agency": lambda row, at: row["agency"],
    "counter": lambda row, at: row["counter"] or "",
    "officer": lambda row, at: row["officer"] or "",
    "channel": lambda row, at: row["channel"],
    "group": lambda row, at: row["group_code"] or "",
    "half_hour": lambda row, at: half_hour(at),
    "weekday": lambda row, at: str(row["day"].weekday()),
    "weekday/half_hour": lambda row, at: f"{row['day'].weekday()} {half_hour(at)}",
}

# Where one key says much about the others: counted once for all of them, and then added up.
TOGETHER: Final = (
    ("service", "field", "agency", "counter", "officer"),
    ("all", "half_hour", "weekday", "weekday/half_hour"),
    ("channel", "group"),
)


def half_hour(at: datetime) -> str:
    """The half hour it is in, by its beginning: 08:30."""
    return f"{at.hour:02}:{'30' if at.minute >= 30 else '00'}"


def counted(connection: Connection, setup: Setup, day: date, bys: Collection[str] = KEYS) -> Cells:
    """The cells of a day as its rows have them now."""
    rated = _rated(connection, setup.hall, day)
    tickets = _tickets(connection, setup.hall, day)
    return cells_of(setup, tickets, rated, bys)


def cells_of(
    setup: Setup, tickets: Iterable[Sequence[Row]], rated: Rated, bys: Collection[str] = KEYS
) -> Cells:
    """The cells that tickets are counted in, each with all its turns in their order."""
    zone, returning = setup.hours.timezone, setup.result_outcomes
    kinds = [found for together in TOGETHER if (found := [by for by in together if by in bys])]
    kept: list[Kept] = [defaultdict(Tally) for _ in kinds]
    for rows in tickets:
        at = rows[0]["issued_at"].astimezone(zone)
        for part in parts(rows):
            row = part.row
            rating = rated.get((row["ticket"], row["turn"]))
            for kind, tallies in zip(kinds, kept, strict=True):
                tally = tallies[tuple([KEYS[by](row, at) for by in kind])]
                tally.count(part)
                if rating is not None:
                    tally.count_rating(*rating, returned=row["outcome"] in returning)
    return _each_alone(kinds, kept)


def _each_alone(kinds: Sequence[Sequence[str]], kept: Sequence[Kept]) -> Cells:
    """The cells of each kind of key, from those of the keys together."""
    cells: Cells = defaultdict(Tally)
    for kind, tallies in zip(kinds, kept, strict=True):
        for keys, tally in tallies.items():
            for cell in zip(kind, keys, strict=True):
                cells[cell].merge(tally)
    return dict(cells)


# What `parts` and `KEYS` read, and no more: a day has thousands of rows.
_READ: Final = [
    *("day", "ticket", "turn", "service", "field", "group_code", "channel", "counter", "agency"),
    *("officer", "stage", "issued_at", "called_at", "ended_at", "wait_s", "wait_target_s"),
    *("service_s", "held_s", "start_estimated", "recalls", "missed", "rule", "overtook"),
    *("jump_reason", "outcome", "dossier", "clock_stepped", "late", "apology_no"),
]
_TICKET: Final = _READ.index("ticket")


def _tickets(connection: Connection, hall: str, day: date) -> Iterator[list[Row]]:
    wanted = (
        select(*(turns.c[name] for name in _READ))
        .where(turns.c.hall == hall, turns.c.day == day)
        .order_by(turns.c.ticket, turns.c.turn)
    )
    for _, rows in groupby(connection.execute(wanted), itemgetter(_TICKET)):
        yield [dict(zip(_READ, row, strict=True)) for row in rows]


def _rated(connection: Connection, hall: str, day: date) -> Rated:
    columns = ratings.c
    wanted = select(
        columns.ticket, columns.turn, columns.level, columns.levels, columns.tags
    ).where(columns.hall == hall, columns.day == day)
    return {
        (row.ticket, row.turn): (row.level, row.levels, msgspec.json.decode(row.tags))
        for row in connection.execute(wanted)
    }
