"""A terminal: what comes from it, be it keys, pastes or what a scanner reads from any paper, and
what goes to it.

Textual's own driver ends at the first byte that is no UTF-8, and at orders that no terminal sends;
a code that a citizen holds before the scanner may have both in it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import selectors
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import Any, Final

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import ScreenStackError
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message

from terminal.bell import Bell
from terminal.outlet import Outlet

SHORTLY_S: Final = 0.005
LOOK_S: Final = 0.1  # whether an escape stays alone: then it is a key
READ: Final = 256  # bytes: a fast hand's, or one code's
MOST_WAITING: Final = 64  # keys that were read and not taken in yet; the terminal keeps the others
UNREADABLE: Final = (ValueError, ArithmeticError, LookupError, ParseError)

log = logging.getLogger("motcua.screen")


class PatientDriver(LinuxDriver):
    """Passes over what is no key, no paste and no click, and goes on. Sleeps while nobody types:
    Textual's own looks ten times a second whether it is to end. Writes without a detour."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exit_event = self._bell = Bell()
        assert self._file is not None
        self._outlet = Outlet(self._file.fileno())

    def write(self, data: str) -> None:
        self._outlet.write(data)

    def close(self) -> None:
        super().close()
        self._outlet.close()

    def run_input_thread(self) -> None:
        """Take in what is typed until the screen ends. Raises OSError when the terminal is gone."""
        parser, decode = XTermParser(self._debug), getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            for one in (self.fileno, self._bell):
                selector.register(one, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                within_s = LOOK_S if parser._timeout_time is not None else None
                ready = [key.fd for key, _ in selector.select(within_s)]
                typed = os.read(self.fileno, READ) if self.fileno in ready else None
                if typed == b"":
                    return  # nothing will ever come: the terminal is gone, or never was one
                text = decode(typed) if typed else ""
                try:
                    self._take(parser, text)
                except UNREADABLE as error:
                    log.warning("what was typed is no key: %s", type(error).__name__)
                    parser = XTermParser(self._debug)
                if text:
                    self._let_catch_up()

    def _take(self, parser: XTermParser, text: str) -> None:
        for event in parser.feed(text) if text else ():
            self.process_message(event)
        for event in parser.tick():
            self.process_message(event)

    def _let_catch_up(self) -> None:
        """A flood of keys waits at the terminal, which has a limit, not in this process."""
        turned = asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop)
        while not self.exit_event.is_set():
            if turned.done() and self._waiting() <= MOST_WAITING:
                return
            self.exit_event.wait(SHORTLY_S)

    def _waiting(self) -> int:
        """What the app, its screen and whoever gets the keys have not taken in yet."""
        with suppress(ScreenStackError):
            takers = (self._app, self._app.screen, self._app.screen.focused)
            return sum(one.message_queue_size for one in takers if one is not None)
        return 0

    def process_message(self, message: Message) -> None:
        """How large the terminal is it says itself; what somebody types is no size."""
        if isinstance(message, Resize) and message.size != self._size_of_terminal():
            return
        super().process_message(message)

    def _size_of_terminal(self) -> tuple[int, int] | None:
        with suppress(OSError):
            columns, rows = os.get_terminal_size(self.fileno)
            return columns, rows
        return None
