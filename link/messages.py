"""The wire, protocol version 1: every message that may travel, and nothing else.

JSON text frames over one websocket. Unknown fields are refused by name, every string and number
is bounded, all times carry their offset, durations are seconds. What the messages are made of
stands in `kinds`, `requests`, `infos` and `views`; `docs/protocol.md` is generated from all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta

# Whoever speaks of messages finds every one of them here.
from link.infos import *
from link.infos import DeviceInfo, HallInfo
from link.kinds import *
from link.kinds import Code, Message, RequestId, Role, Token
from link.requests import *
from link.requests import AnyDo
from link.views import *
from link.views import AnyView

PROTOCOL: Final = 1
MAX_FRAME: Final = 16 * 1024  # bytes, both ways before hello and from screens ever after
MAX_HELLO: Final = 1024  # bytes of the first message
MAX_VIEW: Final = 256 * 1024  # bytes of what the server may send


# --- From a screen -------------------------------------------------------------------------------


class Hello(Message, tag_field="type", tag="hello"):
    """The first message, within five seconds."""

    protocol: int
    role: Role
    device: Code
    token: Token = ""


class Pair(Message, tag_field="type", tag="pair"):
    """Before the hello of a device that has no token yet: it invents one, 32 random bytes as
    base64url, and shows the one-time code. What was not answered may be sent again as it was.
    """

    protocol: int
    device: Code
    code: Annotated[str, Meta(min_length=8, max_length=20)]
    token: Annotated[str, Meta(min_length=43, max_length=128)]


class Request(Message, tag_field="type", tag="request"):
    """The id is made once and kept over every retry: the same id gets the same answer."""

    id: RequestId
    do: AnyDo


FromScreen = Hello | Pair | Request


# --- From the server -----------------------------------------------------------------------------


class Welcome(Message, tag_field="type", tag="welcome"):
    """`person_key`: what a kiosk hashes identity cards with; empty: nobody asks for a card.

    `pace`: time passes so many times as fast as life, from `now` on; not 1 in a rehearsal.
    """

    protocol: int
    hall: HallInfo
    now: datetime
    device: DeviceInfo
    person_key: str = ""
    pace: float = 1.0


class Paired(Message, tag_field="type", tag="paired"):
    """The token is this device's from now on: a hello with it may follow."""

    device: str
    role: Role
    hall: str


class Answer(Message, tag_field="type", tag="answer"):
    """Exactly one of `ok` and `refused`; a refusal has `reason` and the facts beside it."""

    id: str
    ok: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None


class Goodbye(Message, tag_field="type", tag="goodbye"):
    """The server closes after this. `detail` is for the technician's log."""

    reason: str
    detail: str = ""


class Shown(Message, tag_field="type", tag="view"):
    """The whole view, at once after the welcome and whenever it changed. `rev` only grows."""

    rev: int
    view: AnyView


FromServer = Welcome | Shown | Paired | Answer | Goodbye
