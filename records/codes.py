"""One-time codes: what a device is paired with, what an account chooses its first PIN with.

A code is short, so only a slow hash of it is kept, and it is good for a while and so many tries.
They are many, so that wrong ones from elsewhere do not use up the code of whoever holds the right
one: from one place only a few count (`dispatch.tries`). Who tries from everywhere at once meets 40
random bits within all of them with a chance of 2^12 / 2^40 = 2^-28.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from records.errors import trouble_explained
from records.tables import codes

Purpose = Literal["pair", "sign_in"]
TRIES: Final = 4096  # wrong ones in all, from wherever


@dataclass(frozen=True, slots=True)
class Code:
    """What is known of a code. `token_hash`: of the token that it was used for already."""

    code_hash: str
    until: datetime
    tries_left: int
    token_hash: str | None

    def is_good(self, now: datetime) -> bool:
        return self.tries_left > 0 and now < self.until


def offer(
    engine: Engine, hall: str, purpose: Purpose, of: str, *, code_hash: str, until: datetime
) -> None:
    """A new code; the one before it is worth nothing. Raises NotRecorded."""
    fresh = {"code_hash": code_hash, "until": until, "tries_left": TRIES, "token_hash": None}
    with trouble_explained(), engine.begin() as connection:
        drop(connection, hall, purpose, of)
        row = {"hall": hall, "purpose": purpose, "of": of, **fresh}
        connection.execute(insert(codes).values(row))


def code_of(engine: Engine, hall: str, purpose: Purpose, of: str) -> Code | None:
    """The newest code, good or not. Raises NotRecorded."""
    columns = (codes.c.code_hash, codes.c.until, codes.c.tries_left, codes.c.token_hash)
    with trouble_explained(), engine.connect() as connection:
        row = connection.execute(select(*columns).where(_is(hall, purpose, of))).first()
    return Code(*row) if row else None


def count_wrong(engine: Engine, hall: str, purpose: Purpose, of: str) -> None:
    """One try less. Raises NotRecorded."""
    less = update(codes).where(_is(hall, purpose, of)).values(tries_left=codes.c.tries_left - 1)
    with trouble_explained(), engine.begin() as connection:
        connection.execute(less)


def drop(connection: Connection, hall: str, purpose: Purpose, of: str) -> None:
    """Whatever code there is, it is worth nothing from now on."""
    connection.execute(delete(codes).where(_is(hall, purpose, of)))


def note_used(connection: Connection, hall: str, of: str, known: Code, token_hash: str) -> bool:
    """The code pairs a device with this token; False: it is no longer there."""
    this = _is(hall, "pair", of) & (codes.c.code_hash == known.code_hash)
    return connection.execute(update(codes).where(this).values(token_hash=token_hash)).rowcount > 0


def _is(hall: str, purpose: Purpose, of: str) -> ColumnElement[bool]:
    return (codes.c.hall == hall) & (codes.c.purpose == purpose) & (codes.c.of == of)
