"""The form that is filled in where a result is returned.

It says what is wrong with what was typed; what the hall thinks of it is not known here.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from textual import on
from textual.widgets import Input

from counter.dossier import remark_on
from link import messages as m
from terminal.dates import day_of, days_late
from terminal.forms import Entry, Form
from terminal.haste import focus_now, gets_keys
from terminal.words import Words

APOLOGY: Final = ("apology_no", "apology_on")


class ReturnForm(Form):
    """A result is returned: when it was due, and if that is past, the letter of apology."""

    def __init__(self, title: str, outcome: str, dossier: str, today: date, words: Words) -> None:
        entries = [
            Entry("dossier", words("counter.dossier"), 40),
            Entry("due_on", words("counter.due_on"), 10),
            Entry("apology_no", words("counter.apology_no"), 40),
            Entry("apology_on", words("counter.apology_on"), 10),
        ]
        super().__init__("finish", title, entries, words)
        self.outcome, self._dossier, self._today = outcome, dossier, today

    def on_mount(self) -> None:
        self.query_one("#dossier", Input).value = self._dossier
        self._show_apology(late=False)

    def focus_first(self) -> None:
        focus_now(self.query_one("#due_on"))

    @on(Input.Changed, "#due_on")
    def _due_on_typed(self, event: Input.Changed) -> None:
        """Late or not, said as soon as it is a day."""
        due = day_of(event.value, self._today)
        late = 0 if due is None else days_late(due, self._today)
        self._show_apology(late=late > 0)
        self.remark("" if due is None else self._lateness(due, late))

    @on(Input.Changed, "#dossier")
    def _dossier_typed(self, event: Input.Changed) -> None:
        if gets_keys(self.query_one("#dossier")):
            self.remark(remark_on(event.value, self._words))

    def _lateness(self, due: date, late: int) -> str:
        key = "due_late" if late > 0 else "due_early" if late < 0 else "due_today"
        return self._words(f"counter.{key}", day=due.strftime("%d/%m/%Y"), days=abs(late))

    def _show_apology(self, *, late: bool) -> None:
        for name in APOLOGY:
            for part in self.query(f".{name}"):
                part.display = late

    def request(self) -> m.AnyDo | None:
        days: dict[str, str | None] = {}
        for name in ("due_on", "apology_on"):
            typed = self.typed(name)
            day = day_of(typed, self._today)
            if typed and day is None:
                self.complain(self._words("console.bad_day", typed=typed))
                focus_now(self.query_one(f"#{name}"))
                return None
            days[name] = day.isoformat() if day else None
        late = self.query_one("#apology_no").display
        return m.Finish(
            outcome=self.outcome,
            dossier=self.typed("dossier").upper() or None,
            due_on=days["due_on"],
            apology_no=(late and self.typed("apology_no")) or None,
            apology_on=(late and days["apology_on"]) or None,
        )
