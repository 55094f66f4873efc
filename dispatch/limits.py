"""How much the doors put up with: every limit on strangers and screens in one place.

Limits on an address do not hold for this machine itself, where one address has everything; limits
on a connection hold for everybody.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second for ever, and so many at once after a rest."""

    per_s: float
    burst: float


UNLIMITED: Final = Rate(math.inf, math.inf)

# Requests of one connection: several times what a quick hand can do, or a pad that sends garbage.
REQUESTS: Final[Mapping[str, Rate]] = MappingProxyType(
    {
        "kiosk": Rate(10, 40),  # after a time without a server it asks again, 32 at most
        "counter": Rate(10, 40),
        "rating": Rate(5, 20),
        "display": Rate(5, 40),  # it tells of each of its plates
        "manager": Rate(50, 100),  # a report comes in parts, one asked for after the other
        "ticket": Rate(1, 5),  # anybody's telephone
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the doors put up with."""

    hello_within_s: float = 5.0  # after the upgrade; the upgrade and TLS have five of their own
    goodbye_within_s: float = 2.0

    # Connections that have not said hello. A screen says it within a tenth of a second.
    unannounced: int = 50  # more than all screens of a hall that come back together
    reserve: int = 20  # more for addresses where a device was let in before
    patient_s: float = 1.0  # nobody is pushed out for somebody newer before that
    bytes_before_hello: int = 20 * 1024  # the upgrade, and one frame of the largest size

    # Addresses. One may have a whole hall behind it, and the ward's web page for its citizens.
    arrivals: Rate = Rate(5, 120)  # 60 screens, each of which may need a second try
    connections_per_address: int = 2_500
    connections: int = 12_000  # in all; 15 to 35 kB each
    addresses: int = 1_024  # that are remembered when they have no connection
    free_tries: int = 5  # wrong tokens in a row until an address waits for the answer
    longest_wait_s: float = 4.0  # a screen listens for five

    # What is asked, by those who were let in.
    requests: Mapping[str, Rate] = field(default_factory=lambda: REQUESTS)
    other_requests: Rate = Rate(10, 40)  # of any role that is not named above
    tickets: Rate = Rate(2, 10)  # from one kiosk: paper is slower
    pings: Rate = Rate(5, 20)  # a screen sends one in five seconds
    incoming_bytes: Rate = Rate(256 * 1024, 512 * 1024)  # 16 frames of the largest size a second
    too_fast_after_s: float = 30.0  # held back all the time for so long: that is no person

    # What is not taken.
    owed_bytes: int = 256 * 1024  # of answers; views wait elsewhere, and only the newest
    stuck_s: float = 10.0  # not a byte more is taken for so long: as long as two pings

    ticket_screens: int = 2_000
    tickets_per_person: int = 0  # a day, by identity card; 0: as many as anybody likes


# For those who play a day in a minute, or measure: whoever was let in may hurry.
NO_HURRY: Final = Limits(
    requests=MappingProxyType({}),
    other_requests=UNLIMITED,
    tickets=UNLIMITED,
    incoming_bytes=UNLIMITED,
)
