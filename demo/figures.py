"""The demo's fourth pane: the hall as its manager sees it, in figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual.app import ComposeResult
from textual.widgets import Static

from link.messages import LiveCounter, LiveView, SignIn
from terminal.pane import Pane

LIVE_CLOCK_S = 1.0
BAR = "█"


class FiguresPane(Pane[LiveView]):
    """Every counter, everybody waiting, and the day's mean wait against its target."""

    DEFAULT_CSS = """
    FiguresPane #figures { padding: 0 2; height: 1fr; color: $foreground; }
    """

    def __init__(self, manager: SignIn, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._manager = manager

    def content(self) -> ComposeResult:
        yield Static(id="figures", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(LIVE_CLOCK_S, self._show)

    def view_changed(self, view: LiveView, before: LiveView | None) -> None:
        if view.closed:  # a manager's screen shows nothing before somebody is signed in
            self.request(self._manager, lambda _: None, patience_s=None)
        self._show()

    def _show(self) -> None:
        if self.welcomed and self.view is not None:
            lines = "\n".join(self._lines(self.view, self.now()))
            self.query_one("#figures", Static).update(lines, layout=False)

    def _lines(self, view: LiveView, now: datetime) -> Iterator[str]:
        words, today = self.words, view.today
        yield ""
        mean_s = today.mean_wait_s
        mean = (
            words("demo.unknown") if mean_s is None else words("demo.minutes", n=_minutes(mean_s))
        )
        target = words("demo.minutes", n=_minutes(self.hall.wait_target_s))
        yield words("demo.mean_wait", mean=mean, target=target)
        share = today.within_target
        if share is not None:
            yield words("demo.within", share=f"{share * 100:.0f}", target=target)
        yield words("demo.served", served=today.served, issued=today.issued, waiting=today.waiting)
        yield ""
        for counter in view.counters:
            yield self._counter_line(counter, now)
        yield ""
        for field in view.fields:
            bar = BAR * min(field.waiting, 20)
            yield f"{field.field}  {field.waiting:>3}  {bar:<20} {self.field_name(field.field)}"

    def _counter_line(self, counter: LiveCounter, now: datetime) -> str:
        """Counter, officer, ticket, and for how long."""
        name = self.words("demo.counter", number=self.counter_number(counter.counter))
        if counter.number is None or counter.stage_since is None:
            what = self.words(f"demo.{counter.state}")
        else:
            since_s = max(0.0, (now - counter.stage_since).total_seconds())
            stage = self.words(f"stage.{counter.stage}")
            what = f"{counter.number}  {stage} {int(since_s // 60):02d}:{int(since_s % 60):02d}"
        return f"{name:<8} {counter.officer or '–':<6} {what}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}".removesuffix(".0")
