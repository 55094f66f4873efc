"""Which call is on show now: a function of the views and of time. Knows no screen and no clock.

`seen` a view, `passed` time, `interrupted` when the server is lost; `ends_at` says when to look
again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from link.messages import BoardCall, BoardView


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a call is on show while no other waits for its moment, and while one does."""

    newest_s: float = 20.0
    moment_s: float = 4.0


class Moment(NamedTuple):
    """A call and since when it is on show. `stands`: its number is still at its counter."""

    call: BoardCall
    since: datetime
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Showing:
    """What a board shows as current, and what it will. `known` None: it has seen no view yet."""

    known: int | None = None
    moment: Moment | None = None
    upcoming: tuple[BoardCall, ...] = ()

    @property
    def call(self) -> BoardCall | None:
        return self.moment.call if self.moment else None


def seen(
    showing: Showing, view: BoardView, now: datetime, pace: Pace, *, just_made: bool = False
) -> Showing:
    """The new calls of a view wait for their moment; those of the first view are not new.

    `just_made`: its new calls are known to be, whatever their times say: a server whose clock was
    set back lets its time stand still.
    """
    newest = max((call.call for call in view.calls), default=showing.known or 0)
    known = newest if showing.known is None else showing.known
    if newest < known:
        known = 0  # a server with a new database counts anew
    oldest_at = now - timedelta(seconds=pace.newest_s)
    news = [call for call in view.calls if call.call > known and (just_made or call.at > oldest_at)]
    upcoming = _still_due((*showing.upcoming, *news), view)
    moment = showing.moment and showing.moment._replace(stands=stands(showing.moment.call, view))
    return passed(Showing(newest, moment, upcoming), now, pace)


def passed(showing: Showing, now: datetime, pace: Pace) -> Showing:
    """The same, once a moment is over: the next call has its moment, or none is on show."""
    moment, over_at = showing.moment, ends_at(showing, pace)
    if moment is not None and over_at is not None and moment.since <= now < over_at:
        return showing
    if not showing.upcoming:
        return replace(showing, moment=None)
    first, *others = showing.upcoming
    return replace(showing, moment=Moment(first, now), upcoming=tuple(others))


def interrupted(showing: Showing) -> Showing:
    """The server is lost: calls that had no moment yet count as unseen, to be judged again."""
    if not showing.upcoming:
        return showing
    return replace(showing, known=showing.upcoming[0].call - 1, upcoming=())


def ends_at(showing: Showing, pace: Pace) -> datetime | None:
    """When the call on show makes room; None when there is none."""
    if showing.moment is None:
        return None
    short = showing.upcoming or not showing.moment.stands
    return showing.moment.since + timedelta(seconds=pace.moment_s if short else pace.newest_s)


def recent(calls: Iterable[BoardCall], current: BoardCall | None, limit: int) -> list[BoardCall]:
    """The last calls, newest first, each number once and without the one on show."""
    latest: dict[str, BoardCall] = {}
    for call in sorted(calls, key=lambda call: call.call, reverse=True):
        latest.setdefault(call.number, call)
    if current is not None:
        latest.pop(current.number, None)
    return list(latest.values())[:limit]


def stands(call: BoardCall, view: BoardView) -> bool:
    """Whether the number called is still at the counter that called it."""
    numbers = {shown.counter: shown.number for shown in view.counters}
    return numbers.get(call.counter, call.number) == call.number


def _still_due(calls: tuple[BoardCall, ...], view: BoardView) -> tuple[BoardCall, ...]:
    """Without calls that a recall overtook, and those whose number has left its counter."""
    last = {call.number: call.call for call in calls}
    return tuple(call for call in calls if call.call == last[call.number] and stands(call, view))
