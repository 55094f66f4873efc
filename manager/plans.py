"""What a manager wants to try: changes to a recorded day, one by one. Asks and shows nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from figures.document import Report
from link import messages as m
from terminal.telling import AnyPane

RUNS: Final = 200
MOST_CHANGES: Final = 20
SHIFTS: Final = ("opens", "closes")
SKILLS: Final = ("learns", "unlearns")
RULES: Final = ("first", "interleave", "0", "15", "30", "60")  # of a priority group; minutes
LAGS_MIN: Final = ("0", "5", "10", "15", "20", "30")  # until a counter helps out
FACTORS: Final = ("0.8", "0.9", "1.1", "1.2", "1.3", "1.5", "2")
EVERY_GROUP: Final = "all"
MORNING: Final = ("08:00", "11:30")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its kind, and its facts by name, in codes."""

    kind: str
    facts: Mapping[str, str]

    @property
    def word(self) -> str:
        """As `motcua what-if` and the server read it."""
        facts = self.facts
        match self.kind:
            case "opens" | "closes":
                until = f"-{facts['until']}" if facts["until"] else ""
                return f"{facts['counter']}@{facts['since']}{until}"
            case "learns":
                lag = f"@{facts['lag']}" if facts["lag"] != "0" else ""
                return f"{facts['counter']}+{facts['service']}{lag}"
            case "unlearns":
                return f"{facts['counter']}-{facts['service']}"
            case "priority":
                return f"{facts['group']}={facts['rule']}"
            case _:
                return facts["factor"]


@dataclass(slots=True)
class Sketch:
    """What is tried on the page; it outlives a page that is made anew in other words."""

    day: date | None = None
    changes: list[Change] = field(default_factory=list)
    runs: int = RUNS
    times: tuple[str, str] = MORNING  # typed last
    trial: str | None = None  # that runs on the server
    report: Report | None = None  # that came of it

    def add(self, change: Change) -> None:
        """Of two that cannot both be, the newer one."""
        if change.kind == "arrivals":
            self.changes = [one for one in self.changes if one.kind != "arrivals"]
        if change not in self.changes:
            self.changes.append(change)
        if change.kind in SHIFTS:
            self.times = (change.facts["since"], change.facts["until"])

    def asked(self, day: date, language: str) -> m.WhatIf:
        """The request."""

        def words(*kinds: str) -> list[str]:
            return [one.word for one in self.changes if one.kind in kinds]

        return m.WhatIf(
            day=day.isoformat(),
            opens=words("opens"),
            closes=words("closes"),
            skills=words(*SKILLS),
            priority=words("priority"),
            arrivals=float((words("arrivals") or ["1"])[0]),
            runs=self.runs,
            language=language,
        )


def said(pane: AnyPane, change: Change) -> str:
    """The change in a sentence."""
    facts, key = dict(change.facts), f"manager.change_{change.kind}"
    if change.kind in SHIFTS:
        facts["until"] = facts["until"] or pane.words("manager.end_of_day")
    elif change.kind == "learns" and facts["lag"] != "0":
        key = "manager.change_helps"
    elif change.kind == "priority":
        facts["rule"] = rule_name(pane, facts["rule"])
        facts["group"] = group_name(pane, facts["group"])
    elif change.kind == "arrivals":
        facts["factor"] = factor(pane, facts["factor"])
    return pane.words(key, **{name: _named(pane, name, fact) for name, fact in facts.items()})


def group_name(pane: AnyPane, code: str) -> str:
    return pane.words("manager.every_group") if code == EVERY_GROUP else pane.group_name(code)


def rule_name(pane: AnyPane, rule: str) -> str:
    if rule.isdecimal():
        key = "manager.rule_minutes" if rule != "0" else "manager.rule_none"
        return pane.words(key, minutes=rule)
    return pane.words(f"manager.rule_{rule}")


def factor(pane: AnyPane, number: str) -> str:
    """As people write it."""
    return number if pane.words.language == "en" else number.replace(".", ",")


# --- Why not -------------------------------------------------------------------------------------

_LISTS: Final = {"services": "service", "counters": "counter"}


def why_impossible(
    pane: AnyPane, refused: Mapping[str, object], texts: Callable[..., str]
) -> str | None:
    """Why a trial cannot be, in the words of reports; None where nobody wrote any."""
    problem = str(refused.get("problem"))
    facts = {name: _fact(pane, problem, name, fact) for name, fact in refused.items()}
    try:
        return texts(f"whatif_no.{problem}", **facts)
    except KeyError:
        return None


def _fact(pane: AnyPane, problem: str, name: str, fact: object) -> object:
    if not isinstance(fact, str):
        return fact
    if name in ("day", "first", "last"):
        return _day(fact)
    if name in _LISTS:
        names = (_named(pane, _LISTS[name], code) for code in filter(None, fact.split(", ")))
        return ", ".join(names) or "–"
    if name == "code" and problem in ("already_open", "not_open", "outside_hours"):
        return pane.counter_number(fact)
    return fact


def _day(iso: str) -> str:
    try:
        return f"{date.fromisoformat(iso):%d/%m/%Y}"
    except ValueError:
        return iso


def _named(pane: AnyPane, what: str, code: str) -> str:
    match what:
        case "counter":
            return pane.counter_number(code)
        case "service":
            return pane.service_name(code)
        case _:
            return code


# --- Days ----------------------------------------------------------------------------------------


def last_weekdays(today: date) -> Sequence[date]:
    """The last day of each weekday that is over, the latest first."""
    return [today - timedelta(days=back) for back in range(1, 8)]


def last_working_day(today: date) -> date:
    """The last one from Monday to Friday that is over."""
    return next(day for day in last_weekdays(today) if day.weekday() < 5)
