"""The first line of the manager's screen: who sits there, which page, the time, and the link."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from terminal.caps import Touch
from terminal.lines import Line
from terminal.telling import AnyPane


class Top(Horizontal):
    """One row over every page, and over the page to sign in on."""

    DEFAULT_CSS = """
    Top { height: 1; background: $surface; padding: 0 1; }
    Top > #who { text-style: bold; }
    Top > #link { width: auto; margin: 0 2; color: $success; }
    Top > #link.-off { color: $error; text-style: bold; }
    """

    def __init__(self, pane: AnyPane) -> None:
        super().__init__()
        self._pane = pane

    def compose(self) -> ComposeResult:
        yield Line(id="who")
        yield Line(id="link")
        yield Touch("language", self._pane.words("console.other_language"))

    def show(self, *parts: str) -> None:
        """Who and where, in parts."""
        words, now, online = self._pane.words, self._pane.now(), self._pane.online
        shown = (words("manager.title"), *parts, words.time(now, now))
        self.query_one("#who", Line).say(" · ".join(shown))
        link = self.query_one("#link", Line)
        link.say(words("console.online" if online else "console.offline"))
        link.set_class(not online, "-off")
