"""What the two pages of the trials have in common: a trial is begun, followed, and called off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from figures.document import Report
from figures.words import load
from link import messages as m
from manager.plans import why_impossible
from manager.reading import Answers, NoReport, begin_trial, read_trial
from manager.report_page import ReportPage
from manager.sheet_questions import saving_question
from terminal.question import Question
from terminal.telling import AnyPane


class Kept(Protocol):
    """What outlives a page that is made anew in other words."""

    trial: str | None
    report: Report | None


class TrialPage(ReportPage):
    """One trial at a time; what came of the last one stays until the next one is begun."""

    STOPPED = "trial_stopped"
    TOLD: ClassVar[tuple[str, str]]  # words for how far it is: hardly begun, and later

    def __init__(self, pane: AnyPane, answers: Answers, kept: Kept) -> None:
        super().__init__(pane, answers)
        self._kept = kept

    # What a page writes.

    def asked(self) -> m.WhatIf | m.Staffing:
        """The request that begins the trial."""
        raise NotImplementedError

    # How it works.

    def open(self) -> None:
        """The page was turned to: what runs is followed, what came of the last one is shown."""
        self.show()
        if self._making is not None:
            return
        if self._kept.trial is not None:
            self._making = self._work(self._follow(self._kept.trial))
        elif self._report is not self._kept.report:
            self._work(self._put(self._kept.report))

    def may(self, kind: str) -> bool:
        if kind in ("run", "save", "stop", "next_part"):
            return super().may(kind) and (kind != "run" or self._making is None)
        return self._making is None

    def question(self, kind: str) -> Question:
        assert kind == "save", kind
        return saving_question(self._pane)

    def begin(self, kind: str) -> None:
        if kind == "run":
            self._hush()
            self._making = self._work(self._run())
        else:
            super().begin(kind)

    def chosen(self, kind: str, code: str) -> None:
        if kind == "save":
            self._save(code)

    def why_not(self, refused: dict[str, object]) -> str:
        """In the words of reports, where they have some; a server that began anew lost it."""
        words = self._pane.words
        if refused.get("reason") == "trial_impossible":
            texts: Callable[..., str] = load(words.language)
            return why_impossible(self._pane, refused, texts) or words("refused.anything")
        return super().why_not(refused)

    async def _run(self) -> None:
        self._kept.report = None
        await self._put(None)
        self._told(0, 0)
        try:
            self._kept.trial = await begin_trial(self._answers, self.asked())
        except NoReport as none:
            self._deny(none)
            self._made()
        else:
            await self._follow(self._kept.trial)

    async def _follow(self, trial: str) -> None:
        """Until it is over."""
        self._told(0, 0)
        try:
            report = await read_trial(self._answers, trial, self._told)
        except NoReport as none:
            self._kept.trial = None
            self._deny(none)
        else:
            self._kept.trial, self._kept.report = None, report
            await self._put(report)
        self._made()

    def _told(self, done: int, of: int) -> None:
        key = self.TOLD[done > 0]
        text = self._pane.words(f"manager.{key}", done=done, of=of)
        self._show_progress(text, done, of or None)

    def _stopped(self) -> None:
        """Nor is it run any longer. One whose name has not come yet is the screen's newest."""
        trial, self._kept.trial = self._kept.trial, None
        self._pane.request(m.StopTrial(trial=trial), _whatever_came, patience_s=None)


def _whatever_came(_: Any) -> None:
    """Whether it still ran: nobody waits for it."""
