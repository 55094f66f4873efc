"""The PINs that officers have chosen themselves, as hashes; they go before those in config.toml.

Not among the events: nobody who reads what happened shall find what a secret can be guessed with.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Engine, delete, select

from records.errors import trouble_explained
from records.prepared import Prepared
from records.tables import pins


def pin_hash_of(engine: Engine, hall: str, officer: str) -> str | None:
    """The hash of the PIN the officer chose; None: there is none. Raises NotRecorded."""
    wanted = select(pins.c.pin_hash).where(_of(hall, officer))
    with trouble_explained(), engine.connect() as connection:
        return connection.execute(wanted).scalar_one_or_none()


def keep_pin(engine: Engine, hall: str, officer: str, pin_hash: str, now: datetime) -> None:
    """From now on the officer's PIN is the one with this hash. Raises NotRecorded."""
    row = {"hall": hall, "officer": officer, "pin_hash": pin_hash, "changed_at": now}
    keep = Prepared(pins, engine.dialect, replacing=True)
    with trouble_explained(), engine.begin() as connection:
        keep.run(connection, [row])


def forget_pin(engine: Engine, hall: str, officer: str) -> bool:
    """Let the PIN in config.toml count again; False: it did already. Raises NotRecorded."""
    with trouble_explained(), engine.begin() as connection:
        return connection.execute(delete(pins).where(_of(hall, officer))).rowcount > 0


def _of(hall: str, officer: str) -> ColumnElement[bool]:
    return (pins.c.hall == hall) & (pins.c.officer == officer)
