"""One connection's life: hello, welcome, requests and answers, goodbye.

Turns what travels into commands and answers into what travels; decides no rule. A connection's
requests are carried out one after another, reports apart, so nobody can crowd out the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from dispatch import diary, wicket
from dispatch.access import Access
from dispatch.admission import Porter
from dispatch.answers import Answers, MakeReport, Visitor
from dispatch.batch import encode
from dispatch.beside import Beside
from dispatch.dispatcher import Dispatcher
from dispatch.forecaster import Forecaster
from dispatch.guarded import GuardedConnection
from dispatch.limits import Limits
from dispatch.outbox import Outbox, Screen, ViewKey, send_now
from dispatch.pace import Pace, TooFast
from dispatch.porch import Porch
from dispatch.presence import Presence
from dispatch.showing import OF_THE_FORECAST, Showing, view_key
from dispatch.trials import Trials
from dispatch.wellness import Wellness
from dispatch.wicket import Figure
from hall.commands import Command, Refused
from hall.model import Hall
from link import messages as m
from link.text import clean

MOMENT_S: Final = 0.02
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

log = logging.getLogger(__name__)


class Goodbye(Exception):  # noqa: N818 - what is said, not an error of ours
    """This connection is over, and why."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.message = m.Goodbye(reason, clean(detail))


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
        access: Access,
        trials: Trials,
        wellness: Wellness,
        limits: Limits,
    ) -> None:
        self._dispatcher, self._forecaster, self._porter = dispatcher, forecaster, porter
        self._access, self._sittings = access, porter.sittings
        access.on_change, access.managers = self._access_changed, porter.sittings.managers
        porter.sittings.on_change = self._sat
        self._hall_info, self._limits, self._wellness = hall_info, limits, wellness
        self._presence = Presence(porter.devices, self._now(), wellness.own)
        self._answers = Answers(
            dispatcher,
            forecaster,
            porter,
            make_report,
            access=access,
            trials=trials,
            language=hall_info.languages[0],
            limits=limits,
            now=self._now,
        )
        showing = Showing(dispatcher, forecaster, self._presence, self._now)
        self.outbox = Outbox(showing.view, lambda: dispatcher.seq)
        dispatcher.on_change = self._changed
        forecaster.on_newer = partial(self.outbox.tell, OF_THE_FORECAST)
        dispatcher.news = self._news
        self.porch = Porch(limits, asyncio.get_running_loop().time)
        self._devices: dict[str, GuardedConnection] = {}
        self._device_at: dict[GuardedConnection, str] = {}
        self._telling = False  # the hall, of those who came and went
        self._turned_out = 0  # how often a device was unpaired
        self._leaving: set[asyncio.Task[None]] = set()
        self._from_screen = msgspec.json.Decoder(m.FromScreen)
        self._envelope = msgspec.json.Decoder(Envelope)
        self._encode = msgspec.json.Encoder().encode
        self.requests = 0

    def _changed(self) -> None:
        self.outbox.tell()
        self._forecaster.look()

    def _news(self, hall: Hall, now: datetime) -> list[Command]:
        """What nobody asked for, and the hall should be told of."""
        return [
            *self._presence.news(hall, now),
            *self._porter.news(hall),
            *self._sittings.over(hall),
        ]

    def _access_changed(self, what: str, of: str) -> None:
        """Who may no longer be here goes, at once."""
        if what == "suspended":
            self._sittings.ended_of(of)
        elif what == "unpaired" and of in self._porter.devices:
            self._turned_out += 1
            if self._porter.devices[of].role == "manager":
                self._sittings.ended(of)
            if (connection := self._devices.get(of)) is not None:
                self._send_away(connection, m.Goodbye("unpaired"))

    # --- Before the websocket --------------------------------------------------------------------

    def process_request(self, _: ServerConnection, request: HttpRequest) -> Response | None:
        """Plain HTTP is answered here; None lets a websocket in."""
        path = request.path.partition("?")[0]
        if path == "/health":
            return wicket.health(list(self._wellness.reasons()), list(self._wellness.warnings()))
        if path == "/metrics":
            return wicket.metrics([*self._wellness.figures(), *self._figures()])
        if path != "/":
            return wicket.response(HTTPStatus.NOT_FOUND, "There is /, /health and /metrics.\n")
        return None

    def _figures(self) -> Iterator[Figure]:
        box = self.outbox
        yield Figure("requests_total", "counter", "Requests that came in", self.requests)
        yield Figure("screens", "gauge", "Screens that are connected", len(box))
        yield Figure("views_sent_total", "counter", "Views sent to screens", box.sent_views)
        yield Figure("views_skipped_total", "counter", "Screens too slow", box.skipped_views)
        yield Figure("owed_bytes", "gauge", "Bytes that wait for slow screens", box.owed_bytes())
        yield from self.porch.figures()

    # --- One connection --------------------------------------------------------------------------

    async def serve(self, connection: GuardedConnection) -> None:
        """From hello to goodbye."""
        connection.forget_opening()
        try:
            visitor = await self._let_in(connection)
            with self.outbox.showing(Screen(connection, self._key(visitor))):
                await self._serve_requests(connection, visitor)
        except Goodbye as goodbye:
            diary.sent_away(connection.remote_address, goodbye.message.reason)
            await self._say_goodbye(connection, goodbye.message)
        except TooFast:
            diary.sent_away(connection.remote_address, "too_fast")
            await self._say_goodbye(connection, m.Goodbye("too_fast"))
        except ConnectionClosed:
            pass
        except Exception:
            # A bug in serving one screen must not take the hall down with it.
            log.exception("a connection failed")
            await self._say_goodbye(connection, m.Goodbye("server_error"))
        finally:
            self._forget(connection)

    async def _let_in(self, connection: GuardedConnection) -> Visitor:
        hello = await self._hello(connection) or await self._hello(connection, paired=True)
        assert hello is not None
        try:
            visitor = await self._visitor(hello)
        except Goodbye:
            await asyncio.sleep(self.porch.wrong(connection))
            raise
        self.porch.announced(connection, is_device=hello.role != "ticket")
        if hello.role != "ticket":
            self._take_over(connection, hello.device)
            diary.came(visitor.device)
        now = self._now()
        key = self._answers.persons.key if visitor.device.role == "kiosk" else ""
        pace = self._dispatcher.timekeeper.pace()
        welcome = m.Welcome(m.PROTOCOL, self._hall_info, now, visitor.device, key, pace)
        await connection.send(self._encode(welcome), text=True)
        return visitor

    async def _hello(
        self, connection: GuardedConnection, *, paired: bool = False
    ) -> m.Hello | None:
        """The hello; or nothing yet, where a device was paired instead, once."""
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
        if isinstance(hello, m.Pair) and not paired:
            await self._pair(connection, hello)
            return None
        if not isinstance(hello, m.Hello):
            raise Goodbye("protocol", "the first message is a hello")
        return hello

    async def _pair(self, connection: GuardedConnection, wanted: m.Pair) -> None:
        """Give a device the token that it brings, if it shows the code for it."""
        place = self.porch.address_of(connection)
        device = await self._porter.pair(wanted, self._now(), place)
        if isinstance(device, str):
            diary.not_paired(wanted.device, device, known=wanted.device in self._porter.devices)
            await asyncio.sleep(self.porch.wrong(connection))
            raise Goodbye(device)
        self._access.look()
        if (before := self._devices.get(device.device)) is not None:
            self._send_away(before, m.Goodbye("paired"))  # its token may be worth nothing now
        paired = m.Paired(device.device, device.role, self._hall_info.hall)
        await connection.send(self._encode(paired), text=True)

    async def _visitor(self, hello: m.Hello) -> Visitor:
        if hello.role == "ticket":
            return self._ticket_holder(hello)
        before = self._turned_out
        device = await self._porter.device(hello)
        if before != self._turned_out:  # perhaps this one, since it was looked up
            return await self._visitor(hello)
        if isinstance(device, str):
            diary.not_let_in(hello, device, known=hello.device in self._porter.devices)
            raise Goodbye(device)
        return Visitor(device)

    def _ticket_holder(self, hello: m.Hello) -> Visitor:
        number = self._answers.holders.by_token(hello.token)
        if number is None:
            raise Goodbye("unknown_ticket")
        if self.outbox.count("ticket") >= self._limits.ticket_screens:
            raise Goodbye("too_many")
        ticket = f"{self._dispatcher.hall.day} {number}"
        return Visitor(m.DeviceInfo(hello.device, "ticket"), ticket)

    def _key(self, visitor: Visitor) -> ViewKey:
        """What is shown to this visitor now."""
        device = visitor.device
        at = self._sittings.manager_at(device.device) if device.role == "manager" else None
        return view_key(device, manager=at, ticket=visitor.ticket)

    def _sat(self, device: str) -> None:
        """Somebody sits at this screen, or does no longer: that opens and closes a manager's."""
        info, connection = self._porter.devices[device], self._devices.get(device)
        if info.role == "manager" and connection is not None:
            self.outbox.show_other(connection, self._key(Visitor(info)))

    def _take_over(self, connection: GuardedConnection, device: str) -> None:
        """One device has one connection: the newest. It does not wait for the older to hear."""
        before = self._devices.get(device)
        self._devices[device], self._device_at[connection] = connection, device
        self._presence.came(device, self._now())
        self._access.saw(device, online=True, at=self._now())
        self._came_or_went()
        if before is not None:
            self._send_away(before, m.Goodbye("taken_over"))

    def _send_away(self, connection: GuardedConnection, goodbye: m.Goodbye) -> None:
        """Nobody waits for it to hear."""
        leaving = asyncio.create_task(self._say_goodbye(connection, goodbye))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    def _forget(self, connection: GuardedConnection) -> None:
        device = self._device_at.pop(connection, None)
        if device is None or self._devices.get(device) is not connection:
            return
        del self._devices[device]
        diary.went(device)
        self._presence.went(device, self._now())
        self._access.saw(device, online=False, at=self._now())
        self._came_or_went()

    def _came_or_went(self) -> None:
        """The hall is told, once of all who come and go in one moment."""
        if not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_later(MOMENT_S, self._tell_the_hall)

    def _tell_the_hall(self) -> None:
        self._telling = False
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
        self.porch.close()
        await asyncio.gather(*goodbyes)

    # --- Requests --------------------------------------------------------------------------------

    async def _serve_requests(self, connection: GuardedConnection, visitor: Visitor) -> None:
        pace = Pace(self._limits, visitor.device.role, asyncio.get_running_loop().time)
        with Beside() as reports:
            while True:
                await pace.request()
                frame = await connection.recv(decode=False)
                self.requests += 1
                request = self._request(frame)
                if _takes_paper(request):
                    await pace.ticket()
                serving = self._serve_request(connection, visitor, request)
                if _takes_time(request) and reports.has_room:
                    reports.start(serving)
                else:
                    with self.porch.at_work():
                        await serving

    async def _serve_request(
        self, connection: GuardedConnection, visitor: Visitor, request: m.Request | bytes
    ) -> None:
        if isinstance(request, m.Request):
            answer = await self._answers.answer(visitor, request)
            diary.answered(visitor, request.do, answer)
        else:
            answer = request
            diary.not_understood(visitor.device)
        if connection.owes_too_much():
            raise Goodbye("too_slow")
        send_now(connection, answer)

    def _request(self, frame: bytes) -> m.Request | bytes:
        """The request in a frame, or the answer that says what is wrong with it."""
        try:
            message: m.FromScreen = self._from_screen.decode(frame)
        except msgspec.ValidationError as error:
            return self._misunderstood(frame, error)
        except UNREADABLE as error:
            raise Goodbye("protocol", str(error)) from None
        if not isinstance(message, m.Request):
            raise Goodbye("protocol", "hello was said already")
        return message

    def _misunderstood(self, frame: bytes, error: msgspec.ValidationError) -> bytes:
        try:
            envelope = self._envelope.decode(frame)
        except UNREADABLE:
            raise Goodbye("protocol", str(error)) from None
        if envelope.do.kind in m.KINDS:
            return encode(envelope.id, refused=Refused("bad_message", problem=clean(str(error))))
        return encode(
            envelope.id, refused=Refused("unknown_kind", kind=clean(envelope.do.kind, 40))
        )

    # --- Small parts -----------------------------------------------------------------------------

    def _now(self) -> datetime:
        """The hall's time."""
        return self._dispatcher.timekeeper.now(self._dispatcher.hall.at)


def _takes_time(request: m.Request | bytes) -> bool:
    return isinstance(request, m.Request) and isinstance(request.do, m.Report)


def _takes_paper(request: m.Request | bytes) -> bool:
    return isinstance(request, m.Request) and isinstance(request.do, m.TakeTicket)
