"""A ticket's own story in words, line by line, for whoever asks why others went before.

It is told from facts in codes; what they mean in this hall comes from `HallInfo`. Reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import wrap
from typing import Any, Final, Protocol

from link.messages import HallInfo, WordInfo
from terminal.words import Words

PAPER: Final = 80  # letters on a line


class Fact(Protocol):
    """What happened, in one word, and the codes and figures that are known of it."""

    @property
    def at(self) -> datetime: ...
    @property
    def what(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


class TurnTold(Protocol):
    """One wait and the service after it, in seconds."""

    @property
    def service(self) -> str: ...
    @property
    def wait_s(self) -> float: ...
    @property
    def closed_s(self) -> float: ...
    @property
    def service_s(self) -> float | None: ...
    @property
    def missed(self) -> bool: ...
    @property
    def trusted(self) -> bool: ...


class Right(Protocol):
    """Why some went before, and how many."""

    @property
    def rule(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def count(self) -> int: ...


class Story(Protocol):
    """All that is known of one ticket; `until` is the day's latest event."""

    @property
    def day(self) -> date: ...
    @property
    def number(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def live(self) -> bool: ...
    @property
    def until(self) -> datetime: ...
    @property
    def facts(self) -> Sequence[Fact]: ...
    @property
    def turns(self) -> Sequence[TurnTold]: ...
    @property
    def stood_before(self) -> int: ...
    @property
    def went_before(self) -> Sequence[Right]: ...


def story_lines(story: Story, hall: HallInfo, words: Words) -> Iterator[str]:
    """The whole story: a heading, one line per fact, and what it comes to."""
    teller = _Teller(hall, words, story.day)
    yield words.name(hall.names)
    yield words("story.heading", number=story.number, day=story.day.strftime("%d/%m/%Y"))
    yield ""
    for fact in story.facts:
        clock = f"{teller.clock(fact.at)}  "
        yield from _wrapped(clock + " ".join(teller.sentences(fact)), indent=len(clock))
    yield ""
    for line in teller.sums(story):
        yield from _wrapped(line, indent=4)


@dataclass(frozen=True, slots=True)
class _Teller:
    hall: HallInfo
    words: Words
    day: date

    # --- One fact ---

    def sentences(self, fact: Fact) -> Iterator[str]:
        """What happened; then, where it is known, what belongs to it."""
        named = {name: self._named(name, value) for name, value in fact.facts.items()}
        reason = self._reason(fact.what, fact.facts.get("reason"))
        if "rule" in fact.facts:
            named["why"] = self._why(fact.facts["rule"], reason, fact.facts)
        yield self.words(f"story.{_manner(fact)}", **{**named, "reason": reason})
        match fact.what:
            case "taken":
                yield from self._promise(fact.facts)
            case "finished" if "began" in named:
                yield self.words("story.began", **named)
            case _:
                pass

    def _promise(self, facts: Mapping[str, Any]) -> Iterator[str]:
        """What was known and said when the number was taken."""
        if "group" in facts:
            yield f"{self.words('kiosk.priority', group=self._group(facts['group']))}."
        if "slot" in facts:
            yield self.words("story.slot", slot=self.clock(facts["slot"]))
        ahead = facts["ahead"]
        yield self.words("story.ahead" if ahead else "story.ahead_none", people=ahead)
        if "wait_high_s" not in facts:
            yield self.words("story.told_nothing")
            return
        span = self.words.span(facts["wait_low_s"], facts["wait_high_s"])
        yield self.words("kiosk.expected", wait=span)

    def _why(self, rule: str, reason: str, facts: Mapping[str, Any]) -> str:
        """The rule of a call, and whom it overtook."""
        key = f"counter.why_{rule}"
        text = self.words(key if key in self.words else "counter.why_other", reason=reason)
        if not facts.get("overtook"):
            return text
        count, longest = facts["overtook"], facts.get("longest", "")
        return f"{text}; {self.words('counter.overtook', count=count, longest=longest)}"

    # --- What it comes to ---

    def sums(self, story: Story) -> Iterator[str]:
        """How it stands, how long it took, and who went before with which right."""
        if story.live:
            stage = self.words(f"stage.{story.stage}")
            yield self.words("story.so_far", time=self.clock(story.until), stage=stage)
        yield from self._durations(story.turns)
        if story.stood_before:
            yield self.words("story.stood_before", count=story.stood_before)
        yield from self._rights(story.went_before)

    def _durations(self, turns: Sequence[TurnTold]) -> Iterator[str]:
        yield " ".join(self._wait(turns))
        served_s = [turn.service_s for turn in turns if turn.service_s is not None]
        if served_s:
            yield self.words("story.served", served=self._duration(sum(served_s)))
        if len(turns) > 1:
            yield from map(self._turn, turns)
        if any(turn.missed for turn in turns):
            yield self.words("story.until_first_call")
        if not all(turn.trusted for turn in turns):
            yield self.words("story.untrusted")

    def _wait(self, turns: Sequence[TurnTold]) -> Iterator[str]:
        wait_s, closed_s = sum(turn.wait_s for turn in turns), sum(turn.closed_s for turn in turns)
        yield self.words("story.waited", wait=self._duration(wait_s))
        if closed_s >= 1:
            yield self.words("story.closed", closed=self._duration(closed_s))

    def _rights(self, rights: Sequence[Right]) -> Iterator[str]:
        if not rights:
            yield self.words("story.nobody_before")
            return
        yield self.words("story.before", count=sum(right.count for right in rights))
        for right in rights:
            why = self._why(right.rule, self._reason("went_before", right.reason), {})
            yield self.words("story.right", count=right.count, why=why)

    def _turn(self, turn: TurnTold) -> str:
        service, wait = self._service(turn.service), self._duration(turn.wait_s)
        if turn.service_s is None:
            return self.words("story.turn_waited", service=service, wait=wait)
        served = self._duration(turn.service_s)
        return self.words("story.turn", service=service, wait=wait, served=served)

    # --- Codes and figures, as people say them ---

    def clock(self, at: datetime) -> str:
        """The hall's time to the second; with the date when it is not the story's."""
        local = at.astimezone(self.words.timezone)
        clock = local.strftime("%H:%M:%S")
        if local.date() == self.day:
            return clock
        return self.words("common.time_on_day", time=clock, day=local.strftime("%d/%m"))

    def _named(self, name: str, value: Any) -> object:
        match name:
            case "service":
                return self._service(value)
            case "services":
                return ", ".join(self._service(code) for code in value)
            case "counter" | "to":
                return next((c.number for c in self.hall.counters if c.code == value), value)
            case "outcome":
                return self._word(self.hall.outcomes, value)
            case "trouble":
                return self.words.trouble(value)
            case "skipped":
                key = f"unspoken.{value}"
                return self.words(key) if key in self.words else self.words.trouble(value)
            case "until" | "began":
                return self.clock(value)
            case _:
                return value

    def _reason(self, what: str, code: str | None) -> str:
        """A reason by its name; which list it is from is known from what happened."""
        match what:
            case "held":
                return self._word(self.hall.hold_reasons, code)
            case "cancelled":
                return self._word(self.hall.cancel_reasons, code)
            case _:
                return self._word(self.hall.jump_reasons, code)

    def _word(self, those: Iterable[WordInfo], code: str | None) -> str:
        return next((self.words.name(one.names) for one in those if one.code == code), code or "")

    def _service(self, code: str) -> str:
        return next((self.words.name(s.names) for s in self.hall.services if s.code == code), code)

    def _group(self, code: str) -> str:
        return next((self.words.name(g.names) for g in self.hall.groups if g.code == code), code)

    def _duration(self, seconds: float) -> str:
        minutes, rest = divmod(round(seconds), 60)
        if minutes == 0:
            return self.words("story.seconds", seconds=rest)
        if rest == 0:
            return self.words(
                "common.minute" if minutes == 1 else "common.minutes", minutes=minutes
            )
        return self.words("story.duration", minutes=minutes, seconds=rest)


def _wrapped(text: str, indent: int) -> list[str]:
    """Lines that fit the paper, all but the first indented."""
    return wrap(text, PAPER, subsequent_indent=" " * indent, break_on_hyphens=False)


def _manner(fact: Fact) -> str:
    """The word for a fact, where it can be said in two ways."""
    match fact.what:
        case "missed" if fact.facts["by_clock"]:
            return "missed_by_clock"
        case "no_show" if fact.facts["by_clock"]:
            return "no_show_by_clock"
        case "transferred" if "to" in fact.facts:
            return "transferred_to"
        case "moved" if "to" in fact.facts:
            return "moved_to"
        case _:
            return fact.what
