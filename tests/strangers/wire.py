"""A wire that means harm: between a real server and a real screen, it puts what it likes into every
text that the server says, as if there were no door that cleans it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import msgspec
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

# What people or files wrote: names in every language, and texts.
NAMED: Final = frozenset(
    {"names", "unit", "address", "zone", "agency", "papers", "proof", "ticket_line"}
)
TEXTS: Final = frozenset({"notice", "text", "logo", "floor", "detail", "title", "subtitle", "note"})


def poisoned(message: Any, with_text: str) -> Any:
    """The message with this put behind whatever people read in it."""
    match message:
        case dict():
            return {key: _in(key, value, with_text) for key, value in message.items()}
        case list():
            return [poisoned(one, with_text) for one in message]
        case _:
            return message


def _in(key: str, value: Any, with_text: str) -> Any:
    if key in NAMED and isinstance(value, dict):
        return {language: f"{name}{with_text}" for language, name in value.items()}
    if key in TEXTS and isinstance(value, str):
        return f"{value}{with_text}"
    return poisoned(value, with_text)


@asynccontextmanager
async def hostile_wire(url: str, text: str) -> AsyncIterator[int]:
    """The port of a way to the server over which every text comes poisoned with this one."""

    async def carry(screen: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async with connect(url, compression=None, max_size=2**20, proxy=None) as server:
                back = asyncio.create_task(_carry_back(server, screen, text))
                with suppress(ConnectionClosed):
                    async for frame in screen:
                        await server.send(frame)
                back.cancel()

    async with serve(carry, "127.0.0.1", 0, compression=None, max_size=2**20) as wire:
        yield wire.sockets[0].getsockname()[1]


async def _carry_back(server: Any, screen: ServerConnection, text: str) -> None:
    with suppress(ConnectionClosed):
        async for frame in server:
            message = poisoned(msgspec.json.decode(frame), text)
            await screen.send(msgspec.json.encode(message), text=True)
