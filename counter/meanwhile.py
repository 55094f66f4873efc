"""What happened at a counter while its console could not see: two views, compared in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from link.messages import CounterTicket, CounterView
from terminal.telling import AnyPane

ENDING: Final = frozenset(
    {"finish", "no_show", "transfer", "hold", "put_back", "cancel"}
)  # what an officer may have asked for that takes the ticket away


def meanwhile(pane: AnyPane, before: CounterView, now: CounterView, asked: frozenset[str]) -> str:
    """Everything that is different, the most important first; or that nothing is.

    `asked`: the kinds of request that were on their way when the link was lost.
    """
    lines = [*_sitting(pane, before, now)]
    if now.officer is not None:
        lines += [*_ticket(pane, before, now, asked), *_counter(pane, before, now)]
    text = " · ".join(lines) or _nothing(pane, asked)
    return pane.words("counter.meanwhile", text=text)


def _nothing(pane: AnyPane, asked: frozenset[str]) -> str:
    """Nothing is different yet; what was asked before is asked again just now."""
    if not asked:
        return pane.words("counter.meanwhile_nothing")
    names = ", ".join(pane.words(f"counter.do_{kind}") for kind in sorted(asked))
    return pane.words("counter.meanwhile_asked", names=names)


def _sitting(pane: AnyPane, before: CounterView, now: CounterView) -> Iterator[str]:
    if now.officer == before.officer:
        return
    if now.officer is None:
        yield pane.words("counter.meanwhile_signed_out", officer=before.officer or "")
    else:
        yield pane.words("counter.meanwhile_taken_over", officer=now.officer)


def _ticket(
    pane: AnyPane, before: CounterView, now: CounterView, asked: frozenset[str]
) -> Iterator[str]:
    """What became of the ticket in hand, and which one is there now."""
    was, here = before.ticket, now.ticket
    if was is not None and here is not None and was.number == here.number:
        yield from _same_ticket(pane, was, here)
        return
    if was is not None:
        yield _gone(pane, was, now, asked)
    if here is not None:
        yield pane.words("counter.meanwhile_called", number=here.number)


def _same_ticket(pane: AnyPane, was: CounterTicket, here: CounterTicket) -> Iterator[str]:
    if (was.stage, was.turn) != (here.stage, here.turn):
        stage = pane.words(f"stage.{here.stage}")
        yield pane.words("counter.meanwhile_stage", number=here.number, stage=stage)
    elif was.recalls < here.recalls:
        yield pane.words("counter.meanwhile_recalled", number=here.number)
    if was.service != here.service or was.later != here.later:
        yield pane.words("counter.meanwhile_services", number=here.number)


def _gone(pane: AnyPane, was: CounterTicket, now: CounterView, asked: frozenset[str]) -> str:
    """As was asked for, or parked; or by the clock, which ends only calls that nobody answers."""
    if asked & ENDING:
        key = "meanwhile_done"
    elif any(one.number == was.number for one in now.held):
        key = "meanwhile_held"
    elif was.stage == "called":
        key = "meanwhile_missed"
    else:
        key = "meanwhile_gone"
    return pane.words(f"counter.{key}", number=was.number)


def _counter(pane: AnyPane, before: CounterView, now: CounterView) -> Iterator[str]:
    """The counter itself, the tickets parked there, and who waits."""
    if now.state != before.state:
        yield pane.words(f"counter.state_{now.state}")
    was, here = ({one.number for one in view.held} for view in (before, now))
    in_hand = {view.ticket.number for view in (before, now) if view.ticket}
    if back := sorted(was - here - in_hand):
        yield pane.words("counter.meanwhile_resumed", numbers=", ".join(back))
    if parked := sorted(here - was - in_hand):
        yield pane.words("counter.meanwhile_parked", numbers=", ".join(parked))
    waited, wait = (sum(one.waiting for one in view.queue) for view in (before, now))
    if waited != wait:
        yield pane.words("counter.meanwhile_waiting", before=waited, now=wait)
