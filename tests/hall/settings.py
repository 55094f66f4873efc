"""The settings a scenario begins with, in plain words -> a Setup. Runs nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from hall.model import FIRST, Counter, Group, Session, Setup
from tests.hall.halls import MONDAY, SERVICES, SETUP

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SETTING = re.compile(r"^(?P<what>[a-z]+)(?: (?P<which>\S+))?: (?P<value>.+)$")
UNITS_S = {"second": 1.0, "minute": 60.0, "hour": 3600.0}


@dataclass
class Settings:
    """What stands above a scenario's first time."""

    setup: Setup = SETUP
    day: date = MONDAY
    counters: dict[str, Counter] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # counters that nobody has opened
    shows_calls: bool = False
    shows_alarms: bool = False

    def finished(self) -> Settings:
        """Where no counter is named, there is one, and it serves everything."""
        if self.counters:
            self.setup = replace(self.setup, counters=self.counters)
        return self

    def take(self, line: str) -> None:
        """One more line. Raises ValueError for one that is no setting."""
        found = SETTING.match(line)
        if found is None or found["what"] not in SETTINGS:
            raise ValueError(f"not a setting: {line!r}")
        for part in found["value"].split(", "):
            SETTINGS[found["what"]](self, found["which"] or "", part)


def read_settings(lines: Iterable[str]) -> Settings:
    """The settings in these lines; comments and empty lines are passed over."""
    settings = Settings()
    for line in lines:
        if line and not line.startswith("#"):
            settings.take(line)
    return settings.finished()


def seconds(text: str) -> float:
    """`30 minutes`, `1 hour`, `45 seconds`."""
    count, unit = text.split()
    return float(count) * UNITS_S[unit.removesuffix("s")]


def services_of(text: str) -> list[str]:
    """Codes of the services meant by `A and HT01`: a letter means all of its field."""
    words = text.split(" and ")
    return [code for code, service in SERVICES.items() if code in words or service.field in words]


def _day(settings: Settings, _which: str, value: str) -> None:
    settings.day = date.fromisoformat(value)


def _show(settings: Settings, _which: str, value: str) -> None:
    assert value in ("call numbers", "alarms"), value
    settings.shows_calls |= value == "call numbers"
    settings.shows_alarms |= value == "alarms"


def _hall(settings: Settings, _which: str, value: str) -> None:
    """One of the hall's numbers: `interleave 3`, `no-show after 2 minutes`."""
    name, amount = HALL_VALUES[re.sub(r"\d+.*$", "", value).strip()]
    number = re.search(r"\d+.*$", value)
    changes = {name: amount(number[0] if number else "")}
    settings.setup = replace(settings.setup, **changes)  # type: ignore[arg-type]


def _alarms(settings: Settings, _which: str, value: str) -> None:
    """From when on: `pause 10 minutes`, `service 2 times`, `mean of 3`."""
    name, amount = re.split(r" (?:of )?(?=\d)", value, maxsplit=1)
    limit = ALARM_VALUES[name](amount)
    alarms = replace(settings.setup.alarms, **limit)  # type: ignore[arg-type]
    settings.setup = replace(settings.setup, alarms=alarms)


def _group(settings: Settings, which: str, value: str) -> None:
    """`first`, `interleaved`, or `head start 30 minutes`."""
    group = settings.setup.groups.get(which, Group(code=which))
    if value == "interleaved":
        group = replace(group, interleaved=True)
    elif value == "first":
        group = replace(group, head_start_s=FIRST)
    else:
        group = replace(group, head_start_s=seconds(value.removeprefix("head start ")))
    settings.setup = replace(settings.setup, groups={**settings.setup.groups, which: group})


def _counter(settings: Settings, which: str, value: str) -> None:
    """`serves A and C`, `helps H after 10 minutes`, or `closed`."""
    counter = settings.counters.get(which, Counter(code=which, lag={}, agency="ubnd"))
    if value == "closed":
        settings.closed.add(which)
        lag: dict[str, float] = {}
    elif value.startswith("serves "):
        lag = dict.fromkeys(services_of(value.removeprefix("serves ")), 0.0)
    else:
        helps, after = value.removeprefix("helps ").split(" after ")
        lag = dict.fromkeys(services_of(helps), seconds(after))
    settings.counters[which] = replace(counter, lag={**counter.lag, **lag})


def _service(settings: Settings, which: str, value: str) -> None:
    """`5 a day`, `only Tuesday and Thursday`, or `numbers 08:00-10:00 and 13:30-15:00`."""
    service = settings.setup.services[which]
    kind, _, rest = value.partition(" ")
    if kind == "only":
        days = frozenset(WEEKDAYS.index(day) for day in rest.split(" and "))
        service = replace(service, weekdays=days)
    elif kind == "numbers":
        windows = tuple(_from_to(window) for window in rest.split(" and "))
        service = replace(service, issuing=windows)
    else:
        assert rest == "a day", value
        service = replace(service, daily_limit=int(kind))
    settings.setup = replace(settings.setup, services={**settings.setup.services, which: service})


def _hours(settings: Settings, which: str, value: str) -> None:
    """`08:00-11:00` or `none`, of a weekday or of one date."""
    hours = settings.setup.hours
    sessions = () if value == "none" else tuple(_session(text) for text in value.split(" and "))
    if which in WEEKDAYS:
        week = list(hours.week)
        week[WEEKDAYS.index(which)] = sessions
        hours = replace(hours, week=tuple(week))
    else:
        hours = replace(hours, special={**hours.special, date.fromisoformat(which): sessions})
    settings.setup = replace(settings.setup, hours=hours)


def _holiday(settings: Settings, _which: str, value: str) -> None:
    hours = settings.setup.hours
    holidays = hours.holidays | {date.fromisoformat(value)}
    settings.setup = replace(settings.setup, hours=replace(hours, holidays=holidays))


def _session(text: str) -> Session:
    """Numbers are given from half an hour before opening to half an hour before closing."""
    opens, closes = _from_to(text)
    half_an_hour = timedelta(minutes=30)
    issues_from = (datetime.combine(MONDAY, opens) - half_an_hour).time()
    return Session(
        opens, closes, issues_from, (datetime.combine(MONDAY, closes) - half_an_hour).time()
    )


def _from_to(text: str) -> tuple[time, time]:
    start, end = text.split("-")
    return time.fromisoformat(start), time.fromisoformat(end)


SETTINGS: dict[str, Callable[[Settings, str, str], None]] = {
    "day": _day,
    "show": _show,
    "hall": _hall,
    "alarms": _alarms,
    "group": _group,
    "counter": _counter,
    "service": _service,
    "hours": _hours,
    "holiday": _holiday,
}

HALL_VALUES: dict[str, tuple[str, Callable[[str], object]]] = {
    "interleave": ("interleave", int),
    "no-show after": ("no_show_after_s", seconds),
    "put-backs": ("put_backs", int),
    "recalls": ("recalls", int),
    "undo within": ("undo_within_s", seconds),
    "left over after": ("left_over_after_s", seconds),
    "wait target": ("wait_target_s", seconds),
    "wait limit": ("wait_limit_s", seconds),
    "bookings by slot": ("booking_by_slot", lambda _: True),
    "bookings by registration": ("booking_by_slot", lambda _: False),
}

ALARM_VALUES: dict[str, Callable[[str], dict[str, float]]] = {
    "pause": lambda amount: {"pause_s": seconds(amount)},
    "service": lambda amount: (
        {"service_factor": float(amount.removesuffix(" times"))}
        if amount.endswith("times")
        else {"service_s": seconds(amount)}
    ),
    "mean": lambda amount: {"mean_from": int(amount)},
}
