"""What a receipt printer says of itself, in words. Pure: bytes in, values out; it asks nothing.

Bits as in Epson's description of DLE EOT, GS r, GS a and GS ( H, which others copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Trouble = Literal["no_paper", "cover_open", "cutter", "error", "offline", "no_printer", "paper_low"]
# What to tell first: a printer without paper is also offline, and one with a jam is in error.
WORST_FIRST: Final[tuple[Trouble, ...]] = (
    "no_printer", "no_paper", "cover_open", "cutter", "error", "offline", "paper_low",
)  # fmt: skip
Words = frozenset[Trouble]
Meaning = tuple[tuple[int, Trouble], ...]

QUESTIONS: Final = (1, 2, 3, 4)  # the n of DLE EOT n
ERRORS: Final[Meaning] = ((0x08, "cutter"), (0x04, "error"), (0x20, "error"), (0x40, "error"))
REALTIME: Final[Mapping[int, Meaning]] = {
    1: ((0x08, "offline"),),
    2: ((0x04, "cover_open"), (0x20, "no_paper"), (0x40, "error")),
    3: ERRORS,
    4: ((0x0C, "paper_low"), (0x60, "no_paper")),
}
BLOCK: Final[tuple[Meaning, ...]] = (
    ((0x08, "offline"), (0x20, "cover_open")),
    ERRORS,
    ((0x03, "paper_low"), (0x0C, "no_paper")),
)


@dataclass(frozen=True)
class Realtime:
    """The answer to DLE EOT; only who asked knows which question it answers."""

    value: int


@dataclass(frozen=True)
class Block:
    """Four bytes sent at each change after GS a."""

    value: bytes


@dataclass(frozen=True)
class Fence:
    """The answer to GS r: everything sent before it has been printed."""

    value: int


@dataclass(frozen=True)
class Completed:
    """The answer to GS ( H, with the four letters it was asked with."""

    mark: bytes


Reply = Realtime | Block | Fence | Completed

# Of each reply, which bits of each byte are fixed, and how: (mask, value). No two can begin alike.
Shape = tuple[tuple[int, int], ...]
SHAPES: Final[tuple[tuple[type[Reply], Shape], ...]] = (
    (Realtime, ((0x93, 0x12),)),
    (Block, ((0x93, 0x10), (0x90, 0x00), (0x90, 0x00), (0x90, 0x00))),
    (Completed, ((0xFF, 0x37), (0xFF, 0x22), *[(0x80, 0x00)] * 4, (0xFF, 0x00))),
    (Fence, ((0x90, 0x00),)),
)


def replies_in(data: bytes) -> tuple[list[Reply], bytes]:
    """The replies in a stream, and the beginning of one that is not complete yet.

    Bytes that begin nothing are left out: a line's noise, XON and XOFF.
    """
    replies: list[Reply] = []
    at = 0
    while at < len(data):
        found = _at(data[at:])
        if found is None:
            at += 1
            continue
        kind, size = found
        if at + size > len(data):
            return replies, data[at:]
        replies.append(_reply(kind, data[at : at + size]))
        at += size
    return replies, b""


def _at(data: bytes) -> tuple[type[Reply], int] | None:
    for kind, shape in SHAPES:
        if all(byte & mask == value for byte, (mask, value) in zip(data, shape, strict=False)):
            return kind, len(shape)
    return None


def _reply(kind: type[Reply], data: bytes) -> Reply:
    if kind is Block:
        return Block(data)
    if kind is Completed:
        return Completed(data[2:6])
    return Realtime(data[0]) if kind is Realtime else Fence(data[0])


def words_of(answers: Mapping[int, int]) -> Words:
    """What the answers to DLE EOT n say, by n."""
    return frozenset(
        word for n, value in answers.items() for mask, word in REALTIME[n] if value & mask
    )


def words_of_block(block: Block) -> Words:
    """What a block of GS a says."""
    return frozenset(
        word
        for value, meaning in zip(block.value, BLOCK, strict=False)
        for mask, word in meaning
        if value & mask
    )


def worst(words: Iterable[Trouble]) -> Trouble | None:
    """The one word to tell people; None: all is well."""
    return min(words, key=WORST_FIRST.index, default=None)


def cause(words: Words) -> Trouble | None:
    """Why the printer cannot print now; None: it can. A roll that runs low still prints."""
    return worst(words - {"paper_low"})
