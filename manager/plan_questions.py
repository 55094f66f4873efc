"""What the pages of the trials ask: which day, which change, how often, which weekday."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Final

from textual.widgets import Input

from figures.words import load
from manager.plans import (
    EVERY_GROUP,
    FACTORS,
    LAGS_MIN,
    RULES,
    SHIFTS,
    SKILLS,
    Change,
    Sketch,
    factor,
    group_name,
    last_weekdays,
    rule_name,
    said,
)
from terminal.choice import Choice, Chosen, Item, searched
from terminal.dates import day_of
from terminal.forms import Entry, Form
from terminal.haste import focus_now
from terminal.question import Question
from terminal.telling import AnyPane, today
from terminal.words import Words

KINDS: Final = (*SHIFTS, *SKILLS, "priority", "arrivals")
RUNS: Final = {"quick": 50, "usual": 200, "thorough": 1000}
WEEKS: Final = (2, 4, 8, 13, 26)
OTHER_DAY: Final = "other_day"
CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.hg](\d{2})?)?", re.ASCII | re.IGNORECASE)
DATE_CELLS: Final = 10
TIME_CELLS: Final = 5


def change_step(pane: AnyPane, sketch: Sketch, so_far: tuple[str, ...]) -> Question | Change:
    """The next question about a change, or the change when all of it is answered."""
    change = _change(so_far)
    if change is not None:
        return change
    match so_far:
        case ():
            return _kinds(pane)
        case ("opens" | "closes", counter):
            return TimesForm(pane, counter, sketch.times)
        case ("learns" | "unlearns" as kind, counter):
            return _services(pane, counter, has=kind == "unlearns")
        case (_, counter, service):
            return _lags(pane, counter, service)
        case ("priority", group):
            return _rules(pane, group)
        case ("priority",):
            return _groups(pane)
        case ("arrivals",):
            return _factors(pane)
        case _:
            return _counters(pane, so_far[0])


def _change(answered: tuple[str, ...]) -> Change | None:
    """The change, where nothing is left to ask."""
    match answered:
        case ("opens" | "closes" as kind, counter, times):
            since, _, until = times.partition("-")
            return Change(kind, {"counter": counter, "since": since, "until": until})
        case ("learns", counter, service, lag):
            return Change("learns", {"counter": counter, "service": service, "lag": lag})
        case ("unlearns", counter, service):
            return Change("unlearns", {"counter": counter, "service": service})
        case ("priority", group, rule):
            return Change("priority", {"group": group, "rule": rule})
        case ("arrivals", number):
            return Change("arrivals", {"factor": number})
        case _:
            return None


def _choice(pane: AnyPane, title: str, items: list[Item]) -> Choice:
    return searched("add_change", title, items, pane.words)


def _kinds(pane: AnyPane) -> Choice:
    words = pane.words
    items = [Item(kind, words(f"manager.kind_{kind}")) for kind in KINDS]
    return _choice(pane, words("manager.ask_change"), items)


def _counters(pane: AnyPane, kind: str) -> Choice:
    words = pane.words
    items = [
        Item(one.code, words("manager.to_counter_open", number=one.number))
        for one in pane.hall.counters
    ]
    return _choice(pane, words(f"manager.kind_{kind}"), items)


def _services(pane: AnyPane, counter: str, *, has: bool) -> Choice:
    """Those that the counter has, or has not."""
    own = next((one.services for one in pane.hall.counters if one.code == counter), [])
    items = [
        Item(one.code, pane.words.name(one.names))
        for one in pane.hall.services
        if (one.code in own) == has
    ]
    key = "ask_unlearns" if has else "ask_learns"
    title = pane.words(f"manager.{key}", number=pane.counter_number(counter))
    return _choice(pane, title, items)


def _lags(pane: AnyPane, counter: str, service: str) -> Choice:
    words = pane.words
    items = [
        Item(lag, words("manager.lag" if lag != "0" else "manager.lag_none", minutes=lag))
        for lag in LAGS_MIN
    ]
    number, name = pane.counter_number(counter), pane.service_name(service)
    return _choice(pane, words("manager.ask_lag", number=number, service=name), items)


def _groups(pane: AnyPane) -> Choice:
    codes = [EVERY_GROUP, *(one.code for one in pane.hall.groups)]
    items = [Item(code, group_name(pane, code)) for code in codes]
    return _choice(pane, pane.words("manager.kind_priority"), items)


def _rules(pane: AnyPane, group: str) -> Choice:
    items = [Item(rule, rule_name(pane, rule)) for rule in RULES]
    return _choice(pane, group_name(pane, group), items)


def _factors(pane: AnyPane) -> Choice:
    words = pane.words
    items = [
        Item(one, words("manager.change_arrivals", factor=factor(pane, one))) for one in FACTORS
    ]
    return _choice(pane, words("manager.kind_arrivals"), items)


def drop_question(pane: AnyPane, sketch: Sketch) -> Choice:
    items = [Item(str(place), said(pane, one)) for place, one in enumerate(sketch.changes)]
    return searched("drop_change", pane.words("manager.ask_drop"), items, pane.words)


def runs_question(pane: AnyPane) -> Choice:
    words = pane.words
    items = [
        Item(str(runs), words(f"manager.runs_{name}", runs=runs)) for name, runs in RUNS.items()
    ]
    return Choice("runs", words("manager.ask_runs"), items, words)


def weekday_question(pane: AnyPane) -> Choice:
    words = pane.words
    items = [Item(str(one), weekday_name(words, one)) for one in range(7)]
    return Choice("weekday", words("manager.ask_weekday"), items, words)


def weeks_question(pane: AnyPane) -> Choice:
    words = pane.words
    items = [Item(str(weeks), words("manager.so_many_weeks", weeks=weeks)) for weeks in WEEKS]
    return Choice("weeks", words("manager.ask_weeks"), items, words)


def day_question(pane: AnyPane) -> Choice:
    """The last of each weekday, or any other day."""
    words = pane.words
    days = sorted(last_weekdays(today(pane)), key=date.weekday)
    items = [Item(day.isoformat(), day_name(words, day)) for day in days]
    items.append(Item(OTHER_DAY, words("manager.other_day")))
    return Choice("day", words("manager.ask_day"), items, words)


def day_name(words: Words, day: date) -> str:
    """With its weekday."""
    return f"{weekday_name(words, day.weekday())} {day:%d/%m/%Y}"


def weekday_name(words: Words, weekday: int) -> str:
    """As reports call it; 0 is Monday."""
    return load(words.language)(f"weekday.{weekday}")


# --- Texts to type -------------------------------------------------------------------------------


class DayForm(Form):
    """Any day that is over. It is answered as if it had been chosen from the list."""

    def __init__(self, pane: AnyPane) -> None:
        words = pane.words
        entries = [Entry("day", words("manager.field_day"), DATE_CELLS)]
        super().__init__(OTHER_DAY, words("manager.ask_day"), entries, words)
        self._today = today(pane)

    def _finish(self) -> None:
        self.complain("")
        typed = self.typed("day")
        day = day_of(typed, self._today)
        if day is None:
            self.complain(self._words("console.bad_day", typed=typed))
        elif day > self._today:
            self.complain(self._words("manager.day_to_come"))
        else:
            self.post_message(Chosen("day", day.isoformat(), ""))


class TimesForm(Form):
    """From when to when; without an end, until the end of the day."""

    def __init__(self, pane: AnyPane, counter: str, times: tuple[str, str]) -> None:
        words = pane.words
        entries = [
            Entry("since", words("manager.field_since"), TIME_CELLS, offered=True),
            Entry("until", words("manager.field_until"), TIME_CELLS, offered=True),
        ]
        number = pane.counter_number(counter)
        super().__init__("add_change", words("manager.ask_times", number=number), entries, words)
        self._times = times

    def on_mount(self) -> None:
        for name, value in zip(("since", "until"), self._times, strict=True):
            field = self.query_one(f"#{name}", Input)
            field.value, field.cursor_position = value, len(value)
        self.focus_first()

    def _finish(self) -> None:
        self.complain("")
        since, until = clock(self.typed("since")), clock(self.typed("until"))
        if since is None:
            self._not_a_time("since")
        elif until is None and self.typed("until"):
            self._not_a_time("until")
        elif until is not None and until <= since:
            self._again("until", self._words("manager.times_backwards"))
        else:
            code = f"{since}-{until}" if until else since
            self.post_message(Chosen("add_change", code, ""))

    def _not_a_time(self, name: str) -> None:
        self._again(name, self._words("manager.not_a_time", typed=self.typed(name)))

    def _again(self, name: str, why: str) -> None:
        """Where it can be mended at once."""
        self.complain(why)
        focus_now(self.query_one(f"#{name}", Input))


def clock(typed: str) -> str | None:
    """What was typed as HH:MM: "8" and "8h30" are times as well. None: it is no time."""
    match = CLOCK.fullmatch(typed)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        return None
    return f"{time(hour, minute):%H:%M}"
