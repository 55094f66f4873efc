"""One key per action, and the bar that shows them. What is allowed is told from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Resize
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from terminal.words import Words

CAP_WIDTH: Final = 16  # cells of one key with its name


class Key(NamedTuple):
    """The keys of one kind of request: the one on the cap, and a function key."""

    kind: str
    letter: str
    function: str = ""

    @property
    def names(self) -> str:
        """As a binding wants them; the letter also where caps lock is on."""
        if self.letter == "space":
            return f"space,enter,{self.function}"
        return ",".join(filter(None, (self.letter, self.letter.upper(), self.function)))


# The letters are those of the Vietnamese names. There is no vowel, d or w among them: typed one
# after another, the Telex input method would make other letters of these.
KEYS: Final = (
    Key("call_next", "space", "f1"),
    Key("start", "b", "f2"),
    Key("finish", "k", "f3"),
    Key("recall", "l", "f4"),
    Key("no_show", "v", "f5"),
    Key("transfer", "c", "f6"),
    Key("hold", "g", "f7"),
    Key("resume", "t", "f8"),
    Key("put_back", "r", "f9"),
    Key("call_ticket", "s", "f10"),
    Key("cancel", "h"),
    Key("pause", "n"),
    Key("open", "m"),
    Key("close", "q"),
    Key("sign_out", "x"),
)
LETTERS: Final = {key.kind: key.letter for key in KEYS}


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

    def __init__(self, key: Key, words: Words) -> None:
        super().__init__(markup=False)
        self.key = key
        self._cap = cap_name(key.kind, words)
        self._name = words(f"counter.do_{key.kind}")

    def on_mount(self) -> None:
        self.allow(False)

    def allow(self, allowed: bool) -> None:
        if self.has_class("-on") is allowed and self.content:
            return
        self.set_class(allowed, "-on")
        cap = (f" {self._cap} ", "reverse") if allowed else f" {self._cap} "
        self.update(Text.assemble(cap, f" {self._name}"), layout=False)

    def on_click(self) -> None:
        self.post_message(Pressed(self.key.kind))


class KeyBar(Widget):
    """Every key in as few rows as the width allows."""

    DEFAULT_CSS = """
    KeyBar { layout: grid; grid-size: 5; height: auto; background: $surface; padding: 0 1; }
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        for key in KEYS:
            yield KeyCap(key, self._words)

    def on_resize(self, event: Resize) -> None:
        columns = max(1, min(len(KEYS), (event.size.width - 2) // (CAP_WIDTH - 1)))
        rows = -(-len(KEYS) // columns)
        self.styles.grid_size_columns = -(-len(KEYS) // rows)

    def show(self, allowed: Callable[[str], bool]) -> None:
        for cap in self.query(KeyCap):
            cap.allow(allowed(cap.key.kind))


def cap_name(kind: str, words: Words) -> str:
    """What stands on the key of a kind of request."""
    letter = LETTERS[kind]
    return words("counter.space") if letter == "space" else letter.upper()


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
