"""Which period a report is of, as people ask for it: one before, one after, and what it is called.

What periods are and what they are compared with stands in figures/periods.py.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from figures.periods import DAY, FIRST_YEAR, KINDS, Period, period_of
from terminal.words import Words

DAYS: Final = "days"  # any two dates


def last_whole(kind: str, today: date) -> Period:
    """The newest of a kind that is over; of days, today's."""
    period = period_of(kind, today)
    return period if period.last <= today else period.before()


def earlier(period: Period) -> Period:
    """The one before; there is an end to it."""
    try:
        before = period.before()
    except OverflowError:
        return period
    return before if before.first.year >= FIRST_YEAR else period


def later(period: Period) -> Period:
    """The one after; dates have an end."""
    try:
        if period.kind in KINDS:
            return period_of(period.kind, period.last + DAY)
        return Period(period.last + DAY, period.last + DAY * period.days)
    except OverflowError:
        return period


def title(period: Period, words: Words) -> str:
    """What people call it: "Tháng 10/2026"; its days where they are not clear from that."""
    kind = period.kind
    if kind == "half_year":
        kind = "first_half" if period.first.month == 1 else "second_half"
    return words(
        f"manager.period_{kind}",
        first=period.first.strftime("%d/%m/%Y"),
        last=period.last.strftime("%d/%m/%Y"),
        week=period.first.isocalendar().week,
        month=period.first.month,
        quarter=(period.first.month + 2) // 3,
        year=period.first.isocalendar().year if kind == "week" else period.first.year,
    )
