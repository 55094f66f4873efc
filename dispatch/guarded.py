"""One connection, guarded from its first byte: where it comes from, TLS, how much and how fast.

What is said over it is for the doors; here it is only counted. Whoever takes nothing for long, or
sends what no screen sends, is ended without a word.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable
from functools import partial
from typing import Any, Final, cast

from websockets.asyncio.server import Server, ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import Event
from websockets.server import ServerProtocol

from dispatch.limits import Limits
from dispatch.pace import Bucket
from dispatch.porch import Porch

SLICE: Final = 4 * 1024  # bytes that are taken in before others have their turn
STRANGERS_SLICE: Final = 512  # before hello: 80 empty frames, a millisecond
READ_AT_ONCE: Final = 16 * 1024  # for a quarter of a megabyte the system is asked each time

SHUTDOWN_S: Final = 1.0  # the last words of TLS
PINGS: Final = frozenset({Opcode.PING, Opcode.PONG})

log = logging.getLogger(__name__)


class GuardedConnection(ServerConnection):
    """`tls`: how this server proves who it is; None: nothing is encrypted."""

    __slots__ = (  # in the dictionary that the others are in, they would cost a kilobyte
        *("_porch", "_limits", "_tls", "_handshake_s", "_first", "_securing", "_open"),
        *("_pumping", "_held", "_inbox", "_before_hello", "_stuck", "_bytes", "_pings"),
    )

    def __init__(
        self,
        protocol: ServerProtocol,
        server: Server,
        *,
        porch: Porch,
        limits: Limits,
        tls: ssl.SSLContext | None,
        handshake_s: float,
        **how: Any,
    ) -> None:
        super().__init__(protocol, server, **how)
        self._porch, self._limits, self._tls = porch, limits, tls
        self._handshake_s = handshake_s
        self._first: asyncio.Transport | None = None  # what was accepted, without TLS
        self._securing: asyncio.Task[None] | None = None
        self._open = False
        self._pumping = self._held = False
        self._inbox = bytearray()  # not looked at yet
        self._before_hello = 0  # bytes
        self._stuck: asyncio.TimerHandle | None = None
        clock = self.loop.time
        self._bytes, self._pings = Bucket(limits.incoming_bytes, clock), Bucket(limits.pings, clock)

    def push_out(self) -> None:
        """End it at once."""
        if self._first is not None:
            self._first.abort()

    def forget_opening(self) -> None:
        """It is open: what was said to open it, three kilobytes of headers, is of no more use."""
        if self.request is not None:  # kept by its parser, too
            self.request.headers.clear()
        self.response = None

    # --- Beginning and end -----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._first = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        if not peer or not self._porch.enter(self, peer[0]):
            self._first.abort()
        elif self._tls is None:
            self._begin(self._first)
        else:
            self._first.pause_reading()  # what comes is for TLS
            handshake = self.loop.start_tls(
                self._first,
                self,
                self._tls,
                server_side=True,
                ssl_handshake_timeout=self._handshake_s,
                ssl_shutdown_timeout=SHUTDOWN_S,
            )
            self._securing = self.loop.create_task(self._secure(self._first, handshake))
            self.loop.call_soon(self.loop.call_soon, self._hand_over)

    async def _secure(
        self, first: asyncio.Transport, handshake: Awaitable[asyncio.Transport | None]
    ) -> None:
        """The TLS handshake. It fails for everybody who does not speak TLS."""
        try:
            secured = await handshake
        except (OSError, RuntimeError) as error:  # uvloop says RuntimeError where it is closed
            log.debug("no TLS: %s", error)
            secured = None
        if secured is None or first.is_closing():
            first.abort()
            self._porch.leave(self)
        else:
            self._begin(secured)

    def _hand_over(self) -> None:
        """What uvloop read before TLS was there to read it: it reads at once, paused or not."""
        first, early = self._first, bytes(self._inbox)
        if not early or first is None or first.is_closing():
            return
        self._inbox.clear()
        protocol = cast(asyncio.BufferedProtocol, first.get_protocol())
        while early:
            room = memoryview(protocol.get_buffer(len(early)))
            piece = early[: len(room)]
            room[: len(piece)] = piece
            protocol.buffer_updated(len(piece))
            early = early[len(piece) :]

    def _begin(self, transport: asyncio.BaseTransport) -> None:
        self._open = True
        if hasattr(transport, "max_size"):  # asyncio's own reads into new memory, and so much of it
            transport.max_size = READ_AT_ONCE
        super().connection_made(transport)
        if self._inbox:
            self._pump()

    def connection_lost(self, exc: Exception | None) -> None:
        self._porch.leave(self)
        self._inbox.clear()
        if self._stuck is not None:
            self._stuck.cancel()
        if self._open:
            self._open = False
            self._porch.in_turn(partial(super().connection_lost, exc))  # half a hall may go at once

    def eof_received(self) -> None:
        if self._open:
            super().eof_received()

    # --- What comes ------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        known = self._open and self._porch.is_announced(self)
        if known and not self._inbox and not self._pumping and len(data) <= SLICE:
            self._take_in(data)  # nearly always: one small message
            return
        self._inbox += data
        if self._pumping:  # TLS had more, or the queue of messages was read
            self.transport.pause_reading()
        elif known:
            self._pump()
        elif self._open:
            self._pumping = self._held = True
            self.transport.pause_reading()  # the end must not overtake what came before it
            self._porch.in_turn(self._pump)

    def _pump(self) -> None:
        """Take in a slice; the rest when others had their turn, and when it is not too fast."""
        self._pumping = False
        if not self._open:
            return
        announced = self._porch.is_announced(self)
        piece = bytes(self._inbox[: SLICE if announced else STRANGERS_SLICE])
        del self._inbox[: len(piece)]
        if not announced:
            self._before_hello += len(piece)
            if self._before_hello > self._limits.bytes_before_hello:
                self.push_out()
                return
        self._take_in(piece)

    def _take_in(self, piece: bytes) -> None:
        wait_s = self._bytes.take(len(piece))
        super().data_received(piece)
        if self._inbox or wait_s:
            self._pumping = self._held = True
            self.transport.pause_reading()
            self.loop.call_later(wait_s, self._pump)
        elif self._held:
            self._held = False
            if not self.recv_messages.paused:
                self.transport.resume_reading()

    def process_event(self, event: Event) -> None:
        if isinstance(event, Frame) and event.opcode in PINGS and self._pings.take():
            self.push_out()
        super().process_event(event)

    # --- What is sent ----------------------------------------------------------------------------

    def send_data(self) -> None:
        """If anybody is still there: of those who are not, the loop would log every message."""
        if self.transport.is_closing():
            self.protocol.data_to_send()
        else:
            super().send_data()

    def owes_too_much(self) -> bool:
        """So much of what was answered is not taken that nothing more is answered."""
        return self.transport.get_write_buffer_size() > self._limits.owed_bytes

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(self._limits.stuck_s, self._give_up)

    def resume_writing(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        super().resume_writing()

    def _give_up(self) -> None:
        log.warning("too_slow: a screen took nothing for %g s", self._limits.stuck_s)
        self.push_out()
