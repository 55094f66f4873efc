"""What was found, how bad that is, and how a check that hangs is ended. What is looked at stands in
the other files.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final, Literal

State = Literal["ok", "look", "mend"]
Fact = str | int | float

USUAL_S: Final = 6.0


@dataclass(frozen=True, slots=True)
class Finding:
    """`word` names it in terminal/words: [doctor] says what it is, [doctor_do] what to do."""

    state: State
    word: str
    facts: dict[str, Fact] = field(default_factory=dict)
    subject: str = ""  # the check's, once it is told


def ok(word: str, **facts: Fact) -> Finding:
    return Finding("ok", word, facts)


def look(word: str, **facts: Fact) -> Finding:
    """The hall works; somebody should look at it all the same."""
    return Finding("look", word, facts)


def mend(word: str, **facts: Fact) -> Finding:
    """It does not work, or will not for long."""
    return Finding("mend", word, facts)


@dataclass(frozen=True, slots=True)
class Check:
    """One subject that is looked at, and how long that may take before it counts as hanging."""

    subject: str
    work: Callable[[], Iterable[Finding]]
    within_s: float = USUAL_S


def findings(checks: Iterable[Check]) -> Iterator[Finding]:
    """What each finds, one check after the other: they would slow each other down."""
    for check in checks:
        for finding in _within(check):
            yield Finding(finding.state, finding.word, finding.facts, check.subject)


def _within(check: Check) -> Iterator[Finding]:
    """A check that hangs is left behind in its thread, which ends with the program."""
    found: SimpleQueue[list[Finding]] = SimpleQueue()
    worker = threading.Thread(target=lambda: found.put(list(check.work())), daemon=True)
    worker.start()
    try:
        yield from found.get(timeout=check.within_s)
    except Empty:
        yield mend("hangs", seconds=check.within_s)
