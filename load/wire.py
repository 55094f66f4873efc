"""A websocket client that costs next to nothing, so that what is measured is the server.

Speaks just enough: one upgrade, whole text frames, pings. Frames carry the mask 0, which protects
proxies, and there are none on the way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from ssl import SSLContext
from typing import Any, Final, cast
from uuid import uuid4

import msgspec

UPGRADE: Final = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: bW90Y3VhIGJlbmNobWFyaw==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FIN, MASKED = 0x80, 0x80
SMALL, TWO_BYTES, EIGHT_BYTES = 125, 126, 127
HOST: Final = "127.0.0.1"

Json = dict[str, Any]


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A whole frame as a client sends it."""
    size = len(payload)
    head = bytes([FIN | opcode])
    if size <= SMALL:
        head += bytes([MASKED | size])
    else:
        head += bytes([MASKED | TWO_BYTES]) + size.to_bytes(2, "big")
    return head + bytes(4) + payload


class Wire(asyncio.Protocol):
    """One connection. `heard` is called with the payload of every text frame."""

    def __init__(self, hello: bytes, heard: Callable[[bytes], None]) -> None:
        self._hello, self._heard = frame(hello), heard
        self._received = b""
        self._upgraded = False
        self._transport: asyncio.Transport | None = None
        self._echo: asyncio.Future[None] | None = None
        self.gone = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._transport.write(UPGRADE)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.gone.done():
            self.gone.set_result(error)

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        if not self._upgraded:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.close()
                return
            self._upgraded, self._received = True, rest
            self._write(self._hello)
        while self._take_frame():
            pass

    def send(self, payload: bytes) -> None:
        self._write(frame(payload))

    async def echo(self) -> None:
        """Wait for an answer of the other side's, which is ready at once."""
        self._echo = asyncio.get_running_loop().create_future()
        self._write(frame(b"echo", PING))
        await self._echo

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)

    def _take_frame(self) -> bool:
        """Take one whole frame; False: there is none yet."""
        received, begins = self._received, 2
        if len(received) < begins:
            return False
        size = received[1]
        if size > SMALL:
            begins = 4 if size == TWO_BYTES else 10
            size = int.from_bytes(received[2:begins], "big")
        if len(received) < begins + size:
            return False
        payload = received[begins : begins + size]
        self._received = received[begins + size :]
        opcode = received[0] & 0xF
        if opcode == TEXT:
            self._heard(payload)
        elif opcode == PING:
            self._write(frame(payload, PONG))
        elif opcode == PONG and self._echo is not None and not self._echo.done():
            self._echo.set_result(None)
        return True


class SentAway(Exception):  # noqa: N818 - a fact, said to whoever measures
    """The server said goodbye, or is gone."""


class Asking:
    """A screen that asks for one thing after the other."""

    def __init__(self, role: str, device: str, token: str = "") -> None:
        self._hello = msgspec.json.encode(
            {"type": "hello", "protocol": 1, "role": role, "device": device, "token": token}
        )
        self.device = device
        self._waiting: deque[asyncio.Future[bytes]] = deque()
        self._welcome: asyncio.Future[bytes] | None = None
        self._why = "the server is gone"
        self.wire: Wire

    async def join(self, port: int, host: str = HOST, tls: SSLContext | None = None) -> Json:
        """What the server says to welcome it. Raises OSError, and SentAway."""
        loop = asyncio.get_running_loop()
        self._welcome = loop.create_future()
        _, self.wire = await loop.create_connection(
            lambda: Wire(self._hello, self._hear), host, port, ssl=tls
        )
        self.wire.gone.add_done_callback(lambda _: self._end())
        welcome: Json = msgspec.json.decode(await self._welcome)
        return welcome

    async def ask(self, do: Json) -> Json:
        """The whole answer. Raises SentAway."""
        asked = asyncio.get_running_loop().create_future()
        if self.wire.gone.done():
            raise SentAway(self._why)
        self._waiting.append(asked)
        self.wire.send(msgspec.json.encode({"type": "request", "id": str(uuid4()), "do": do}))
        answer: Json = msgspec.json.decode(await asked)
        return answer

    async def ok(self, kind: str, **more: object) -> Json:
        """What the answer says. Raises RuntimeError when it is a refusal."""
        answer = await self.ask({"kind": kind, **more})
        if "ok" not in answer:
            raise RuntimeError(f"{kind}: {answer}")
        ok: Json = answer["ok"]
        return ok

    def _hear(self, payload: bytes) -> None:
        if payload.startswith(b'{"type":"answer"') and self._waiting:
            asked = self._waiting.popleft()
            if not asked.done():  # nobody waits any more
                asked.set_result(payload)
        elif payload.startswith(b'{"type":"welcome"') and self._welcome is not None:
            self._welcome.set_result(payload)
        elif payload.startswith(b'{"type":"goodbye"'):
            said: Json = msgspec.json.decode(payload)
            self._why = f"{said['reason']} {said.get('detail', '')}".strip()
            self._end()

    def _end(self) -> None:
        """Nobody will answer any more: say so to whoever waits."""
        for future in self._unanswered():
            future.set_exception(SentAway(f"{self.device}: {self._why}"))

    def _unanswered(self) -> Iterator[asyncio.Future[bytes]]:
        waiting, self._waiting = self._waiting, deque()
        for future in (self._welcome, *waiting):
            if future is not None and not future.done():
                yield future
