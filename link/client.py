"""The one reconnecting client: asks, is answered, and is shown views. It knows no widget.

A request keeps its id over every reconnect, so that asking again can never do a thing twice.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ssl import SSLContext
from typing import Final, Never
from uuid import uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from link.messages import (
    MAX_VIEW,
    Answer,
    AnyDo,
    AnyView,
    FromServer,
    Goodbye,
    Hello,
    Request,
    Shown,
    Welcome,
)
from link.trust import problem, problem_word

MAX_UNANSWERED: Final = 32
FIRST_DELAY_S: Final = 0.1
LONGEST_DELAY_S: Final = 2.0
OPEN_WITHIN_S: Final = 3.0
WELCOME_WITHIN_S: Final = 5.0
PING_S: Final = 5.0  # a dead peer is noticed after ping, its time-out and the close: 12 s
CLOSE_WITHIN_S: Final = 2.0

# Reconnecting would not help, or would throw out whoever sits there now.
FINAL_GOODBYES: Final = frozenset(
    {"taken_over", "bad_token", "unpaired", "protocol", "unknown_device", "wrong_role"}
)

_encode: Final = msgspec.json.Encoder().encode
_decode: Final[msgspec.json.Decoder[FromServer]] = msgspec.json.Decoder(FromServer)


class TooManyUnanswered(Exception):  # noqa: N818 hall words
    """So many requests wait for an answer already that one more is not taken."""


class NoAnswer(Exception):  # noqa: N818 hall words
    """The answer did not come in time, or can no longer come: the request is withdrawn."""


class _Farewell(Exception):  # noqa: N818 hall words
    """The server said goodbye."""

    def __init__(self, goodbye: Goodbye) -> None:
        super().__init__(f"goodbye {goodbye.reason} {goodbye.detail}".rstrip())
        self.goodbye = goodbye


@dataclass(frozen=True, slots=True)
class _Asked:
    frame: str
    answer: asyncio.Future[Answer]


def new_request_id() -> str:
    """Invented once for every wish, and kept over all retries."""
    return str(uuid4())


class Link:
    """One screen's way to the server. The callbacks run in the loop that runs `run`.

    `on_online(False, why)` carries a technician's words, not a citizen's.
    """

    def __init__(
        self,
        url: str,
        hello: Hello,
        *,
        on_welcome: Callable[[Welcome], object],
        on_view: Callable[[AnyView], object],
        on_online: Callable[[bool, str], object],
        on_goodbye: Callable[[Goodbye], object],
        tls: SSLContext | None = None,
    ) -> None:
        self._url, self._hello, self._tls = url, hello, tls
        self._on_welcome, self._on_view = on_welcome, on_view
        self._on_online, self._on_goodbye = on_online, on_goodbye
        self._unanswered: dict[str, _Asked] = {}  # in the order they were asked
        self._way: ClientConnection | None = None  # None: none yet, or older ones are to be sent
        self._online: bool | None = None
        self._was_welcome = False
        self._problem = ""  # the word of what was told last, where a technician must act
        self._ended: str | None = None
        self._delay_s = FIRST_DELAY_S
        self._told, self._told_at, self._pace = datetime.now(UTC), time.monotonic(), 1.0

    def now(self) -> datetime:
        """The server's time, whatever this machine's clock says or is set to."""
        return self._told + timedelta(seconds=(time.monotonic() - self._told_at) * self._pace)

    async def run(self) -> None:
        """Stay connected until cancelled, or until the server says a final goodbye."""
        try:
            while self._ended is None:
                await self._connection_after_connection()
        finally:
            self._end(self._ended or "the link was closed")

    async def ask(
        self, do: AnyDo, *, patience_s: float | None = None, request_id: str | None = None
    ) -> Answer:
        """Ask until answered; also before `run`, and while the server is away.

        `request_id`: of a request that may have been made before. Raises TooManyUnanswered at once,
        and NoAnswer after `patience_s` or when the link ended.
        """
        if self._ended is not None:
            raise NoAnswer(self._ended)
        if len(self._unanswered) >= MAX_UNANSWERED:
            raise TooManyUnanswered(f"{MAX_UNANSWERED} requests wait for an answer")
        request = Request(id=request_id or new_request_id(), do=do)
        asked = _Asked(_encode(request).decode(), asyncio.get_running_loop().create_future())
        self._unanswered[request.id] = asked
        try:
            async with asyncio.timeout(patience_s):
                if self._way is not None:
                    with suppress(ConnectionClosed):  # then it is sent on the next connection
                        await self._way.send(asked.frame)
                return await asked.answer
        except TimeoutError:
            raise NoAnswer(f"no answer within {patience_s:g} s") from None
        finally:
            self._unanswered.pop(request.id, None)

    async def _connection_after_connection(self) -> None:
        """One connection, from its opening to its loss, and the pause before the next."""
        try:
            await self._one_connection()
        except _Farewell as farewell:
            if farewell.goodbye.reason in FINAL_GOODBYES:
                self._ended = farewell.goodbye.reason
                self._tell_online(False, str(farewell))
                self._on_goodbye(farewell.goodbye)
                return
            self._tell_online(False, str(farewell))
        except (OSError, WebSocketException, msgspec.MsgspecError, RecursionError) as lost:
            why = await problem(self._url, lost, look=not self._was_welcome)
            self._tell_online(False, why or f"{type(lost).__name__}: {lost}")
        await asyncio.sleep(self._delay_s * random.uniform(0.75, 1.25))  # noqa: S311 not a secret
        self._delay_s = min(2 * self._delay_s, LONGEST_DELAY_S)

    async def _one_connection(self) -> Never:
        async with self._connect() as connection:
            await connection.send(_encode(self._hello).decode())
            async with asyncio.timeout(WELCOME_WITHIN_S):
                self._take(await connection.recv(decode=False))
            sender = asyncio.create_task(self._send_unanswered(connection))
            try:
                while True:
                    self._take(await connection.recv(decode=False))
            finally:
                self._way = None
                sender.cancel()

    def _connect(self) -> connect:
        return connect(
            self._url,
            ssl=self._tls,
            proxy=None,  # the hall's server is next door: never by way of a proxy
            compression=None,
            max_size=MAX_VIEW,
            open_timeout=OPEN_WITHIN_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=CLOSE_WITHIN_S,
        )

    async def _send_unanswered(self, connection: ClientConnection) -> None:
        """The oldest first, also those that are asked meanwhile; then whoever asks sends."""
        sent: set[_Asked] = set()
        with suppress(ConnectionClosed):  # the receiving side sees it too, and reconnects
            while left := [asked for asked in self._unanswered.values() if asked not in sent]:
                await connection.send(left[0].frame)
                sent.add(left[0])
            self._way = connection

    def _take(self, frame: bytes) -> None:
        """One message of the server. Raises _Farewell, and MsgspecError for garbage."""
        match _decode.decode(frame):
            case Shown(view=view):
                self._on_view(view)
            case Answer(id=request_id) as answer:
                self._settle(request_id, answer)
            case Welcome() as welcome:
                self._welcomed(welcome)
            case Goodbye() as goodbye:
                raise _Farewell(goodbye)

    def _settle(self, request_id: str, answer: Answer) -> None:
        asked = self._unanswered.pop(request_id, None)
        if asked is not None and not asked.answer.done():
            asked.answer.set_result(answer)

    def _welcomed(self, welcome: Welcome) -> None:
        self._told, self._told_at, self._pace = welcome.now, time.monotonic(), welcome.pace
        self._delay_s = FIRST_DELAY_S
        self._was_welcome = True
        self._on_welcome(welcome)
        self._tell_online(True, "")

    def _tell_online(self, online: bool, why: str) -> None:
        word = problem_word(why)
        if online is not self._online or word != self._problem:
            self._online, self._problem = online, word
            self._on_online(online, why)

    def _end(self, why: str) -> None:
        """Nobody will answer any more: say so to whoever waits."""
        self._ended = why
        for asked in self._unanswered.values():
            if not asked.answer.done():
                asked.answer.set_exception(NoAnswer(why))
