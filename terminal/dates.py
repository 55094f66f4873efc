"""Days as officers type them, and how late a result is. Knows no clock: today is told."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import Final

WITH_SIGNS: Final = re.compile(r"(\d{1,2})[\s/.-]+(\d{1,2})(?:[\s/.-]+(\d{4}|\d{2}))?", re.ASCII)
DIGITS_ONLY: Final = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})?", re.ASCII)


def day_of(typed: str, today: date) -> date | None:
    """The day that is meant: "5/11/2026", "05.11.26", "5-11", "051126"; None: no such day.

    Without a year it is the one that is nearest to today.
    """
    match = WITH_SIGNS.fullmatch(typed.strip()) or DIGITS_ONLY.fullmatch(typed.strip())
    if match is None:
        return None
    day, month = int(match[1]), int(match[2])
    if match[3] is None:
        near = [_day(today.year + years, month, day) for years in (-1, 0, 1)]
        return min(filter(None, near), key=lambda one: abs(one - today), default=None)
    year = int(match[3])
    return _day(year if year > 99 else 2000 + year, month, day)


def days_late(due: date, today: date) -> int:
    """Days of the calendar after the one that was promised; below zero: so many before it."""
    return (today - due).days


def _day(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        return date(year, month, day)
    return None
