"""The checks that stand in a frame, over bytes before them: each in the order it is usually sent.

Which bytes those are, is not said here.
"""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Callable, Mapping
from functools import reduce
from operator import xor
from types import MappingProxyType
from typing import Final

Check = Callable[[bytes], bytes]


def sum8(message: bytes) -> bytes:
    """The sum, without what is beyond one byte."""
    return bytes([sum(message) & 0xFF])


def lrc(message: bytes) -> bytes:
    """What makes the sum of all, itself included, end in a zero byte."""
    return bytes([-sum(message) & 0xFF])


def xor8(message: bytes) -> bytes:
    return bytes([reduce(xor, message, 0)])


def crc16_modbus(message: bytes) -> bytes:
    """Polynomial 0x8005 reflected, begun with 0xFFFF; its low byte goes first."""
    crc = 0xFFFF
    for byte in message:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


def crc16_ccitt(message: bytes) -> bytes:
    """Polynomial 0x1021, begun with 0xFFFF; its high byte goes first."""
    return crc_hqx(message, 0xFFFF).to_bytes(2, "big")


CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "sum8": sum8,
        "xor8": xor8,
        "lrc": lrc,
        "crc16-modbus": crc16_modbus,
        "crc16-ccitt": crc16_ccitt,
    }
)
