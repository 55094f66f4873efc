"""The values that messages are made of: every string and number bounded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

END: Final = r"$(?!\n)"  # the very end: in Python `$` alone also fits before a last newline

FIRST_YEAR: Final = 1970  # a clock that nobody has set yet
LAST_YEAR: Final = 2999

Role = Literal["kiosk", "counter", "display", "rating", "manager", "ticket"]
Code = Annotated[
    str, Meta(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*" + END)
]
Number = Annotated[str, Meta(min_length=4, max_length=8, pattern=r"^[A-Z][0-9]{3,7}" + END)]
Word = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*" + END)]
Line = Annotated[str, Meta(max_length=200)]
RequestId = Annotated[str, Meta(min_length=36, max_length=36, pattern=r"^[0-9a-f-]{36}" + END)]
Token = Annotated[str, Meta(max_length=128)]
TrialId = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}" + END)]
LocalDate = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}" + END)]
Ordinal = Annotated[int, Meta(ge=1, le=1_000_000_000_000)]  # counted from 1
Moment = Annotated[datetime, Meta(tz=True)]  # with its offset
Person = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}" + END)]  # a card's hash with today's key
Pin = Annotated[str, Meta(min_length=4, max_length=128)]  # a PIN or a password
Names = dict[str, str]  # language -> text


def require_near(*moments: datetime) -> None:
    """Raise ValueError for a time that is no longer one in another time zone: no calendar has it.

    It becomes a refusal where a message is read.
    """
    if not all(FIRST_YEAR <= moment.year <= LAST_YEAR for moment in moments):
        raise ValueError(f"Expected a time of the years {FIRST_YEAR} to {LAST_YEAR}")


class Message(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Anything that travels."""
