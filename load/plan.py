"""What a load is: how many of whom, how fast, for how long; and the names that only a test server
knows, so that no real screen ever loses its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST: Final[Mapping[str, int]] = {"kiosks": 50, "counters": 200, "displays": 1000}
LONGEST_S: Final = 3600.0
TICKETS_A_MINUTE: Final = 60  # of one kiosk: half of what a server takes from it
SHORTEST_DESK_S: Final = 0.5
IS_TEST: Final = re.compile(r"(^|[-_.])test([-_.]|$)")


@dataclass(frozen=True, slots=True)
class Plan:
    """`tickets`: a minute, of all kiosks together. `desk_s`: how long each visit is served."""

    kiosks: int
    counters: int
    displays: int
    tickets: float
    desk_s: float
    seconds: float
    pin: str
    seed: int = 1

    def devices(self) -> list[tuple[str, str]]:
        """Each role and name."""
        return [
            *(("kiosk", kiosk_name(n)) for n in range(1, self.kiosks + 1)),
            *(("counter", counter_name(n)) for n in range(1, self.counters + 1)),
            *(("display", display_name(n)) for n in range(1, self.displays + 1)),
        ]


@dataclass(frozen=True, slots=True)
class Target:
    """A server, whom to believe (None: nothing is encrypted), and the tokens of paired devices."""

    host: str
    port: int
    ca: Path | None
    tokens: Mapping[str, str]
    here: bool

    def token(self, device: str) -> str:
        return self.tokens.get(device, "")


def kiosk_name(n: int) -> str:
    return f"load-kiosk-{n}"


def counter_name(n: int) -> str:
    return f"load-counter-{n}"


def display_name(n: int) -> str:
    return f"load-board-{n}"


def officer_name(n: int) -> str:
    return f"load-{n}"
