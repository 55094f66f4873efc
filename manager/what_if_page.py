"""The page that answers "what if": a recorded day, the changes, and what they would have done."""

from __future__ import annotations

from datetime import date

from textual.app import ComposeResult
from textual.containers import Horizontal

from link import messages as m
from manager.plan_questions import (
    OTHER_DAY,
    DayForm,
    change_step,
    day_name,
    day_question,
    drop_question,
    runs_question,
)
from manager.plans import MOST_CHANGES, Change, Sketch, last_working_day, said
from manager.reading import Answers
from manager.trial_page import TrialPage
from terminal.lines import Line, Passage
from terminal.question import Question
from terminal.telling import AnyPane, today


class WhatIfPage(TrialPage):
    """The plan above, what came of it below."""

    ASKS = frozenset({"day", OTHER_DAY, "drop_change", "runs", "save"})
    TOLD = ("trying_begun", "trying")
    DEFAULT_CSS = """
    WhatIfPage > #choice > #day { width: 1fr; text-style: bold; color: $primary; }
    WhatIfPage > #choice > #runs { width: auto; }
    WhatIfPage > #plan { padding: 0 1; }
    """

    def __init__(self, pane: AnyPane, answers: Answers, sketch: Sketch) -> None:
        super().__init__(pane, answers, sketch)
        self._sketch = sketch

    def compose(self) -> ComposeResult:
        with Horizontal(id="choice"):
            yield Line(id="day")
            yield Line(id="runs")
        yield Passage(id="plan")
        yield from self.report_part()

    @property
    def _day(self) -> date:
        return self._sketch.day or last_working_day(today(self._pane))

    def show(self) -> None:
        words, sketch = self._pane.words, self._sketch
        self.query_one("#day", Line).say(day_name(words, self._day))
        self.query_one("#runs", Line).say(words("manager.so_many_runs", runs=sketch.runs))
        changes = [f"• {said(self._pane, one)}" for one in sketch.changes]
        text = "\n".join(changes) or words("manager.no_changes")
        self.query_one("#plan", Passage).say(text)

    def may(self, kind: str) -> bool:
        if kind in ("run", "drop_change") and not self._sketch.changes:
            return False
        if kind == "add_change" and len(self._sketch.changes) >= MOST_CHANGES:
            return False
        return super().may(kind)

    def question(self, kind: str) -> Question:
        match kind:
            case "day":
                return day_question(self._pane)
            case "other_day":
                return DayForm(self._pane)
            case "drop_change":
                return drop_question(self._pane, self._sketch)
            case "runs":
                return runs_question(self._pane)
            case _:
                return super().question(kind)

    def step(self, so_far: tuple[str, ...]) -> Question | Change:
        """The next question about a change, or the change."""
        return change_step(self._pane, self._sketch, so_far)

    def add(self, change: Change) -> None:
        self._sketch.add(change)
        self.show()

    def chosen(self, kind: str, code: str) -> None:
        match kind:
            case "day":
                self._sketch.day = date.fromisoformat(code)
            case "drop_change":
                del self._sketch.changes[int(code)]
            case "runs":
                self._sketch.runs = int(code)
            case _:
                super().chosen(kind, code)
        self.show()

    def asked(self) -> m.WhatIf:
        return self._sketch.asked(self._day, self._pane.words.language)
