"""The face of a screen to touch: widgets that show a picture and the time. Asks nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from terminal.big_number import BigNumber
from terminal.letters import DIGITS, Letters
from terminal.picture import Key, Picture
from terminal.tiles import Choices, Foot, tell
from terminal.words import Words

LOW_ROWS: Final = 32  # of a screen on which every row counts
HIGH_ROWS: Final = 40  # of a screen on which sentences may stand apart
VOICES: Final = {"plain": "", "strong": "bold", "note": "bold $warning"}


class Face(Vertical):
    """One picture at a time. `place`: the hall's name; `size`: of the screen, when it begins."""

    DEFAULT_CSS = """
    Face #head { height: auto; padding: 1 2; background: $panel; }
    Face #place { width: 1fr; text-style: bold; }
    Face #clock { width: auto; color: $secondary; }
    Face #leaving { display: none; width: 1fr; text-style: bold; text-align: center; }
    Face.-leaving #head { background: $warning; color: $background; }
    Face.-leaving #place { display: none; }
    Face.-leaving #clock { display: none; }
    Face.-leaving #leaving { display: block; }
    Face #title { height: auto; margin: 1 2; color: $primary; text-style: bold; }
    Face #said { height: auto; margin: 0 2 1 2; display: none; }
    Face #choices { margin: 0 2 1 2; }
    Face #number { margin: 0 2 1 2; color: $primary; display: none; }
    Face.-reading #title { text-align: center; }
    Face.-reading #said { height: 1fr; text-align: center; content-align: center middle; }
    Face.-ticket #said { height: auto; text-align: center; }
    Face.-ticket.-portrait #said { height: 1fr; content-align: center top; }
    Face.-ticket #number { display: block; }
    Face.-low #head { height: 1; padding: 0 2; }
    Face.-low #title { margin: 0 2 1 2; }
    Face.-low.-typing #title { margin: 0 2; }
    Face.-portrait.-typing #choices { align: center bottom; }
    """

    def __init__(self, place: str, words: Words, size: Size) -> None:
        super().__init__()
        self._place, self._words = place, words
        self._picture: Picture[Any] | None = None
        self._time: tuple[str, str, tuple[Key[Any], ...]] | None = None
        self._fit(size)

    def compose(self) -> ComposeResult:
        with Horizontal(id="head"):
            yield Static(self._place, id="place", markup=False)
            yield Static(id="clock", markup=False)
            yield Static(id="leaving", markup=False)
        yield Static(id="title", markup=False)
        yield BigNumber(id="number")
        yield Static(id="said", markup=False)
        yield Choices(id="choices")
        yield Letters(self._words)
        yield Letters(self._words, DIGITS)
        yield Foot()

    @property
    def choices(self) -> Choices:
        return self.query_one(Choices)

    def on_resize(self) -> None:
        self._fit(self.size)
        if self._picture is not None:
            self._show(self._picture, anew=True)

    def _fit(self, size: Size) -> None:
        self.set_class(size.height < LOW_ROWS, "-low")
        self.set_class(size.height > size.width, "-portrait")

    def show(self, picture: Picture[Any]) -> None:
        """Show a picture; what has not changed is left alone."""
        before, self._picture = self._picture, picture
        if picture != before:
            self._show(picture, anew=before is None or not picture.goes_on(before))

    def show_time(self, clock: str, leaving: str, keys: Sequence[Key[Any]]) -> None:
        """The clock, or how much longer the page will stay; and the keys at the foot.

        It is told several times a second: what has not changed is not painted.
        """
        before, self._time = self._time, (clock, leaving, tuple(keys))
        if self._time == before:
            return
        self.set_class(bool(leaving), "-leaving")
        self._say("#clock", clock)
        self._say("#leaving", leaving)
        self.query_one(Foot).show(keys)

    def _show(self, picture: Picture[Any], *, anew: bool) -> None:
        self.set_class(not picture.choices, "-reading")
        self.set_class(bool(picture.number), "-ticket")
        self.set_class(picture.typed is not None, "-typing")
        letters, digits = self.query(Letters)
        letters.show(None if picture.digits else picture.typed, self.size)
        digits.show(picture.typed if picture.digits else None, self.size)
        self._say("#title", picture.title)
        self._show_said(picture)
        number = self.query_one("#number", BigNumber)
        number.text = picture.number
        number.styles.max_height = self.size.width // 4 + 2  # no higher than its letters can be
        self.choices.display = bool(picture.choices)
        self.choices.show(picture.choices, more=self._words("common.more"), anew=anew)

    def _show_said(self, picture: Picture[Any]) -> None:
        apart = Content("\n\n" if self.size.height >= HIGH_ROWS else "\n")
        sentences = (Content.styled(said.text, VOICES[said.voice]) for said in picture.said)
        widget = self.query_one("#said", Static)
        tell(widget, apart.join(sentences))
        widget.display = bool(picture.said)

    def _say(self, where: str, text: str) -> None:
        tell(self.query_one(where, Static), text)
