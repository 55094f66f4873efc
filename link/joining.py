"""How a device is paired: it shows the one-time code and the token it wants to come in with."""

from __future__ import annotations

import asyncio
from ssl import SSLContext
from typing import Final

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from link.messages import MAX_VIEW, FromServer, Goodbye, Pair, Paired
from link.trust import problem

TRIES: Final = 5
AGAIN_AFTER_S: Final = 1.0
WITHIN_S: Final = 10.0  # a server that was asked wrongly before takes seconds to say no

_decode: Final[msgspec.json.Decoder[FromServer]] = msgspec.json.Decoder(FromServer)


class NotJoined(Exception):  # noqa: N818 - a refusal, told to the technician
    """The device is not paired. `reason`: the server's word, or `no_server`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason, self.detail = reason, detail


async def join(url: str, wanted: Pair, tls: SSLContext | None = None) -> Paired:
    """Ask until the server answers, a few times. Raises NotJoined."""
    lost: BaseException = TimeoutError()
    for attempt in range(TRIES):
        if attempt:
            await asyncio.sleep(AGAIN_AFTER_S)
        try:
            async with asyncio.timeout(WITHIN_S):
                return await _ask(url, wanted, tls)
        except (OSError, WebSocketException, msgspec.MsgspecError, TimeoutError) as error:
            lost = error
    why = await problem(url, lost)
    raise NotJoined("no_server", why or f"{type(lost).__name__}: {lost}")


async def _ask(url: str, wanted: Pair, tls: SSLContext | None) -> Paired:
    async with connect(url, ssl=tls, proxy=None, compression=None, max_size=MAX_VIEW) as connection:
        await connection.send(msgspec.json.encode(wanted).decode())
        match _decode.decode(await connection.recv(decode=False)):
            case Paired() as paired:
                return paired
            case Goodbye(reason, detail):
                raise NotJoined(reason, detail)
            case other:
                raise NotJoined("protocol", f"{type(other).__name__} is no answer")
