"""What says in PostgreSQL that a hall is ours: a lock, for as long as a session of it lasts."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from records.errors import AlreadyRunning

TAKE: Final = text("SELECT pg_try_advisory_lock(:key), pg_backend_pid()")
GIVE_BACK: Final = text("SELECT pg_advisory_unlock(:key)")
END: Final = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks"  # and wait so many milliseconds for it
    " WHERE locktype = 'advisory' AND pid = :backend"
    " AND (classid::bigint << 32 | objid::bigint) = :key"  # not another hall's with a pid of old
)


class HallLock:
    """What a hall's server holds in the database, for as long as one session of it lasts."""

    def __init__(self, engine: Engine, hall: str) -> None:
        self._engine, self._hall, self._key = engine, hall, {"key": _lock_key(hall)}
        self._session: Connection | None = None
        self._backend = 0  # the database's process for that session

    def take(self) -> None:
        """Raises AlreadyRunning, and DBAPIError."""
        # without transactions: an idle one would keep the database from tidying up
        session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            taken, backend = session.execute(TAKE, self._key).one()
        except DBAPIError:
            _end(session)
            raise
        if not taken:
            _end(session)
            raise AlreadyRunning(
                f"the hall {self._hall} belongs to a server that is running on the database "
                f"{self._engine.url.database}: stop it first"
            )
        self._session, self._backend = session, backend

    def keep(self) -> None:
        """Take it again where its session is gone. Raises AlreadyRunning, and DBAPIError."""
        if self._session is not None:
            try:
                self._session.execute(text("SELECT 1"))
            except DBAPIError:
                _end(self._session)
                self._session = None
        if self._session is None:
            self._end_in_database()
            self.take()

    def _end_in_database(self) -> None:
        """A session whose network broke may live on there, and hold what is ours, for hours."""
        with self._engine.connect() as connection:
            connection.execute(END, {**self._key, "backend": self._backend})

    def give_back(self) -> None:
        """At once: the end of a session takes the server a moment."""
        if self._session is not None:
            with suppress(DBAPIError):
                self._session.execute(GIVE_BACK, self._key)
            _end(self._session)
            self._session = None


def _end(session: Connection) -> None:
    session.invalidate()
    session.close()


def _lock_key(hall: str) -> int:
    digest = hashlib.sha256(f"motcua {hall}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
