"""The board of a single counter: its own number, the number called to it, or why there is none."""

from __future__ import annotations

from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from display.lettering import Lettering, Sign
from display.stage import Banner, CalledNumber
from terminal.big_number import BigNumber


class AtCounter(NamedTuple):
    """What a counter shows, in words. `state`: in place of a number; `call`: it is new."""

    door: str
    desk: str
    banner: str = ""
    number: str = ""
    mark: str = ""
    state: str = ""
    why: str = ""
    next_word: str = ""
    next: str = ""
    call: int | None = None


class OneCounter(Vertical):
    """Shows one counter; a new call flashes."""

    DEFAULT_CSS = """
    OneCounter { width: 3fr; height: 1fr; }
    OneCounter > * { width: 1fr; text-align: center; }
    OneCounter #door { height: 3fr; margin: 0 2; color: $foreground; }
    OneCounter #desk { color: $secondary; }
    OneCounter #number { height: 7fr; margin: 1 2 0 2; color: $primary; }
    OneCounter #state { height: 7fr; margin: 1 2 0 2; color: $secondary; }
    OneCounter #why { margin: 0 2; }
    OneCounter #mark { background: $warning; color: $background; text-style: bold; }
    OneCounter #mark.-none { background: $background; }
    OneCounter #next { height: 2fr; min-height: 1; margin: 1 2 0 2; }
    OneCounter #next-word { width: 2fr; color: $secondary; }
    OneCounter #next-number { width: 3fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._at: AtCounter | None = None

    def compose(self) -> ComposeResult:
        yield BigNumber(id="door")
        yield Sign(id="desk")
        yield Banner("")
        yield CalledNumber(id="number")
        yield Lettering(id="state")
        yield Sign(id="why")
        yield Sign(id="mark")
        with Horizontal(id="next"):
            yield Lettering(id="next-word")
            yield BigNumber(id="next-number")

    def show(self, at: AtCounter) -> bool:
        """Show this; True: it is a call that was not on show before."""
        if at == self._at:
            return False
        self._at, before = at, self._at
        for name, text in (("door", at.door), ("number", at.number), ("state", at.state)):
            self._draw(name, text)
        self._draw("next-word", at.next_word if at.next else "")
        self._draw("next-number", at.next)
        for name in ("desk", "banner", "mark", "why"):
            self.query_one(f"#{name}", Sign).say(getattr(at, name))
        self.query_one("#number").display = not at.state
        self.query_one("#state").display = bool(at.state)
        self.query_one("#why").display = bool(at.why)
        self.query_one("#mark").set_class(not at.mark, "-none")
        self.query_one("#banner").set_class(not at.banner, "-none")
        return self._flash(at.call, before.call if before else None)

    def _draw(self, name: str, text: str) -> None:
        self.query_one(f"#{name}", BigNumber).text = text

    def _flash(self, call: int | None, before: int | None) -> bool:
        if call == before:
            return False
        banner = self.query_one(Banner)
        banner.flash() if call is not None else banner.be_still()
        return call is not None
