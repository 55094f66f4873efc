"""What can go wrong with the records: trouble that passes, and mistakes that do not."""

from __future__ import annotations

from typing import Final

# Primary result codes of SQLite (the low byte) and SQLSTATEs of PostgreSQL, in one word each.
SQLITE_TROUBLE: Final = {
    5: "locked",
    6: "locked",
    8: "read_only",
    10: "io_error",
    11: "corrupt",
    13: "disk_full",
    14: "cannot_open",
    26: "corrupt",
}
POSTGRESQL_TROUBLE: Final = {
    "25006": "read_only",
    "53100": "disk_full",
    "55P03": "locked",
    "58030": "io_error",
}
CONNECTION_TROUBLE: Final = ("08", "57")  # classes of SQLSTATE: connection, operator intervention


class RecordsError(Exception):
    """The records cannot be used as configured: says what, where, and what to do about it."""


class AlreadyRunning(RecordsError):  # noqa: N818 - a fact, told in the hall's words
    """Another server owns the hall."""


class NotRecorded(Exception):  # noqa: N818
    """Nothing of the batch was promised to be kept: the disk or the database is in trouble.

    `reason` is one of disk_full, read_only, io_error, locked, corrupt, cannot_open,
    connection_lost, not_reopened, failed. What the driver said is the cause.
    """

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(f"{reason}: {message}" if message else reason)
        self.reason = reason


class AlreadyAnswered(Exception):  # noqa: N818
    """Some of these requests were answered before. `answers`: id -> the very bytes."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        super().__init__(f"answered before: {', '.join(sorted(answers))}")
        self.answers = answers


class OwnedByAnother(RuntimeError):  # noqa: N818
    """Somebody else wrote events of this hall: this server must not go on."""


def not_recorded(error: BaseException | None) -> NotRecorded:
    """The trouble behind a driver's error."""
    return NotRecorded(_reason(error), str(error))


def _reason(error: BaseException | None) -> str:
    """One word for what the driver complains about."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE_TROUBLE.get(code & 0xFF, "failed")
    state = getattr(error, "sqlstate", None)
    if state is None or state[:2] in CONNECTION_TROUBLE:
        return "connection_lost"
    return POSTGRESQL_TROUBLE.get(state, "failed")
