"""Another day like this one, drawn from chance: services take other times, others come besides.

The same chance gives every plan the same citizens: what differs then is the plan's doing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from hall.hours import issuing_windows
from hall.model import Setup
from whatif.model import Day, Meeting, Times, Visit

JITTER_S: Final = 300.0  # who comes besides comes up to so much earlier or later than another


def drawn(day: Day, chance: Random) -> Day:
    """The day with each service's time drawn from all times of that service."""
    return replace(day, visits=tuple(_drawn(visit, day.times, chance) for visit in day.visits))


def _drawn(visit: Visit, times: Times, chance: Random) -> Visit:
    meetings = tuple(_met(meeting, times, chance) for meeting in visit.meetings)
    return replace(visit, meetings=meetings, spare=chance.random())


def _met(meeting: Meeting, times: Times, chance: Random) -> Meeting:
    if not meeting.whole:
        return meeting
    return replace(meeting, lasts_s=chance.choice(times[meeting.service]))


def grown(setup: Setup, day: Day, factor: float, chance: Random) -> Day:
    """The day with so many times the visits: some come twice, or not at all."""
    visits: list[Visit] = []
    for visit in day.visits:
        times = int(factor) + (chance.random() < factor % 1)
        visits += [visit][:times]
        others = (_another(setup, day, visit, chance) for _ in range(times - 1))
        visits += [other for other in others if other is not None]
    return replace(day, visits=tuple(sorted(visits, key=lambda visit: visit.at)))


def _another(setup: Setup, day: Day, visit: Visit, chance: Random) -> Visit | None:
    """Somebody else who comes for the same at about the same time, while numbers are issued."""
    at = visit.at + timedelta(seconds=chance.uniform(-JITTER_S, JITTER_S))
    service = setup.services[visit.services[0]]
    windows = issuing_windows(setup.hours, service, day.date)
    window = next(((start, end) for start, end in windows if start <= visit.at < end), None)
    if window is not None and not window[0] <= at < window[1]:
        at = visit.at
    meetings = tuple(_met(meeting, day.times, chance) for meeting in visit.meetings)
    return replace(visit, at=at, number="", meetings=meetings, spare=chance.random())
