"""Which token a device shows at the door. Only hashes are kept: nobody can read a token back.

A token is 256 random bits, so one plain hash of it is enough.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from records.tables import devices


def pair(engine: Engine, hall: str, device: str, now: datetime) -> str:
    """A new token for the device; the one it had is worth nothing from now on."""
    token = secrets.token_urlsafe(32)
    mine = (devices.c.hall == hall) & (devices.c.device == device)
    row = {"hall": hall, "device": device, "token_hash": _hash(token), "paired_at": now}
    with engine.begin() as connection:
        connection.execute(delete(devices).where(mine))
        connection.execute(insert(devices).values(row))
    return token


def token_is_right(engine: Engine, hall: str, device: str, token: str) -> bool:
    """Is this the device's token?"""
    mine = (devices.c.hall == hall) & (devices.c.device == device)
    with engine.connect() as connection:
        known = connection.execute(select(devices.c.token_hash).where(mine)).scalar_one_or_none()
    return known is not None and secrets.compare_digest(known, _hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
