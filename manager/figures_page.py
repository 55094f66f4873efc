"""The page of the figures: which sheet, of which period, split by what; how it comes; where it is
saved. Asks through what it was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal

from figures.document import Report
from figures.periods import Period
from link import messages as m
from manager import periods
from manager.catalogue import (
    BY_CODE,
    FIRST,
    SHEETS,
    Part,
    Sheet,
    digit,
    split_title,
    title,
    together,
    with_digit,
)
from manager.reading import Answers, NoReport, read_report
from manager.report_page import ReportPage
from manager.sheet_questions import (
    DaysForm,
    length_question,
    saving_question,
    sheet_question,
    split_question,
)
from terminal.caps import Key, KeyBar, Touch
from terminal.lines import Line
from terminal.question import Question
from terminal.telling import AnyPane, today

KEPT: Final = 12  # reports of periods that are over, to go back to
SHEET_KEYS: Final = tuple(Key(sheet.code, digit(sheet)) for sheet in SHEETS if digit(sheet))


class Wanted(NamedTuple):
    """What is to be seen."""

    sheet: Sheet
    period: Period
    by: str | None
    language: str


@dataclass(slots=True)
class Bookmark:
    """Where somebody is in the figures; it outlives a page that is made anew in other words."""

    sheet: Sheet = FIRST
    by: dict[str, str] = field(default_factory=dict)  # by what a sheet is split, where chosen
    periods: dict[str, Period] = field(default_factory=dict)  # by the kind a sheet begins with
    kept: dict[Wanted, Report] = field(default_factory=dict)

    def keep(self, wanted: Wanted, report: Report) -> None:
        self.kept[wanted] = report
        while len(self.kept) > KEPT:
            del self.kept[next(iter(self.kept))]


class FiguresPage(ReportPage):
    """One sheet at a time."""

    ASKS = frozenset({"length", "by", "save", "days", "sheets"})
    DEFAULT_CSS = """
    FiguresPage > #sheets { height: auto; }
    FiguresPage > #choice > Touch { width: auto; color: $primary; text-style: bold; }
    FiguresPage > #choice > #period { width: auto; text-style: bold; margin: 0 1; }
    FiguresPage > #choice > #split { width: 1fr; text-align: right; }
    """

    def __init__(self, pane: AnyPane, answers: Answers, at: Bookmark) -> None:
        super().__init__(pane, answers)
        self._at = at
        self._shown: Wanted | None = None  # what the report is, or will be

    def compose(self) -> ComposeResult:
        words = self._pane.words
        yield KeyBar(SHEET_KEYS, words, lambda kind: words(f"manager.sheet_{kind}"), id="sheets")
        with Horizontal(id="choice"):
            yield Touch("earlier", "◀")
            yield Line(id="period")
            yield Touch("later", "▶")
            yield Line(id="split")
        yield from self.report_part()

    # --- What is shown ---------------------------------------------------------------------------

    @property
    def wanted(self) -> Wanted:
        by = self._at.by.get(self._at.sheet.code)
        return Wanted(self._at.sheet, self._period, by, self._pane.words.language)

    @property
    def _period(self) -> Period:
        kind = self._at.sheet.kind
        if kind not in self._at.periods:
            self._at.periods[kind] = periods.last_whole(kind, today(self._pane))
        return self._at.periods[kind]

    def show(self) -> None:
        """Bring the lines around the sheet up to date."""
        words, wanted = self._pane.words, self.wanted
        self.query_one("#period", Line).say(periods.title(wanted.period, words))
        by = words("manager.split_by", by=split_title(wanted.by, words)) if wanted.by else ""
        self.query_one("#split", Line).say(by)
        chosen = {self._at.sheet.code: "◂"}
        self.query_one("#sheets", KeyBar).show(lambda kind: True, chosen)

    def open(self) -> None:
        """The page was turned to: what was there, or last month's waits."""
        if self._shown != self.wanted:
            self._turn_to_wanted()

    def saved_as(self) -> str | None:
        return self.wanted.by

    # --- Keys ------------------------------------------------------------------------------------

    def may(self, kind: str) -> bool:
        """Whether a key has anything to do now."""
        match kind:
            case "later":
                return self._period.last < today(self._pane)
            case "earlier":
                return periods.earlier(self._period) != self._period
            case "by":
                return len(self._at.sheet.bys) > 1
            case "again":
                return self._making is None
            case _:
                return super().may(kind)

    def question(self, kind: str) -> Question:
        """What is asked after a key of this kind."""
        pane = self._pane
        match kind:
            case "length":
                return length_question(pane)
            case "days":
                return DaysForm(pane, self._at.sheet.code, self._period)
            case "by":
                return split_question(pane, self._at.sheet)
            case "sheets":
                return sheet_question(pane)
            case "save":
                return saving_question(pane)
            case _:
                raise AssertionError(kind)

    def begin(self, kind: str) -> None:
        """Do what a key does that asks nothing."""
        match kind:
            case "earlier" | "later":
                move = periods.earlier if kind == "earlier" else periods.later
                self._take(move(self._period))
            case "again":
                self._at.kept.pop(self.wanted, None)
                self._turn_to_wanted()
            case _ if kind in BY_CODE:
                self._turn_to(BY_CODE[kind])  # a sheet's own key was clicked
            case _:
                super().begin(kind)

    def choose(self, number: int) -> None:
        self._turn_to(with_digit(number))

    def chosen(self, kind: str, code: str) -> None:
        """What was answered to a question of this page."""
        match kind:
            case "length":
                self._take(periods.last_whole(code, today(self._pane)))
            case "by":
                self._at.by[self._at.sheet.code] = code
                self._turn_to_wanted()
            case "sheets":
                self._turn_to(BY_CODE[code])
            case "save":
                self._save(code)
            case _:
                raise AssertionError(kind)

    def take_days(self, first: str, last: str) -> None:
        """Any two dates, as they travel."""
        self._take(Period(date.fromisoformat(first), date.fromisoformat(last)))

    def _take(self, period: Period) -> None:
        self._at.periods[self._at.sheet.kind] = period
        self._turn_to_wanted()

    def _turn_to(self, sheet: Sheet) -> None:
        self._at.sheet = sheet
        self._turn_to_wanted()

    # --- The report comes ------------------------------------------------------------------------

    def _turn_to_wanted(self) -> None:
        """Show what is wanted: at once where it is kept, else when it comes."""
        self.stop(quiet=True)
        self._shown = wanted = self.wanted
        self._hush()
        if wanted in self._at.kept:
            self._work(self._put(self._at.kept[wanted]))
        else:
            self._making = self._work(self._make(wanted))
        self.show()

    async def _make(self, wanted: Wanted) -> None:
        """Ask for every part, and show how far it is."""
        await self._put(None)
        self._show_progress(self._pane.words("manager.making_begun"), None, None)
        try:
            report = await self._read(wanted)
        except NoReport as none:
            self._deny(none)
            self._shown = None  # to be asked for again when the page is opened again
        else:
            self._keep(wanted, report)
            await self._put(report)
        self._made()

    async def _read(self, wanted: Wanted) -> Report:
        parts = wanted.sheet.asked(wanted.by)
        read: list[tuple[Part, Report]] = []
        for place, part in enumerate(parts):
            asked = m.Report(
                report=part.report,
                from_=wanted.period.first.isoformat(),
                to=wanted.period.last.isoformat(),
                by=part.by,
                language=wanted.language,
            )
            told = partial(self._came, place, len(parts))
            read.append((part, await read_report(self._answers, asked, told)))
        return together(wanted.sheet, title(wanted.sheet, self._pane.words), read)

    def _came(self, place: int, places: int, part: int, parts: int) -> None:
        """A part of one of the reports that make the sheet is there."""
        done, total = place * parts + part, places * parts
        text = self._pane.words("manager.making", done=done, total=total)
        self._show_progress(text, done, total)

    def _keep(self, wanted: Wanted, report: Report) -> None:
        """A period that is over does not change any more."""
        if wanted.period.last < today(self._pane):
            self._at.keep(wanted, report)

    def _stopped(self) -> None:
        self._shown = None
