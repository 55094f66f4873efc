"""Memory that was needed for a moment goes back to the system: measured in a process of its own."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc alone")

ROOT: Final = Path(__file__).parents[2]
FEW_MB: Final = 8.0  # a PIN's hash takes 19 MiB

COMPARED: Final = """
from concurrent.futures import ThreadPoolExecutor
from benchmarks.served import resident_mb
from config.pins import hash_pin, pin_is_right
from dispatch import heap
import os

if {gives_back}:
    heap.give_back_large()
known = hash_pin("483920")
before = resident_mb(os.getpid())
with ThreadPoolExecutor(2) as threads:
    assert all(threads.map(lambda _: pin_is_right("483920", known), range(6)))
print(resident_mb(os.getpid()) - before)
"""

HELD: Final = """
from concurrent.futures import ThreadPoolExecutor
from benchmarks.served import resident_mb
from dispatch import heap
import os

def worked() -> bytes:
    rows = [bytes(2000) for _ in range(20_000)]
    return bytes(rows.pop())

with ThreadPoolExecutor(1) as thread:
    kept = thread.submit(worked).result()
    before = resident_mb(os.getpid())
    thread.submit(heap.give_back).result()
    print(before - resident_mb(os.getpid()))
"""


def grown_mb(code: str) -> float:
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=True
    )
    return float(done.stdout)


@pytest.mark.parametrize(("gives_back", "keeps"), [(True, False), (False, True)])
def test_what_a_pin_takes_to_compare_is_not_kept(gives_back: bool, keeps: bool) -> None:
    assert (grown_mb(COMPARED.format(gives_back=gives_back)) > FEW_MB) is keeps


def test_what_a_thread_took_for_its_work_is_given_back() -> None:
    assert grown_mb(HELD) > FEW_MB
