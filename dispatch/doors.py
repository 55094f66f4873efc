"""One connection's life: hello, welcome, requests and answers, goodbye.

Turns what travels into commands and answers into what travels; decides no rule. A connection's
requests are carried out one after another, reports apart, so nobody can crowd out the others.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from dispatch import wicket
from dispatch.admission import Porter
from dispatch.answers import Answers, MakeReport, Visitor
from dispatch.batch import encode
from dispatch.beside import beside
from dispatch.dispatcher import Dispatcher
from dispatch.forecaster import Forecaster
from dispatch.limits import Limits
from dispatch.outbox import Outbox, Screen, ViewKey
from dispatch.presence import Presence
from dispatch.showing import Showing, view_key
from hall.commands import Refused
from link import messages as m

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

log = logging.getLogger(__name__)


class Goodbye(Exception):  # noqa: N818 - what is said, not an error of ours
    """This connection is over, and why."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.message = m.Goodbye(reason, detail[:200])


class Wish(msgspec.Struct):
    """As much of a wish as is needed to name it."""

    kind: str


class Envelope(msgspec.Struct):
    """As much of a request as is needed to answer it when the rest is wrong."""

    id: m.RequestId
    do: Wish


class Doors:
    """All connections of the hall."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        forecaster: Forecaster,
        porter: Porter,
        hall_info: m.HallInfo,
        make_report: MakeReport,
        *,
        limits: Limits,
    ) -> None:
        self._dispatcher, self._forecaster, self._porter = dispatcher, forecaster, porter
        self._hall_info, self._limits = hall_info, limits
        self._presence = Presence(porter.devices, self._now())
        self._answers = Answers(
            dispatcher,
            forecaster,
            porter,
            make_report,
            language=hall_info.languages[0],
            limits=limits,
            now=self._now,
        )
        showing = Showing(dispatcher, forecaster, self._presence, self._now)
        self.outbox = Outbox(showing.view, lambda: dispatcher.seq)
        dispatcher.on_change = self._changed
        forecaster.on_newer = self.outbox.tell
        dispatcher.news = self._presence.news
        self._unannounced: set[ServerConnection] = set()
        self._devices: dict[str, ServerConnection] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._from_screen = msgspec.json.Decoder(m.FromScreen)
        self._envelope = msgspec.json.Decoder(Envelope)
        self._encode = msgspec.json.Encoder().encode
        self.requests = 0

    def _changed(self) -> None:
        self.outbox.tell()
        self._forecaster.look()

    # --- Before the websocket --------------------------------------------------------------------

    def process_request(self, _: ServerConnection, request: HttpRequest) -> Response | None:
        """Plain HTTP is answered here; None lets a websocket in."""
        path = request.path.partition("?")[0]
        if path == "/health":
            behind_s = self._dispatcher.timekeeper.behind_s(self._dispatcher.hall.at)
            return wicket.health(self._dispatcher.trouble, behind_s)
        if path == "/metrics":
            return wicket.metrics(self._figures())
        if path != "/":
            return wicket.response(HTTPStatus.NOT_FOUND, "There is /, /health and /metrics.\n")
        if len(self._unannounced) >= self._limits.unannounced:
            return wicket.response(HTTPStatus.SERVICE_UNAVAILABLE, "too_many_unannounced\n")
        return None

    def _figures(self) -> dict[str, float]:
        hall = self._dispatcher.hall
        return {
            "up": float(self._dispatcher.trouble is None),
            "requests_total": self.requests,
            "batches_total": self._dispatcher.batches,
            "last_event": self._dispatcher.seq,
            "screens": len(self.outbox),
            "views_sent_total": self.outbox.sent_views,
            "views_skipped_total": self.outbox.skipped_views,
            "owed_bytes": self.outbox.owed_bytes(),
            "tickets_today": hall.issued,
            "tickets_waiting": sum(len(queue) for queue in hall.queues.values()),
        }

    # --- One connection --------------------------------------------------------------------------

    async def serve(self, connection: ServerConnection) -> None:
        """From hello to goodbye."""
        try:
            visitor = await self._let_in(connection)
            with self.outbox.showing(Screen(connection, visitor.key)):
                await self._serve_requests(connection, visitor)
        except Goodbye as goodbye:
            await self._say_goodbye(connection, goodbye.message)
        except ConnectionClosed:
            pass
        except Exception:
            # A bug in serving one screen must not take the hall down with it.
            log.exception("a connection failed")
            await self._say_goodbye(connection, m.Goodbye("server_error"))
        finally:
            self._forget(connection)

    async def _let_in(self, connection: ServerConnection) -> Visitor:
        self._unannounced.add(connection)
        try:
            hello = await self._hello(connection)
            visitor = await self._visitor(hello)
        finally:
            self._unannounced.discard(connection)
        if hello.role != "ticket":
            self._take_over(connection, hello.device)
        now = self._now()
        key = self._answers.persons.key if visitor.device.role == "kiosk" else ""
        welcome = m.Welcome(m.PROTOCOL, self._hall_info, now, visitor.device, key)
        await connection.send(self._encode(welcome), text=True)
        return visitor

    async def _hello(self, connection: ServerConnection) -> m.Hello:
        within_s = self._limits.hello_within_s
        try:
            async with asyncio.timeout(within_s):
                frame = await connection.recv(decode=False)
        except TimeoutError:
            raise Goodbye("no_hello", f"say hello within {within_s:g} s") from None
        if len(frame) > m.MAX_HELLO:
            raise Goodbye("protocol", f"a hello has at most {m.MAX_HELLO} bytes")
        try:
            hello = self._from_screen.decode(frame)
        except UNREADABLE as error:
            raise Goodbye("protocol", str(error)) from None
        if not isinstance(hello, m.Hello):
            raise Goodbye("protocol", "the first message is a hello")
        return hello

    async def _visitor(self, hello: m.Hello) -> Visitor:
        if hello.role == "ticket":
            return self._ticket_holder(hello)
        device = await self._porter.device(hello)
        if isinstance(device, str):
            log.warning("%s as %s: %s", hello.device, hello.role, device)
            raise Goodbye(device)
        return Visitor(device, view_key(device), self._answers.managers.get(device.device))

    def _ticket_holder(self, hello: m.Hello) -> Visitor:
        number = self._answers.holders.by_token(hello.token)
        if number is None:
            raise Goodbye("unknown_ticket")
        if self.outbox.count("ticket") >= self._limits.ticket_screens:
            raise Goodbye("too_many")
        key = ViewKey("ticket", f"{self._dispatcher.hall.day} {number}")
        return Visitor(m.DeviceInfo(hello.device, "ticket"), key)

    def _take_over(self, connection: ServerConnection, device: str) -> None:
        """One device has one connection: the newest. It does not wait for the older to hear."""
        before = self._devices.get(device)
        self._devices[device] = connection
        self._presence.came(device, self._now())
        self._dispatcher.wake()
        if before is not None:
            leaving = asyncio.create_task(self._say_goodbye(before, m.Goodbye("taken_over")))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    def _forget(self, connection: ServerConnection) -> None:
        for device, own in list(self._devices.items()):
            if own is connection:
                del self._devices[device]
                self._presence.went(device, self._now())
                self._dispatcher.wake()

    async def _say_goodbye(self, connection: ServerConnection, goodbye: m.Goodbye) -> None:
        """Say why, if it still listens, and close."""
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(self._limits.goodbye_within_s):
                await connection.send(self._encode(goodbye), text=True)
                await connection.close()

    async def close(self) -> None:
        """The server goes down, and says so to everybody."""
        goodbyes = (
            self._say_goodbye(connection, m.Goodbye("restart"))
            for connection in self.outbox.connections()
        )
        await asyncio.gather(*goodbyes)

    # --- Requests --------------------------------------------------------------------------------

    async def _serve_requests(self, connection: ServerConnection, visitor: Visitor) -> None:
        with beside() as reports:
            while True:
                frame = await connection.recv(decode=False)
                self.requests += 1
                request = self._request(frame)
                serving = self._serve_request(connection, visitor, request)
                if _takes_time(request) and reports.has_room:
                    reports.start(serving)
                else:
                    await serving

    async def _serve_request(
        self, connection: ServerConnection, visitor: Visitor, request: m.Request | bytes
    ) -> None:
        if isinstance(request, m.Request):
            request = await self._answers.answer(visitor, request)
        await connection.send(request, text=True)

    def _request(self, frame: bytes) -> m.Request | bytes:
        """The request in a frame, or the answer that says what is wrong with it."""
        try:
            message: m.FromScreen = self._from_screen.decode(frame)
        except msgspec.ValidationError as error:
            return self._misunderstood(frame, error)
        except UNREADABLE as error:
            raise Goodbye("protocol", str(error)) from None
        if isinstance(message, m.Hello):
            raise Goodbye("protocol", "hello was said already")
        return message

    def _misunderstood(self, frame: bytes, error: msgspec.ValidationError) -> bytes:
        try:
            envelope = self._envelope.decode(frame)
        except UNREADABLE:
            raise Goodbye("protocol", str(error)) from None
        if envelope.do.kind in m.KINDS:
            return encode(envelope.id, refused=Refused("bad_message", problem=str(error)))
        return encode(envelope.id, refused=Refused("unknown_kind", kind=envelope.do.kind[:40]))

    # --- Small parts -----------------------------------------------------------------------------

    def _now(self) -> datetime:
        """The hall's time."""
        return self._dispatcher.timekeeper.now(self._dispatcher.hall.at)


def _takes_time(request: m.Request | bytes) -> bool:
    return isinstance(request, m.Request) and isinstance(request.do, m.Report)
