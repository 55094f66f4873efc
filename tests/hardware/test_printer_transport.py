"""The way to a printer: addresses with mistakes are told, and no call blocks for ever."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.addresses import BadAddress, DeviceFile, Network, SerialLine, address_of
from hardware.transport import Port, PortForbidden, PortLost, PortTaken, open_port
from tests.hardware.fake_printer import NetworkPrinter, SerialPrinter
from tests.waiting import until_now as until

NOBODY = 65534


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://192.168.1.20", Network("192.168.1.20", 9100)),
        ("tcp://may-in:9101/", Network("may-in", 9101)),
        ("tcp://[fd00::20]:9100", Network("fd00::20", 9100)),
        ("serial:///dev/ttyUSB0", SerialLine("/dev/ttyUSB0", 115_200)),
        ("serial:///dev/ttyS0?baud=9600&rtscts=1", SerialLine("/dev/ttyS0", 9600, rtscts=True)),
        ("serial:///dev/ttyS0?format=7E1", SerialLine("/dev/ttyS0", format="7E1")),
        ("file:///dev/usb/lp0", DeviceFile("/dev/usb/lp0")),
    ],
)
def test_an_address_is_read_and_written_back(
    text: str, address: Network | SerialLine | DeviceFile
) -> None:
    assert address_of(text) == address
    assert address_of(str(address)) == address


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no device's address"),
        ("192.168.1.20", "no device's address"),
        ("tcp://", "no device's address"),
        ("tcp://host:0", "no device's address"),
        ("tcp://host:99999", "cannot be read"),
        ("tcp://[fd00::20", "cannot be read"),
        ("serial://dev/ttyUSB0", "no device's address"),
        ("serial:///dev/ttyUSB0?baud=fast", "whole number"),
        ("serial:///dev/ttyUSB0?format=9N1", "format is one of 7E1, 7O1, 8E1, 8N1, 8N2, 8O1"),
        ("serial:///dev/ttyUSB0?speed=9600", "no option 'speed'; it may have: baud, rtscts"),
        ("file:///dev/usb/lp0?baud=1", "it may have: none"),
        ("usb://0416:5011", "no device's address"),
    ],
)
def test_a_wrong_address_is_told_in_a_sentence(text: str, what: str) -> None:
    with pytest.raises(BadAddress, match=what.replace("?", r"\?")):
        address_of(text)


@given(st.text())
def test_any_text_is_an_address_or_a_mistake(text: str) -> None:
    for scheme in ("", "tcp://", "serial://", "file://"):
        with suppress(BadAddress):
            assert address_of(str(address_of(scheme + text)))


def test_a_printer_that_refuses_connections_is_lost_at_once() -> None:
    printer = NetworkPrinter()
    printer.close()
    with pytest.raises(PortLost, match=r"refused; it is on, but takes no network printing there"):
        open_port(address_of(printer.address), 1)


@pytest.mark.parametrize("scheme", ["serial", "file"])
def test_a_device_that_is_not_there_is_lost_in_words(scheme: str, tmp_path: Path) -> None:
    with pytest.raises(
        PortLost, match=r"No such file.*; nothing is connected there: look at cable"
    ):
        open_port(address_of(f"{scheme}://{tmp_path}/lp0"), 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("scheme", ["serial", "file"])
def test_a_device_of_somebody_else_is_told_with_the_remedy(scheme: str) -> None:
    with SerialPrinter() as printer:
        os.chmod(printer.device, 0o600)
        os.seteuid(NOBODY)
        try:
            with pytest.raises(PortForbidden, match=r"give this program's user the device's group"):
                open_port(address_of(f"{scheme}://{printer.device}"), 1)
        finally:
            os.seteuid(0)


def test_an_ordinary_file_is_not_taken_for_a_printer(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear citizen")
    with pytest.raises(PortLost, match="is no device"):
        open_port(address_of(f"file://{tmp_path}/letter"), 1)
    assert (tmp_path / "letter").read_text() == "dear citizen"


def test_a_serial_line_is_opened_by_one_program_only() -> None:
    with SerialPrinter() as printer:
        port = open_port(address_of(printer.address), 1)
        with pytest.raises(PortTaken, match=r"; another program has it: close that one"):
            open_port(address_of(printer.address), 1)
        port.close()
        open_port(address_of(printer.address), 1).close()


@pytest.mark.parametrize("scheme", ["serial", "file"])
def test_a_jammed_line_that_nobody_reads_takes_what_fits_and_then_nothing(scheme: str) -> None:
    with SerialPrinter() as printer:
        printer.reading = False
        port = open_port(address_of(f"{scheme}://{printer.device}"), 1)
        began = time.monotonic()
        taken = fill(port)
        port.close()
        assert 0 < taken < 200_000
        assert time.monotonic() - began < 10  # closing a tty could take half a minute


def test_a_network_printer_that_does_not_read_takes_what_fits_and_then_nothing() -> None:
    with NetworkPrinter() as printer:
        printer.reading = False
        port = open_port(address_of(printer.address), 1)
        assert 0 < fill(port) < 20_000_000
        port.close()


def fill(port: Port) -> int:
    taken = 0
    while (n := port.write(bytes(200_000), 0.05)) > 0:
        taken += n
    return taken


@pytest.mark.parametrize("kind", [NetworkPrinter, SerialPrinter])
def test_a_line_on_which_nothing_comes_is_read_in_time(
    kind: type[NetworkPrinter | SerialPrinter],
) -> None:
    with kind() as printer:
        port = open_port(address_of(printer.address), 1)
        assert port.read(0.01) == b""
        port.close()


def test_a_network_printer_that_hangs_up_is_lost_when_read() -> None:
    with NetworkPrinter() as printer:
        port = open_port(address_of(printer.address), 1)
        printer.power_off()
        with pytest.raises(PortLost):
            until(lambda: port.read(0.1))
        port.close()


def test_a_serial_line_that_is_pulled_out_is_lost_when_read_or_written() -> None:
    with SerialPrinter() as printer:
        serial_port = open_port(address_of(printer.address), 1)
        file_port = open_port(address_of(f"file://{printer.device}"), 1)
    for port in (serial_port, file_port):
        with pytest.raises(PortLost):
            port.write(b"x", 0.1)
        with pytest.raises(PortLost):
            port.read(1)
        port.close()
