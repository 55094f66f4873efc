"""The page that answers how many counters a weekday needs, half hour by half hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal

from figures.document import Report
from link import messages as m
from manager.plan_questions import weekday_name, weekday_question, weeks_question
from manager.reading import Answers
from manager.trial_page import TrialPage
from terminal.lines import Line
from terminal.question import Question
from terminal.telling import AnyPane

WEEKS: Final = 4


@dataclass(slots=True)
class Wish:
    """Which weekday, by how many of those that were; it outlives a page that is made anew."""

    weekday: int = 0  # Monday
    weeks: int = WEEKS
    trial: str | None = None  # that runs on the server
    report: Report | None = None  # that came of it


class StaffingPage(TrialPage):
    """The weekday above, what it needs below."""

    ASKS = frozenset({"weekday", "weeks", "save"})
    TOLD = ("searching_begun", "searching")
    DEFAULT_CSS = """
    StaffingPage > #choice > #day { width: 1fr; text-style: bold; color: $primary; }
    StaffingPage > #choice > #weeks { width: auto; }
    """

    def __init__(self, pane: AnyPane, answers: Answers, wish: Wish) -> None:
        super().__init__(pane, answers, wish)
        self._wish = wish

    def compose(self) -> ComposeResult:
        with Horizontal(id="choice"):
            yield Line(id="day")
            yield Line(id="weeks")
        yield from self.report_part()

    def show(self) -> None:
        words, wish = self._pane.words, self._wish
        self.query_one("#day", Line).say(weekday_name(words, wish.weekday))
        self.query_one("#weeks", Line).say(words("manager.so_many_weeks", weeks=wish.weeks))

    def question(self, kind: str) -> Question:
        match kind:
            case "weekday":
                return weekday_question(self._pane)
            case "weeks":
                return weeks_question(self._pane)
            case _:
                return super().question(kind)

    def chosen(self, kind: str, code: str) -> None:
        match kind:
            case "weekday":
                self._wish.weekday = int(code)
            case "weeks":
                self._wish.weeks = int(code)
            case _:
                super().chosen(kind, code)
        self.show()

    def asked(self) -> m.Staffing:
        wish, language = self._wish, self._pane.words.language
        return m.Staffing(weekday=wish.weekday, weeks=wish.weeks, language=language)
