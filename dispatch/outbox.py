"""What the screens still have to be told: whole views, and the newest wins.

A view is worked out and encoded when it is about to be sent, once however many screens show it,
and not sent again while it stays the same. Many screens are sent theirs a few at a time, so that
nobody who asks waits for all of them; whoever has not had a view when there is a newer one keeps
its place and gets that. A screen that takes no more bytes is skipped; when it takes some again it
gets the newest view, so it can never fill the server's memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.protocol import State

NOTHING: Final = b""  # in place of a view that was not worked out
SLICE: Final = 64  # screens that are sent a view before others have their turn: a millisecond

log = logging.getLogger(__name__)


class ViewKey(NamedTuple):
    """Which view: a kind, and of which counter or ticket where there are several."""

    kind: str
    of: str | None = None


ViewOf = Callable[[ViewKey], dict[str, Any]]
Revision = Callable[[], int]


@dataclass(eq=False, slots=True)
class Screen:
    """One connected screen, and the last view it was sent."""

    connection: ServerConnection
    key: ViewKey
    sent: bytes = NOTHING
    catching_up: asyncio.Task[None] | None = field(default=None, repr=False)


@dataclass(eq=False, slots=True)
class Audience:
    """All screens that are shown the same. One view equals another only if it is that very one."""

    key: ViewKey
    screens: set[Screen] = field(default_factory=set)
    view: bytes = NOTHING
    rev: int = -1  # of the hall that the view shows; -1: none was worked out yet
    _frame: bytes = NOTHING  # made when the first screen needs it

    def shows(self, view: bytes, rev: int) -> bool:
        """From now on. Whether that is another view."""
        self.rev, self._frame = rev, NOTHING
        if view == self.view:
            return False
        self.view = view
        return True

    def frame(self) -> bytes:
        """The message as it travels, the same to every screen."""
        if self._frame is NOTHING:
            self._frame = frame_of(self.message())
        return self._frame

    def message(self) -> bytes:
        return b'{"type":"view","rev":%d,"view":%b}' % (self.rev, self.view)


class Outbox:
    """All connected screens, and the views they are owed."""

    def __init__(self, view_of: ViewOf, revision: Revision) -> None:
        self._view_of, self._revision = view_of, revision
        self._audiences: dict[ViewKey, Audience] = {}
        self._owed: OrderedDict[Screen, Audience] = OrderedDict()  # who waits longest comes first
        self._delivering = False
        self.sent_views = 0
        self.skipped_views = 0

    def __len__(self) -> int:
        return sum(len(one.screens) for one in self._audiences.values())

    def connections(self) -> list[ServerConnection]:
        """Every connected screen's."""
        return [screen.connection for one in self._audiences.values() for screen in one.screens]

    def owed_bytes(self) -> int:
        """How many bytes wait in this process for screens that do not take them."""
        return sum(one.transport.get_write_buffer_size() for one in self.connections())

    def count(self, kind: str) -> int:
        """How many connected screens show this kind of view."""
        return sum(len(one.screens) for key, one in self._audiences.items() if key.kind == kind)

    @contextmanager
    def showing(self, screen: Screen) -> Iterator[None]:
        """Keep a screen told while it is connected."""
        try:
            self._join(screen)
            yield
        finally:
            self._leave(screen)
            if screen.catching_up is not None:
                screen.catching_up.cancel()

    def show_other(self, connection: ServerConnection, key: ViewKey) -> None:
        """From now on this screen, if it is there, is shown another view."""
        for audience in list(self._audiences.values()):
            for screen in list(audience.screens):
                if screen.connection is connection and screen.key != key:
                    self._leave(screen)
                    screen.key = key
                    self._join(screen)

    def _join(self, screen: Screen) -> None:
        audience = self._audiences.setdefault(screen.key, Audience(screen.key))
        audience.screens.add(screen)
        if audience.rev != self._revision():
            self._work_out(audience)
        self._send(screen, audience)

    def _leave(self, screen: Screen) -> None:
        self._owed.pop(screen, None)
        audience = self._audiences[screen.key]
        audience.screens.discard(screen)
        if not audience.screens:
            del self._audiences[screen.key]

    def tell(self, kinds: Container[str] | None = None) -> None:
        """The hall may have changed: every screen gets its view, if that is another now.

        `kinds`: only views of these may be others.
        """
        for audience in self._audiences.values():
            if kinds is None or audience.key.kind in kinds:
                self._work_out(audience)
        if not self._delivering:
            self._deliver()

    def _deliver(self) -> None:
        """Some now, the others when whoever asks had their turn."""
        self._delivering = False
        for _ in range(min(SLICE, len(self._owed))):
            self._send(*self._owed.popitem(last=False))
        if self._owed:
            self._delivering = True
            asyncio.get_running_loop().call_soon(self._deliver)

    def _send(self, screen: Screen, audience: Audience) -> None:
        """Send the newest view, if the screen has not had it, and takes it."""
        view, transport = audience.view, screen.connection.transport
        if screen.sent is view or view is NOTHING or screen.catching_up is not None:
            return
        if transport.get_write_buffer_size():  # something has not left this machine yet
            screen.catching_up = asyncio.create_task(self._catch_up(screen))
            return
        screen.sent = view
        if is_open(screen.connection):
            transport.write(audience.frame())
            self.sent_views += 1

    async def _catch_up(self, screen: Screen) -> None:
        """Send the newest view as often as a slow screen takes one, until it is up to date."""
        self.skipped_views += 1
        try:
            while screen.sent is not (audience := self._audiences[screen.key]).view:
                screen.sent = audience.view
                await screen.connection.send(audience.message(), text=True)
                self.sent_views += 1
        except ConnectionClosed:
            log.debug("a slow screen went away")
        finally:
            screen.catching_up = None

    def _work_out(self, audience: Audience) -> None:
        """The view as it is now. Of a view with a bug, screens keep what they show."""
        rev = self._revision()
        try:
            view = msgspec.json.encode(self._view_of(audience.key))
        except Exception:
            # A bug in one view must not stop the hall.
            log.exception("no view %s", audience.key.kind)
            view = audience.view
        if audience.shows(view, rev):
            self._owed.update(dict.fromkeys(audience.screens, audience))


def frame_of(message: bytes) -> bytes:
    """A text as a server sends it: masked for nobody, so the same for everybody."""
    return Frame(Opcode.TEXT, message).serialize(mask=False)


def is_open(connection: ServerConnection) -> bool:
    return connection.state is State.OPEN and not connection.transport.is_closing()


def send_now(connection: ServerConnection, message: bytes) -> None:
    """Send it, waiting for nobody; nobody here is in the middle of another message, as none comes
    in parts.
    """
    if is_open(connection):
        connection.transport.write(frame_of(message))
