"""Events as JSON and back. A kind, once written, can be read for ever."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, get_args

import msgspec

from hall.events import Event

KINDS: Final[dict[str, type[Event]]] = {kind.__name__: kind for kind in get_args(Event)}


def encode(event: Event) -> str:
    """The event's fields as a JSON object. Its kind is written beside it."""
    return msgspec.json.encode(event).decode()


def decode(kind: str, data: str) -> Event:
    """The event that was written so; fields newer than the record have their defaults."""
    event: Event = _decoder(kind).decode(data)
    return event


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(KINDS[kind])
