"""Events as JSON and back. A kind, once written, can be read for ever.

Texts that may have to be erased are not in it: of each it says a hash, under `sealed`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final, get_args

import msgspec

from hall.events import Event
from records.erasable import ERASED, TEXTS, Kept, Texts, commitment, kept_apart

KINDS: Final[dict[str, type[Event]]] = {kind.__name__: kind for kind in get_args(Event)}
SEALED: Final = ',"sealed":{'  # within a text quotes are escaped, so it stands nowhere else
NO_TEXTS: Final[Texts] = {}


class _Sealed(msgspec.Struct):
    sealed: dict[str, str] = {}


_encoder: Final = msgspec.json.Encoder()
_sealed: Final = msgspec.json.Decoder(_Sealed)


def encode(event: Event) -> str:
    """The whole event's fields as a JSON object. Its kind is written beside it."""
    return _encoder.encode(event).decode()


def written(event: Event) -> tuple[str, list[Kept]]:
    """The event as it is written down, and the texts that are kept apart from it."""
    fields = TEXTS.get(type(event).__name__)
    if fields is None:
        return encode(event), []
    kept = [kept_apart(name, value) for name in fields if (value := getattr(event, name))]
    if not kept:
        return encode(event), []
    bare: Event = replace(event, **{one.field: ERASED for one in kept})  # type: ignore[arg-type]
    return with_seals(encode(bare), kept), kept


def with_seals(data: str, kept: Collection[Kept]) -> str:
    """The JSON object of an event without these texts, with the hash of each."""
    hashes = {one.field: commitment(one.salt, one.value) for one in kept}
    return f'{data[:-1]},"sealed":{msgspec.json.encode(hashes).decode()}}}'


def decode(kind: str, data: str, texts: Texts = NO_TEXTS) -> Event:
    """The event that was written so; fields newer than the record have their defaults.

    `texts`: those of its texts that are still there, by field.
    """
    event: Event = _decoder(kind).decode(data)
    there = {name: texts[name] for name in sealed(data) if name in texts}
    return replace(event, **there) if there else event  # type: ignore[arg-type]


def sealed(data: str) -> Mapping[str, str]:
    """The hash of each text that was kept apart from this event, by field."""
    return _sealed.decode(data).sealed if SEALED in data else {}


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(KINDS[kind])
