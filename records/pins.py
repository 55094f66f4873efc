"""The PINs and passwords that people have chosen themselves, as hashes; they go before those in
config.toml.

Not among the events: nobody who reads what happened shall find what a secret can be guessed with.
That one was chosen or reset is noted, and no more.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Engine, delete, select

from records import codes
from records.access import note
from records.errors import trouble_explained
from records.prepared import Prepared
from records.tables import pins


def pin_hash_of(engine: Engine, hall: str, officer: str) -> str | None:
    """The hash of the PIN the officer chose; None: there is none. Raises NotRecorded."""
    wanted = select(pins.c.pin_hash).where(_of(hall, officer))
    with trouble_explained(), engine.connect() as connection:
        return connection.execute(wanted).scalar_one_or_none()


def keep_pin(engine: Engine, hall: str, officer: str, pin_hash: str, now: datetime) -> None:
    """From now on the officer's PIN is the one with this hash, and no one-time code is good any
    more. Raises NotRecorded."""
    row = {"hall": hall, "officer": officer, "pin_hash": pin_hash, "changed_at": now}
    keep = Prepared(pins, engine.dialect, replacing=True)
    with trouble_explained(), engine.begin() as connection:
        keep.run(connection, [row])
        codes.drop(connection, hall, "sign_in", officer)
        note(connection, hall, (officer, "pin_changed", officer), now)


def forget_pin(engine: Engine, hall: str, officer: str, by: str, now: datetime) -> bool:
    """Let the PIN in config.toml count again; False: it did already. Raises NotRecorded."""
    with trouble_explained(), engine.begin() as connection:
        gone = connection.execute(delete(pins).where(_of(hall, officer))).rowcount > 0
        note(connection, hall, (officer, "pin_reset", by), now)
    return gone


def have_chosen(engine: Engine, hall: str) -> set[str]:
    """Who has chosen a PIN. Raises NotRecorded."""
    with trouble_explained(), engine.connect() as connection:
        wanted = select(pins.c.officer).where(pins.c.hall == hall)
        return set(connection.execute(wanted).scalars())


def _of(hall: str, officer: str) -> ColumnElement[bool]:
    return (pins.c.hall == hall) & (pins.c.officer == officer)
