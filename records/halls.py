"""Which halls a database has records of: one whose code was changed would begin anew in it without
a word. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from records.tables import events


def warning(connection: Connection, hall: str) -> str | None:
    """What to say where other halls have events and this one has none."""
    others = list(_halls(connection))
    if not others or hall in others:
        return None
    return (
        f"the database has records of {', '.join(others)} and none of {hall}, which begins anew "
        "here. Was `code` under [hall] changed? Then stop, and change it back"
    )


def _halls(connection: Connection) -> Iterator[str]:
    """Those that have events, in order: one look into the key for each."""
    found = connection.execute(select(func.min(events.c.hall))).scalar()
    while found is not None:
        yield found
        following = select(func.min(events.c.hall)).where(events.c.hall > found)
        found = connection.execute(following).scalar()
