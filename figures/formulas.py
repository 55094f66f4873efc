"""The figures of a queue as formulas of plain counts and sums. None: there is nothing to count.

The definitions are those of docs/figures.md; shares are of 1, times are seconds.
"""

from __future__ import annotations

from typing import Final

HOUR_S: Final = 3600.0
MANY_VISITS: Final = 3  # a dossier that took so many visits was sent back too often


def share(part: float, whole: float) -> float | None:
    """part / whole."""
    return part / whole if whole else None


def no_show_rate(served: int, no_shows: int) -> float | None:
    """no-shows / (served + no-shows). Cancelled and left over are in neither."""
    return share(no_shows, served + no_shows)


def use_of_counter(busy_s: float, open_s: float) -> float | None:
    """Time being served / time open and not paused. Source: sum of S / sum of (open - paused)."""
    return share(busy_s, open_s)


def productivity(served: int, open_s: float) -> float | None:
    """Turns served / hours open and not paused."""
    return share(served, open_s / HOUR_S)


def visits_per_dossier(visits: int, dossiers: int) -> float | None:
    """Visits with a dossier code / dossier codes."""
    return share(visits, dossiers)


def many_visits_share(many: int, dossiers: int) -> float | None:
    """Dossier codes with three visits and more / dossier codes: returned again and again
    ("trả lại hồ sơ nhiều lần").
    """
    return share(many, dossiers)


def on_time_share(due: int, late: int) -> float | None:
    """Results returned before or on the day they were due / results with such a day."""
    return share(due - late, due)


def apology_share(late: int, apologized: int) -> float | None:
    """Late results returned with a letter of apology (Mẫu 04 of TT 03/2025) / late results."""
    return share(apologized, late)


def r3(dossiers: int, unsatisfied: int) -> float | None:
    """(dossiers - unsatisfied) / dossiers; QĐ 766/QĐ-TTg, third ratio of group "mức độ hài lòng".

    `unsatisfied`: dossiers marked unsatisfied, complained of, or returned late; every other one
    counts as satisfied, whether anybody asked or not.
    """
    return share(dossiers - unsatisfied, dossiers)
