"""One pane on a whole terminal: locked down, in the hall's colours, silent when it fails.

The program's other half is the supervisor: whatever goes wrong ends the process with a code, with
the reason in the log file and nothing on the public screen.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, NoReturn

from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Event, Key, MouseDown, Paste
from textual.filter import LineFilter
from textual.reactive import reactive
from textual.theme import Theme

from link.logs import log_to_file
from link.messages import Hello
from link.tokens import state_folder
from link.trust import trusting
from terminal.clocks import Stillness
from terminal.harmless import HARMLESS
from terminal.painter import HallScreen
from terminal.pane import Pane, Welcomed, join
from terminal.words import FIRST_LANGUAGE

CRASHED: Final = 70  # EX_SOFTWARE of sysexits.h
TERMINAL_GONE: Final = 74  # EX_IOERR
RELOAD: Final = 75  # EX_TEMPFAIL: an app that ends with it is started anew
LOOK_S: Final = 1.0  # for the terminal, and at a cursor that nobody types at
BLINKS_S: Final = 10.0  # a cursor after the last key; then it stands still, and paints nothing
DARK_WITHIN_S: Final = 5.0  # what hangs on a screen whose terminal is gone
STANDS_S: Final = 3.0  # after its start everything that stays is there
COLLECT_AFTER: Final = 10_000  # more objects than were given back: two frames, not a part of one
GIVE_WAY_S: Final = 0.0002  # of one thread to another: what is painted is written at once
LOG_BYTES: Final = 1_000_000
LOG_FILES: Final = 3  # beside the newest
CONTRAST: Final = 7.0  # of text, WCAG AAA

DARK: Final = {
    "background": "#0b1524",
    "surface": "#12213a",
    "panel": "#1b2f50",
    "foreground": "#ffffff",
    "primary": "#ffcd00",
    "secondary": "#8fc7ff",
    "accent": "#ffcd00",
    "warning": "#ffb454",
    "error": "#ffa3a3",
    "success": "#7ee2a8",
}
LIGHT: Final = {
    "background": "#ffffff",
    "surface": "#f1f4f9",
    "panel": "#e1e8f2",
    "foreground": "#0b1524",
    "primary": "#8c0d1f",
    "secondary": "#0f3d75",
    "accent": "#8c0d1f",
    "warning": "#6b3d00",
    "error": "#8c0d1f",
    "success": "#0b5130",
}

log = logging.getLogger("motcua.screen")


class HallApp(App[None], inherit_bindings=False):
    """A screen of the hall. `may_quit`: ctrl+q ends it, for officers and developers only."""

    TITLE = "motcua"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit_screen", show=False, priority=True),
        Binding("ctrl+c", "nothing", show=False, priority=True),
    ]
    language = reactive(FIRST_LANGUAGE)

    def __init__(
        self,
        pane: Pane[Any],
        *,
        server: str | None = None,
        hello: Hello | None = None,
        may_quit: bool = False,
        dark: bool = True,
    ) -> None:
        super().__init__()
        self.pane, self.server, self.hello = pane, server, hello
        self.log_file: Path | None = None
        self.ca: Path | None = None  # whom it trusts; None: nothing is encrypted
        self._may_quit, self._dark = may_quit, dark
        self._stillness = Stillness(time.monotonic)
        self._leaving: asyncio.Task[None] | None = None
        self.paint({})

    def compose(self) -> ComposeResult:
        yield self.pane

    def get_default_screen(self) -> HallScreen:
        return HallScreen()

    def get_driver_class(self) -> type[Driver]:
        """On a terminal one that no typed rubbish ends."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from terminal.driver import PatientDriver  # not for those without a terminal

        return PatientDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), HARMLESS]

    def on_mount(self) -> None:
        self.pane.focus()
        self.set_interval(LOOK_S, self._look_around)
        if not self.is_headless:  # told to end: in order, so that what hangs on it goes dark
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTERM, self.exit)
            loop.add_signal_handler(signal.SIGHUP, self._hung_up)
            self.set_timer(STANDS_S, keep_what_stands)
        if self.server is not None and self.hello is not None:
            tls = None if self.ca is None else trusting(self.ca)
            join(self.pane, self.server, self.hello, tls)

    def watch_language(self, language: str) -> None:
        self.pane.speak(language)

    def on_welcomed(self, message: Welcomed) -> None:
        self.paint(message.welcome.hall.colours)

    def paint(self, colours: Mapping[str, str]) -> None:
        """Use the hall's colours where text stays readable on them."""
        theme = hall_theme(colours, dark=self._dark)
        if self.available_themes.get(theme.name) == theme:
            return  # to style everything anew costs as much as all the rest of a welcome
        self.register_theme(theme)
        self.theme = theme.name
        if self.is_running:  # the name stays, so Textual sees no change
            self._invalidate_css()
            self.refresh_css(animate=False)

    async def on_event(self, event: Event) -> None:
        """The pane that is used learns of every key and click, and may keep one to itself."""
        if isinstance(event, Key | MouseDown | Paste) and not event.is_forwarded:
            self._stillness.broken()
            self._let_blink(True)
            keys_to = self.focused.ancestors_with_self if self.focused is not None else ()
            used = next((one for one in keys_to if isinstance(one, Pane)), None)
            if used is not None and used.noticed(event):
                return
        await super().on_event(event)

    def action_quit_screen(self) -> None:
        if self._may_quit:
            self.exit()

    def action_nothing(self) -> None:
        """A citizen at a keyboard ends nothing."""

    def panic(self, *renderables: RenderableType) -> None:
        """Textual's driver gave up, usually because the terminal went away."""
        self._leave_a_dead_terminal()
        if self._leaving is None:
            self._handle_exception(RuntimeError(f"the terminal's driver failed: {renderables}"))

    def _handle_exception(self, error: Exception) -> None:
        """End with a code. Textual would paint the traceback with its local variables."""
        log.critical("the screen ended", exc_info=error)
        if self._exception is None:  # what Textual's own tests and pilots wait for
            self._exception = error
            self._exception_event.set()
        self._return_code = CRASHED
        self._close_messages_no_wait()

    def _look_around(self) -> None:
        self._leave_a_dead_terminal()
        if self._stillness.seconds > BLINKS_S:
            self._let_blink(False)

    def _let_blink(self, blinks: bool) -> None:
        field: Any = self.focused
        if hasattr(field, "cursor_blink"):
            field.cursor_blink = blinks

    def _leave_a_dead_terminal(self) -> None:
        """Textual's input thread spins for ever on a terminal that was hung up."""
        if not self.is_headless and terminal_gone() and self._leaving is None:
            log.error("the terminal is gone")
            self._leaving = asyncio.create_task(self._darken_and_end())

    def _hung_up(self) -> None:
        self._leave_a_dead_terminal()
        if self._leaving is None:
            self.exit()

    async def _darken_and_end(self) -> None:
        """An orderly end would wait for the terminal to take bytes."""
        try:
            async with asyncio.timeout(DARK_WITHIN_S):
                await self.pane.darken()
        except TimeoutError:
            log.warning("a plate may still be lit")
        finally:
            logging.shutdown()
            os._exit(TERMINAL_GONE)


def run_screen(app: HallApp, log_file: Path) -> int:
    """Run until the end and return the exit code: 0 or CRASHED.

    Does not return at TERMINAL_GONE, nor at RELOAD, which begins the same program again. Everything
    logged goes to the file, nothing to the terminal.
    """
    log_to_file(log_file, bytes_=LOG_BYTES, files=LOG_FILES)
    app.log_file = log_file
    if not sys.__stdin__ or not sys.__stdin__.isatty():
        log.error("there is no terminal to run on")
        return TERMINAL_GONE
    sys.setswitchinterval(GIVE_WAY_S)
    try:
        app.run()
    except Exception:  # the crash handler of last resort: before Textual's own loop runs
        log.critical("the screen could not run", exc_info=True)
        return CRASHED
    if app.return_code == RELOAD:
        _begin_again()
    return app.return_code or 0


def _begin_again() -> NoReturn:
    """Become the program that was started, as its files are now; process and terminal stay."""
    log.info("the program begins again")
    logging.shutdown()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - no shell is meant


def keep_what_stands() -> None:
    """Never look for garbage again in what is here now: that stops a screen for a tenth of a
    second, at any moment."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    gc.enable()


def default_log(device: str) -> Path:
    return state_folder() / f"{device}.log"


def terminal_gone() -> bool:
    """Whether the terminal on standard input was hung up."""
    if sys.__stdin__ is None:
        return True
    poll = select.poll()
    poll.register(sys.__stdin__.fileno(), 0)
    gone = select.POLLHUP | select.POLLERR | select.POLLNVAL
    return any(event & gone for _, event in poll.poll(0))


# --- Colours -------------------------------------------------------------------------------------


def hall_theme(colours: Mapping[str, str], *, dark: bool) -> Theme:
    """The default colours, with those of the hall that keep a contrast of 7:1."""
    palette = dict(DARK if dark else LIGHT)
    for name, colour in colours.items():
        if name in palette and _readable(name, colour, palette):
            palette[name] = colour.lower()
    name = "motcua-dark" if dark else "motcua-light"
    return Theme(name=name, dark=dark, **palette)  # type: ignore[arg-type]  # all are str


def contrast(one: str, other: str) -> float:
    """Contrast of two #rrggbb colours, 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(name: str, colour: str, palette: Mapping[str, str]) -> bool:
    grounds = ("background", "surface", "panel")
    against = [palette["foreground"]] if name in grounds else [palette[g] for g in grounds]
    try:
        return all(contrast(colour, other) >= CONTRAST for other in against)
    except ValueError:
        return False


def _luminance(colour: str) -> float:
    """Relative luminance of #rrggbb; raises ValueError for any other form."""
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
