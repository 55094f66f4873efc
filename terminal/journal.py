"""What the console has told the officer: the newest in one line for some seconds, a few more on
the side. Only words, no requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual.timer import Timer
from textual.widgets import Static

from terminal.lines import Line

KEPT: Final = 20


class MessageLine(Line):
    """The newest message, until it is old; what is under way stands over it."""

    DEFAULT_CSS = """
    MessageLine { padding: 0 1; }
    MessageLine.-on { background: $warning; color: $background; text-style: bold; }
    """
    _timer: Timer | None = None
    _message = ""
    _under_way = ""

    def tell(self, text: str, *, for_s: float) -> None:
        """Show this for some seconds; an empty text takes the last one away."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(for_s, self._clear) if text else None
        self._message = text
        self._show()

    def under_way(self, text: str) -> None:
        """Show this until it is over: until the text is empty."""
        self._under_way = text
        self._show()

    def _clear(self) -> None:
        self._message = ""
        self._show()

    def _show(self) -> None:
        text = self._under_way or self._message
        self.say(text)
        self.set_class(bool(text), "-on")


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
