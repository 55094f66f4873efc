"""Whatever is typed, pasted or scanned at a real kiosk: it goes on, and is no slower afterwards."""

from __future__ import annotations

import asyncio
import os
import re
from functools import partial
from pathlib import Path
from random import Random
from typing import Final
from urllib.request import urlopen

import pytest

from benchmarks.on_pty import OnPty
from tests.cli.commands import served
from tests.strangers.terminal import faults, letters
from tests.strangers.test_screens import BEGUN, SIZE, hall, lives, written
from tests.waiting import until_now

NO_TERMINAL_SENDS: Final = {
    "bytes that are no letters": b"\xff\xfe\x80\xc3(\xf0\x9f\xed\xa0\x80",
    "a key of no number": b"\x1b[:A\x1b[2;0:2u\x1b[86464014S",
    "a click on nothing": b"\x1b[<0;35;64M\x1b[<1;35;1M\x1b[<0;99999999;99999999M\x1b[<64;-1;5M",
    "a terminal of a billion cells": b"\x1b[48;99999;99999;1;1t",
    "answers to no question": b"\x1b[?1;2c\x1b[5n\x1b[24;80R\x1b[?2026;9$y\x1bP1+r\x1b\\",
    "a pasted order": b"\x1b[200~\x1b[2J\x1b]52;c;QUJD\x07\x1b[201~",
    "a card with orders": "079200000001|1|Nguyễn\x1b[2J Văn\x07 A|01011990|Nam|x|1\r".encode(),
    "rubbish": Random(7).randbytes(300),
}
ROOM_KB: Final = 40_000
NOTHING_TO_PAINT_S: Final = 0.5


def memory_kb(program: OnPty) -> int:
    status = Path(f"/proc/{program.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def screens(port: int) -> float:
    """How many the server says are there."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        return float(answer.read().decode().partition("\nmotcua_screens ")[2].split()[0])


def typed(program: OnPty, rubbish: bytes) -> None:
    os.write(program._terminal, rubbish)
    program.settle(len(program.painted), NOTHING_TO_PAINT_S)


def greets(program: OnPty) -> bool:
    assert lives(program)
    return re.search(BEGUN, letters(written(program))) is not None


@pytest.mark.timeout(120)
async def test_no_rubbish_ends_a_kiosk(tmp_path: Path) -> None:
    with (
        served("--config", str(hall(tmp_path)), cwd=tmp_path) as server,
        OnPty(
            *("kiosk", "--device", "kiosk-1", "--host", "127.0.0.1", "--port", str(server.port)),
            size=SIZE,
            home=tmp_path,
        ) as kiosk,
    ):
        await asyncio.to_thread(until_now, partial(greets, kiosk))
        before = memory_kb(kiosk)
        for what, rubbish in NO_TERMINAL_SENDS.items():
            await asyncio.to_thread(typed, kiosk, rubbish)
            assert lives(kiosk), what
        assert faults(written(kiosk)) == []
        assert screens(server.port) == 1
        assert memory_kb(kiosk) - before < ROOM_KB
