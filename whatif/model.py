"""A day as fate had it: who came when for what, what came of each call, who was at which counter
when. Plain values, nothing computed; times are aware UTC datetimes, durations seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hall.model import Booking

SPARE: Final = 0.5  # of times that are not recorded, the median

Times = Mapping[str, tuple[float, ...]]  # service -> how long it took, ascending


class Ending(StrEnum):
    """What came of a call."""

    FINISHED = "finished"
    TRANSFERRED = "transferred"
    NO_SHOW = "no_show"
    PUT_BACK = "put_back"
    HELD = "held"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One call of a citizen, and what came of it."""

    service: str
    counter: str
    ends: Ending
    start_s: float | None  # from call to start; None: nobody pressed start
    lasts_s: float  # from start, or else from the call, to the end
    whole: bool = False  # a service from its start to its end: another day it takes another time
    added: tuple[str, ...] = ()  # services more, found out at the counter
    to_service: str | None = None
    to_counter: str | None = None
    away_s: float | None = None  # held: until it was called back; None: never
    back_at: str | None = None  # the counter that called it back
    recalls_s: tuple[float, ...] = ()  # from the call to each recall, as long as nobody came
    word: str | None = None  # the outcome, or the reason that was given for it


@dataclass(frozen=True, slots=True)
class Move:
    """The manager sent somebody elsewhere who waited."""

    at: datetime
    service: str
    to_counter: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One citizen. What was not recorded of it takes the times at `spare`, a share of all times."""

    at: datetime
    services: tuple[str, ...]
    number: str = ""  # as it was; none for somebody who did not come that day
    group: str | None = None
    language: str = "vi"
    channel: str = "kiosk"
    booking: Booking | None = None
    meetings: tuple[Meeting, ...] = ()
    moves: tuple[Move, ...] = ()
    leaves: datetime | None = None  # whoever still waits then goes home
    spare: float = SPARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From when to when a counter was at work. A last citizen is always served to the end."""

    opens: datetime
    ends: datetime
    calls_until: datetime  # from then on nobody was called, though somebody waited
    pauses: bool = False  # it ended in a pause, not for good
    reason: str | None = None  # that was given for the pause
    until_empty: bool = False  # it ended after hours, with nobody left: so it ends on any day


@dataclass(frozen=True, slots=True)
class Lull:
    """An officer was free while somebody waited: so long, until somebody called them.

    `jump`: the number of a ticket that this officer then called out of order.
    """

    lasts_s: float
    jump: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A counter's day: when it was at work, and the lulls there in order."""

    stretches: tuple[Stretch, ...]
    lulls: tuple[Lull, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All that came to a hall on one day from outside the rules."""

    date: date
    begins: datetime  # before anything else
    ends: datetime | None = None  # when those still there were written down; None: when it is due
    visits: tuple[Visit, ...]  # in order of arrival
    posts: Mapping[str, Post]  # by counter
    times: Times = field(default_factory=dict)
    lull_s: float = 0.0  # how soon an officer calls, where it is not recorded
    start_s: float = 0.0  # how soon a citizen is at the counter, where it is not recorded
