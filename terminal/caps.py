"""One key per action, and the bar that shows them. What is allowed is told from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from terminal.lines import Passage
from terminal.words import Words

CAP_WIDTH: Final = 16  # cells of one key with its name
SIGNS: Final = {
    "plus": "+",
    "asterisk": "*",
    "at": "@",
    "left": "←",
    "right": "→",
    "tab": "Tab",
    "escape": "Esc",
}


class Key(NamedTuple):
    """The keys of one kind of request or action: the one on the cap, and a second one."""

    kind: str
    first: str
    second: str = ""

    @property
    def names(self) -> str:
        """As a binding wants them; a letter also where caps lock is on."""
        also = {"space": "enter"}.get(self.first, self.first.upper() if self.is_letter else "")
        return ",".join(filter(None, (self.first, also, self.second)))

    @property
    def is_letter(self) -> bool:
        return len(self.first) == 1

    def cap(self, words: Words) -> str:
        """What stands on it."""
        if self.first == "space":
            return words("console.space")
        return SIGNS.get(self.first, self.first.upper())


class Pressed(Message):
    """A key cap was clicked."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind


class KeyCap(Static):
    """A key and its name, bright while it may be pressed."""

    DEFAULT_CSS = """
    KeyCap { width: 1fr; height: 1; color: $foreground 45%; text-wrap: nowrap; }
    KeyCap.-on { color: $foreground; text-style: bold; }
    KeyCap.-on:hover { background: $panel; }
    """

    def __init__(self, key: Key, cap: str, label: str) -> None:
        super().__init__(markup=False)
        self.key = key
        self._cap, self._label = cap, label
        self._shown: tuple[bool, str] | None = None

    def on_mount(self) -> None:
        self.allow(False)

    def allow(self, allowed: bool, more: str = "") -> None:
        """Be bright or not; `more` stands behind the name while it is bright."""
        name = f"{self._label} {more}" if allowed and more else self._label
        if (allowed, name) == self._shown:
            return
        self._shown = (allowed, name)
        self.set_class(allowed, "-on")
        cap = (f" {self._cap} ", "reverse") if allowed else f" {self._cap} "
        self.update(Text.assemble(cap, f" {name}"), layout=False)

    def on_click(self) -> None:
        self.post_message(Pressed(self.key.kind))


class KeyBar(Widget):
    """Every key in as few rows as the width allows; `name`: what a kind is called."""

    DEFAULT_CSS = """
    KeyBar { layout: grid; grid-size: 5; height: auto; background: $surface; }
    """

    def __init__(
        self,
        keys: Sequence[Key],
        words: Words,
        name: Callable[[str], str],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._keys, self._words, self._called = keys, words, name
        self._offered = len(keys)

    def compose(self) -> ComposeResult:
        for key in self._keys:
            yield KeyCap(key, key.cap(self._words), self._called(key.kind))

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """In rows of equal length."""
        columns = max(1, min(self._offered, self.size.width // CAP_WIDTH))
        rows = -(-self._offered // columns)
        self.styles.grid_size_columns = -(-self._offered // rows)

    def offer(self, offered: Callable[[str], bool]) -> None:
        """Show the keys of these kinds alone."""
        for cap in self.query(KeyCap):
            cap.display = offered(cap.key.kind)
        self._offered = max(1, sum(offered(key.kind) for key in self._keys))
        self._arrange()

    def show(self, allowed: Callable[[str], bool], more: Mapping[str, str]) -> None:
        """Make bright what is allowed; `more` by kind: what stands behind a name."""
        for cap in self.query(KeyCap):
            cap.allow(allowed(cap.key.kind), more.get(cap.key.kind, ""))


class Touch(Static):
    """A word on the screen that does on a click what a key does."""

    DEFAULT_CSS = """
    Touch { width: auto; height: 1; color: $secondary; }
    Touch:hover { background: $panel; }
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text, markup=False)
        self._kind = kind

    def on_click(self) -> None:
        self.post_message(Pressed(self._kind))


class TouchPassage(Passage):
    """Some rows of text that do on a click what a key does."""

    def __init__(self, kind: str, *, id: str) -> None:
        super().__init__(id=id)
        self._kind = kind

    def on_click(self) -> None:
        self.post_message(Pressed(self._kind))
