"""One key per action, and the bar that shows them. What is allowed is told from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


# The letters are those of the Vietnamese names. There is no vowel, d or w among them: typed one
# after another, the Telex input method would make other letters of these. Where the name had no
# letter left it is a sign: Z as everywhere, + for one more, * as a PIN is shown.
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
    Key("add_service", "plus", "equals_sign"),
    Key("sign_out", "x"),
    Key("change_pin", "asterisk"),
    Key("lock", "f11", "ctrl+l"),
    Key("log", "p"),
    Key("undo", "z", "ctrl+z"),
)
FIRST: Final = {key.kind: key.first for key in KEYS}
SIGNS: Final = {"plus": "+", "asterisk": "*"}


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
        self._label = words(f"counter.do_{key.kind}")
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
    """Every key in as few rows as the width allows."""

    DEFAULT_CSS = """
    KeyBar { layout: grid; grid-size: 5; height: auto; background: $surface; }
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        for key in KEYS:
            yield KeyCap(key, self._words)

    def on_resize(self, event: Resize) -> None:
        columns = max(1, min(len(KEYS), event.size.width // CAP_WIDTH))
        rows = -(-len(KEYS) // columns)
        self.styles.grid_size_columns = -(-len(KEYS) // rows)

    def show(self, allowed: Callable[[str], bool], more: Mapping[str, str]) -> None:
        """Make bright what is allowed; `more` by kind: what stands behind a name."""
        for cap in self.query(KeyCap):
            cap.allow(allowed(cap.key.kind), more.get(cap.key.kind, ""))


def cap_name(kind: str, words: Words) -> str:
    """What stands on the key of a kind of request."""
    first = FIRST[kind]
    return words("counter.space") if first == "space" else SIGNS.get(first, first.upper())


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
