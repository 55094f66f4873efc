"""Which devices are paired, and with which token. Only hashes are kept: nobody can read one back.

A token is 256 random bits, so one plain hash of it is enough. A device that was paired once is let
in with its token alone ever after, also after it was unpaired: then with none, until it is paired
again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from records import codes
from records.access import note
from records.errors import trouble_explained
from records.tables import devices

UNPAIRED: Final = ""  # instead of a hash
AT_ONCE: Final = 200  # devices of which is kept that they were seen: the hall's own writes wait
Standing = Literal["right", "wrong", "unpaired", "never_paired"]


@dataclass(frozen=True, slots=True)
class Paired:
    """A device that was paired. `seen_at`: when it came, or went if it is not `online`."""

    role: str | None
    paired_at: datetime
    is_paired: bool
    seen_at: datetime | None
    online: bool


def standing(engine: Engine, hall: str, device: str, role: str, token: str) -> Standing:
    """What the token is worth that the device shows. Raises NotRecorded."""
    with trouble_explained(), engine.connect() as connection:
        known = connection.execute(_STANDING, {"of_hall": hall, "of_device": device}).first()
    if known is None:
        return "never_paired"
    if known.token_hash == UNPAIRED:
        return "unpaired"
    right = secrets.compare_digest(known.token_hash, hash_of(token))
    return "right" if right and known.role in (None, role) else "wrong"


def redeem(
    engine: Engine,
    hall: str,
    device: tuple[str, str],
    token: str,
    *,
    now: datetime,
    matches: Callable[[str], bool | None],
) -> bool:
    """Pair the device, a code and a role, with the token, if the code it shows `matches` the hash
    of the one that was made for it. The same code with the same token is right again.

    Raises NotRecorded. `matches` takes its time: nothing is held up by it; None: it was not even
    compared.
    """
    known = codes.code_of(engine, hall, "pair", device[0])
    if known is None or not known.is_good(now):
        return False
    right = matches(known.code_hash)
    if right is False:
        codes.count_wrong(engine, hall, "pair", device[0])
    if not right:
        return False
    if known.token_hash is not None:
        return secrets.compare_digest(known.token_hash, hash_of(token))
    with trouble_explained(), engine.begin() as connection:
        if not codes.note_used(connection, hall, device[0], known, hash_of(token)):
            return False
        _give(connection, hall, device, token, now)
    return True


def pair(engine: Engine, hall: str, device: str, now: datetime, role: str | None = None) -> str:
    """A new token for the device at once, without a code; the one it had is worth nothing."""
    token = secrets.token_urlsafe(32)
    with trouble_explained(), engine.begin() as connection:
        _give(connection, hall, (device, role), token, now)
    return token


def _give(
    connection: Connection,
    hall: str,
    device: tuple[str, str | None],
    token: str,
    now: datetime,
) -> None:
    code, role = device
    row = {"hall": hall, "device": code, "token_hash": hash_of(token), "paired_at": now}
    connection.execute(delete(devices).where(_of(hall, code)))
    connection.execute(insert(devices).values(row | {"role": role}))
    note(connection, hall, (code, "paired", ""), now)


def unpair(engine: Engine, hall: str, device: str, by: str, now: datetime) -> bool:
    """The device's token is worth nothing from now on, nor is a code it was offered; False: it had
    none. Raises NotRecorded."""
    mine = _of(hall, device) & (devices.c.token_hash != UNPAIRED)
    with trouble_explained(), engine.begin() as connection:
        codes.drop(connection, hall, "pair", device)
        changed = connection.execute(update(devices).where(mine).values(token_hash=UNPAIRED))
        if not changed.rowcount:
            return False
        note(connection, hall, (device, "unpaired", by), now)
    return True


def paired(engine: Engine, hall: str) -> dict[str, Paired]:
    """Every device that was ever paired. Raises NotRecorded."""
    columns = devices.c
    wanted = select(
        *(columns.device, columns.role, columns.paired_at, columns.token_hash),
        *(columns.seen_at, columns.online),
    ).where(columns.hall == hall)
    with trouble_explained(), engine.connect() as connection:
        return {
            row.device: Paired(
                row.role,
                row.paired_at,
                row.token_hash != UNPAIRED,
                row.seen_at,
                bool(row.online),
            )
            for row in connection.execute(wanted)
        }


def keep_seen(engine: Engine, hall: str, seen: Mapping[str, tuple[bool, datetime]]) -> None:
    """Which devices came (True) or went, and when; of those never paired nothing is kept.

    Raises NotRecorded.
    """
    known = paired(engine, hall)
    rows = [
        {"of_hall": hall, "of_device": device, "online": online, "seen_at": at}
        for device, (online, at) in seen.items()
        if device in known
    ]
    for first in range(0, len(rows), AT_ONCE):
        with trouble_explained(), engine.begin() as connection:
            connection.execute(_SEEN, rows[first : first + AT_ONCE])


def nobody_online(engine: Engine, hall: str) -> None:
    """A server that begins has nobody yet, whatever the one before it left. Raises NotRecorded."""
    gone = update(devices).where((devices.c.hall == hall) & devices.c.online)
    with trouble_explained(), engine.begin() as connection:
        connection.execute(gone.values(online=False))


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _of(hall: str, device: str) -> ColumnElement[bool]:
    return (devices.c.hall == hall) & (devices.c.device == device)


_THIS: Final = (devices.c.hall == bindparam("of_hall")) & (
    devices.c.device == bindparam("of_device")
)
_STANDING: Final = select(devices.c.token_hash, devices.c.role).where(_THIS)
_SEEN: Final = update(devices).where(_THIS)
