"""Whether a hall was at work on a day at all. Reads only."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, select

from records.tables import turns


def was_used(engine: Engine, hall: str, first: date, last: date) -> bool:
    """Did anybody take a number on one of these days?"""
    taken = select(turns.c.ticket).where(turns.c.hall == hall, turns.c.day.between(first, last))
    with engine.connect() as connection:
        return connection.execute(taken.limit(1)).first() is not None
