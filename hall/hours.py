"""When the hall works: sessions, issuing windows, holidays, the business day.

Takes aware times and a hall's `Hours`; knows nothing of tickets. What a day comes to is asked all
the time and never changes: it is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from hall.model import Hours, Service, Session
from hall.remembering import remembered

LOOK_AHEAD_DAYS = 31  # no hall is shut for longer; beyond it we say "not known"
KEPT = 512  # findings of each kind: more than a year's days, or a month of many windows

Window = tuple[datetime, datetime]
Issuing = tuple[tuple[time, time], ...]  # local times, from-to


def business_day(hours: Hours, now: datetime) -> date:
    """The hall's local date."""
    return now.astimezone(hours.timezone).date()


def sessions(hours: Hours, day: date) -> tuple[Session, ...]:
    """The sessions of a day: its own if it is special, none on a holiday, else the weekday's."""
    if day in hours.special:
        return hours.special[day]
    if day in hours.holidays:
        return ()
    return hours.week[day.weekday()]


@remembered(KEPT)
def serving_windows(hours: Hours, day: date) -> tuple[Window, ...]:
    """From-to in UTC, in order: when officers serve."""
    return tuple(
        (at(hours, day, session.opens), at(hours, day, session.closes))
        for session in sessions(hours, day)
    )


def issuing_windows(hours: Hours, service: Service, day: date) -> tuple[Window, ...]:
    """From-to in UTC, in order: when numbers for the service are given."""
    return _issuing_windows(hours, service.issuing, service.weekdays, day)


@remembered(KEPT)
def _issuing_windows(
    hours: Hours, issuing: Issuing | None, weekdays: frozenset[int] | None, day: date
) -> tuple[Window, ...]:
    """Of every service with these windows of its own, and these days: most have neither."""
    working = sessions(hours, day)
    if not working or (weekdays is not None and day.weekday() not in weekdays):
        return ()
    if issuing is None:
        own = [(session.issues_from, session.issues_to) for session in working]
    else:  # no number is given for a time when nobody serves any more
        over = working[-1].closes
        own = [(start, min(end, over)) for start, end in issuing if start < over]
    return tuple((at(hours, day, start), at(hours, day, end)) for start, end in own)


def issuing_now(hours: Hours, service: Service, now: datetime) -> bool:
    """May a number be given at this moment?"""
    day = business_day(hours, now)
    return any(start <= now < end for start, end in issuing_windows(hours, service, day))


def issues_next(hours: Hours, service: Service, now: datetime) -> datetime | None:
    """When the next window opens, if one does within a month."""
    return next((start for start in _issue_starts(hours, service, now) if start > now), None)


def issues_next_day(hours: Hours, service: Service, now: datetime) -> datetime | None:
    """When the next window of a later day opens."""
    today = business_day(hours, now)
    starts = _issue_starts(hours, service, now)
    return next((start for start in starts if business_day(hours, start) > today), None)


def open_wait_s(hours: Hours, since: datetime, until: datetime) -> float:
    """Seconds between the two that lie in serving sessions: the wait that counts for the target."""
    day, last = business_day(hours, since), business_day(hours, until)
    total = 0.0
    while day <= last:
        for start, end in serving_windows(hours, day):
            if start < until and since < end:
                total += max(0.0, (min(end, until) - max(start, since)).total_seconds())
        day += timedelta(days=1)
    return total


def open_wait_reached(windows: Sequence[Window], since: datetime, wait_s: float) -> datetime | None:
    """When a wait in these serving windows will have lasted so long; None: not within them."""
    left = timedelta(seconds=wait_s)
    for start, end in windows:
        span = end - max(start, since)
        if span > timedelta() and span >= left:
            return max(start, since) + left
        left -= max(span, timedelta())
    return None


@remembered(KEPT)
def attended(hours: Hours, day: date) -> tuple[Window, ...]:
    """From-to in UTC, in order: when citizens come, for a number or to be served."""
    return tuple(
        (at(hours, day, min(one.issues_from, one.opens)), at(hours, day, one.closes))
        for one in sessions(hours, day)
    )


def closing(hours: Hours, day: date) -> datetime | None:
    """When the day's last session ends; None on a day without any."""
    windows = serving_windows(hours, day)
    return windows[-1][1] if windows else None


def session_end(hours: Hours, now: datetime) -> datetime | None:
    """When the session that runs now, or the day's next one, ends."""
    windows = serving_windows(hours, business_day(hours, now))
    return next((end for _, end in windows if now < end), None)


def serving_next(hours: Hours, now: datetime) -> datetime | None:
    """Now, if officers serve now; else the start of the day's next session."""
    windows = serving_windows(hours, business_day(hours, now))
    return next((max(start, now) for start, end in windows if now < end), None)


def session_opens_next(hours: Hours, now: datetime) -> datetime | None:
    """When a later session of the same day begins; None: there is none."""
    windows = serving_windows(hours, business_day(hours, now))
    return next((start for start, _ in windows if now < start), None)


def boundaries(hours: Hours, services: Iterable[Service], day: date) -> list[datetime]:
    """Every moment of the day at which something opens or closes, in order."""
    windows = {*serving_windows(hours, day)}
    for service in services:
        windows.update(issuing_windows(hours, service, day))
    return sorted({moment for window in windows for moment in window})


@remembered(KEPT)
def midnight_after(hours: Hours, day: date) -> datetime:
    """The first moment of the next business day."""
    return at(hours, day + timedelta(days=1), time(0))


def at(hours: Hours, day: date, local: time) -> datetime:
    """This local time of that day, in UTC."""
    return datetime.combine(day, local, hours.timezone).astimezone(UTC)


def _issue_starts(hours: Hours, service: Service, now: datetime) -> Iterator[datetime]:
    today = business_day(hours, now)
    for ahead in range(LOOK_AHEAD_DAYS):
        for start, _ in issuing_windows(hours, service, today + timedelta(days=ahead)):
            yield start
