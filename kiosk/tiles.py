"""Large boxes to touch, each with its key. Knows what a choice looks like, not what it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from kiosk.arrange import MOST, Sheet, lines, split
from kiosk.picture import Choice, Key
from kiosk.visit import Step, TurnSheet
from terminal.big_number import draw

KEYS_AT_FOOT: Final = 4


class Touched(Message):
    """A box was touched: the key it stands for."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class Tile(Horizontal):
    """One box: its key on the left, its words on the right."""

    DEFAULT_CSS = """
    Tile { background: $surface; }
    Tile > .key {
        width: 5; height: 1fr; content-align: center middle; text-style: bold;
        background: $primary; color: $background;
    }
    Tile > .words { width: 1fr; height: 1fr; content-align: left middle; padding: 0 1; }
    Tile.-big > .key { width: 11; }
    Tile.-big > .words { padding: 0 2; }
    Tile.-closed > .key { background: $panel; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.key = ""
        self._label = Static(classes="key", markup=False)
        self._words = Static(classes="words", markup=False)

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._words

    def say(self, key: str, words: Content, *, big: bool = False) -> None:
        self.key = key
        self._label.update("\n".join(draw(key, 7, 4)) if big else key)
        self.set_class(big, "-big")
        self._words.update(words)
        self.display = True

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(Touched(self.key))


class FootTile(Tile):
    """A small one: a key that is the same on every page."""

    DEFAULT_CSS = """
    FootTile { width: 1fr; height: 3; margin-left: 2; background: $panel; }
    FootTile > .key { background: $panel; color: $primary; }
    FootTile > .words { padding: 0; text-style: bold; }
    FootTile.-word > .key { width: 7; }
    """

    def say(self, key: str, words: Content, *, big: bool = False) -> None:
        super().say(key, words, big=big)
        self.set_class(len(key) > 1, "-word")


class Foot(Horizontal):
    """The keys at the foot of a page."""

    DEFAULT_CSS = "Foot { height: 3; padding-right: 2; }"

    def compose(self) -> ComposeResult:
        for _ in range(KEYS_AT_FOOT):
            yield FootTile()

    def show(self, keys: Sequence[Key]) -> None:
        tiles = list(self.query(FootTile))
        for tile, key in zip(tiles, keys, strict=False):
            tile.say(key.key, Content(key.title))
        for tile in tiles[len(keys) :]:
            tile.display = False


class Choices(Container):
    """All that may be chosen, on as many sheets as the room asks for; the last box turns them."""

    DEFAULT_CSS = """
    Choices { height: 1fr; align: center top; }
    Choices > Container { layout: grid; grid-gutter: 1 2; width: 1fr; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._choices: tuple[Choice, ...] = ()
        self._more = Choice("", TurnSheet())
        self._at = 0
        self._shown: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        with Container():
            for _ in range(MOST):
                yield Tile()

    def show(self, choices: tuple[Choice, ...], *, more: str, anew: bool) -> None:
        """Show these; `more`: the title of the box that turns the sheet; `anew`: from the first."""
        self._choices, self._more = choices, Choice(more, TurnSheet())
        self._at = 0 if anew else self._at
        self._lay_out()

    def step(self, key: str) -> Step | None:
        """What a digit stands for on this sheet."""
        index = int(key) - 1 if key.isdecimal() else -1
        return self._shown[index].step if 0 <= index < len(self._shown) else None

    def turn(self) -> None:
        """The next sheet; after the last one the first."""
        self._at += 1
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        sheet, count = split(self._choices, *self.size)
        if sheet is None:
            self.query_one(Container).display = False
            return
        self._shown = self._on_this_sheet(count)
        self._draw(sheet)

    def _on_this_sheet(self, count: int) -> tuple[Choice, ...]:
        if count == len(self._choices):
            return self._choices
        sheets = [
            self._choices[at : at + count - 1] for at in range(0, len(self._choices), count - 1)
        ]
        self._at %= len(sheets)
        return (*sheets[self._at], self._more)

    def _draw(self, sheet: Sheet) -> None:
        grid = self.query_one(Container)
        grid.display = True
        grid.styles.grid_size_columns = sheet.columns
        grid.styles.grid_size_rows = sheet.rows
        grid.styles.height = sheet.height
        tiles = list(self.query(Tile))
        for index, (tile, choice) in enumerate(zip(tiles, self._shown, strict=False), start=1):
            tile.say(str(index), _words(choice, sheet.cells), big=sheet.big)
            tile.set_class(not choice.open, "-closed")
        for tile in tiles[len(self._shown) :]:
            tile.display = False


def _words(choice: Choice, cells: int) -> Content:
    title, facts = lines(choice, cells)
    voice = "bold" if choice.open else ""
    parts = ["\n".join(title), voice], ["\n".join(("", *facts)), "$secondary"]
    return Content.assemble(*((text, style) for text, style in parts if text))
