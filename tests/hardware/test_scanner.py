"""A code scanner on a real pseudo-terminal: what it sends is told, and what troubles it."""

from __future__ import annotations

import logging
import socket
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.addresses import SerialLine, address_of
from hardware.lines import Limits, Lines
from hardware.scanner import Scanned, Scanner, ScannerTrouble, Told
from hardware.transport import open_port
from tests.hardware.pty_line import PtyLine
from tests.waiting import until_now as until

CARD = "999150000001||Nguyễn Thị Ước Mơ|08031950|Nữ|Tổ 5, Phường An Bình|15042021"
OTHER = "999050000002|012345678|Trần Văn Đỗ|01011950|Nam|Phường An Bình|15042021"
LINE = CARD.encode() + b"\r"

GONE, BABBLE, WELL = ScannerTrouble("no_scanner"), ScannerTrouble("babble"), ScannerTrouble(None)
# A machine may be too busy to send a line without a pause: here silence ends nothing.
PATIENT = Limits(retry_s=0.02, silence_s=3600, within_s=3600, quiet_s=3600)
TOO_LONG = b"9" * 2001


class Listener:
    """A scanner's thread, and what it told."""

    def __init__(self, gun: PtyLine) -> None:
        self.gun = gun
        self.told: list[Told] = []

    @property
    def address(self) -> SerialLine:
        return SerialLine(str(self.gun.device), 9600)

    @property
    def scanned(self) -> list[str]:
        return [one.text for one in self.told if isinstance(one, Scanned)]

    @contextmanager
    def listening(
        self, limits: Limits = PATIENT, tell: Callable[[Told], None] | None = None
    ) -> Iterator[None]:
        scanner = Scanner(self.address, tell or self.told.append, limits=limits)
        scanner.start()
        try:
            yield
        finally:
            scanner.stop()

    def plug_in(self) -> None:
        """Put the scanner in where none was, and wait until it is listened to."""
        until(lambda: self.told[-1:] == [GONE])
        self.gun.plug_in()
        until(lambda: self.told[-1:] == [WELL])
        self.told.clear()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    gun = PtyLine(tmp_path / "scanner")
    yield Listener(gun)
    gun.unplug()


# --- What it reads -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_scan_is_told_whole_whatever_ends_it(listener: Listener, end: bytes) -> None:
    with listener.listening():
        listener.plug_in()
        listener.gun.send(CARD.encode() + end)
        until(lambda: listener.told)
    assert listener.told == [Scanned(CARD)]


def test_two_scans_are_told_in_order(listener: Listener) -> None:
    with listener.listening():
        listener.plug_in()
        listener.gun.send(f"{CARD}\r\n{OTHER}\r\n".encode())
        until(lambda: len(listener.told) == 2)
    assert listener.told == [Scanned(CARD), Scanned(OTHER)]


def test_a_scan_that_comes_byte_by_byte_is_told_whole(listener: Listener) -> None:
    with listener.listening():
        listener.plug_in()
        for byte in LINE:
            listener.gun.send(bytes([byte]))
        until(lambda: listener.told)
    assert listener.told == [Scanned(CARD)]


def test_letters_with_their_marks_apart_and_bytes_that_are_no_letters_harm_nothing(
    listener: Listener,
) -> None:
    apart = unicodedata.normalize("NFD", CARD)
    with listener.listening():
        listener.plug_in()
        listener.gun.send(apart.encode() + b"\r999\xff\xfe|\xe1\xbb\r")
        until(lambda: len(listener.told) == 2)
    assert listener.scanned == [apart, "999\ufffd\ufffd|\ufffd"]


def test_a_scan_without_an_end_is_told_after_silence(listener: Listener) -> None:
    with listener.listening(replace(PATIENT, silence_s=0.02)):
        listener.plug_in()
        listener.gun.send(b"9")
        until(lambda: listener.told)
    assert listener.told == [Scanned("9")]


def test_what_came_before_anybody_listened_is_nobodys(listener: Listener) -> None:
    listener.gun.plug_in()
    listener.gun.write(LINE)
    held = open_port(listener.address, 1)
    listener.gun.write(LINE)
    with listener.listening():
        until(lambda: listener.told == [GONE])
        held.close()
        until(lambda: listener.told == [GONE, WELL])
        listener.gun.send(OTHER.encode() + b"\r")
        until(lambda: listener.scanned)
    assert listener.scanned == [OTHER]


def test_a_scanner_on_the_network_is_listened_to_as_well() -> None:
    told: list[Told] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = address_of(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        scanner = Scanner(address, told.append, limits=PATIENT)
        scanner.start()
        link, _ = server.accept()
        with link:
            link.sendall(LINE)
            until(lambda: told == [Scanned(CARD)])
    until(lambda: told[-1] == GONE)
    scanner.stop()


# --- What troubles it ----------------------------------------------------------------------------


def test_a_scanner_that_is_pulled_out_is_missed_once_and_read_again_when_it_is_back(
    listener: Listener,
) -> None:
    with listener.listening():
        listener.plug_in()
        listener.gun.send(LINE + b"half a co")
        until(lambda: listener.scanned)
        listener.gun.unplug()
        until(lambda: listener.told[1:] == [GONE])
        listener.gun.plug_in()
        until(lambda: listener.told[1:] == [GONE, WELL])
        listener.gun.send(OTHER.encode() + b"\r")
        until(lambda: listener.told[3:])
    assert listener.told == [Scanned(CARD), GONE, WELL, Scanned(OTHER)]


def test_a_scanner_that_another_program_has_is_named_in_the_log(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    listener.gun.plug_in()
    held = open_port(listener.address, 1)
    with listener.listening():
        until(lambda: listener.told == [GONE])
        held.close()
        until(lambda: listener.told == [GONE, WELL])
        listener.gun.send(LINE)
        until(lambda: listener.scanned)
    (record,) = caplog.records
    assert str(listener.gun.device) in record.getMessage()
    assert "exclusively lock" in record.getMessage()


def test_a_line_without_end_is_babble_until_it_is_quiet(listener: Listener) -> None:
    with listener.listening(replace(PATIENT, quiet_s=0.1)):
        listener.plug_in()
        listener.gun.send(TOO_LONG)
        until(lambda: listener.told == [BABBLE, WELL])
        listener.gun.send(LINE)
        until(lambda: listener.scanned)
    assert listener.told == [BABBLE, WELL, Scanned(CARD)]


def test_lines_without_end_are_babble_too(listener: Listener) -> None:
    with listener.listening():
        listener.plug_in()
        listener.gun.send(b"999\r" * 100)
        until(lambda: listener.told[-1:] == [BABBLE])
        listener.gun.send(LINE)
    assert len(listener.scanned) <= 20
    assert listener.told.count(BABBLE) == 1
    assert CARD not in listener.scanned


def test_no_line_is_ever_logged_or_shown(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with listener.listening():
        listener.plug_in()
        listener.gun.send(LINE)
        until(lambda: listener.scanned)
        listener.gun.send(TOO_LONG)
        until(lambda: listener.told == [Scanned(CARD), BABBLE])
        listener.gun.unplug()
        until(lambda: listener.told[2:] == [GONE])
    assert len(caplog.records) == 3  # before it was there, when it was, and when it had gone
    assert "999" not in caplog.text.replace(str(listener.gun.device), "")
    assert str(listener.told[0]) == "Scanned(…)"


def test_a_bug_of_whoever_is_told_ends_no_scanning_and_quotes_no_line(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    def tell(told: Told) -> None:
        listener.told.append(told)
        if len(listener.scanned) == 1:
            raise ValueError(CARD)

    def scanned_again() -> bool:
        listener.gun.send(LINE)  # one that comes while the line is opened anew is nobody's
        return len(listener.scanned) > 1

    with listener.listening(replace(PATIENT, lines=1_000_000), tell):
        listener.plug_in()
        until(scanned_again)
    assert "the scanner stopped, and begins anew: ValueError" in caplog.text
    assert "in _listen" in caplog.text
    assert "999" not in caplog.text.replace(str(listener.gun.device), "")


def test_a_scanner_that_is_stopped_leaves_the_line_to_others(listener: Listener) -> None:
    with listener.listening():
        listener.plug_in()
    open_port(listener.address, 1).close()
    assert "scanner" not in {thread.name for thread in threading.enumerate()}


# --- Lines, by the clock -------------------------------------------------------------------------


def test_a_line_ends_after_two_tenths_of_a_second_of_silence() -> None:
    lines = Lines(Limits())
    assert lines.take(b"999", 100.0) == []
    assert lines.take(b"111", 100.19) == []
    assert lines.take(b"", 100.38) == []
    assert lines.take(b"", 100.4) == [b"999111"]
    assert lines.take(b"", 100.6) == []


def test_a_line_may_have_two_thousand_bytes() -> None:
    lines = Lines(Limits())
    assert lines.take(b"9" * 2000, 100) == []
    assert lines.take(b"\r", 100.1) == [b"9" * 2000]
    assert lines.take(b"9" * 2001, 100.2) == []
    assert lines.babbling


def test_nobody_shows_more_than_twenty_codes_in_ten_seconds() -> None:
    lines = Lines(Limits())
    for count in range(40):
        assert lines.take(b"999\r\n", 100 + count * 0.5) == [b"999"]
    assert lines.take(b"999\r", 119.6) == []
    assert lines.babbling


def test_a_scanner_that_babbled_is_believed_after_two_quiet_seconds() -> None:
    lines = Lines(Limits())

    def babbles(data: bytes, at: float) -> bool:
        assert lines.take(data, at) == []
        return lines.babbling

    assert babbles(b"9" * 3000, 100)
    assert babbles(b"999\r", 101.9)
    assert babbles(b"", 103.8)
    assert not babbles(b"", 103.9)
    assert lines.take(b"999\r", 104) == [b"999"]


@given(
    st.lists(st.text("0123456789|ữ", min_size=1, max_size=30), max_size=20),
    st.lists(st.integers(1, 7), min_size=1),
    st.sampled_from(["\r", "\n", "\r\n"]),
)
def test_lines_are_the_same_however_they_are_cut_on_the_way(
    texts: list[str], sizes: list[int], end: str
) -> None:
    stream = "".join(text + end for text in texts).encode()
    lines, heard, count = Lines(Limits()), [], 0
    while stream:
        size = sizes[count % len(sizes)]
        heard += lines.take(stream[:size], 100 + count * 0.001)
        stream, count = stream[size:], count + 1
    assert b"\n".join(heard).decode() == "\n".join(texts)
