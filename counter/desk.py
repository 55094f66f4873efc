"""The left half of the console: the ticket at the counter, or what to do without one."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from counter import wording
from link.messages import CounterTicket, CounterView
from terminal.big_number import BigNumber
from terminal.lines import Fact, Line, Passage
from terminal.telling import AnyPane


class Desk(Vertical):
    """The ticket in hand, as large as there is room, and everything to know about it."""

    DEFAULT_CSS = """
    Desk { width: 4fr; padding: 0 1; }
    Desk > #head { height: 1; }
    Desk #stage { text-style: bold; color: $primary; }
    Desk #language { width: auto; }
    Desk > #number { height: 1fr; min-height: 4; max-height: 11; }
    Desk > #hint { text-align: center; padding: 1 1 0 1; }
    Desk > #service { text-style: bold; }
    Desk > #priority { background: $primary; color: $background; text-style: bold; padding: 0 1; }
    Desk > #facts { height: auto; }
    Desk .-amber { color: $warning; }
    Desk .-red { color: $error; text-style: bold; }
    Desk #language.-foreign { background: $warning; color: $background; text-style: bold; }
    """

    def __init__(self, pane: AnyPane) -> None:
        super().__init__()
        self._pane = pane

    def compose(self) -> ComposeResult:
        words = self._pane.words
        with Horizontal(id="head"):
            yield Line(id="stage")
            yield Line(id="language")
        yield BigNumber(id="number")
        yield Passage(id="hint")
        yield Passage(id="service")
        yield Passage(id="priority")
        with Vertical(id="facts"):
            for name in ("proof", "waited", "called", "served", "why", "later"):
                yield Fact(words(f"counter.{name}"), id=name)

    def show(self, view: CounterView, now: datetime) -> None:
        """Bring every line up to date; only those that differ are drawn."""
        ticket = view.ticket
        self._show_head(view, now)
        self._show_language(ticket)
        self._show_priority(ticket)
        facts = self._facts(ticket, now) if ticket else {}
        for fact in self.query(Fact):
            fact.say(facts.get(fact.id or "", ""))
        self._colour(ticket, now)

    def _show_head(self, view: CounterView, now: datetime) -> None:
        ticket, words = view.ticket, self._pane.words
        standing = wording.standing(self._pane, view, now)
        head = words(f"stage.{ticket.stage}").upper() if ticket else standing
        self.query_one("#stage", Line).say(head)
        self.query_one(BigNumber).text = ticket.number if ticket else ""
        self.query_one("#hint", Passage).say("" if ticket else wording.hint(self._pane, view, now))
        service = self._pane.service_name(ticket.service) if ticket else ""
        self.query_one("#service", Passage).say(service)

    def _show_language(self, ticket: CounterTicket | None) -> None:
        """Which language to speak; it stands out where it is not the hall's first."""
        name = wording.language_name(self._pane, ticket.language) if ticket else ""
        foreign = ticket is not None and ticket.language != self._pane.hall.languages[0]
        line = self.query_one("#language", Line)
        line.say(f" {name} " if name else "")
        line.set_class(foreign, "-foreign")

    def _show_priority(self, ticket: CounterTicket | None) -> None:
        group = self._pane.group_name(ticket.group) if ticket and ticket.group else ""
        text = self._pane.words("counter.priority", group=group) if group else ""
        self.query_one("#priority", Passage).say(text)

    def _facts(self, ticket: CounterTicket, now: datetime) -> dict[str, str]:
        """What is known of a ticket, by the name of its line."""
        pane, serving = self._pane, ticket.started_at is not None
        return {
            "proof": wording.proof(pane, ticket.group),
            "waited": wording.waited(pane, ticket, now),
            "called": wording.called(pane, ticket, now),
            "served": wording.served(pane, ticket, now) if serving else "",
            "why": wording.why_text(pane, ticket.why) if ticket.why else "",
            "later": wording.later(pane, ticket),
        }

    def _colour(self, ticket: CounterTicket | None, now: datetime) -> None:
        pace = wording.pace(self._pane, ticket, now) if ticket else ""
        over = wording.wait_over(self._pane, ticket, now) if ticket else 0
        self._shade("#served", amber=pace == "slow", red=pace == "very_slow")
        self._shade("#waited", amber=over == 1, red=over == 2)

    def _shade(self, line: str, *, amber: bool, red: bool) -> None:
        self.query_one(line).set_class(amber, "-amber").set_class(red, "-red")
