"""A stranger with the protocol in hand, who says everything but what is right. Judges nothing.

Every thing said comes from one seed. Frames are valid ones that were mutated, all kinds with wrong
types, huge numbers and deep nesting; and what is no frame at all: raw bytes before and after the
upgrade, wrong masks, reserved bits, fragments, floods of pings, half a frame and then silence.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from random import Random
from typing import Any, Final
from uuid import UUID

import msgspec

from link.messages import KINDS, MAX_FRAME

KNOCK: Final = (
    b"GET / HTTP/1.1\r\nHost: hall\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
LET_IN: Final = b""  # said to nobody: wait here until the server has let us in
WELCOME: Final = b'"welcome"'
ANSWER_WITHIN_S: Final = 20.0  # a loaded machine; nobody may wait for ever

WEIRD: Final[tuple[Any, ...]] = (
    *(None, True, -1, 2**31, 2**63, -(2**64), 10**300, 1e308, -0.0, 0.1),
    *("", "\x00", "\x1b[2J", "é", "\u202e", "\ud7ff", "A" * 5000, "A001", "CT01", "Q1"),
    *("2026-11-23T09:00:00+07:00", "%s%s%n", "' OR 1=1 --", "../../etc/passwd", "=cmd()"),
    *([], {}, [[]], [None] * 300, {"": ""}, {"kind": "open"}),
)
FIELDS: Final = (
    *("services", "group", "ticket", "reason", "counter", "level", "turn", "token", "booking"),
    *("from", "to", "officer", "pin", "new_pin", "take_over", "text", "tags", "device", "trouble"),
)


def frame(payload: bytes, opcode: int = TEXT, *, fin: bool = True, bits: int = 0) -> bytes:
    """As a client sends it, masked with zeros."""
    head = bytes([(0x80 if fin else 0) | bits | opcode])
    length = len(payload)
    if length < 126:
        size = bytes([0x80 | length])
    elif length < 2**16:
        size = b"\xfe" + length.to_bytes(2, "big")
    else:
        size = b"\xff" + length.to_bytes(8, "big")
    return head + size + bytes(4) + payload


class Stranger:
    """Makes up what to say. `token`: of a ticket, which lets in and allows nothing."""

    def __init__(self, seed: int, token: str) -> None:
        self.chance, self.token, self.said = Random(seed), token, Counter[str]()

    # --- Messages ---

    def hello(self) -> dict[str, Any]:
        return {"type": "hello", "protocol": 1, "role": "ticket", "device": "phone"} | {
            "token": self.token
        }

    def new_id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def value(self, depth: int = 0) -> Any:
        chance = self.chance
        roll = chance.random()
        if depth > 3 or roll < 0.7:
            return chance.choice(WEIRD)
        if roll < 0.85:
            return [self.value(depth + 1) for _ in range(chance.randrange(4))]
        return {chance.choice(FIELDS): self.value(depth + 1) for _ in range(chance.randrange(4))}

    def request(self) -> dict[str, Any]:
        """A request whose envelope is right: it is answered, and the connection stays."""
        chance = self.chance
        kind = chance.choice(sorted(KINDS)) if chance.random() < 0.9 else str(chance.random())
        names = chance.sample(FIELDS, chance.randrange(5))
        wish = {name: self.value() for name in names}
        return {"type": "request", "id": self.new_id(), "do": wish | {"kind": kind}}

    def polite(self) -> bytes:
        """A message that keeps the connection."""
        self.said["requests"] += 1
        encoded = msgspec.json.encode(self.request())
        while len(encoded) > MAX_FRAME:
            encoded = msgspec.json.encode(self.request())
        return frame(encoded, self.chance.choice((TEXT, BINARY)))

    def mutated(self, message: dict[str, Any]) -> bytes:
        """Valid to some point, and then not."""
        chance, raw = self.chance, bytearray(msgspec.json.encode(message))
        match chance.randrange(6):
            case 0:
                del raw[chance.randrange(len(raw)) :]
            case 1:
                for _ in range(chance.randrange(1, 5)):
                    raw[chance.randrange(len(raw))] = chance.randrange(256)
            case 2:
                at = chance.randrange(len(raw))
                raw[at:at] = chance.randbytes(chance.randrange(1, 30))
            case 3:
                at = chance.randrange(len(raw))
                raw[at:at] = b"[" * chance.randrange(1, 8000)
            case 4:
                raw *= 2
            case _:
                raw[1:1] = b'"%b":%b,' % (
                    chance.choice(("type", "id", "do", "x")).encode(),
                    msgspec.json.encode(self.value()),
                )
        self.said["mutated"] += 1
        return frame(bytes(raw), chance.choice((TEXT, BINARY)))

    def rude(self) -> bytes:
        """What no client sends."""
        chance, some = self.chance, self.chance.randbytes(self.chance.randrange(200))
        kinds: dict[str, Callable[[], bytes]] = {
            "raw": lambda: some,
            "unmasked": lambda: b"\x81\x05hello",
            "reserved bits": lambda: frame(some, bits=chance.choice((0x10, 0x20, 0x40, 0x70))),
            "compressed": lambda: frame(b"\x00" * 50, bits=0x40),
            "unknown opcode": lambda: frame(some, chance.choice((3, 7, 11, 15))),
            "stray fragment": lambda: frame(some, 0),
            "fragments": lambda: frame(b"{", fin=False) + frame(b"", 0, fin=False) * 300,
            "long ping": lambda: frame(b"p" * 126, PING),
            "ping flood": lambda: frame(b"", PING) * 200,
            "split ping": lambda: frame(b"", PING, fin=False),
            "odd close": lambda: frame(chance.choice((b"\x00", b"\x03\xe7", some[:100])), CLOSE),
            "too large": lambda: frame(b" " * (MAX_FRAME + 1)),
            "huge length": lambda: b"\x81\xff\x7f" + b"\xff" * 7 + bytes(4),
            "half a frame": lambda: frame(b"x" * 1000)[:500],
        }
        name = chance.choice(sorted(kinds))
        self.said[name] += 1
        return kinds[name]()

    def before_upgrade(self) -> bytes:
        chance = self.chance
        some = chance.randbytes(chance.randrange(1, 400))
        self.said["before the upgrade"] += 1
        return chance.choice(
            (
                some,
                KNOCK[: chance.randrange(1, len(KNOCK))] + some,
                KNOCK.replace(b"13", b"12"),
                KNOCK.replace(b"GET", b"PUT"),
                KNOCK.replace(b"hall", b"a" * 9000),
                KNOCK.replace(b"Host", b"Origin: http://evil.vn\r\nHost"),
                b"GET /metrics?" + b"%00" * 50 + b" HTTP/1.1\r\n\r\n",
                b"GET /../etc/passwd HTTP/1.1\r\n\r\n",
                b"\x16\x03\x01" + some,
            )
        )

    # --- Visits ---

    def visit(self) -> Iterator[bytes]:
        """What is said over one connection, in order."""
        chance = self.chance
        roll = chance.random()
        if roll < 0.15:
            yield self.before_upgrade()
            return
        yield KNOCK
        if roll < 0.35:
            yield self.rude() if chance.random() < 0.5 else self.mutated(self.hello())
            return
        yield frame(msgspec.json.encode(self.hello()))
        if chance.random() < 0.9:
            yield LET_IN
        for _ in range(chance.randrange(5, 80)):
            yield self.polite()
        yield self.rude() if chance.random() < 0.5 else self.mutated(self.request())

    def at_once(self, visit: Iterator[bytes]) -> list[bytes]:
        """The next few things of a visit, none after `LET_IN`; nothing: it is over."""
        pieces: list[bytes] = []
        for piece in islice(visit, self.chance.randrange(1, 40)):
            pieces.append(piece)
            if piece == LET_IN:
                break
        return pieces


async def one_visit(port: int, stranger: Stranger) -> None:
    """Say it all, many things in one write; mostly wait until the server has had enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    let_in = asyncio.Event()
    reading = asyncio.create_task(_read_all(reader, let_in))
    try:
        with suppress(OSError):
            visit = stranger.visit()
            while not reading.done() and (pieces := stranger.at_once(visit)):
                writer.write(b"".join(pieces))
                if pieces[-1] == LET_IN:
                    await asyncio.wait_for(let_in.wait(), ANSWER_WITHIN_S)
                if writer.transport.get_write_buffer_size() > 2**16:
                    await asyncio.wait_for(writer.drain(), ANSWER_WITHIN_S)
            if stranger.chance.random() < 0.9:
                writer.write_eof()
                await asyncio.wait_for(reading, ANSWER_WITHIN_S)
    finally:
        reading.cancel()
        writer.close()


async def _read_all(reader: asyncio.StreamReader, let_in: asyncio.Event) -> None:
    """Read to the end. `let_in`: the server has said so, or will not."""
    try:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await reader.readuntil(WELCOME)
            let_in.set()
        with suppress(OSError):
            while await reader.read(2**16):
                pass
    finally:
        let_in.set()


async def bother(
    port: int, seed: int, token: str, frames: int, *, at_once: int = 8, seconds: float = math.inf
) -> Counter[str]:
    """Several strangers at once, until so much was said or so long: what."""
    left, told = frames, Counter[str]()
    end_s = time.monotonic() + seconds

    async def come_again(stranger: Stranger) -> None:
        nonlocal left
        while left > 0 and time.monotonic() < end_s:
            before = stranger.said.total()
            with suppress(OSError):
                await one_visit(port, stranger)
            left -= stranger.said.total() - before
        told.update(stranger.said)

    strangers = (Stranger(seed * 1000 + n, token) for n in range(at_once))
    await asyncio.gather(*map(come_again, strangers))
    return told


def open_files(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/fd"))
