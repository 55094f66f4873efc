"""One connection's life: hello, welcome, requests and answers, goodbye.

Turns what travels into commands and answers into what travels; decides no rule. A connection's
requests are carried out one after another, reports apart, so nobody can crowd out the others.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from dispatch import wicket
from dispatch.admission import Porter
from dispatch.batch import Asked, encode
from dispatch.beside import beside
from dispatch.dispatcher import Dispatcher
from dispatch.forecaster import Forecaster
from dispatch.holders import Holders
from dispatch.outbox import Outbox, Screen, ViewKey
from dispatch.permissions import WITHOUT_SIGN_IN, may_ask
from dispatch.persons import Persons
from dispatch.presence import Presence
from dispatch.translate import at_counter, clean, elsewhere
from hall import commands as c
from hall import views
from hall.commands import Command, Refused
from hall.hours import business_day
from link import messages as m

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
PAST_TICKET: Final = {"kind": "ticket", "number": "", "service": "", "stage": "left_over"}

MakeReport = Callable[[m.Report, m.DeviceInfo], Awaitable[dict[str, Any] | Refused]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the doors put up with."""

    hello_within_s: float = 5.0
    goodbye_within_s: float = 2.0
    unannounced: int = 50  # connections that have not said hello yet
    ticket_screens: int = 2_000
    tickets_per_person: int = 0  # a day, by identity card; 0: as many as anybody likes


class Goodbye(Exception):  # noqa: N818 - what is said, not an error of ours
    """This connection is over, and why."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.message = m.Goodbye(reason, detail[:200])


@dataclass(eq=False, slots=True)
class Visitor:
    """Who is at the other end of a connection."""

    device: m.DeviceInfo
    key: ViewKey
    manager: str | None = None  # the officer signed in at a manager's screen


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
        self._hall_info, self._make_report, self._limits = hall_info, make_report, limits
        self._holders = Holders(lambda: dispatcher.hall, dispatcher.timekeeper.steady_s)
        self._persons = Persons(limits.tickets_per_person)
        self.outbox = Outbox(self._view, lambda: dispatcher.seq)
        dispatcher.on_change = self._changed
        forecaster.on_newer = self.outbox.tell
        self._presence = Presence(porter.devices, self._now())
        dispatcher.news = self._presence.news
        self._unannounced: set[ServerConnection] = set()
        self._devices: dict[str, ServerConnection] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._managers: dict[str, str] = {}  # device -> officer, kept over a reconnect
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
        key = self._persons.key if visitor.device.role == "kiosk" else ""
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
        return Visitor(device, _view_key(device), self._managers.get(device.device))

    def _ticket_holder(self, hello: m.Hello) -> Visitor:
        number = self._holders.by_token(hello.token)
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
            request = await self._answer(visitor, request)
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

    async def _answer(self, visitor: Visitor, request: m.Request) -> bytes:
        """The encoded answer: refused here, carried out by the dispatcher, or reported."""
        do = request.do
        if not may_ask(visitor.device.role, do):
            return encode(request.id, refused=Refused("not_allowed"))
        if isinstance(do, m.SignIn):
            return await self._sign_in(visitor, request.id, do)
        if visitor.device.role == "manager":
            if visitor.manager is None and type(do) not in WITHOUT_SIGN_IN:
                return encode(request.id, refused=Refused("not_signed_in"))
            if isinstance(do, m.SignOut) and do.counter is None:
                return self._manager_leaves(visitor, request.id)
        if isinstance(do, m.ChangePin):
            return await self._change_pin(visitor, request.id, do)
        if isinstance(do, m.Report):
            report = await self._make_report(do, visitor.device)
            refused = report if isinstance(report, Refused) else None
            return encode(request.id, ok=None if refused else report, refused=refused)
        command = self._command(visitor, do)
        if isinstance(command, Refused):
            return encode(request.id, refused=command)
        if isinstance(do, m.TakeTicket) and do.person is not None and self._persons.limit:
            return await self._for_person(visitor, request.id, command, do.person)
        return await self._carried_out(visitor, request.id, command)

    async def _for_person(
        self, visitor: Visitor, request_id: str, command: Command, person: str
    ) -> bytes:
        """A number, unless this person has had as many as the hall allows a day."""
        hall = self._dispatcher.hall
        today = business_day(hall.setup.hours, self._now())
        if not self._persons.may_take(person, request_id, today):
            refused = Refused("person_limit_reached", limit=self._persons.limit)
            return encode(request_id, refused=refused)
        answer = await self._carried_out(visitor, request_id, command)
        if msgspec.json.decode(answer, type=m.Answer).refused is not None:
            self._persons.took_none(person, request_id)
        return answer

    async def _carried_out(self, visitor: Visitor, request_id: str, command: Command) -> bytes:
        asked = Asked(command, request_id, visitor.device.device, self._officer_at(visitor))
        return await self._dispatcher.ask(asked)

    def _officer_at(self, visitor: Visitor) -> str | None:
        """Who is signed in there."""
        staffing = self._dispatcher.hall.staffing.get(visitor.device.counter or "")
        return visitor.manager or (staffing.officer if staffing else None)

    async def _sign_in(self, visitor: Visitor, request_id: str, do: m.SignIn) -> bytes:
        role, device = visitor.device.role, visitor.device.device
        refused = await self._porter.officer(do.officer, do.pin, visitor.device)
        if refused is not None:
            return encode(request_id, refused=refused)
        if role == "manager":
            visitor.manager = self._managers[device] = do.officer
            log.info("%s signed in at %s", do.officer, device)
            return encode(request_id, ok={})
        assert visitor.device.counter is not None
        command = c.SignIn(visitor.device.counter, do.officer, do.take_over)
        return await self._carried_out(visitor, request_id, command)

    async def _change_pin(self, visitor: Visitor, request_id: str, do: m.ChangePin) -> bytes:
        officer = self._officer_at(visitor)
        if officer is None:
            refused = Refused("counter_has_no_officer", counter=visitor.device.counter)
            return encode(request_id, refused=refused)
        now = self._now()
        why_not = await self._porter.change_pin(officer, do, request_id, visitor.device, now)
        return encode(request_id, ok=None if why_not else {}, refused=why_not)

    def _manager_leaves(self, visitor: Visitor, request_id: str) -> bytes:
        log.info("%s signed out at %s", visitor.manager, visitor.device.device)
        visitor.manager = None
        self._managers.pop(visitor.device.device, None)
        return encode(request_id, ok={})

    def _command(self, visitor: Visitor, do: m.AnyDo) -> Command | Refused:
        """What the request means, coming from this visitor."""
        if isinstance(do, m.Rate):
            return self._rate(visitor, do)
        token = secrets.token_urlsafe(12)
        language = self._hall_info.languages[0]
        forecast = self._forecaster.newest
        command: Command | Refused | None
        command = elsewhere(do, visitor.device.device, token, language, forecast)
        if command is None:
            own, asked = visitor.device.counter, getattr(do, "counter", None)
            if own is not None and asked not in (None, own):
                return Refused("not_allowed", counter=asked)
            command = at_counter(do, own or asked or "")
        assert command is not None, do
        return command

    def _rate(self, visitor: Visitor, do: m.Rate) -> Command | Refused:
        number = self._holders.rated(do, visitor.device)
        if isinstance(number, Refused):
            return number
        ticket = self._dispatcher.hall.ticket(number)
        turn = do.turn or (len(ticket.turns) if ticket else 1)
        return c.Rate(number, turn, do.level, tuple(do.tags), clean(do.text))

    # --- Views -----------------------------------------------------------------------------------

    def _now(self) -> datetime:
        """The hall's time."""
        return self._dispatcher.timekeeper.now(self._dispatcher.hall.at)

    def _view(self, key: ViewKey) -> dict[str, Any]:
        hall, now, forecast = self._dispatcher.hall, self._now(), self._forecaster.newest
        match key:
            case ViewKey("kiosk"):
                return views.kiosk(hall, now, forecast)
            case ViewKey("counter", str(code)):
                return views.counter(hall, code, now)
            case ViewKey("board", of):
                return views.board(hall, of.split(",") if of else (), forecast)
            case ViewKey("rating", of):
                return views.rating(hall, of)
            case ViewKey("live"):
                return views.live(hall, forecast, self._presence.shown())
            case ViewKey("ticket", str(of)):
                day, _, number = of.partition(" ")
                if day != str(hall.day):
                    return PAST_TICKET
                return views.ticket(hall, number, forecast)
            case _:
                raise AssertionError(key)


def _takes_time(request: m.Request | bytes) -> bool:
    return isinstance(request, m.Request) and isinstance(request.do, m.Report)


def _view_key(device: m.DeviceInfo) -> ViewKey:
    """What a device of this role is shown."""
    match device.role:
        case "counter" | "rating":
            return ViewKey(device.role, device.counter)
        case "display":
            return ViewKey("board", ",".join(device.counters) or None)
        case "manager":
            return ViewKey("live")
        case role:
            return ViewKey(role)
