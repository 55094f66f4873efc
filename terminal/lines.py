"""The smallest parts of the console: lines that are drawn again only when their text changed."""

from __future__ import annotations

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static


class Line(Static):
    """One row of text, cut where it is too long."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(
        self, text: str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(text, id=id, classes=classes, markup=False)
        self._said = text

    def say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self.update(text, layout=self.styles.width is not None and self.styles.width.is_auto)


class Passage(Static):
    """Some rows of text; takes no room while it has nothing to say."""

    DEFAULT_CSS = "Passage { height: auto; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._said = ""
        self.display = False

    def say(self, text: str, shown: RenderableType | None = None) -> None:
        """Say this, or draw `shown`, of which `text` is what is compared."""
        if text == self._said:
            return
        rows_stay = shown is None and len(text) == len(self._said)  # a running clock's
        self._said = text
        self.update(text if shown is None else shown, layout=not rows_stay)
        self.display = bool(text)


class Fact(Horizontal):
    """A label and what it is, in columns; not there while there is nothing to say."""

    DEFAULT_CSS = """
    Fact { height: auto; display: none; }
    Fact > .label { width: 12; color: $secondary; }
    """

    def __init__(self, label: str, *, id: str) -> None:
        super().__init__(id=id)
        self._label = label

    def compose(self) -> ComposeResult:
        yield Static(self._label, classes="label", markup=False)
        yield Passage()

    def say(self, text: str) -> None:
        self.query_one(Passage).say(text)
        if self.display is not bool(text):
            self.display = bool(text)
