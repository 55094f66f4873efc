"""Three halls for the simulations, each with its own kind of day. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from hall.model import FIRST, Counter, Group, Hours, Session, Setup
from tests.hall.halls import MONDAY, SETUP, TIMEZONE

SERVED: Mapping[str, tuple[str, ...]] = {
    "1": ("CT01", "CT02"),
    "2": ("CT01", "CT02", "HT01"),
    "3": ("HT01", "DD01"),
}
OFFICERS = ("an", "binh", "chi", "dung")


@dataclass(frozen=True)
class Stretch:
    """The part of a hall's life that is simulated."""

    name: str
    setup: Setup
    starts: datetime
    hours: float
    visits_every_s: float = 150.0


def _hall(groups: Mapping[str, Group], **changes: object) -> Setup:
    counters = {
        code: Counter(code=code, lag=dict.fromkeys(services, 0.0), agency="ubnd")
        for code, services in SERVED.items()
    }
    helping = {**counters["1"].lag, "DD01": 600.0}
    counters["1"] = replace(counters["1"], lag=helping)
    return replace(SETUP, groups=groups, counters=counters, **changes)  # type: ignore[arg-type]


def _hours_of_a_night() -> Hours:
    """Served from evening to shortly before midnight, and again from shortly after it."""
    early = Session(time(0, 20), time(2, 0), time(0, 5), time(1, 45))
    late = Session(time(20, 0), time(23, 55), time(19, 30), time(23, 50))
    return Hours(timezone=TIMEZONE, week=((early, late),) * 7)


def _at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), TIMEZONE).astimezone(UTC)


FAIR = _hall({"elderly": Group(code="elderly", head_start_s=1800)})
STRICT = _hall({"elderly": Group(code="elderly", head_start_s=FIRST)}, put_backs=2, recalls=2)
INTERLEAVED = _hall({"elderly": Group(code="elderly", interleaved=True)}, interleave=2)
NIGHT = replace(FAIR, hours=_hours_of_a_night())

STRETCHES = (
    Stretch("opening", INTERLEAVED, _at("06:45"), 2.5),
    Stretch("lunch", FAIR, _at("10:40"), 2.8),
    Stretch("closing", STRICT, _at("15:45"), 2.6),
    Stretch("midnight", NIGHT, _at("22:40"), 2.2, visits_every_s=45),  # somebody still waits then
    Stretch("next morning", FAIR, _at("16:20"), 16.0),
)
