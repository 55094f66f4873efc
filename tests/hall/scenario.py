"""Plays a scenario file and writes down what came of it, in the file's own words.

The language is explained in tests/scenarios/README.md. Compares nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hall import commands as c
from hall import events as e
from hall import views
from hall.commands import Command, Refused
from hall.decide import decide
from hall.desk_times import Experience
from hall.evolve import evolve
from hall.model import Booking, Hall, empty_hall
from hall.tick import tick
from hall.waits import Forecast, forecast
from tests.hall import wording
from tests.hall.halls import TIMEZONE
from tests.hall.settings import Settings, read_settings, seconds

LINE = re.compile(
    r"^(?P<next_day>next day )?(?P<clock>\d\d:\d\d:\d\d)  +"
    r"(?P<who>\w+(?: \w+)?)  +(?P<what>.*?)(?: +->.*)?$"
)
ALARMS = (e.AlarmRaised, e.AlarmCleared)
RESULT = re.compile(r"^ +->")  # a further result of the line before


@dataclass
class Row:
    """One line of the file, and what came of it."""

    when: str
    who: str
    what: str
    results: list[str]


class Scenario:
    """A hall, the wall clock beside it, and what has come so far."""

    def __init__(self, settings: Settings) -> None:
        self.shows_calls, self.shows_alarms = settings.shows_calls, settings.shows_alarms
        self.day = settings.day
        self.wall = self.now = datetime.combine(settings.day, time(5), TIMEZONE).astimezone(UTC)
        self.hall: Hall = empty_hall(settings.setup)
        self.tokens = itertools.count(1)
        self.rows: list[Row | str] = []
        self._time_passes()
        for code in settings.setup.counters.keys() - settings.closed:
            self._carry_out(c.SignIn(code, f"officer-{code}"))
            self._carry_out(c.Open(code))

    def play(self, line: str) -> None:
        """One line: what was due first, then what is asked. Other lines are kept as they are."""
        if RESULT.match(line):
            return
        found = LINE.match(line)
        if found is None:
            self.rows.append(line)
            return
        prefix, who, what = found["next_day"] or "", found["who"], found["what"]
        self.day += timedelta(days=1 if prefix else 0)
        self._set_wall(found["clock"])
        due = self._time_passes()
        if who == "clock" and what == "tick":
            due = due or ["nothing"]
        if due:
            self.rows.append(Row(prefix + found["clock"], "clock", "tick", due))
            prefix = ""
        if (who, what) != ("clock", "tick"):
            results = self._asked(who, what)
            self.rows.append(Row(prefix + found["clock"], who, what, results))

    def text(self) -> str:
        """The whole file, its columns in line."""
        rows = [row for row in self.rows if isinstance(row, Row)]
        widths = [
            max(len(text) for text in column)
            for column in zip(*((row.when, row.who, row.what) for row in rows), strict=True)
        ]
        lines = itertools.chain.from_iterable(_lines(row, widths) for row in self.rows)
        return "\n".join(lines) + "\n"

    def _set_wall(self, clock: str) -> None:
        local = datetime.combine(self.day, time.fromisoformat(clock), TIMEZONE)
        self.wall = local.astimezone(UTC)
        self.now = max(self.wall, self.hall.at)

    def _time_passes(self) -> list[str]:
        """Whatever is due happens."""
        told: list[str] = []
        while events := tick(self.hall, self.now):
            for event in events:
                self.hall = evolve(self.hall, event, self.now)
                if self.shows_alarms or not isinstance(event, ALARMS):
                    told.append(wording.happened(event, self.shows_calls))
        return told

    def _asked(self, who: str, what: str) -> list[str]:
        actor, _, name = who.partition(" ")
        for owner, pattern, answer in LANGUAGE:
            found = re.fullmatch(pattern, what)
            if owner == actor and found is not None:
                result = answer(self, name, found)
                return [result] if isinstance(result, str) else self._carry_out(result)
        raise ValueError(f"{who} cannot {what!r}")

    def _carry_out(self, command: Command) -> list[str]:
        decision = decide(self.hall, command, self.now)
        if isinstance(decision, Refused):
            return [wording.refusal(decision)]
        told = []
        for event in decision:
            self.hall = evolve(self.hall, event, self.now)
            told.append(wording.happened(event, self.shows_calls))
        if told and self.now != self.wall:
            told[-1] += f" (hall time {self.now.astimezone(TIMEZONE):%H:%M:%S})"
        return [*(told or ["nothing"]), *self._time_passes()]


def play(text: str) -> str:
    """The scenario as it should stand: its own lines with what really happened."""
    lines = text.splitlines()
    first = next(index for index, line in enumerate(lines) if LINE.match(line))
    scenario = Scenario(read_settings(lines[:first]))
    scenario.rows += lines[:first]
    for line in lines[first:]:
        scenario.play(line)
    return scenario.text()


def _lines(row: Row | str, widths: list[int]) -> Iterator[str]:
    if isinstance(row, str):
        yield row
        return
    columns = zip((row.when, row.who, row.what), widths, strict=True)
    start = "  ".join(text.ljust(width) for text, width in columns)
    for result in row.results:
        yield f"{start} -> {result}"
        start = " " * len(start)


# --- What may be asked ---------------------------------------------------------------------------

Found = re.Match[str]


def _take(scenario: Scenario, _name: str, found: Found) -> Command:
    return c.TakeTicket(
        services=tuple(found["services"].split(" and ")),
        token=f"token-{next(scenario.tokens)}",
        group=found["group"],
        booking=_booking(scenario, found),
        told=_forecast(scenario).newcomer(found["services"].split(" ")[0], found["group"]).told,
    )


def _forecast(scenario: Scenario) -> Forecast:
    return forecast(scenario.hall, scenario.now, Experience())


def _booking(scenario: Scenario, found: Found) -> Booking | None:
    if found["slot"] is None:
        return None
    slot = _moment(found["slot"], scenario.day)
    return Booking(
        slot, _moment(found["registered"], scenario.day) if found["registered"] else slot
    )


def _moment(text: str, today: date) -> datetime:
    """`09:00` of today, or `2026-11-20 09:00`."""
    day, _, clock = text.rpartition(" ")
    on = date.fromisoformat(day) if day else today
    return datetime.combine(on, time.fromisoformat(clock), TIMEZONE).astimezone(UTC)


def _transfer(_scenario: Scenario, name: str, found: Found) -> Command:
    return c.Transfer(name, found["service"], found["counter"])


def _finish(_scenario: Scenario, name: str, found: Found) -> Command:
    due_on, apology_on = (_day(found["due_on"]), _day(found["apology_on"]))
    return c.Finish(
        name, found["outcome"], found["dossier"], due_on, found["apology_no"], apology_on
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _spoken(scenario: Scenario, _name: str, found: Found) -> Command:
    at = _moment(found["at"], scenario.day) if found["at"] else scenario.now
    return c.Spoken(int(found["call"]), "board", at, found["why"] or None)


def _rate(_scenario: Scenario, _name: str, found: Found) -> Command:
    tags = tuple((found["tags"] or "").split())
    turn, level = int(found["turn"] or 1), int(found["level"])
    return c.Rate(found["ticket"], turn, level, tags, found["text"] or "")


def _set_clock(_scenario: Scenario, _name: str, found: Found) -> Command:
    sign = -1 if found["way"] == "back" else 1
    return c.StepClock(sign * seconds(found["by"]))


def _kiosk_shows(scenario: Scenario, _name: str, found: Found) -> str:
    shown = views.kiosk(scenario.hall, scenario.now, _forecast(scenario))["services"]
    service = next(view for view in shown if view["service"] == found["service"])
    if not service["open"]:
        opens_at = service["opens_at"]
        opens = wording.day_and_time(opens_at) if opens_at else "not known"
        return f"{service['closed_because']}, opens_at {opens}"
    words = [f"{service['waiting']} waiting", _wait(service)]
    words += ["result next working day"] if service["next_day"] else []
    words += ["may pass closing"] if service["past_closing"] else []
    return ", ".join(words)


def _wait(view: views.View) -> str:
    if view["low_s"] is None:
        return "no counter open"
    return f"{view['low_s'] // 60}-{view['high_s'] // 60} min"


def _counter_shows(scenario: Scenario, name: str, _found: Found) -> str:
    view = views.counter(scenario.hall, name, scenario.now)
    upcoming, until = view["next"], view["undo_until"]
    shown = [f"may {' '.join(view['may'])}"]
    shown += [f"next {upcoming['number'] if upcoming else 'nobody'}"]
    shown += [f"undo until {wording.clock(until)}"] if until else []
    shown += [f"word {sent['word']}: {sent['text']}" for sent in view["sent_words"]]
    shown += [
        f"{held['number']} back at {wording.clock(held['until'])}"
        for held in view["held"]
        if held["until"]
    ]
    return "; ".join(shown)


def _board_shows(scenario: Scenario, _name: str, _found: Found) -> str:
    calls = views.board(scenario.hall)["calls"]
    return ", ".join(f"{call['call']} {call['number']}" for call in calls) or "no calls"


def _sees_alarms(scenario: Scenario, _name: str, _found: Found) -> str:
    alarms = views.live(scenario.hall, _forecast(scenario))["alarms"]
    return "; ".join(map(_alarm, alarms)) or "no alarms"


def _alarm(view: views.View) -> str:
    seen = ["seen"] if view["acknowledged_at"] else []
    facts = [view["alarm"], f"since {wording.clock(view['since'])}", view["number"], *seen]
    return ", ".join(fact for fact in facts if fact)


def _sees_half_hours(scenario: Scenario, _name: str, _found: Found) -> str:
    half_hours = views.live(scenario.hall, _forecast(scenario))["half_hours"]
    return "; ".join(map(_half_hour, half_hours)) or "nothing"


def _half_hour(view: views.View) -> str:
    mean_s = view["mean_wait_s"]
    wait = "" if mean_s is None else f", wait {wording.span(mean_s)}"
    return f"{wording.clock(view['at'])} {view['taken']} taken, {view['served']} served{wait}"


def _sees_longest(scenario: Scenario, _name: str, _found: Found) -> str:
    longest = views.live(scenario.hall, _forecast(scenario))["longest"]
    waits = (f"{one['number']} since {wording.clock(one['since'])}" for one in longest)
    return ", ".join(waits) or "nobody"


def _rating_shows(scenario: Scenario, name: str, _found: Found) -> str:
    view = views.rating(scenario.hall, name)
    return f"{view['ticket']} turn {view['turn']}" if "ticket" in view else "nobody"


def _story(scenario: Scenario, _name: str, found: Found) -> str:
    return wording.story(scenario.hall.known(found["ticket"]))


def _today(scenario: Scenario, _name: str, _found: Found) -> str:
    today = views.live(scenario.hall, _forecast(scenario))["today"]
    mean_s = today.pop("mean_wait_s")
    within = today.pop("within_target")
    counts = ", ".join(f"{count} {name}" for name, count in today.items() if count)
    return counts + (
        "" if mean_s is None else f", wait {wording.span(mean_s)}, {within:.0%} in time"
    )


def _of_counter(command: Callable[[str], Command]) -> Callable[[Scenario, str, Found], Command]:
    return lambda _scenario, name, _found: command(name)


SERVICE, TICKET = r"(?P<service>\w+)", r"(?P<ticket>[A-Z]\d+)"

LANGUAGE: list[tuple[str, str, Callable[[Scenario, str, Found], Command | str]]] = [
    (
        "kiosk",
        r"take (?P<services>\w+(?: and \w+)*)(?: as (?P<group>\w+))?"
        r"(?: booked for (?P<slot>[\d:-]+(?: [\d:]+)?)(?:, registered (?P<registered>[\d: -]+))?)?",
        _take,
    ),
    ("kiosk", rf"printed {TICKET}", lambda _s, _n, m: c.Printed(m["ticket"], True)),
    (
        "kiosk",
        rf"not printed {TICKET} (?P<trouble>\w+)",
        lambda _s, _n, m: c.Printed(m["ticket"], False, m["trouble"]),
    ),
    ("kiosk", rf"shows {SERVICE}", _kiosk_shows),
    ("counter", r"next", _of_counter(c.CallNext)),
    (
        "counter",
        rf"call {TICKET} (?P<reason>\w+)",
        lambda _s, n, m: c.CallTicket(n, m["ticket"], m["reason"]),
    ),
    ("counter", r"recall", _of_counter(c.Recall)),
    ("counter", r"start", _of_counter(c.Start)),
    (
        "counter",
        r"finish (?P<outcome>\w+)(?: (?!due|apology)(?P<dossier>\S+))?"
        r"(?: due (?P<due_on>[\d-]+))?"
        r"(?: apology(?: (?P<apology_no>\d+/\S+))?(?: of (?P<apology_on>[\d-]+))?)?",
        _finish,
    ),
    ("counter", r"absent", _of_counter(c.NoShow)),
    ("counter", r"undo", _of_counter(c.Undo)),
    ("counter", rf"add {SERVICE}", lambda _s, n, m: c.AddService(n, m["service"])),
    ("counter", r"postpone", _of_counter(c.Postpone)),
    (
        "counter",
        rf"send to(?: {SERVICE}(?= at|$))?(?: ?(?:at )?counter (?P<counter>\w+))?",
        _transfer,
    ),
    ("counter", r"hold (?P<reason>\w+)", lambda _s, n, m: c.Hold(n, m["reason"])),
    ("counter", rf"resume {TICKET}", lambda _s, n, m: c.Resume(n, m["ticket"])),
    ("counter", r"put back", _of_counter(c.PutBack)),
    (
        "counter",
        rf"cancel {TICKET} (?P<reason>\w+)",
        lambda _s, n, m: c.Cancel(n, m["ticket"], m["reason"]),
    ),
    (
        "counter",
        r"sign in (?P<officer>\w+)(?P<over>, taking over)?",
        lambda _s, n, m: c.SignIn(n, m["officer"], m["over"] is not None),
    ),
    ("counter", r"sign out", _of_counter(c.SignOut)),
    ("counter", r"open", _of_counter(c.Open)),
    ("counter", r"pause (?P<reason>\w+)", lambda _s, n, m: c.Pause(n, m["reason"])),
    ("counter", r"close", _of_counter(c.Close)),
    ("counter", r"shows", _counter_shows),
    (
        "citizen",
        rf"rate {TICKET}(?: turn (?P<turn>\d+))? (?P<level>\d)(?P<tags>(?: \w+)*)"
        r"(?:, (?P<text>.+))?",
        _rate,
    ),
    (
        "server",
        r"(?P<what>suspend|restor)(?:s|es) (?P<officer>\w+)",
        lambda _s, _n, m: c.ChangeAccess(m["officer"], f"{m['what']}ed"),
    ),
    (
        "server",
        r"ends (?P<officer>\w+)'s session at counter (?P<counter>\w+)",
        lambda _s, _n, m: c.SendAway(m["counter"], m["officer"], "session_over"),
    ),
    ("rating", r"shows", _rating_shows),
    ("board", r"shows", _board_shows),
    ("board", r"speaks (?P<call>\d+)(?: at (?P<at>[\d:]+))?(?P<why>)", _spoken),
    ("board", r"skips (?P<call>\d+) (?P<why>\w+)(?P<at>)", _spoken),
    ("kiosk", r"goes silent", lambda _s, _n, _m: c.ReportDevice("kiosk", "silent")),
    ("kiosk", r"is back", lambda _s, _n, _m: c.ReportDevice("kiosk")),
    ("counter", r"reads (?P<word>\d+)", lambda _s, n, m: c.ReadWord(n, int(m["word"]))),
    (
        "manager",
        rf"(?P<way>open|close) {SERVICE}",
        lambda _s, _n, m: c.SetService(m["service"], m["way"] == "open"),
    ),
    ("manager", r"notice (?P<text>.+)", lambda _s, _n, m: c.SetNotice(m["text"])),
    (
        "manager",
        rf"move {TICKET} to(?: {SERVICE}(?= at|,))?(?: ?(?:at )?counter (?P<counter>\w+))?"
        r", (?P<reason>\w+)",
        lambda _s, _n, m: c.MoveTicket(m["ticket"], m["reason"], m["service"], m["counter"]),
    ),
    (
        "manager",
        r"tells counter (?P<counter>\w+): (?P<text>.*)",
        lambda _s, _n, m: c.SendWord(m["text"], m["counter"]),
    ),
    ("manager", r"tells everybody: (?P<text>.*)", lambda _s, _n, m: c.SendWord(m["text"])),
    ("manager", r"has seen (?P<alarm>\S+)", lambda _s, _n, m: c.Acknowledge(m["alarm"])),
    ("manager", r"sees alarms", _sees_alarms),
    ("manager", r"sees half hours", _sees_half_hours),
    ("manager", r"sees who waits longest", _sees_longest),
    ("manager", rf"asks {TICKET}", _story),
    ("manager", r"asks today", _today),
    (
        "printer",
        r"(?P<trouble>\w+)",
        lambda _s, _n, m: c.ReportDevice(
            "printer", None if m["trouble"] == "works" else m["trouble"]
        ),
    ),
    ("clock", r"set (?P<way>back|ahead) (?P<by>.+)", _set_clock),
]
