"""The stage of the board: the call on show, as large as the room allows."""

from __future__ import annotations

from typing import Final, NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.timer import Timer

from display.lettering import Sign
from terminal.big_number import PATHS, BigNumber
from terminal.painter import Urgent

FLASH_S: Final = 0.4  # between two changes: 1.25 flashes a second, at most three are safe
FLASHES: Final = 10  # changes until it stands still
WORD_FROM: Final = Size(80, 36)  # of the stage, for the counter's word in big letters


class Called(NamedTuple):
    """A call in the words it is shown in; `counter_words` in every language of the board."""

    call: int
    number: str
    counter: str
    counter_words: tuple[str, ...]
    place: str
    mark: str


class CalledNumber(Urgent, BigNumber):
    """What the whole hall looks for."""


class Banner(Sign):
    """A line above a call, which flashes when the call is new."""

    DEFAULT_CSS = """
    Banner { text-align: center; background: $primary; color: $background; text-style: bold; }
    Banner.-dimmed { background: $surface; color: $primary; }
    Banner.-none { background: $background; }
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, id="banner")
        self._flashing: Timer | None = None
        self._changes_left = 0

    @property
    def flashes(self) -> bool:
        return self._changes_left > 0

    def flash(self) -> None:
        self.be_still()
        self._changes_left = FLASHES
        self._flashing = self.set_interval(FLASH_S, self._change)

    def be_still(self) -> None:
        if self._flashing is not None:
            self._flashing.stop()
        self._changes_left = 0
        self.remove_class("-dimmed")

    def _change(self) -> None:
        self._changes_left -= 1
        if self._changes_left > 0:
            self.toggle_class("-dimmed")
        else:
            self.be_still()


class Stage(Vertical):
    """Shows one call, flashing at first. It is hidden while there is none."""

    DEFAULT_CSS = """
    Stage { width: 1fr; height: 1fr; background: $surface; }
    Stage > * { width: 1fr; text-align: center; }
    #number { height: 3fr; margin: 1 2 0 2; color: $primary; }
    #word { margin: 1 0 0 0; color: $secondary; text-style: bold; }
    #counter { height: 2fr; margin: 0 2; color: $foreground; }
    #place { margin: 0 1; color: $foreground; }
    #mark { background: $warning; color: $background; text-style: bold; }
    #mark.-none { background: $surface; }
    """

    def __init__(self, banner: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.display = False
        self._banner = banner
        self._called: Called | None = None
        self._room = Size()  # when it was last in sight: most likely the same when it is again

    def compose(self) -> ComposeResult:
        yield Banner(self._banner)
        yield CalledNumber(id="number")
        yield Sign(id="word")
        yield BigNumber(id="counter")
        yield Sign(id="place")
        yield Sign(id="mark")

    def show(self, called: Called | None) -> bool:
        """Show a call, or none; True: it is another call than before."""
        if called == self._called:
            return False
        self._called = called
        self.display = called is not None
        if called is None:
            self.query_one(Banner).be_still()
            return False
        self._fill(called)
        self.query_one(Banner).flash()
        return True

    def on_resize(self) -> None:
        self._room = self.size
        if self._called is not None:
            self._fill(self._called)

    def _fill(self, called: Called) -> None:
        big, words = self._in_big_letters(called)
        self.query_one("#number", BigNumber).text = called.number
        self.query_one("#counter", BigNumber).text = big
        for name, text in (("word", words), ("place", called.place), ("mark", called.mark)):
            self.query_one(f"#{name}", Sign).say(text)
        self.query_one("#mark").set_class(not called.mark, "-none")

    def _in_big_letters(self, called: Called) -> tuple[str, str]:
        """What is drawn for the counter, and the words that are written above it."""
        first, *others = called.counter_words
        roomy = self._room.width >= WORD_FROM.width and self._room.height >= WORD_FROM.height
        if roomy and set(first) <= PATHS.keys():
            return f"{first} {called.counter}", " · ".join(others)
        return called.counter, " · ".join(called.counter_words)
