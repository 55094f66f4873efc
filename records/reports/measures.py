"""Every figure that comes from a tally: its key, its kind, and how it is worked out. What each key
means stands in docs/figures.md; its title in `figures.words`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from figures import formulas, satisfaction
from figures.document import Cell, Column, Figure, Kind
from figures.times import SECOND_US, mean_s
from figures.words import Words
from records.reports.source import Counted

Value = Callable[[Counted], Cell]


class Measure(NamedTuple):
    kind: Kind
    value: Value


def of_tally(name: str) -> Measure:
    """A count as it is."""
    return Measure("count", lambda cell: _int(getattr(cell.tally, name)))


def mean(times: str) -> Measure:
    return Measure("seconds", lambda cell: getattr(cell.tally, times).mean_s())


def mean_of_sum(total_us: str, times: str) -> Measure:
    """Of a sum that was kept beside the same turns or visits."""
    return Measure(
        "seconds",
        lambda cell: mean_s(_int(getattr(cell.tally, total_us)), getattr(cell.tally, times).count),
    )


def percentile(times: str, percent: int) -> Measure:
    def value(cell: Counted) -> Cell:
        found = cell.quantile(times, percent)
        return None if found is None else found.seconds

    return Measure("seconds", value)


def share(part: str, times: str) -> Measure:
    """Of the times that were counted."""
    return Measure(
        "share",
        lambda cell: formulas.share(
            _int(getattr(cell.tally, part)), getattr(cell.tally, times).count
        ),
    )


def rated(value: Callable[[list[int]], float | None]) -> Measure:
    """Of the ratings on the scale that is shown."""
    return Measure("share", lambda cell: value(ratings_of(cell)))


def ratings_of(cell: Counted) -> list[int]:
    """By level, on the scale that is shown; where none is, on the one with most of them."""
    if cell.levels is not None:
        return cell.tally.ratings(cell.levels)
    return max((cell.tally.ratings(levels) for levels in satisfaction.SCALES), key=sum)


def all_ratings(cell: Counted) -> int:
    """On whatever scale."""
    return sum(sum(cell.tally.ratings(levels)) for levels in satisfaction.SCALES)


def has_two_scales(cell: Counted) -> bool:
    return all(sum(cell.tally.ratings(levels)) for levels in satisfaction.SCALES)


def _int(value: int) -> int:
    return value


MEASURES: Final[Mapping[str, Measure]] = {
    # Visits
    "visits": of_tally("visits"),
    "visits_served": of_tally("visits_served"),
    "visits_no_show": of_tally("visits_no_show"),
    "visits_cancelled": of_tally("visits_cancelled"),
    "visits_left_over": of_tally("visits_left_over"),
    "visits_open": Measure(
        "count",
        lambda cell: (
            cell.tally.visits
            - cell.tally.visits_served
            - cell.tally.visits_no_show
            - cell.tally.visits_cancelled
            - cell.tally.visits_left_over
        ),
    ),
    "visits_no_show_rate": Measure(
        "share",
        lambda cell: formulas.no_show_rate(cell.tally.visits_served, cell.tally.visits_no_show),
    ),
    "visits_untrusted": of_tally("visits_untrusted"),
    "visit_wait_mean": mean("visit_waits"),
    "visit_wait_median": percentile("visit_waits", 50),
    "visit_wait_p90": percentile("visit_waits", 90),
    "visit_wait_max": percentile("visit_waits", 100),
    "visits_within_15": share("visits_within_15", "visit_waits"),
    "visits_within_30": share("visits_within_30", "visit_waits"),
    "visit_felt_mean": mean_of_sum("visit_felt_us", "visit_waits"),
    "visit_total_mean": mean_of_sum("visit_total_us", "visit_waits"),
    "priority": of_tally("priority"),
    # Turns
    "turns": of_tally("turns"),
    "served": of_tally("served"),
    "transferred": of_tally("transferred"),
    "no_shows": of_tally("no_shows"),
    "cancelled": of_tally("cancelled"),
    "left_over": of_tally("left_over"),
    "no_show_rate": Measure(
        "share", lambda cell: formulas.no_show_rate(cell.tally.served, cell.tally.no_shows)
    ),
    "untrusted": of_tally("untrusted"),
    "wait_mean": mean("waits"),
    "wait_median": percentile("waits", 50),
    "wait_p90": percentile("waits", 90),
    "within_15": share("within_15", "waits"),
    "within_30": share("within_30", "waits"),
    "felt_mean": mean_of_sum("felt_us", "waits"),
    "service_mean": mean("services"),
    "service_median": percentile("services", 50),
    "service_p90": percentile("services", 90),
    "estimated": of_tally("estimated"),
    "busy": Measure("seconds", lambda cell: cell.tally.busy_us / SECOND_US),
    # Calls
    "calls": of_tally("calls"),
    "recalls": of_tally("recalls"),
    "missed": of_tally("missed"),
    "overtaking": of_tally("overtaking"),
    "overtaken": of_tally("overtaken"),
    "jumps": of_tally("jumps"),
    # Results
    "due": of_tally("due"),
    "late": of_tally("late"),
    "apologized": of_tally("apologized"),
    "on_time": Measure("count", lambda cell: cell.tally.due - cell.tally.late),
    "late_without_apology": Measure("count", lambda cell: cell.tally.late - cell.tally.apologized),
    "on_time_share": Measure(
        "share", lambda cell: formulas.on_time_share(cell.tally.due, cell.tally.late)
    ),
    "apology_share": Measure(
        "share", lambda cell: formulas.apology_share(cell.tally.late, cell.tally.apologized)
    ),
    # Ratings
    "ratings": Measure("count", all_ratings),
    "response_rate": Measure(
        "share", lambda cell: satisfaction.response_rate(all_ratings(cell), cell.tally.served)
    ),
    "satisfied_share": rated(satisfaction.satisfied_share),
    "satisfied_share_of_officer": rated(satisfaction.share_of_officer),
    "mean_score": rated(satisfaction.mean_score),
    "satisfied_low": Measure("share", lambda cell: _bound(cell, 0)),
    "satisfied_high": Measure("share", lambda cell: _bound(cell, 1)),
    "unsatisfied": Measure(
        "count",
        lambda cell: sum(
            satisfaction.unsatisfied(cell.tally.ratings(levels)) for levels in satisfaction.SCALES
        ),
    ),
}


def _bound(cell: Counted, which: int) -> float | None:
    counts = ratings_of(cell)
    interval = satisfaction.wilson(satisfaction.satisfied(counts), sum(counts))
    return None if interval is None else interval[which]


def value_of(key: str, cell: Counted) -> Cell:
    return MEASURES[key].value(cell)


def column_of(words: Words, key: str) -> Column:
    """The column of a figure that comes from a tally; its title is short, where there is one."""
    short = f"column.{key}"
    title = words(short if short in words else f"figure.{key}")
    return Column(key=key, title=title, kind=MEASURES[key].kind)


def figure_of(
    words: Words, key: str, now: Counted, before: Counted | None = None, ago: Counted | None = None
) -> Figure:
    """A figure, and what it was in the periods it is compared with."""
    return Figure(
        key=key,
        title=words(f"figure.{key}"),
        kind=MEASURES[key].kind,
        value=value_of(key, now),
        before=None if before is None else value_of(key, before),
        year_ago=None if ago is None else value_of(key, ago),
    )
