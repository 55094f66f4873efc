"""What the console says about a view: sentences and figures from codes and times. No widgets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from math import ceil
from typing import Any, Final, Literal

from counter.keys import cap_name
from link.messages import CounterTicket, CounterView, Trouble, Why, WordInfo
from terminal.pane import Pane

SLOW: Final = 1.0  # times the expected service time
VERY_SLOW: Final = 1.5

Pace = Literal["", "slow", "very_slow"]
Over = Literal[0, 1, 2]
AnyPane = Pane[Any]


def clock(seconds: float) -> str:
    """A running duration: 4:07, or 1:04:07."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{minutes}:{whole % 60:02d}"


def since(at: datetime | None, now: datetime) -> float:
    """Seconds from then to now, never below nothing; 0 where it never was."""
    return 0.0 if at is None else max(0.0, (now - at).total_seconds())


def minutes(pane: AnyPane, seconds: float) -> str:
    """Whole minutes that have passed: "34 phút"."""
    return pane.words("counter.minutes", minutes=int(seconds // 60))


def today(pane: AnyPane) -> date:
    """The hall's day."""
    return pane.now().astimezone(pane.words.timezone).date()


def word_name(pane: AnyPane, those: Iterable[WordInfo], code: str | None) -> str:
    """The name of a reason or outcome."""
    return next((pane.words.name(one.names) for one in those if one.code == code), code or "")


def why_text(pane: AnyPane, why: Why) -> str:
    """Why a ticket goes first: the rule, how many it overtook, and who of them waited longest."""
    reason = word_name(pane, pane.hall.jump_reasons, why.reason)
    key = f"counter.why_{why.rule}"
    text = pane.words(key if key in pane.words else "counter.why_other", reason=reason)
    if not why.overtook:
        return text
    overtook = pane.words("counter.overtook", count=why.overtook, longest=why.longest or "")
    return f"{text}; {overtook}"


def language_name(pane: AnyPane, code: str) -> str:
    key = f"counter.language_{code}"
    return pane.words(key) if key in pane.words else code


def proof(pane: AnyPane, group: str | None) -> str:
    """What the officer asks to see of a priority group."""
    return next((pane.words.name(g.proof) for g in pane.hall.groups if g.code == group), "")


def expected_s(pane: AnyPane, service: str) -> float:
    return next((s.expected_s for s in pane.hall.services if s.code == service), 0.0)


def waited(pane: AnyPane, ticket: CounterTicket, now: datetime) -> str:
    """The wait of this turn until it was called, and when the number was taken."""
    until = ticket.called_at or now
    taken = pane.words.time(ticket.issued_at, now)
    wait = minutes(pane, since(ticket.opened_at, until)) + signs(wait_over(pane, ticket, now))
    return pane.words("counter.waited_since", wait=wait, time=taken)


def wait_over(pane: AnyPane, ticket: CounterTicket, now: datetime) -> Over:
    """How many of the hall's limits the wait of this turn went over."""
    return over(pane, since(ticket.opened_at, ticket.called_at or now))


def over(pane: AnyPane, wait_s: float) -> Over:
    """How many of the hall's two limits a wait is over: its target, and what nobody should wait."""
    if wait_s > pane.hall.wait_limit_s:
        return 2
    return 1 if wait_s > pane.hall.wait_target_s else 0


def signs(over: Over) -> str:
    """The same without colour."""
    return f" {'!' * over}" if over else ""


def called(pane: AnyPane, ticket: CounterTicket, now: datetime) -> str:
    """How long ago the last call was, and how often it was repeated."""
    ago = pane.words("counter.ago", time=clock(since(ticket.last_called_at, now)))
    if not ticket.recalls:
        return ago
    return f"{ago} · {pane.words('counter.recalls', count=ticket.recalls)}"


def pace(pane: AnyPane, ticket: CounterTicket, now: datetime) -> Pace:
    """Whether the service takes longer than expected, and how much."""
    expected = expected_s(pane, ticket.service)
    if ticket.started_at is None or not expected:
        return ""
    times = since(ticket.started_at, now) / expected
    return "very_slow" if times > VERY_SLOW else "slow" if times > SLOW else ""


def served(pane: AnyPane, ticket: CounterTicket, now: datetime) -> str:
    """The service time so far beside the expected one; in words when it runs over."""
    return pane.words(
        f"counter.served_{pace(pane, ticket, now) or 'in_time'}",
        time=clock(since(ticket.started_at, now)),
        expected=minutes(pane, expected_s(pane, ticket.service)),
    )


def later(pane: AnyPane, ticket: CounterTicket) -> str:
    """The services still to come on the same ticket."""
    return ", ".join(pane.service_name(service) for service in ticket.later)


def standing(pane: AnyPane, view: CounterView, now: datetime) -> str:
    """How the counter stands, in a word: open, closed, or paused, why and how long."""
    text = pane.words(f"counter.state_{view.state}")
    if view.state != "paused":
        return text
    reason = word_name(pane, pane.hall.pause_reasons, view.pause_reason)
    return f"{text}: {reason} ({clock(since(view.since, now))})"


def hint(pane: AnyPane, view: CounterView, now: datetime) -> str:
    """What to press at a counter without a ticket, and for how long what was done may be undone.

    Nothing while the server is away: then no key is taken.
    """
    if not pane.live:
        return ""
    undo_s = undo_left_s(view, now)
    undo = pane.words("counter.hint_undo", cap=cap_name("undo", pane.words), seconds=undo_s)
    return "\n".join([_hint(pane, view), *([undo] if undo_s else [])])


def _hint(pane: AnyPane, view: CounterView) -> str:
    if view.next is not None and "call_next" in view.may:
        cap = cap_name("call_next", pane.words)
        return pane.words("counter.hint_call", cap=cap, number=view.next.number)
    if view.state != "open" and "open" in view.may:
        return pane.words("counter.hint_open", cap=cap_name("open", pane.words))
    return pane.words("counter.hint_nobody")


def undo_left_s(view: CounterView, now: datetime) -> int:
    """Whole seconds for which the last finish or no-show may still be taken back."""
    if view.undo_until is None or "undo" not in view.may:
        return 0
    return max(0, ceil((view.undo_until - now).total_seconds()))


def trouble_text(pane: AnyPane, troubles: Iterable[Trouble], now: datetime) -> str:
    """Every device that does not work, what it has, and since when."""
    return " · ".join(
        pane.words(
            "counter.trouble",
            device=pane.words.device(one.device),
            trouble=pane.words.trouble(one.trouble),
            time=pane.words.time(one.since, now),
        )
        for one in troubles
    )
