"""Large boxes to touch, each with its key. Knows what a choice looks like, not what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from terminal.arrange import MOST, Sheet, lines, split
from terminal.big_number import draw
from terminal.moods import draw_face
from terminal.picture import Choice, Key, TurnSheet

KEYS_AT_FOOT: Final = 4


class Touched(Message):
    """A box was touched: the key it stands for."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


def tell(widget: Static, text: str | Content, *, layout: bool = True) -> None:
    """What a widget is to say; nothing is painted where it says so already.

    `layout`: whether its size may change with it.
    """
    before = widget.content
    if isinstance(text, Content) and isinstance(before, Content):
        same = text.is_same(before)  # == would compare the words, and not how they look
    else:
        same = isinstance(text, str) and text == before
    if not same:
        widget.update(text, layout=layout)


class Tile(Horizontal):
    """One box: its key on the left, its words on the right, a face between them if it has one."""

    DEFAULT_CSS = """
    Tile { background: $surface; color: $foreground; }
    Tile > .key {
        width: 5; height: 1fr; content-align: center middle; text-style: bold;
        background: $primary; color: $background;
    }
    Tile > .words { width: 1fr; height: 1fr; content-align: left middle; padding: 0 1; }
    Tile.-big > .key { width: 11; }
    Tile.-big > .words { padding: 0 2; }
    Tile > .face { width: auto; height: 1fr; content-align: center middle; display: none; }
    Tile.-face > .face { display: block; }
    Tile.-closed > .key { background: $panel; color: $foreground; }
    Tile.-taken { background: $primary; color: $background; }
    Tile.-tall { layout: vertical; }
    Tile.-tall > .key { width: 1fr; height: 1; }
    Tile.-tall > .face { width: 1fr; }
    Tile.-tall > .words { height: auto; text-align: center; padding: 0 0 1 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.key = ""
        self._label = Static(classes="key", markup=False)
        self._face = Static(classes="face", markup=False)
        self._words = Static(classes="words", markup=False)

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._face
        yield self._words

    def say(self, key: str, words: Content, *, big: bool = False, face: Sequence[str] = ()) -> None:
        self.key = key
        tell(self._label, "\n".join(draw(key, 7, 4)) if big else key, layout=False)
        self.set_class(big, "-big")
        tell(self._face, "\n".join(face))
        self.set_class(bool(face), "-face")
        tell(self._words, words, layout=self.has_class("-tall"))  # else they fill the box
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

    def say(self, key: str, words: Content, *, big: bool = False, face: Sequence[str] = ()) -> None:
        super().say(key, words, big=big, face=face)
        self.set_class(len(key) > 1, "-word")


class Foot(Horizontal):
    """The keys at the foot of a page."""

    DEFAULT_CSS = "Foot { height: 3; padding-right: 2; }"

    def compose(self) -> ComposeResult:
        for _ in range(KEYS_AT_FOOT):
            yield FootTile()

    def show(self, keys: Sequence[Key[Any]]) -> None:
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
        self._choices: tuple[Choice[Any], ...] = ()
        self._more: Choice[Any] = Choice("", TurnSheet())
        self._at = 0
        self._shown: tuple[Choice[Any], ...] = ()

    def compose(self) -> ComposeResult:
        with Container():
            for _ in range(MOST):
                yield Tile()

    def show(self, choices: tuple[Choice[Any], ...], *, more: str, anew: bool) -> None:
        """Show these; `more`: the title of the box that turns the sheet; `anew`: from the first."""
        self._choices, self._more = choices, Choice(more, TurnSheet())
        self._at = 0 if anew else self._at
        self._lay_out()

    def step(self, key: str) -> Any:
        """What a digit stands for on this sheet; None: nothing."""
        return next((choice.step for own, choice in self._keyed() if own == key), None)

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

    def _on_this_sheet(self, count: int) -> tuple[Choice[Any], ...]:
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
        grid.styles.grid_gutter_horizontal = sheet.gap
        grid.styles.height = sheet.height
        tiles = list(self.query(Tile))
        for tile, (key, choice) in zip(tiles, self._keyed(), strict=False):
            face = draw_face(choice.mood, *sheet.face) if choice.mood is not None else ()
            tile.say(key, _words(choice, sheet.cells), big=sheet.big, face=face)
            tile.set_class(not choice.open, "-closed")
            tile.set_class(bool(choice.taken), "-taken")
            tile.set_class(sheet.tall, "-tall")
        for tile in tiles[len(self._shown) :]:
            tile.display = False

    def _keyed(self) -> Iterator[tuple[str, Choice[Any]]]:
        """Each choice on this sheet with its key: by its place, if it has none of its own."""
        for place, choice in enumerate(self._shown, start=1):
            yield choice.key or str(place), choice


def _words(choice: Choice[Any], cells: int) -> Content:
    title, facts = lines(choice, cells)
    voice = "bold" if choice.open else ""
    parts = ["\n".join(title), voice], ["\n".join(("", *facts)), "$secondary"]
    return Content.assemble(*((text, style) for text, style in parts if text))
