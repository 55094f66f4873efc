"""What the page of the figures asks: which sheet, which period, split by what, saved as what."""

from __future__ import annotations

from typing import Final

from textual.widgets import Input

from figures.errors import BadPeriod
from figures.periods import KINDS, Period, asked_for
from link import messages as m
from manager.catalogue import SHEETS, Sheet, split_title, title
from manager.periods import DAYS
from manager.saving import OFFERED
from terminal.choice import Choice, Item, searched
from terminal.dates import day_of
from terminal.forms import Entry, Form
from terminal.telling import AnyPane, today

DATE_CELLS: Final = 10


def sheet_question(pane: AnyPane) -> Choice:
    """Every sheet, also those that have no digit."""
    words = pane.words
    items = [Item(sheet.code, title(sheet, words)) for sheet in SHEETS]
    return searched("sheets", words("manager.ask_sheets"), items, words)


def length_question(pane: AnyPane) -> Choice:
    """The newest whole day, week, month..., or any two dates."""
    words = pane.words
    items = [Item(kind, words(f"manager.length_{kind}")) for kind in (*KINDS, DAYS)]
    return Choice("length", words("manager.ask_length"), items, words)


def split_question(pane: AnyPane, sheet: Sheet) -> Choice:
    words = pane.words
    items = [Item(by, split_title(by, words)) for by in sheet.bys]
    return Choice("by", words("manager.ask_by"), items, words)


def saving_question(pane: AnyPane) -> Choice:
    words = pane.words
    items = [Item(format_, words(f"manager.format_{format_}")) for format_ in OFFERED]
    return Choice("save", words("manager.ask_save"), items, words)


class DaysForm(Form):
    """Any two dates; one of them is enough for a single day."""

    def __init__(self, pane: AnyPane, report: str, period: Period) -> None:
        words = pane.words
        entries = [
            Entry("first", words("manager.first_day"), DATE_CELLS, offered=True),
            Entry("last", words("manager.last_day"), DATE_CELLS, offered=True),
        ]
        super().__init__(DAYS, words("manager.ask_days"), entries, words)
        self._today, self._report, self._period = today(pane), report, period

    def on_mount(self) -> None:
        for name, day in (("first", self._period.first), ("last", self._period.last)):
            self.query_one(f"#{name}", Input).value = day.strftime("%d/%m/%Y")

    def request(self) -> m.AnyDo | None:
        days = []
        for name in ("first", "last"):
            typed = self.typed(name)
            day = day_of(typed, self._today)
            if day is None:
                self.complain(self._words("console.bad_day", typed=typed))
                return None
            days.append(day)
        try:
            period = asked_for(days[0], days[1], self._today)
        except BadPeriod as bad:
            self.complain(self._words(f"manager.days_{bad.facts['problem']}", **bad.facts))
            return None
        first, last = period.first.isoformat(), period.last.isoformat()
        return m.Report(report=self._report, from_=first, to=last)
