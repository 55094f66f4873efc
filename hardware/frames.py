"""What an LED plate is sent to show a short text: one pure function for each way of speaking.

Opens no port. Texts are ASCII: a plate knows no other letters, and shows `?` for them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Final, Literal

Frame = Callable[[str], bytes]  # of the text to show; an empty one blanks the plate
Speech = Literal["text", "modbus", "cd5220"]

PLACE: Final = "{number}"  # where the text stands in a frame of the hall's own
CELLS: Final = 4  # of a plate for A047
WRITE_REGISTERS: Final = 0x10
SHOW_ASCII: Final = 0x0070  # the first register of what LED-485 modules show, two letters in each
POLE_CELLS: Final = 20
CD5220_UPPER: Final = b"\x1bQA"  # a string for the upper line, up to CR
CR: Final = b"\r"


def frame_of(settings: Mapping[str, object]) -> Frame:
    """The frame that a device's settings describe; what they leave out is as usual."""
    cells = int(str(settings.get("plate_cells", CELLS)))
    match settings.get("plate_speaks", "text"):
        case "modbus":
            unit = int(str(settings.get("plate_unit", 1)))
            return lambda text: modbus(text, unit, cells)
        case "cd5220":
            return cd5220
        case _:
            template = str(settings.get("plate_frame", f"{PLACE}\r\n"))
            return lambda text: framed(text, template, cells)


def framed(text: str, template: str, cells: int) -> bytes:
    """Bytes of the hall's own around the text: each character of the template is one byte."""
    before, _, after = template.partition(PLACE)
    return before.encode("latin-1") + _cells(text, cells) + after.encode("latin-1")


def modbus(text: str, unit: int, cells: int) -> bytes:
    """Modbus RTU to a seven-segment module of the LED-485 family: write its ASCII registers."""
    letters = _cells(text, cells + cells % 2)
    registers = len(letters) // 2
    head = struct.pack(">BBHHB", unit, WRITE_REGISTERS, SHOW_ASCII, registers, len(letters))
    message = head + letters
    return message + struct.pack("<H", crc16(message))


def cd5220(text: str) -> bytes:
    """A pole display of two lines with twenty cells, in the CD5220 command set: the upper line."""
    return CD5220_UPPER + _ascii(text)[:POLE_CELLS].center(POLE_CELLS) + CR


def crc16(message: bytes) -> int:
    """CRC-16/MODBUS: polynomial 0x8005 reflected, begun with 0xFFFF."""
    crc = 0xFFFF
    for byte in message:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def _cells(text: str, cells: int) -> bytes:
    """To the right; of what is too long the end, where the digits are that tell numbers apart."""
    return _ascii(text).rjust(cells)[-cells:]


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "replace")
