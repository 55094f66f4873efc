"""What the console says about a view: sentences and figures from codes and times. No widgets."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from counter.keys import cap_name
from link.messages import CounterTicket, CounterView, Why
from terminal.telling import (
    AnyPane,
    Over,
    Pace,
    clock,
    expected_s,
    minutes,
    over,
    pace_of,
    signs,
    since,
    word_name,
)


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


def waited(pane: AnyPane, ticket: CounterTicket, now: datetime) -> str:
    """The wait of this turn until it was called, and when the number was taken."""
    until = ticket.called_at or now
    taken = pane.words.time(ticket.issued_at, now)
    wait = minutes(pane, since(ticket.opened_at, until)) + signs(wait_over(pane, ticket, now))
    return pane.words("counter.waited_since", wait=wait, time=taken)


def wait_over(pane: AnyPane, ticket: CounterTicket, now: datetime) -> Over:
    """How many of the hall's limits the wait of this turn went over."""
    return over(pane, since(ticket.opened_at, ticket.called_at or now))


def called(pane: AnyPane, ticket: CounterTicket, now: datetime) -> str:
    """How long ago the last call was, and how often it was repeated."""
    ago = pane.words("counter.ago", time=clock(since(ticket.last_called_at, now)))
    if not ticket.recalls:
        return ago
    return f"{ago} · {pane.words('counter.recalls', count=ticket.recalls)}"


def pace(pane: AnyPane, ticket: CounterTicket, now: datetime) -> Pace:
    """Whether the service takes longer than expected, and how much."""
    return pace_of(pane, ticket.service, ticket.started_at, now)


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


def sent_word(pane: AnyPane, view: CounterView, now: datetime) -> str:
    """The oldest word of the manager's that was not read yet, and how many come after it."""
    if not view.sent_words:
        return ""
    word, more = view.sent_words[0], len(view.sent_words) - 1
    cap = cap_name("read_word", pane.words)
    key = "sent_word_more" if more else "sent_word"
    time = pane.words.time(word.at, now)
    return pane.words(f"counter.{key}", time=time, text=word.text, cap=cap, more=more)
