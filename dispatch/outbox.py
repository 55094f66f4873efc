"""What the screens still have to be told: whole views, and the newest wins.

A view is computed and encoded when it is about to be sent, once per kind however many screens show
it, and not sent again while it stays the same. A screen that takes no more bytes is skipped; when
it takes some again it gets the newest view, so it can never fill the server's memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.protocol import State

NOTHING: Final = b""  # in place of a view that could not be computed

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
    sent: bytes = b""
    catching_up: asyncio.Task[None] | None = field(default=None, repr=False)

    def takes_more(self) -> bool:
        """Has everything sent so far left this machine?"""
        transport = self.connection.transport
        return self.catching_up is None and transport.get_write_buffer_size() == 0


class Outbox:
    """All connected screens, and the views they are owed."""

    def __init__(self, view_of: ViewOf, revision: Revision) -> None:
        self._view_of, self._revision = view_of, revision
        self._screens: set[Screen] = set()
        self._views: dict[ViewKey, bytes] = {}
        self.sent_views = 0
        self.skipped_views = 0

    def __len__(self) -> int:
        return len(self._screens)

    def connections(self) -> list[ServerConnection]:
        """Every connected screen's."""
        return [screen.connection for screen in self._screens]

    def owed_bytes(self) -> int:
        """How many bytes wait in this process for screens that do not take them."""
        return sum(one.transport.get_write_buffer_size() for one in self.connections())

    def count(self, kind: str) -> int:
        """How many connected screens show this kind of view."""
        return sum(screen.key.kind == kind for screen in self._screens)

    @contextmanager
    def showing(self, screen: Screen) -> Iterator[None]:
        """Keep a screen told while it is connected."""
        self._screens.add(screen)
        try:
            self._tell([screen])
            yield
        finally:
            self._screens.discard(screen)
            if screen.catching_up is not None:
                screen.catching_up.cancel()

    def tell(self) -> None:
        """The hall may have changed: every screen gets its view, if that is another now."""
        self._views.clear()
        self._tell(self._screens)

    def _tell(self, screens: set[Screen] | list[Screen]) -> None:
        ready: dict[bytes, list[ServerConnection]] = defaultdict(list)
        for screen in screens:
            view = self._view(screen.key)
            if view in (NOTHING, screen.sent):
                continue
            if screen.takes_more():
                screen.sent = view
                ready[view].append(screen.connection)
            elif screen.catching_up is None:
                screen.catching_up = asyncio.create_task(self._catch_up(screen))
        for view, connections in ready.items():
            _send_all(connections, self._shown(view))
            self.sent_views += len(connections)

    async def _catch_up(self, screen: Screen) -> None:
        """Send the newest view as often as a slow screen takes one, until it is up to date."""
        self.skipped_views += 1
        try:
            while (view := self._view(screen.key)) not in (NOTHING, screen.sent):
                screen.sent = view
                await screen.connection.send(self._shown(view), text=True)
                self.sent_views += 1
        except ConnectionClosed:
            log.debug("a slow screen went away")
        finally:
            screen.catching_up = None

    def _view(self, key: ViewKey) -> bytes:
        if key not in self._views:
            self._views[key] = self._computed(key)
        return self._views[key]

    def _computed(self, key: ViewKey) -> bytes:
        try:
            return msgspec.json.encode(self._view_of(key))
        except Exception:
            # A bug in one view must not stop the hall: its screens keep what they show.
            log.exception("no view %s", key.kind)
            return NOTHING

    def _shown(self, view: bytes) -> bytes:
        return b'{"type":"view","rev":%d,"view":%b}' % (self._revision(), view)


def _send_all(connections: list[ServerConnection], message: bytes) -> None:
    """Send every one the same frame, made once: a server's frames are masked for nobody.

    Nobody here is in the middle of another message: those who take no more were left out.
    """
    frame = Frame(Opcode.TEXT, message).serialize(mask=False)
    for connection in connections:
        if connection.state is State.OPEN:
            connection.transport.write(frame)
