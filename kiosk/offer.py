"""What the hall offers now, field by field: open or not, people waiting, expected wait.

Reads the newest view; decides no rule and finds no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from link.messages import HallInfo, KioskService, KioskView


@dataclass(frozen=True, slots=True)
class Standing:
    """One service, or several taken together. Waits in seconds; None: no counter is open."""

    open: bool
    waiting: int
    low_s: int | None
    high_s: int | None
    closed_because: str | None
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Field:
    code: str
    services: tuple[KioskService, ...]

    @property
    def standing(self) -> Standing:
        return standing(self.services)


def fields(hall: HallInfo, view: KioskView, shown: Sequence[str]) -> list[Field]:
    """The fields that have services, in the hall's order; only those `shown`, if it names any."""
    field_of = {service.code: service.field for service in hall.services}
    every = [
        Field(field.code, tuple(s for s in view.services if field_of.get(s.service) == field.code))
        for field in hall.fields
        if not shown or field.code in shown
    ]
    return [field for field in every if field.services]


def standing(services: Sequence[KioskService]) -> Standing:
    """All people waiting, the widest wait of what is open, the first to open of what is closed."""
    open_ = [service for service in services if service.open]
    lows = [service.low_s for service in open_ if service.low_s is not None]
    highs = [service.high_s for service in open_ if service.high_s is not None]
    reasons = {service.closed_because for service in services}
    return Standing(
        open=bool(open_),
        waiting=sum(service.waiting for service in services),
        low_s=min(lows, default=None),
        high_s=max(highs, default=None),
        closed_because=reasons.pop() if len(reasons) == 1 else "service_closed",
        opens_at=min((s.opens_at for s in services if s.opens_at is not None), default=None),
    )


def must_be_said(service: KioskService, group: str | None) -> bool:
    """Whether a ticket for it is not taken before something was read."""
    return group is not None or service.next_day or service.past_closing


def refusal(code: str, service: KioskService | None) -> dict[str, object]:
    """Why there is no ticket for a closed service, in the form of the server's own refusals."""
    if service is None:
        return {"reason": "unknown_service", "service": code}
    opens_at = None if service.opens_at is None else service.opens_at.isoformat()
    return {"reason": service.closed_because, "service": code, "opens_at": opens_at}
