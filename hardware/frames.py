"""What an LED plate is sent to show a short text: one pure function for each way of speaking.

Opens no port. No plate is made to show a number that could be taken for another one: where it has
no letter or no room for it, it stays dark.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final, Literal

from hardware.checks import crc16_modbus
from hardware.own_frames import Filling, own_frame
from hardware.segments import drawn

Speech = Literal["frame", "modbus", "modbus_number", "modbus_segments", "alpha", "cd5220"]

DARK: Final = ""
NUMBER: Final = re.compile(r"([A-Z])([0-9]{3,})(?![0-9])", re.ASCII)
EVERY_LETTER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SEGMENT_LETTERS: Final = "ABCDEFGHJLNPRTUY"  # seven segments make something of these that is clear
USUAL_CELLS: Final = 4  # of a plate for A047
CELLS: Final[Mapping[Speech, int]] = {"alpha": 14, "cd5220": 20}

WRITE_REGISTER, WRITE_REGISTERS = 0x06, 0x10
SHOW_NUMBER, SHOW_ASCII, SHOW_SEGMENTS = 0x0000, 0x0070, 0x0080  # registers of LED-485 modules
LARGEST_VALUE: Final = 0x7FFF  # of a register with a sign
LARGEST_NUMBER: Final = 0xFFFF
REFUSED: Final = 0x80  # beside the function that was asked for
REASONS: Final = range(1, 12)  # why a Modbus device refuses

WAKE: Final = b"\x00" * 5 + b"\x01Z"
STX, ETX, EOT = b"\x02", b"\x03", b"\x04"
AFTER_STX_S: Final = 0.1
PRIORITY: Final = "0"  # the file that goes before all others of a sign, its own slogans too
ROTATES, HOLDS = b"\x1b&a", b"\x1b&b"  # on the whole display

CD5220_UPPER, CD5220_LOWER = b"\x1bQA", b"\x1bQB"  # a string for that line, up to CR
CR: Final = b"\r"


@dataclass(frozen=True)
class Piece:
    """Bytes, and for how many seconds nothing is sent after them."""

    data: bytes
    pause_s: float = 0.0


@dataclass(frozen=True)
class Telegram:
    """What a plate is sent, piece by piece, and how it answers.

    `answer`: of a plate that took it; empty: it never answers. `refusals`: of one that is there and
    does not do as it is told.
    """

    pieces: tuple[Piece, ...]
    answer: bytes = b""
    refusals: tuple[bytes, ...] = ()

    @property
    def data(self) -> bytes:
        """All its bytes."""
        return b"".join(piece.data for piece in self.pieces)


Frame = Callable[[str], Telegram]  # of the text to show, of at most two lines; an empty one: dark


@dataclass(frozen=True)
class Settings:
    """How one plate is spoken to; None: as usual. `letters`: those of the numbers it can show."""

    speaks: Speech = "frame"
    unit: int | None = None
    cells: int | None = None
    letters: str | None = None
    frame: str = "{text} 0D 0A"
    blank: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Settings:
        """Those of a device's settings that say how it is spoken to."""
        return cls(**{one.name: settings[one.name] for one in fields(cls) if one.name in settings})

    @property
    def room(self) -> int:
        """How many letters are in a line."""
        return self.cells or CELLS.get(self.speaks, USUAL_CELLS)

    @property
    def shows_letters(self) -> bool:
        """Raises hardware.own_frames.BadFrame."""
        if self.speaks == "frame":
            return own_frame(self.frame).shows_letters
        return self.speaks != "modbus_number"

    @property
    def can_show(self) -> str:
        """The letters of the numbers it can show, a plate without letters those painted on it."""
        if self.letters is not None:
            return self.letters
        if not self.shows_letters:
            return ""
        return SEGMENT_LETTERS if self.speaks == "modbus" else EVERY_LETTER


def frame_of(settings: Mapping[str, Any]) -> Frame:
    """How a plate of these settings is spoken to; what they leave out is as usual.

    Raises hardware.own_frames.BadFrame.
    """
    how = Settings.of(settings)
    show = SPEECHES[how.speaks]
    show(DARK, how)  # what cannot be understood is found now
    return lambda text: show(legible(text, how), how)


def legible(text: str, how: Settings) -> str:
    """The text; or nothing where a number in it has a letter, or a length, that cannot be shown."""
    numbers = NUMBER.findall(text)
    if not all(letter in how.can_show for letter, _ in numbers):
        return DARK
    has_room = how.speaks == "alpha" or not how.shows_letters
    if numbers and not has_room and max(map(len, text.split("\n"))) > how.room:
        return DARK
    return text


# --- Modbus RTU: seven-segment modules of the LED-485 family -------------------------------------


def modbus(text: str, how: Settings) -> Telegram:
    """Letters and digits, written to its ASCII registers, two in each."""
    return _registers(how, SHOW_ASCII, _cells(text, how.room + how.room % 2))


def modbus_segments(text: str, how: Settings) -> Telegram:
    """The same, each segment drawn by us: also letters that the module does not know."""
    letters = _cells(text, how.room + how.room % 2)
    return _registers(how, SHOW_SEGMENTS, drawn(letters.decode()))


def modbus_number(text: str, how: Settings) -> Telegram:
    """The number alone, for modules without letters; 0 where there is none."""
    value = number_in(text, how.room, LARGEST_VALUE)
    message = _rtu(struct.pack(">BBHH", how.unit or 1, WRITE_REGISTER, SHOW_NUMBER, value))
    return _asked(message, message)


def _registers(how: Settings, first: int, data: bytes) -> Telegram:
    head = struct.pack(">BBHH", how.unit or 1, WRITE_REGISTERS, first, len(data) // 2)
    return _asked(_rtu(head + bytes([len(data)]) + data), _rtu(head))


def _asked(message: bytes, answer: bytes) -> Telegram:
    unit, function = message[:2]
    refusals = (_rtu(bytes([unit, function | REFUSED, reason])) for reason in REASONS)
    return Telegram((Piece(message),), answer, tuple(refusals))


def _rtu(message: bytes) -> bytes:
    return message + crc16_modbus(message)


# --- Signs and pole displays ---------------------------------------------------------------------


def alpha(text: str, how: Settings, file: str = PRIORITY) -> Telegram:
    """An Alpha or BetaBrite sign, which wants a pause after STX. Without a unit: every sign.

    It has capital letters. A blank stands for nothing: without any text in the priority file, the
    sign goes back to its own slogans.
    """
    line = _ascii(_one_line(text).upper()) or b" "
    mode = HOLDS if len(line) <= how.room else ROTATES
    packet = STX + b"A" + file.encode() + mode + line + ETX
    check = f"{sum(packet) & 0xFFFF:04X}".encode()
    head = WAKE + f"{how.unit or 0:02X}".encode() + STX
    return Telegram((Piece(head, AFTER_STX_S), Piece(packet[1:] + check + EOT)))


def cd5220(text: str, how: Settings) -> Telegram:
    """A pole display of two lines with twenty cells: the text's first line, and its second."""
    upper, _, lower = text.partition("\n")
    pairs = ((CD5220_UPPER, upper), (CD5220_LOWER, _one_line(lower)))
    lines = (begin + _ascii(line)[: how.room].center(how.room) + CR for begin, line in pairs)
    return Telegram((Piece(b"".join(lines)),))


# --- The hall's own make of plate ----------------------------------------------------------------


def own(text: str, how: Settings) -> Telegram:
    """As its frame describes it. `blank` darkens a plate without letters; else it is sent 0.

    Raises hardware.own_frames.BadFrame.
    """
    shows, darkens = own_frame(how.frame), own_frame(how.blank or how.frame)
    number = number_in(text, how.room, LARGEST_NUMBER)
    lit = text if shows.shows_letters else number
    filling = Filling(how.unit or 1, _cells(text, how.room), number)
    return Telegram((Piece((shows if lit else darkens).filled(filling)),))


# --- Texts ---------------------------------------------------------------------------------------


def number_in(text: str, digits: int, largest: int) -> int:
    """The number without its letter, for a plate of so many digits; 0: none that it can show."""
    found = NUMBER.search(text)
    number = found[2] if found else text
    if not (number.isascii() and number.isdecimal() and len(number) <= digits):
        return 0
    return int(number) if int(number) <= largest else 0


def _cells(text: str, cells: int) -> bytes:
    """On one line, to the right; words that are too long lose their end."""
    return _ascii(_one_line(text))[:cells].rjust(cells)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _ascii(text: str) -> bytes:
    """A plate knows no other letters, and shows `?` for them."""
    return text.encode("ascii", "replace")


SPEECHES: Final[Mapping[Speech, Callable[[str, Settings], Telegram]]] = MappingProxyType(
    {
        "frame": own,
        "modbus": modbus,
        "modbus_number": modbus_number,
        "modbus_segments": modbus_segments,
        "alpha": alpha,
        "cd5220": cd5220,
    }
)
