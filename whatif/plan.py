"""Another plan for a day: counters open or closed, other skills, another priority, more visits.

parsed(setup, opens=["Q8@08:00"], ...) -> Plan        what was asked for, checked
applied(plan, setup, day) -> (setup, day)             the hall and the day as planned
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import pairwise
from typing import Final

from hall.hours import Window, at, serving_windows
from hall.model import FIRST, Counter, Group, Setup
from whatif.errors import WhatIfError
from whatif.model import Day, Post, Stretch

MINUTE_S: Final = 60.0
MOST_ARRIVALS: Final = 10.0
ALL_GROUPS: Final = "all"
SHIFT: Final = re.compile(r"(?P<counter>[^@]+)@(?P<since>\d\d?:\d\d)(?:-(?P<until>\d\d?:\d\d))?")
SKILL: Final = re.compile(r"(?P<counter>[^+@]+)(?P<sign>[+-])(?P<what>[^@]+?)(?:@(?P<lag>\d+))?")


@dataclass(frozen=True, slots=True)
class Shift:
    """A counter from a local time on; `until` None: for the rest of the day."""

    counter: str
    since: time
    until: time | None = None


@dataclass(frozen=True, slots=True)
class Skill:
    """A counter serves a service, or helps out after a lag; `lag_s` None: no longer."""

    counter: str
    service: str
    lag_s: float | None = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be different. As asked for, it changes nothing."""

    opens: tuple[Shift, ...] = ()
    closes: tuple[Shift, ...] = ()
    skills: tuple[Skill, ...] = ()
    priority: tuple[Group, ...] = ()  # as they are to be
    arrivals: float = 1.0


def parsed(
    setup: Setup,
    *,
    opens: Iterable[str] = (),
    closes: Iterable[str] = (),
    skills: Iterable[str] = (),
    priority: Iterable[str] = (),
    arrivals: float = 1.0,
) -> Plan:
    """The plan that was asked for. Raises WhatIfError."""
    if not 0 < arrivals <= MOST_ARRIVALS:
        raise WhatIfError("bad_arrivals", given=arrivals, most=MOST_ARRIVALS)
    return Plan(
        opens=tuple(_shift(setup, text) for text in opens),
        closes=tuple(_shift(setup, text) for text in closes),
        skills=tuple(skill for text in skills for skill in _skills(setup, text)),
        priority=tuple(group for text in priority for group in _groups(setup, text)),
        arrivals=arrivals,
    )


def _shift(setup: Setup, text: str) -> Shift:
    match = SHIFT.fullmatch(text)
    if match is None:
        raise WhatIfError("bad_shift", given=text)
    counter = _known("counter", match["counter"], setup.counters)
    since = _time(match["since"], text)
    until = _time(match["until"], text) if match["until"] else None
    if until is not None and until <= since:
        raise WhatIfError("bad_shift", given=text)
    return Shift(counter, since, until)


def _time(text: str, given: str) -> time:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        raise WhatIfError("bad_shift", given=given) from None


def _known(what: str, code: str, known: Mapping[str, object]) -> str:
    if code not in known:
        raise WhatIfError(f"unknown_{what}", code=code, known=list(known))
    return code


def _skills(setup: Setup, text: str) -> list[Skill]:
    """Of one service, or of every service of a field."""
    match = SKILL.fullmatch(text)
    if match is None:
        raise WhatIfError("bad_skill", given=text)
    counter = _known("counter", match["counter"], setup.counters)
    of_field = [code for code, one in setup.services.items() if one.field == match["what"]]
    services = of_field or [_known("service", match["what"], setup.services)]
    lag_s = float(match["lag"] or 0) * MINUTE_S if match["sign"] == "+" else None
    return [Skill(counter, service, lag_s) for service in services]


def _groups(setup: Setup, text: str) -> list[Group]:
    """GROUP=30, GROUP=first or GROUP=interleave; for `all`, of every group."""
    code, _, rule = text.partition("=")
    every = list(setup.groups.values())
    groups = every if code == ALL_GROUPS else [setup.groups[_known("group", code, setup.groups)]]
    match rule:
        case "first":
            return [replace(group, head_start_s=FIRST, interleaved=False) for group in groups]
        case "interleave":
            return [replace(group, head_start_s=0.0, interleaved=True) for group in groups]
        case _ if rule.isdecimal():
            head_start_s = float(rule) * MINUTE_S
            return [
                replace(group, head_start_s=head_start_s, interleaved=False) for group in groups
            ]
        case _:
            raise WhatIfError("bad_priority", given=text)


# --- The day as planned --------------------------------------------------------------------------


def applied(plan: Plan, setup: Setup, day: Day) -> tuple[Setup, Day]:
    """The hall and the day with the plan. Raises WhatIfError for one that cannot be."""
    planned = replace(
        setup,
        counters=_counters(setup, plan.skills),
        groups={**setup.groups, **{group.code: group for group in plan.priority}},
    )
    posts = dict(day.posts)
    for shift in plan.opens:
        posts[shift.counter] = _opened(setup, day, posts.get(shift.counter), shift)
    for shift in plan.closes:
        posts[shift.counter] = _closed(setup, day, posts.get(shift.counter), shift)
    day = replace(day, posts={code: post for code, post in posts.items() if post.stretches})
    require_served(planned, day)
    return planned, day


def require_served(setup: Setup, day: Day) -> None:
    """Somebody must be there for whatever people came for. Raises WhatIfError."""
    served = {service for code in day.posts for service in setup.counters[code].lag}
    wanted = {service for visit in day.visits for service in visit.services} | {
        meeting.to_service
        for visit in day.visits
        for meeting in visit.meetings
        if meeting.to_service is not None
    }
    nobody = [code for code in setup.services if code in wanted - served]
    if nobody:
        able = {
            code for code, counter in setup.counters.items() if counter.lag.keys() & set(nobody)
        }
        raise WhatIfError("nobody_serves", services=nobody, counters=sorted(able))


def _counters(setup: Setup, skills: Sequence[Skill]) -> dict[str, Counter]:
    counters = dict(setup.counters)
    for skill in skills:
        counter = counters[skill.counter]
        lag = {code: lag_s for code, lag_s in counter.lag.items() if code != skill.service}
        if skill.lag_s is not None:
            lag[skill.service] = skill.lag_s
        counters[skill.counter] = replace(counter, lag=lag)
    return counters


def _opened(setup: Setup, day: Day, post: Post | None, shift: Shift) -> Post:
    """At work in every session from then to then; pauses that were made are made."""
    post = post or Post(stretches=())
    pauses = _pauses(post.stretches)
    more = [
        one
        for window in _windows(setup, day, shift)
        for one in _without(_stretch(window, setup, day), pauses)
    ]
    merged = _merged([*post.stretches, *more])
    if merged == post.stretches:
        raise WhatIfError("already_open", code=shift.counter, time=f"{shift.since:%H:%M}")
    return replace(post, stretches=merged)


def _closed(setup: Setup, day: Day, post: Post | None, shift: Shift) -> Post:
    stretches = post.stretches if post is not None else ()
    since = at(setup.hours, day.date, shift.since)
    last = max([since, *(one.ends for one in stretches)])
    gap = (since, at(setup.hours, day.date, shift.until) if shift.until else last)
    left = tuple(part for one in stretches for part in _without(one, [gap]))
    if post is None or left == stretches:
        raise WhatIfError("not_open", code=shift.counter, time=f"{shift.since:%H:%M}")
    return replace(post, stretches=left)


def _windows(setup: Setup, day: Day, shift: Shift) -> list[Window]:
    """The parts of the shift in which the hall serves."""
    since = at(setup.hours, day.date, shift.since)
    windows = serving_windows(setup.hours, day.date)
    until = at(setup.hours, day.date, shift.until) if shift.until else windows[-1][1]
    parts = [(max(start, since), min(end, until)) for start, end in windows]
    parts = [(start, end) for start, end in parts if start < end]
    if not parts:
        raise WhatIfError("outside_hours", code=shift.counter, time=f"{shift.since:%H:%M}")
    return parts


def _stretch(window: Window, setup: Setup, day: Day) -> Stretch:
    """Until its end; at the end of a session, until nobody is left."""
    start, end = window
    closings = [closes for _, closes in serving_windows(setup.hours, day.date)]
    return Stretch(opens=start, ends=end, calls_until=end, until_empty=end in closings)


def _pauses(stretches: Sequence[Stretch]) -> list[Window]:
    return [(one.ends, later.opens) for one, later in pairwise(stretches) if one.pauses]


def _without(stretch: Stretch, gaps: Iterable[Window]) -> list[Stretch]:
    """What is left of it without these."""
    parts = [stretch]
    for since, until in gaps:
        parts = [left for part in parts for left in _around(part, since, until)]
    return parts


def _around(part: Stretch, since: datetime, until: datetime) -> list[Stretch]:
    if until <= part.opens or part.ends <= since:
        return [part]
    found = []
    if part.opens < since:
        calls_until = min(part.calls_until, since)
        found.append(
            replace(part, ends=since, calls_until=calls_until, pauses=False, until_empty=False)
        )
    if until < part.ends:
        found.append(replace(part, opens=until))
    return found


def _merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """In order, those that touch made one."""
    merged: list[Stretch] = []
    for one in sorted(stretches, key=lambda stretch: (stretch.opens, stretch.ends)):
        if merged and (one.opens, merged[-1].pauses) <= (merged[-1].ends, False):
            later = max(merged[-1], one, key=lambda stretch: stretch.ends)
            merged[-1] = replace(later, opens=merged[-1].opens)
        else:
            merged.append(one)
    return tuple(merged)
