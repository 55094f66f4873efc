"""Where a device is, as the configuration names it. Opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

TCP_PORT: Final = 9100
BAUD: Final = 115_200
SLOWEST: Final = 50  # baud, of any serial port there is
FORMAT: Final = "8N1"
FORMATS: Final = frozenset({"8N1", "8E1", "8O1", "8N2", "7E1", "7O1"})


class BadAddress(ValueError):  # noqa: N818 - told as it is
    """The text names no device."""


@dataclass(frozen=True)
class Network:
    """A printer with its own network socket."""

    host: str
    port: int = TCP_PORT

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"


@dataclass(frozen=True)
class SerialLine:
    """A serial port.

    `rtscts`: wait while the printer says that its buffer is full. A ticket has more bytes than
    most printers have room for, so without it the middle of a picture may be lost. Printers say so
    on their DTR pin: the cable must lead that one to our CTS.
    `format`: data bits, parity and stop bits.
    """

    device: str
    baud: int = BAUD
    rtscts: bool = False
    format: str = FORMAT

    def __str__(self) -> str:
        unusual = "" if self.format == FORMAT else f"&format={self.format}"
        return f"serial://{self.device}?baud={self.baud}&rtscts={int(self.rtscts)}{unusual}"


@dataclass(frozen=True)
class DeviceFile:
    """A printer on USB, as the kernel shows it: /dev/usb/lp0."""

    path: str

    def __str__(self) -> str:
        return f"file://{self.path}"


Address = Network | SerialLine | DeviceFile


def address_of(text: str) -> Address:
    """tcp://host:9100, serial:///dev/ttyUSB0?baud=9600&rtscts=1 or file:///dev/usb/lp0.

    Raises BadAddress.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise BadAddress(f"the address {text!r} cannot be read: {error}") from error
    match parts.scheme:
        case "tcp" if parts.hostname and parts.path in {"", "/"} and port != 0:
            _options(parts, text)
            return Network(parts.hostname, port or TCP_PORT)
        case "serial" if _is_device(parts):
            return _serial_line(parts, text)
        case "file" if _is_device(parts):
            _options(parts, text)
            return DeviceFile(parts.path)
    raise BadAddress(
        f"{text!r} is no device's address. Write tcp://192.168.1.20:9100, "
        "serial:///dev/ttyUSB0?baud=115200 or file:///dev/usb/lp0"
    )


def _is_device(parts: SplitResult) -> bool:
    return not parts.netloc and len(parts.path) > 1 and "\0" not in parts.path


def _serial_line(parts: SplitResult, text: str) -> SerialLine:
    options = _options(parts, text, "baud", "rtscts", "format")
    form = options.pop("format", FORMAT)
    if form not in FORMATS:
        raise BadAddress(f"in {text!r}, format is one of {', '.join(sorted(FORMATS))}")
    for name, value in options.items():
        if not (value.isascii() and value.isdecimal() and len(value) < 8):
            raise BadAddress(f"in {text!r}, {name} is a whole number, not {value!r}")
    baud, rtscts = int(options.get("baud", BAUD)), int(options.get("rtscts", 0))
    if baud < SLOWEST:
        raise BadAddress(f"in {text!r}, baud is at least {SLOWEST}")
    return SerialLine(parts.path, baud, bool(rtscts), form)


def _options(parts: SplitResult, text: str, *known: str) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in options:
        if name not in known:
            names = ", ".join(known) or "none"
            raise BadAddress(f"the address {text!r} has no option {name!r}; it may have: {names}")
    return options
