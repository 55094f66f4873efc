"""Who was given or refused access: noted with the change itself, until the server has made events
of it; and the accounts that are suspended. Keeps no secret.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from time import time_ns
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select

from records.errors import trouble_explained
from records.tables import access_changes, suspended


@dataclass(frozen=True, slots=True)
class Change:
    """A change of access that no event tells of yet; its id stays, however often it is read."""

    id: str
    of: str
    what: str
    by: str


def note(connection: Connection, hall: str, change: tuple[str, str, str], now: datetime) -> None:
    """Note a change, of what and by whom, in the transaction that makes it."""
    of, what, by = change
    row = {"hall": hall, "id": _new_id(), "at": now, "of": of, "what": what, "by": by}
    connection.execute(insert(access_changes).values(row))


def _new_id() -> str:
    """Later ones sort after those before."""
    return str(UUID(int=(time_ns() << 64 | secrets.randbits(64)) % 2**128))


def unnoted(engine: Engine, hall: str) -> list[Change]:
    """What no event tells of yet, oldest first. Raises NotRecorded."""
    columns = access_changes.c
    wanted = select(columns.id, columns.of, columns.what, columns.by).where(columns.hall == hall)
    with trouble_explained(), engine.connect() as connection:
        rows = connection.execute(wanted.order_by(columns.id)).all()
    return [Change(*row) for row in rows]


def forget_changes(engine: Engine, hall: str, ids: Iterable[str]) -> None:
    """Events tell of these now. Raises NotRecorded."""
    columns = access_changes.c
    with trouble_explained(), engine.begin() as connection:
        gone = (columns.hall == hall) & columns.id.in_(list(ids))
        connection.execute(delete(access_changes).where(gone))


# --- Suspended accounts --------------------------------------------------------------------------


def suspend(engine: Engine, hall: str, account: str, by: str, now: datetime) -> bool:
    """Nobody signs in with this account from now on; False: so it was. Raises NotRecorded."""
    with trouble_explained(), engine.begin() as connection:
        if connection.execute(select(suspended.c.since).where(_of(hall, account))).first():
            return False
        row = {"hall": hall, "account": account, "since": now, "by": by}
        connection.execute(insert(suspended).values(row))
        note(connection, hall, (account, "suspended", by), now)
    return True


def restore(engine: Engine, hall: str, account: str, by: str, now: datetime) -> bool:
    """The account is good again; False: so it was. Raises NotRecorded."""
    with trouble_explained(), engine.begin() as connection:
        if not connection.execute(delete(suspended).where(_of(hall, account))).rowcount:
            return False
        note(connection, hall, (account, "restored", by), now)
    return True


def suspended_since(engine: Engine, hall: str) -> dict[str, datetime]:
    """The accounts that are suspended, and since when. Raises NotRecorded."""
    wanted = select(suspended.c.account, suspended.c.since).where(suspended.c.hall == hall)
    with trouble_explained(), engine.connect() as connection:
        return {row.account: row.since for row in connection.execute(wanted)}


def is_suspended(engine: Engine, hall: str, account: str) -> bool:
    """Raises NotRecorded."""
    with trouble_explained(), engine.connect() as connection:
        wanted = select(suspended.c.since).where(_of(hall, account))
        return connection.execute(wanted).first() is not None


def _of(hall: str, account: str) -> ColumnElement[bool]:
    return (suspended.c.hall == hall) & (suspended.c.account == account)
