"""Which alarms a hall should have, worked out anew from the books: every visit is looked at.

Written apart from the rules, which know when each alarm will begin; this only measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from hall.hours import serving_windows
from hall.model import Hall, Stage

if TYPE_CHECKING:
    from tests.invariants import Books, Visit


def expected_alarms(books: Books, hall: Hall) -> set[str]:
    """The alarms that hold at the hall's last event."""
    alarms = {
        f"screen_silent:{device}" if trouble == "silent" else f"device_trouble:{device}"
        for device, trouble in books.troubles.items()
        if trouble is not None
    } | {f"wrong_pins:{device}" for device in books.guessed}
    return alarms if hall.closed else alarms | set(_of_the_day(books, hall))


def _of_the_day(books: Books, hall: Hall) -> Iterator[str]:
    limits = hall.setup.alarms
    for field, wait_s in _longest_waits_s(books, hall).items():
        if wait_s >= hall.setup.wait_target_s:
            yield f"wait_over_target:{field}"
        if wait_s >= hall.setup.wait_limit_s:
            yield f"wait_over_limit:{field}"
    tally = hall.tally
    if (
        0 < limits.mean_from <= tally.timed
        and tally.wait_s > hall.setup.wait_target_s * tally.timed
    ):
        yield "mean_over_target"
    for counter, since in books.paused.items():
        if limits.pause_s and _open_s(books, hall, since) >= limits.pause_s:
            yield f"pause_long:{counter}"
    for counter, number in books.at_counter.items():
        if limits.service_factor and _is_served_for_long(books, hall, books.visits[number]):
            yield f"service_long:{counter}"


def _longest_waits_s(books: Books, hall: Hall) -> dict[str, float]:
    """Field -> the longest wait of those never called in their present turn."""
    longest: dict[str, float] = {}
    for visit in books.waiting():
        if visit.called_at is None:
            field = hall.setup.services[visit.service].field
            since = max(visit.opened_at, visit.slot or visit.opened_at)
            longest[field] = max(longest.get(field, 0.0), _open_s(books, hall, since))
    return longest


def _open_s(books: Books, hall: Hall, since: datetime) -> float:
    """Seconds in which the hall served since then, and since its clock was set."""
    assert hall.day is not None
    since = max(since, books.stepped_at or since)
    return sum(
        max(0.0, (min(end, hall.at) - max(start, since)).total_seconds())
        for start, end in serving_windows(hall.setup.hours, hall.day)
    )


def _is_served_for_long(books: Books, hall: Hall, visit: Visit) -> bool:
    if visit.stage is not Stage.SERVING:
        return False
    assert visit.started_at is not None
    limits, expected_s = hall.setup.alarms, hall.setup.services[visit.service].mean_s
    stepped_at = books.stepped_at or visit.started_at
    served_s = (hall.at - visit.started_at).total_seconds() - visit.held_s
    since_step_s = (hall.at - stepped_at).total_seconds()
    limit_s = max(limits.service_factor * expected_s, limits.service_s)
    return served_s >= limit_s and (books.stepped_at is None or since_step_s >= limit_s)
