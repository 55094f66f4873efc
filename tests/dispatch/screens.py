"""One screen of the wire's own words, without the link: what it sends is up to the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from link.messages import Role
from tests.waiting import PATIENCE_S, until

Json = dict[str, Any]


def new_id() -> str:
    return str(uuid4())


class Screen:
    """A connection, and everything the server said over it so far."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[Json] = []
        self.frames: list[bytes] = []

    async def listen(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                frame = await self.connection.recv(decode=False)
                self.frames.append(frame)
                self.heard.append(msgspec.json.decode(frame))

    # --- What was heard ---

    def of_type(self, kind: str) -> list[Json]:
        return [message for message in self.heard if message["type"] == kind]

    @property
    def view(self) -> Json:
        """The newest view."""
        view: Json = self.of_type("view")[-1]["view"]
        return view

    @property
    def revs(self) -> list[int]:
        return [message["rev"] for message in self.of_type("view")]

    @property
    def goodbye(self) -> Json | None:
        """What the server said last of all, if it did."""
        return next(iter(self.of_type("goodbye")), None)

    def answers(self, request_id: str) -> list[bytes]:
        """The very bytes of every answer to a request."""
        return [
            frame
            for frame, message in zip(self.frames, self.heard, strict=True)
            if message["type"] == "answer" and message["id"] == request_id
        ]

    # --- What is said ---

    async def send(self, message: object) -> None:
        """Send a message, or text and bytes as they are: each as one text frame."""
        raw = message if isinstance(message, str | bytes) else msgspec.json.encode(message)
        await self.connection.send(raw, text=True)

    async def hello(self, role: Role, device: str, token: str = "", **more: object) -> None:
        hello = {"type": "hello", "protocol": 1, "role": role, "device": device, "token": token}
        await self.send(hello | more)

    async def ask(self, kind: str, request_id: str | None = None, **wish: Any) -> Json:
        """Ask, and wait for the answer."""
        request_id = request_id or new_id()
        before = len(self.answers(request_id))
        await self.send({"type": "request", "id": request_id, "do": {"kind": kind, **wish}})
        await self.until(lambda: len(self.answers(request_id)) > before)
        answer: Json = msgspec.json.decode(self.answers(request_id)[-1])
        return answer

    async def ok(self, kind: str, request_id: str | None = None, **wish: Any) -> Json:
        """Ask for something that is granted; what the answer holds."""
        answer = await self.ask(kind, request_id, **wish)
        assert "ok" in answer, answer
        granted: Json = answer["ok"]
        return granted

    async def refused(self, kind: str, **wish: Any) -> Json:
        """Ask for something that is refused; the reason and its facts."""
        answer = await self.ask(kind, **wish)
        assert "refused" in answer, answer
        refused: Json = answer["refused"]
        return refused

    async def until(self, true: Callable[[], object]) -> None:
        await until(lambda: true() or self.gone())
        assert true(), f"the connection ended: {self.goodbye} {self.connection.close_code}"

    def gone(self) -> bool:
        return self.connection.close_code is not None

    async def farewell(self) -> str:
        """Wait for the end of the connection: the goodbye's reason, or the close code."""
        await until(self.gone)
        return self.goodbye["reason"] if self.goodbye else str(self.connection.close_code)


@asynccontextmanager
async def stranger(url: str, **how: Any) -> AsyncIterator[Screen]:
    """A connection that has not said hello."""
    patient = {"open_timeout": PATIENCE_S, "close_timeout": 0.5}
    how = {"compression": None, "max_size": 2**18, "proxy": None} | patient | how
    async with connect(url, **how) as connection:
        screen = Screen(connection)
        listening = asyncio.create_task(screen.listen())
        try:
            yield screen
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def screen(
    url: str, role: Role, device: str, token: str = "", **how: Any
) -> AsyncIterator[Screen]:
    """A screen that was let in and has its first view."""
    async with stranger(url, **how) as guest:
        await guest.hello(role, device, token)
        await guest.until(lambda: guest.of_type("view"))
        yield guest
