"""What the console has told the officer: the newest in one line for some seconds, a few more on
the side. Only words, no requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual.timer import Timer
from textual.widgets import Static

from counter.lines import Line

SHOWN_S: Final = 8.0
KEPT: Final = 20


class MessageLine(Line):
    """The newest message, until it is read or old."""

    DEFAULT_CSS = """
    MessageLine { padding: 0 1; }
    MessageLine.-on { background: $warning; color: $background; text-style: bold; }
    """
    _timer: Timer | None = None

    def tell(self, text: str) -> None:
        """Show this for some seconds; an empty text takes the last one away."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SHOWN_S, self._clear) if text else None
        self.say(text)
        self.set_class(bool(text), "-on")

    def _clear(self) -> None:
        self.tell("")


class Journal(Static):
    """The last messages, newest first."""

    DEFAULT_CSS = "Journal { height: auto; color: $foreground 75%; }"

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__(markup=False)
        self._lines = lines

    def on_mount(self) -> None:
        self.show()

    def show(self) -> None:
        self.update("\n".join(reversed(list(self._lines))))
