"""The technician's page: how the kiosk is, in words, and what can be done about it.

Tells nothing of a citizen. Who may see it is decided by a PIN, in `pin`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from math import inf
from pathlib import Path
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from hardware.scanner import Scanned, ScannerTrouble
from kiosk.devices import KEYBOARD
from kiosk.wedge import Heard, Pressed, Wedge
from terminal.app import RELOAD
from terminal.tiles import FootTile, Tile, Touched
from terminal.words import Words, languages, load

IDLE_S: Final = 120.0  # untouched for so long, the page goes
BETWEEN_TESTS_S: Final = 5.0  # a key that is held down prints one page
TICK_S: Final = 0.5
LOW_ROWS: Final = 30
STILL_PRINTS: Final = "paper_low"
ACTIONS: Final = ("1", "2", "3", "4")
FACTS: Final = (
    *("server", "link", "problem", "version", "terminal", "log", "devices", "waiting"),
    "scanner",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a kiosk is. A trouble that is None: there is none."""

    device: str
    server: str
    online: bool
    since: datetime | None  # it is or is not online; None: it never was
    problem: str  # the last one with the server, in the log's words
    refused: str | None  # why the server will not have this kiosk any more
    printers: Mapping[str, str | None]  # address -> trouble
    settings_troubles: Mapping[str, str | None]  # what else is wrong with printing
    waiting: int  # tickets not printed yet
    paper_dots: int
    scanner: str  # its address, or that it types; empty: none
    scanner_trouble: str | None
    colours: str  # how many the terminal has, as Textual names it
    log_file: Path | None
    now: datetime
    plain_text: bool = False  # others in the network can read what travels


class TechnicianPage(Screen[None], inherit_bindings=False):
    """`condition` is asked again and again; `print_page` takes what a printer understands."""

    DEFAULT_CSS = """
    TechnicianPage { background: $background; }
    TechnicianPage > #title { text-style: bold; padding: 0 2; background: $panel; }
    TechnicianPage > #facts {
        layout: grid; grid-size: 2; grid-columns: auto 1fr; grid-rows: auto; grid-gutter: 0 2;
        height: 1fr; padding: 1 2; overflow-y: auto;
    }
    TechnicianPage .name { width: auto; color: $secondary; }
    TechnicianPage .fact { width: 1fr; height: auto; }
    TechnicianPage > #said { height: 1; padding: 0 2; color: $warning; text-style: bold; }
    TechnicianPage > #actions {
        layout: grid; grid-size: 2; grid-gutter: 1 2; height: 11; margin: 1 2;
    }
    TechnicianPage > FootTile { margin: 0 2; }
    TechnicianPage.-low > #facts { padding: 0 2; }
    TechnicianPage.-low > #actions { grid-size: 4; height: 3; margin: 0 2 1 2; }
    """

    def __init__(
        self,
        words: Words,
        condition: Callable[[], Condition],
        print_page: Callable[[bytes], None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__()
        self._words, self._condition, self._clock = words, condition, clock
        self._print_page = print_page
        self._wedge = Wedge()
        self._wedge_timer: Timer | None = None
        self._shown: list[str] = []
        self._tested_at = -inf
        self._touched_at = clock()

    def compose(self) -> ComposeResult:
        yield Static(id="title", markup=False)
        with Container(id="facts"):
            for fact in FACTS:
                yield Static(classes="name", id=f"name-{fact}", markup=False)
                yield Static(classes="fact", id=f"fact-{fact}", markup=False)
        yield Static(id="said", markup=False)
        with Container(id="actions"):
            for _ in ACTIONS:
                yield Tile()
        yield FootTile()

    def on_mount(self) -> None:
        self.set_interval(TICK_S, self._tick)
        self._name_all()
        self._show()

    def on_resize(self) -> None:
        self.set_class(self.size.height < LOW_ROWS, "-low")

    # --- Touches and keys ------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Where a scanner types, what it types is no key: a card would quit the program."""
        event.stop()
        if self._condition().scanner == KEYBOARD:
            self._hear(self._wedge.feed(event.key, event.character, event.time))
        else:
            self._press(event.key)

    def _ask_wedge(self) -> None:
        self._hear(self._wedge.due(time.monotonic()))

    def _hear(self, heard: Iterable[Heard]) -> None:
        for one in heard:
            match one:
                case Pressed(key):
                    self._press(key)
                case Scanned():
                    self._say(self._words("technician.code_read"))
                case ScannerTrouble():
                    pass  # not while nobody scans for a citizen
        if self._wedge_timer is not None:
            self._wedge_timer.stop()
        if self._wedge.due_at is not None:
            wait_s = max(0.001, self._wedge.due_at - time.monotonic())
            self._wedge_timer = self.set_timer(wait_s, self._ask_wedge)

    def on_touched(self, message: Touched) -> None:
        message.stop()
        self._press(message.key)

    def _press(self, key: str) -> None:
        if not self.is_current:  # what comes late is not for a page that has gone
            return
        self._touched_at = self._clock()
        match key:
            case "1":
                self._test_printer()
            case "2":
                self._speak(_next_language(self._words.language))
            case "3":
                self.app.exit(return_code=RELOAD)
            case "4":
                self.app.exit()
            case "0" | "escape":
                self.dismiss()

    def _tick(self) -> None:
        if not self.is_current:
            return
        if self._clock() - self._touched_at >= IDLE_S:
            self.dismiss()
        else:
            self._show()

    def _speak(self, language: str) -> None:
        self._words = load(language, self._words.timezone.key)
        self._say("")
        self._name_all()
        self._show()

    # --- The printer test ------------------------------------------------------------------------

    def _test_printer(self) -> None:
        if self._clock() - self._tested_at < BETWEEN_TESTS_S:
            return
        condition = self._condition()
        if not condition.printers:
            self._say(self._words("technician.test_no_printer"))
        elif all(_blocks(trouble) for trouble in condition.printers.values()):
            self._say(self._words("technician.test_blocked"))
        else:
            self._tested_at = self._clock()
            self.run_worker(self._print_test(condition))

    async def _print_test(self, condition: Condition) -> None:
        self._print_page(await asyncio.to_thread(_test_page, condition))
        if self.is_current:
            self._say(self._words("technician.test_sent"))

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(text)

    # --- What stands on it -----------------------------------------------------------------------

    def _name_all(self) -> None:
        """Everything that only the language changes."""
        words, other = self._words, load(_next_language(self._words.language))
        titles = (
            words("technician.print_test"),
            other("kiosk.this_language"),
            words("technician.reload"),
            words("technician.quit"),
        )
        for key, tile, title in zip(ACTIONS, self.query("#actions > Tile"), titles, strict=True):
            assert isinstance(tile, Tile)
            tile.say(key, Content.styled(title, "bold"))
        self.query_one(FootTile).say("0", Content(words("kiosk.back")))
        for fact in FACTS:
            self.query_one(f"#name-{fact}", Static).update(words(f"technician.{fact}"))

    def _show(self) -> None:
        condition = self._condition()
        texts = list(self._texts(condition))
        if texts == self._shown:
            return
        self._shown = texts
        title = self._words("technician.title", device=condition.device)
        self.query_one("#title", Static).update(title)
        for fact, text in zip(FACTS, texts, strict=True):
            self.query_one(f"#fact-{fact}", Static).update(text)

    def _texts(self, condition: Condition) -> Iterator[str]:
        """What is known, in the order of FACTS."""
        none = self._words("technician.none")
        yield self._server(condition) or none
        yield self._link(condition)
        yield self._words.link_problem(condition.problem) or none
        yield _version() or self._words("technician.unknown")
        yield f"{self.size.width} × {self.size.height}, {condition.colours or none}"
        yield str(condition.log_file or none)
        devices = {**condition.printers, **condition.settings_troubles}
        states = (f"{one}: {self._state(trouble)}" for one, trouble in devices.items())
        yield "\n".join(states) or none
        yield str(condition.waiting)
        state = self._state(condition.scanner_trouble)
        yield f"{condition.scanner}: {state}" if condition.scanner else none

    def _server(self, condition: Condition) -> str:
        if not condition.plain_text:
            return condition.server
        return f"{condition.server}\n{self._words('link.plain_text')}"

    def _link(self, condition: Condition) -> str:
        if condition.since is None:
            text = self._words("technician.never_online")
        else:
            key = "online_since" if condition.online else "offline_since"
            since = self._words.time(condition.since, condition.now)
            text = self._words(f"technician.{key}", time=since)
        if condition.refused is None:
            return text
        return f"{text}\n{_goodbye(self._words, condition.refused)}"

    def _state(self, trouble: str | None) -> str:
        if trouble is None:
            return self._words("technician.works")
        return self._words.trouble(trouble)


def _goodbye(words: Words, reason: str) -> str:
    key = f"goodbye.{reason}"
    return words(key if key in words else "goodbye.anything")


def _blocks(trouble: str | None) -> bool:
    return trouble not in {None, STILL_PRINTS}


def _test_page(condition: Condition) -> bytes:
    from hardware.raster import raster
    from hardware.trial import letters_page

    where = "\n".join((condition.device, *condition.printers))
    return raster(letters_page(where, condition.paper_dots))


def _next_language(language: str) -> str:
    known = languages()
    return known[(known.index(language) + 1) % len(known)] if language in known else known[0]


def _version() -> str:
    """Empty where the program was never installed."""
    try:
        return version("motcua")
    except PackageNotFoundError:
        return ""
