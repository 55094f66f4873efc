"""The way to a device: a port whose calls never block for ever. What its bytes mean is said
elsewhere.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import stat
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import serial

from hardware.addresses import Address, DeviceFile, Network, SerialLine

READ_SIZE: Final = 4096  # bytes
WRITE_SIZE: Final = 1024  # bytes at once: a slow line shows progress, and a stall is seen soon
# What pyserial and the system raise when a device goes; termios.error is no OSError.
GONE: Final = (serial.SerialException, OSError, termios.error, ValueError)

KEEPALIVE: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5),  # seconds
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2),  # seconds
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
)


class PortLost(Exception):  # noqa: N818 - a fact, not an error of ours
    """The device cannot be opened, or has gone. Its text says what to do."""


class PortTaken(PortLost):
    """Another program has the device."""


class PortForbidden(PortLost):
    """The user who runs this program may not open the device."""


TAKEN: Final = "; another program has it: close that one (fuser -v DEVICE names it)"
FORBIDDEN: Final = "; give this program's user the device's group (ls -l DEVICE names it)"
NOT_THERE: Final = "; nothing is connected there: look at cable, power and address"
DEAF: Final = "; it is on, but takes no network printing there: look at the port number"
UNHEARD: Final = "; look at power, cable and address, and whether another program is printing on it"
REMEDIES: Final[Mapping[int | None, tuple[type[PortLost], str]]] = {
    errno.EAGAIN: (PortTaken, TAKEN),
    errno.EBUSY: (PortTaken, TAKEN),
    errno.EACCES: (PortForbidden, FORBIDDEN),
    errno.EPERM: (PortForbidden, FORBIDDEN),
    errno.ENOENT: (PortLost, NOT_THERE),
    errno.ENODEV: (PortLost, NOT_THERE),
    errno.ENXIO: (PortLost, NOT_THERE),
    errno.ECONNREFUSED: (PortLost, DEAF),
    errno.EHOSTUNREACH: (PortLost, UNHEARD),
    errno.ENETUNREACH: (PortLost, UNHEARD),
    errno.ETIMEDOUT: (PortLost, UNHEARD),
    None: (PortLost, UNHEARD),  # no answer in time
}


# --- Ports ---------------------------------------------------------------------------------------


class Port:
    """An open, non-blocking way to a device. For one thread. Lost once, it is never used again."""

    def __init__(
        self, descriptor: int, close: Callable[[], None], *, ends: bool = True, baud: int = 0
    ) -> None:
        """`ends`: reading nothing means that the other side has gone; `baud` 0: no slow line."""
        self._descriptor = descriptor
        self._close = close
        self._ends = ends
        self._baud = baud

    def read(self, timeout_s: float) -> bytes:
        """What has arrived; empty when nothing does in time. Raises PortLost."""
        try:
            state = _ready(self._descriptor, select.POLLIN, timeout_s)
            if not state:
                return b""
            data = os.read(self._descriptor, READ_SIZE)
        except BlockingIOError:
            return b""
        except GONE as error:
            raise PortLost(str(error)) from error
        if not data and (self._ends or state & select.POLLHUP):
            raise PortLost("the other side has closed the connection")
        if not data:
            time.sleep(min(timeout_s, 0.01))  # an empty packet: do not spin on a stream of them
        return data

    def write(self, data: bytes | memoryview, timeout_s: float) -> int:
        """How many bytes were taken; 0 when none were in time. Raises PortLost."""
        try:
            if not _ready(self._descriptor, select.POLLOUT, timeout_s):
                return 0
            return os.write(self._descriptor, data[:WRITE_SIZE])
        except BlockingIOError:
            return 0
        except GONE as error:
            raise PortLost(str(error)) from error

    def seconds_for(self, size: int) -> float:
        """How long so many bytes are on the line: ten bits each."""
        return size * 10 / self._baud if self._baud else 0.0

    def close(self) -> None:
        """Never raises, and never waits for bytes that nobody takes."""
        with suppress(*GONE):
            self._close()


def open_port(address: Address, connect_s: float) -> Port:
    """A new port, with whatever an earlier one left unread thrown away. Raises PortLost."""
    try:
        match address:
            case Network():
                return _connected(address, connect_s)
            case SerialLine():
                return _opened_line(address)
            case DeviceFile():
                return _opened_file(address.path)
    except GONE as error:
        kind, remedy = REMEDIES.get(getattr(error, "errno", None), (PortLost, ""))
        raise kind(f"{address}: {error}{remedy}") from error


def _connected(address: Network, connect_s: float) -> Port:
    connection = socket.create_connection((address.host, address.port), timeout=connect_s)
    for option in KEEPALIVE:
        connection.setsockopt(*option)
    connection.setblocking(False)
    return Port(connection.fileno(), connection.close)


def _opened_line(address: SerialLine) -> Port:
    """pyserial sets the line up and locks it; its descriptor is non-blocking."""
    line = serial.Serial(
        address.device,
        address.baud,
        timeout=0,
        write_timeout=0,
        rtscts=address.rtscts,
        bytesize=int(address.format[0]),
        parity=address.format[1],
        stopbits=int(address.format[2]),
        exclusive=True,
    )
    line.reset_input_buffer()

    def close() -> None:
        # Closing a tty waits half a minute for bytes that a blocked printer does not take.
        with suppress(*GONE):
            line.reset_output_buffer()
        line.close()

    return Port(line.fileno(), close, baud=address.baud)


def _opened_file(path: str) -> Port:
    if Path(path).exists() and not stat.S_ISCHR(os.stat(path).st_mode):
        raise PortLost(f"file://{path} is no device")
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    port = Port(descriptor, lambda: os.close(descriptor), ends=False)
    while port.read(0):
        pass
    return port


def _ready(descriptor: int, event: int, timeout_s: float) -> int:
    """What poll says of it; 0: nothing in time."""
    poll = select.poll()
    poll.register(descriptor, event)
    return next((state for _, state in poll.poll(max(0.0, timeout_s) * 1000)), 0)
