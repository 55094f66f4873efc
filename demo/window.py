"""The demo's window: kiosk, counter, board and figures side by side, each a real screen.

Whoever looks on may use any of them: the kiosk takes a number like any other, and the counter's
officer stands up when somebody takes over.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.events import DescendantFocus, Resize
from textual.widgets import Static

from counter.pane import CounterPane
from demo.figures import FiguresPane
from demo.play import Cast, Links, Performance, Performer, Program
from demo.stage import Stage
from display.pane import BoardPane
from kiosk.pane import KioskPane
from link.client import NoAnswer
from link.messages import PROTOCOL, DeviceInfo, Hello, SignIn
from terminal.app import HallApp
from terminal.pane import Pane, join

SPEEDS: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
ROOM_FOR_FOUR: Final = (130, 40)  # cells; in a smaller window one pane shows at a time
LOOK_S: Final = 0.5


class DemoApp(HallApp):
    """Four panes and the play behind them."""

    CSS = """
    #title { height: 1; background: $primary; color: $background; text-style: bold; padding: 0 1; }
    #keys { height: 1; background: $panel; color: $foreground; padding: 0 1; }
    #panes { grid-size: 2 2; grid-gutter: 0; height: 1fr; }
    #panes.-one { grid-size: 1 1; }
    #panes.-one > Pane { display: none; }
    #panes.-one > Pane.-shown { display: block; }
    #panes > Pane { border: round $panel; width: 1fr; height: 1fr; }
    #panes > Pane:focus-within, #panes > Pane:focus { border: round $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+k", "show('kiosk')", show=False, priority=True),
        Binding("ctrl+o", "show('counter')", show=False, priority=True),
        Binding("ctrl+b", "show('board')", show=False, priority=True),
        Binding("ctrl+f", "show('figures')", show=False, priority=True),
        Binding("ctrl+a", "show_all", show=False, priority=True),
        Binding("ctrl+t", "take_over", show=False, priority=True),
        Binding("ctrl+left", "slower", show=False, priority=True),
        Binding("ctrl+right", "faster", show=False, priority=True),
    ]

    def __init__(self, cast: Cast, url: str, stage: Stage, program: Program) -> None:
        self.kiosk, self.board = KioskPane(id="kiosk"), BoardPane(id="board")
        self.counter = CounterPane(id="counter", locks=False)  # whoever looks on knows no PIN
        self.figures = FiguresPane(SignIn(cast.manager, cast.pin), id="figures-pane")
        super().__init__(self.kiosk, may_quit=True)
        self._cast, self._url, self.stage, self._program = cast, url, stage, program
        self._links = Links(url)
        self.play: Performance | None = None
        self._title, self._keys = Static(id="title", markup=False), Static(id="keys", markup=False)
        self._chosen = False  # one pane was asked for

    def compose(self) -> ComposeResult:
        yield self._title
        with Grid(id="panes"):
            yield from (self.kiosk, self.counter, self.board, self.figures)
        yield self._keys

    def on_mount(self) -> None:
        super().on_mount()
        cast = self._cast
        self._join(self.kiosk, cast.device("kiosk"))
        self._join(self.board, cast.device("display"))
        self._join(self.figures, cast.device("manager"))
        self._join(self.counter, cast.device("counter"))
        self.play = self._program.begin(cast, self._links, self.stage)
        self.play.expect_day()
        self.run_worker(self._perform(), name="play", group="play")
        self.set_interval(LOOK_S, self._show_time)

    async def _perform(self) -> None:
        with suppress(NoAnswer):  # the window closes while somebody asks
            await self.stage.play_on()

    def watch_language(self, language: str) -> None:
        for pane in self._panes():
            pane.speak(language)

    def _join(self, pane: Pane[Any], device: DeviceInfo) -> None:
        hello = Hello(PROTOCOL, device.role, device.device)
        self._links.by_device[device.device] = join(pane, self._url, hello)
        pane.now = self.stage.now

    # --- What is in sight ------------------------------------------------------------------------

    def on_resize(self, event: Resize) -> None:
        self._arrange()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        self._arrange()

    def action_show(self, name: str) -> None:
        self._chosen = True
        self._pane(name).focus()
        self._arrange()

    def action_show_all(self) -> None:
        self._chosen = False
        self._arrange()

    def _panes(self) -> tuple[Pane[Any], ...]:
        return self.kiosk, self.counter, self.board, self.figures

    def _pane(self, name: str) -> Pane[Any]:
        panes: dict[str, Pane[Any]] = {
            "kiosk": self.kiosk,
            "counter": self.counter,
            "board": self.board,
            "figures": self.figures,
        }
        return panes[name]

    def _arrange(self) -> None:
        width, height = ROOM_FOR_FOUR
        one = self._chosen or self.size.width < width or self.size.height < height
        self.query_one("#panes").set_class(one, "-one")
        focused = self._focused_pane()
        for pane in self._panes():
            pane.set_class(pane is focused, "-shown")

    def _focused_pane(self) -> Pane[Any]:
        return next((pane for pane in self._panes() if pane.has_focus_within), self.kiosk)

    def _show_time(self) -> None:
        local = self.stage.now().astimezone(self._cast.setup.hours.timezone)
        words = self.kiosk.words
        title = words(
            self._program.title,
            time=f"{local:%H:%M}",
            speed=f"{self.stage.speed:g}",
            day=f"{self._program.day:%d/%m/%Y}",
            address=self._url,
        )
        self._title.update(title, layout=False)
        taken = self._officer() is not None and self._officer_is_away()
        keys = words("demo.keys_taken" if taken else "demo.keys")
        self._keys.update(keys, layout=False)

    # --- Taking part -----------------------------------------------------------------------------

    def action_faster(self) -> None:
        self.stage.speed = next((s for s in SPEEDS if s > self.stage.speed), SPEEDS[-1])

    def action_slower(self) -> None:
        speeds = reversed(SPEEDS)
        self.stage.speed = next((s for s in speeds if s < self.stage.speed), SPEEDS[0])

    def action_take_over(self) -> None:
        """The officer of the counter in sight stands up, or sits down again."""
        officer = self._officer()
        if officer is None:
            return
        if officer.away:
            self.stage.after(0, officer.sit_down)
        else:
            officer.stand_up()
            self.stage.speed = SPEEDS[0]
            self.action_show("counter")

    def _officer(self) -> Performer | None:
        if self.play is None:
            return None
        return self.play.officers.get(self._cast.device("counter").counter or "")

    def _officer_is_away(self) -> bool:
        officer = self._officer()
        return officer is not None and officer.away


async def show(cast: Cast, url: str, stage: Stage, program: Program) -> int:
    """Run the window until it is closed; the exit code."""
    app = DemoApp(cast, url, stage, program)
    await app.run_async()
    return app.return_code or 0
