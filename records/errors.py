"""What can go wrong with the records: trouble that passes, and mistakes that do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)

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

# What a driver raises because of our mistake, not because of the disk's or the database's trouble.
OUR_MISTAKE: Final = (
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)


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


@contextmanager
def trouble_explained() -> Iterator[None]:
    """Trouble of disk or database becomes NotRecorded; our own mistakes stay what they are."""
    try:
        yield
    except OUR_MISTAKE:
        raise
    except DBAPIError as error:
        said = str(error.orig).partition("\n")[0]  # below it PostgreSQL shows the row
        raise NotRecorded(_reason(error.orig), said) from error
    except RecordsError as error:
        raise NotRecorded("cannot_open", str(error)) from error


def _reason(error: BaseException | None) -> str:
    """One word for what the driver complains about."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE_TROUBLE.get(code & 0xFF, "failed")
    state = getattr(error, "sqlstate", None)
    if state is None or state[:2] in CONNECTION_TROUBLE:
        return "connection_lost"
    return POSTGRESQL_TROUBLE.get(state, "failed")
