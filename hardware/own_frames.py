"""The small language in which a hall describes the frame that its own make of plate is sent.

    3A 01 {number little} 01 {sum8} 0A        bytes in hexadecimal, places, and a check
    "$" {unit hex} "," {text} "#"             quoted letters are sent as they stand

`{unit}` is a byte; `{number}` sixteen bits without the letter, high byte first; `{text}` letters
and digits, in so many cells. A check is over all that stands before it, or begins later:
`{xor8 from 2}` leaves out the first byte. Opens no port.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from hardware.checks import CHECKS

WORD: Final = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|\{(?P<place>[^{}]*)\}|(?P<byte>[^\s"{}]+))')
BYTE: Final = re.compile(r"[0-9A-Fa-f]{2}", re.ASCII)
LARGEST_BCD: Final = 9999


class BadFrame(ValueError):  # noqa: N818 - told as it is
    """The text describes no frame; its message names the word, counted from 1."""


@dataclass(frozen=True)
class Filling:
    """What stands at the places. `number` 0: none."""

    unit: int
    text: bytes
    number: int


Part = Callable[[Filling, bytes], bytes]  # of what fills the places, and of what stands before it
Source = Callable[[Filling], bytes]
Form = Callable[[bytes], bytes]


@dataclass(frozen=True)
class OwnFrame:
    """A frame that was understood. `places`: the names of those it has, checks among them."""

    parts: tuple[Part, ...]
    places: frozenset[str]

    @property
    def shows_letters(self) -> bool:
        return "text" in self.places

    def filled(self, filling: Filling) -> bytes:
        """The bytes to send."""
        data = b""
        for part in self.parts:
            data += part(filling, data)
        return data


@lru_cache(64)
def own_frame(description: str) -> OwnFrame:
    """The frame that is described. Raises BadFrame."""
    description = description.rstrip()
    parts: list[Part] = []
    places: set[str] = set()
    at = 0
    while at < len(description):
        nth = f"word {len(parts) + 1}"
        word = WORD.match(description, at)
        if word is None:
            raise BadFrame(f"{nth} has a quote or a brace without the other one.")
        try:
            parts.append(_part(word))
        except BadFrame as bad:
            raise BadFrame(f"{nth}, {word[0].strip()}, {bad}") from None
        places.update((word["place"] or "").split()[:1])
        at = word.end()
    return OwnFrame(tuple(parts), frozenset(places))


def _part(word: re.Match[str]) -> Part:
    if word["place"] is not None:
        name, *options = word["place"].split() or [""]
        return _check(name, options) if name in CHECKS else _place(name, options)
    if word["quoted"] is not None:
        return _constant(_ascii(word["quoted"]))
    if not BYTE.fullmatch(word["byte"]):
        raise BadFrame("is no byte such as 0D, no text in quotes and no place such as {text}.")
    return _constant(bytes.fromhex(word["byte"]))


def _constant(data: bytes) -> Part:
    return lambda _filling, _before: data


def _place(name: str, options: list[str]) -> Part:
    """Where something is filled in."""
    if name not in SOURCES:
        raise BadFrame(f"is no place and no check.{_near(name, [*SOURCES, *CHECKS])}")
    source = SOURCES[name]
    form = _form(options, FORMS_OF[name])
    return lambda filling, _before: form(source(filling))


def _check(name: str, options: list[str]) -> Part:
    """What is computed over the bytes before it."""
    check, first = CHECKS[name], 1
    if options[:1] == ["from"]:
        first, options = _first_byte(options[1:2]), options[2:]
    form = _form(options, ("swapped", "hex"))
    return lambda _filling, before: form(check(before[first - 1 :]))


def _first_byte(words: list[str]) -> int:
    if not (words and re.fullmatch("[1-9][0-9]?", words[0])):
        raise BadFrame("says no byte to begin from, such as {sum8 from 2}.")
    return int(words[0])


def _form(options: list[str], known: tuple[str, ...]) -> Form:
    """How the bytes are written that it stands for."""
    if not options:
        return lambda data: data
    if len(options) > 1 or options[0] not in known:
        possible = ", ".join(known) or "nothing"
        raise BadFrame(f"says {' '.join(options)}, and may say: {possible}.")
    return FORMS[options[0]]


def _bcd(data: bytes) -> bytes:
    """A number of up to four digits, two in each byte; a larger one is none, and so 0."""
    number = int.from_bytes(data, "big")
    return bytes.fromhex(f"{number if number <= LARGEST_BCD else 0:04d}")


def _ascii(text: str) -> bytes:
    if not text.isascii():
        raise BadFrame("has letters that are more than a byte.")
    return text.encode()


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" Did you mean {{{near[0]}}}?" if near else ""


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "unit": lambda filling: bytes([filling.unit]),
        "text": lambda filling: filling.text,
        "number": lambda filling: filling.number.to_bytes(2, "big"),
    }
)
FORMS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"unit": ("hex",), "text": (), "number": ("little", "bcd", "hex")}
)
FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "little": lambda data: data[::-1],
        "swapped": lambda data: data[::-1],
        "bcd": _bcd,
        "hex": lambda data: data.hex().upper().encode(),
    }
)
