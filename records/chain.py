"""The chain that events are links of: each carries a hash over itself and the hash before it, so
that none can be changed, taken out, put in or moved without breaking every link after it.

    hash = SHA-256(the hash before it, 32 bytes, and then the event as bytes)

Before a hall's first event stands SHA-256 of "motcua hall " and the hall's code, in UTF-8. An event
as bytes is the UTF-8 of nine values without anything between them, in the order of the columns:

    hall, seq, day, at, kind, ticket, counter, data, request

Each is its number of characters (Unicode code points) in decimal digits, a colon, the characters,
and a comma, as in `4:A047,`. One that is not there (NULL) is a hyphen and a comma: `-,`. `seq` is
in decimal digits, `day` like 2026-11-23, `at` in UTC like 2026-11-23T01:00:00.250001+00:00, always
with six digits of a second. These bytes are what they are for ever.
"""

from __future__ import annotations

import hashlib
from typing import Final

SHORT: Final = 16  # hexadecimal digits that are enough to compare by eye
GROUP: Final = 4


def genesis(hall: str) -> bytes:
    """What stands before the hall's first event."""
    return hashlib.sha256(f"motcua hall {hall}".encode()).digest()


def link(  # noqa: PLR0917 - the columns, in their order
    before: bytes,
    hall: str,
    seq: int,
    day: str,
    at: str,
    kind: str,
    ticket: str | None,
    counter: str | None,
    data: str,
    request: str | None,
) -> bytes:
    """The hash of an event, 32 bytes. Every value is the text that stands above."""
    number = str(seq)
    event = (
        f"{len(hall)}:{hall},{len(number)}:{number},{len(day)}:{day},{len(at)}:{at},"
        f"{len(kind)}:{kind},{_or_hyphen(ticket)},{_or_hyphen(counter)},"
        f"{len(data)}:{data},{_or_hyphen(request)},"
    )
    return hashlib.sha256(before + event.encode()).digest()


def in_groups(digits: str, length: int | None = None) -> str:
    """Hexadecimal digits for people: four by four, all of them or the first."""
    shown = digits[:length]
    return " ".join(shown[place : place + GROUP] for place in range(0, len(shown), GROUP))


def _or_hyphen(value: str | None) -> str:
    return "-" if value is None else f"{len(value)}:{value}"
