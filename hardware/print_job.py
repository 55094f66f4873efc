"""A ticket to print, and how it stands. Keeps nothing, and talks to no printer.

Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["queued", "sent", "held", "printed", "unknown", "expired"]


@dataclass(frozen=True)
class PrintJob:
    """A ticket to print: `first` is sent once, every later copy is `again` and says so itself."""

    id: str
    number: str
    first: bytes
    again: bytes
    created_at: float


@dataclass(frozen=True)
class Standing:
    """How a job stands. `copies`: how often it was sent.

    queued: nothing has left us, or a person wants another copy. sent: bytes may be in the printer.
    held: they are, and the printer says why it waits. unknown: nobody can say whether it printed.
    """

    id: str
    number: str
    state: State
    copies: int
    created_at: float
