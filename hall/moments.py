"""What time alone will bring about, as values: alarms that begin, no-shows. Works nothing out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple


class Begins(NamedTuple):
    """An alarm, and when it begins. `counts_from`: the wait, pause or service it is about."""

    kind: str
    at: datetime
    of: str | None = None
    number: str | None = None
    detail: str | None = None
    value_s: float | None = None
    counts_from: datetime | None = None

    @property
    def alarm(self) -> str:
        return self.kind if self.of is None else f"{self.kind}:{self.of}"


@dataclass(frozen=True, slots=True)
class Due:
    """What time alone will bring about at a counter."""

    no_show_at: datetime | None = None  # when the ticket called there counts as one
    alarms: tuple[Begins, ...] = ()


NOTHING_DUE: Final = Due()
