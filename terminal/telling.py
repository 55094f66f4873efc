"""What every console says of codes, times and figures, in words. No widgets, no requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final, Literal

from link.messages import Trouble, WordInfo
from terminal.pane import Pane

SLOW: Final = 1.0  # times the expected service time
VERY_SLOW: Final = 1.5
NUMBER: Final = re.compile(r"([A-Z])(\d{1,7})", re.ASCII)

Pace = Literal["", "slow", "very_slow"]
Over = Literal[0, 1, 2]
AnyPane = Pane[Any]


def clock(seconds: float) -> str:
    """A running duration: 4:07, or 1:04:07."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{minutes}:{whole % 60:02d}"


def since(at: datetime | None, now: datetime) -> float:
    """Seconds from then to now, never below nothing; 0 where it never was."""
    return 0.0 if at is None else max(0.0, (now - at).total_seconds())


def minutes(pane: AnyPane, seconds: float) -> str:
    """Whole minutes that have passed: "34 phút"."""
    return pane.words("console.minutes", minutes=int(seconds // 60))


def today(pane: AnyPane) -> date:
    """The hall's day."""
    return pane.now().astimezone(pane.words.timezone).date()


def ticket_number(typed: str) -> str:
    """The number somebody means: "a 7" is A007."""
    packed = re.sub(r"[\s.-]", "", typed).upper()
    match = NUMBER.fullmatch(packed)
    return f"{match[1]}{int(match[2]):03d}" if match else packed


def word_name(pane: AnyPane, those: Iterable[WordInfo], code: str | None) -> str:
    """The name of a reason or outcome."""
    return next((pane.words.name(one.names) for one in those if one.code == code), code or "")


def expected_s(pane: AnyPane, service: str) -> float:
    return next((s.expected_s for s in pane.hall.services if s.code == service), 0.0)


def pace_of(pane: AnyPane, service: str, started_at: datetime | None, now: datetime) -> Pace:
    """Whether a service that began then takes longer than expected, and how much."""
    expected = expected_s(pane, service)
    if started_at is None or not expected:
        return ""
    times = since(started_at, now) / expected
    return "very_slow" if times > VERY_SLOW else "slow" if times > SLOW else ""


def over(pane: AnyPane, wait_s: float) -> Over:
    """How many of the hall's two limits a wait is over: its target, and what nobody should wait."""
    if wait_s > pane.hall.wait_limit_s:
        return 2
    return 1 if wait_s > pane.hall.wait_target_s else 0


def signs(over: Over) -> str:
    """The same without colour."""
    return f" {'!' * over}" if over else ""


def trouble_text(pane: AnyPane, troubles: Iterable[Trouble], now: datetime) -> str:
    """Every device that does not work, what it has, and since when."""
    return " · ".join(
        pane.words(
            "console.trouble",
            device=pane.words.device(one.device),
            trouble=pane.words.trouble(one.trouble),
            time=pane.words.time(one.since, now),
        )
        for one in troubles
    )
