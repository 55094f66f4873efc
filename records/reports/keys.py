"""By what figures are split, and which cell a turn falls into. Reads nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    String,
    cast,
    func,
    literal,
    literal_column,
    type_coerce,
)

from records.tables import turns

# What is the same for all turns of a visit, and what is each turn's own.
OF_VISITS: Final = ("half_hour", "weekday", "channel", "group", "day", "month")
OF_TURNS: Final = ("service", "field", "agency", "counter", "officer")
HEAT: Final = "weekday/half_hour"
ALL: Final = "all"  # one cell, with the key ""

COLUMNS: Final = {
    "service": "service",
    "field": "field",
    "agency": "agency",
    "counter": "counter",
    "officer": "officer",
    "channel": "channel",
    "group": "group_code",
}  # those that are a column as they are; where it has nothing the key is ""

QUARTER_S: Final = 900  # every time zone's half hours begin with quarters of UTC
# Not a parameter: PostgreSQL would not see that what is grouped by is what is asked for.
_QUARTER_S: Final[ColumnElement[int]] = literal_column(str(QUARTER_S), Integer)


def source_of(by: str, dialect: Dialect) -> ColumnElement[Any]:
    """What a key is made of, as the database can tell it: `key_of` makes the key."""
    if by == ALL:
        return literal("")
    if by in COLUMNS:
        return turns.c[COLUMNS[by]]
    if by in ("half_hour", HEAT):
        return quarter_hour(turns.c.issued_at, dialect)
    return type_coerce(turns.c.day, String)  # to read it as a date would take long


def quarter_hour(moment: ColumnElement[Any], dialect: Dialect) -> ColumnElement[int]:
    """The number of quarters of an hour since 1970."""
    if dialect.name == "postgresql":
        return cast(func.floor(func.extract("epoch", moment) / _QUARTER_S), BigInteger)
    since_1970 = cast(func.strftime("%s", type_coerce(moment, String)), Integer)
    return since_1970.op("/")(_QUARTER_S)


def key_of(by: str, timezone: ZoneInfo) -> Callable[[Any], str]:
    """What makes a cell's key of what `source_of` told."""
    if by == HEAT:
        return lambda quarter: (
            f"{_local(quarter, timezone).weekday()} {half_hour(quarter, timezone)}"
        )
    if by == "half_hour":
        return lambda quarter: half_hour(quarter, timezone)
    if by == "weekday":
        return weekday
    if by == "month":
        return lambda day: str(day)[:7]
    return lambda said: "" if said is None else str(said)


def weekday(day: date | str) -> str:
    """0 is Monday."""
    return str(date.fromisoformat(str(day)).weekday())


@lru_cache(maxsize=10_000)
def half_hour(quarter: int, timezone: ZoneInfo) -> str:
    """The local half hour a quarter since 1970 is in, by its beginning: 08:30."""
    at = _local(quarter, timezone)
    return f"{at:%H}:{at.minute // 30 * 30:02d}"


def quarter_of(at: datetime) -> int:
    """The quarter since 1970 that a moment is in."""
    return int(at.timestamp() // QUARTER_S)


def _local(quarter: int, timezone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(quarter * QUARTER_S, timezone)
