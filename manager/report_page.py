"""What every page with a report has in common: how far it is, the report itself, and saving it.

Which report it is, and how one comes to it, is the affair of the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import ProgressBar
from textual.worker import Worker

from figures.document import Report
from manager.reading import Answers, NoReport
from manager.saving import DEFAULT_FOLDER, save
from sheets.errors import SheetError
from terminal.haste import focus_now, gets_keys
from terminal.lines import Passage
from terminal.question import Question
from terminal.telling import AnyPane

AT_REST: Final = 1.0  # of how much a hidden bar shows nothing: one without that paints for ever


class Changed(Message):
    """What the keys of the page may do is different now."""


class Denied(Message):
    """There is no report, and why not."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class ReportPage(Vertical):
    """One report at a time, below what a page has above it."""

    STOPPED: ClassVar = "stopped"  # what is said then
    ASKS: ClassVar[frozenset[str]] = frozenset()  # kinds of key that ask something first
    DEFAULT_CSS = """
    ReportPage > #choice { height: 1; background: $panel; padding: 0 1; }
    ReportPage > #making { height: auto; padding: 1 2; display: none; }
    ReportPage > #making ProgressBar { width: 1fr; }
    ReportPage > #making Bar { width: 1fr; max-width: 60; }
    ReportPage > #trouble { color: $warning; text-style: bold; padding: 1 2; }
    ReportPage > #saved { background: $success; color: $background; padding: 0 1; }
    ReportPage > #sheet { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    ReportPage .report-title { text-style: bold; color: $primary; }
    ReportPage .report-made { color: $secondary; margin: 0 0 1 0; }
    ReportPage .block-title { text-style: bold; color: $secondary; }
    ReportPage .notes { color: $foreground 70%; }
    ReportPage .text, ReportPage .figures { height: auto; margin: 0 0 1 0; }
    """

    def __init__(self, pane: AnyPane, answers: Answers) -> None:
        super().__init__()
        self._pane, self._answers = pane, answers
        self._report: Report | None = None
        self._making: Worker[None] | None = None
        self._saving = False

    def report_part(self) -> ComposeResult:
        """Everything below what the page has above."""
        with Vertical(id="making"):
            yield Passage(id="progress")
            yield ProgressBar(AT_REST, show_eta=False)
        yield Passage(id="trouble")
        yield Passage(id="saved")
        yield VerticalScroll(id="sheet")

    # What a page writes.

    def show(self) -> None:
        """Bring the lines above the report up to date."""
        raise NotImplementedError

    def open(self) -> None:
        """The page was turned to."""
        raise NotImplementedError

    def may(self, kind: str) -> bool:
        """Whether a key has anything to do now."""
        match kind:
            case "save":
                return self._report is not None and not self._saving
            case "stop":
                return self._making is not None
            case _:
                return True

    def question(self, kind: str) -> Question:
        """What is asked after a key of this kind."""
        raise NotImplementedError

    def begin(self, kind: str) -> None:
        """Do what a key does that asks nothing."""
        if kind == "next_part":
            self.screen.focus_next()
        elif kind == "stop":
            self.stop()

    def choose(self, number: int) -> None:
        """A digit was pressed."""

    def chosen(self, kind: str, code: str) -> None:
        """What was answered to a question of this page."""
        raise NotImplementedError

    def saved_as(self) -> str | None:
        """What the report is split by, as its file is named."""
        return None

    def why_not(self, refused: dict[str, object]) -> str:
        """A refusal in words."""
        return self._pane.refusal(refused)

    # What a page uses.

    def focus_first(self) -> None:
        parts = [self.query_one("#sheet"), *self.query("DataTable")]
        if not any(gets_keys(part) for part in parts):
            focus_now(parts[0])

    def _work(self, showing: Coroutine[Any, Any, None]) -> Worker[None]:
        """One report is put in the place of another at a time."""
        return self.run_worker(showing, group="report", exclusive=True)

    def _hush(self) -> None:
        """What was said of the report before."""
        self.query_one("#saved", Passage).say("")
        self.query_one("#trouble", Passage).say("")

    def _show_progress(self, text: str, done: int | None, total: int | None) -> None:
        self.query_one("#making").display = True
        self.query_one("#progress", Passage).say(text)
        self.query_one(ProgressBar).update(total=total, progress=done or 0)

    def _made(self) -> None:
        """Nothing is on its way any more."""
        self._making = None
        self.query_one("#making").display = False
        self.query_one(ProgressBar).update(total=AT_REST)
        self._pane.post_message(Changed())

    def _deny(self, none: NoReport) -> None:
        self.query_one("#trouble", Passage).say(self.why_not(none.refused))
        self._pane.post_message(Denied(str(none.refused.get("reason"))))

    async def _put(self, report: Report | None) -> None:
        """Show this report in the place of the one before."""
        self._report = report
        sheet = self.query_one("#sheet", VerticalScroll)
        await sheet.remove_children()
        if report is not None:
            from manager.blocks import widgets  # what draws charts is large, and often not needed

            await sheet.mount_all(widgets(report, self._pane.words))
            sheet.scroll_home(animate=False)
        self._pane.post_message(Changed())

    def stop(self, *, quiet: bool = False) -> None:
        """Wait no longer for what is being made."""
        if self._making is None:
            return
        self._making.cancel()
        self._stopped()
        self._made()
        if not quiet:
            self.query_one("#trouble", Passage).say(self._pane.words(f"manager.{self.STOPPED}"))

    def _stopped(self) -> None:
        """What was being made is waited for no longer."""

    # --- Saving ----------------------------------------------------------------------------------

    def _save(self, format: str) -> None:
        if self._report is not None:
            self._saving = True
            self.run_worker(self._write(self._report, self.saved_as(), format), group="saving")

    async def _write(self, report: Report, by: str | None, format: str) -> None:
        """In a thread of its own; then where it is, or why not."""
        line, words = self.query_one("#saved", Passage), self._pane.words
        line.say(words("manager.saving"))
        folder = str(self._pane.device.settings.get("folder") or DEFAULT_FOLDER)
        try:
            path = await asyncio.to_thread(save, report, by, format, folder)
        except SheetError as error:
            key = f"manager.not_saved_{error.reason}"
            why = words(key if key in words else "manager.not_saved", why=error.message)
            line.say(why)
        else:
            line.say(words("manager.saved", path=path))
        finally:
            self._saving = False
            self._pane.post_message(Changed())
