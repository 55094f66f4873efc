"""What the C library does with memory that this process has given back to it. Allocates nothing."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

TRIM_THRESHOLD: Final = -1  # the names of mallopt(3)
MMAP_THRESHOLD: Final = -3

LARGE: Final = 1 << 20  # bytes, from which on a block comes from the system, and goes back to it
LEFT_OVER: Final = 1 << 18  # bytes that may stay free at the end of a heap

NO_GLIBC: Final = suppress(AttributeError)  # another C library, which keeps less


def give_back_large() -> None:
    """Let large blocks go back to the system as soon as they are free.

    By itself glibc learns from the 19 MiB of a PIN's hash, given back once, to keep as much and
    twice as much for the next one: for good, and for each thread that ever compared a PIN.
    """
    with NO_GLIBC:
        libc = ctypes.CDLL(None)
        libc.mallopt(MMAP_THRESHOLD, LARGE)
        libc.mallopt(TRIM_THRESHOLD, LEFT_OVER)


def give_back() -> None:
    """Give the system everything that is free, of every thread. Takes milliseconds.

    By itself glibc keeps, for each thread, as much as it ever needed at a time.
    """
    with NO_GLIBC:
        ctypes.CDLL(None).malloc_trim(0)
