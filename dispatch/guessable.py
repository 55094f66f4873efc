"""Which new PINs and passwords a stranger would try first. Knows nothing of hashes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from gzip import decompress
from importlib.resources import files
from typing import Final
from unicodedata import normalize

SHORTEST_PASSWORD: Final = 8
RUNS: Final = (  # forwards; backwards counts as well
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    *("qwertyuiop", "asdfghjkl", "zxcvbnm"),
)
COMMON: Final = frozenset(  # words that passwords are made of here; digits and signs are put around
    {
        *("password", "passw0rd", "letmein", "welcome", "dragon", "iphone", "google", "samsung"),
        *("admin", "administrator", "quantri", "quanly", "matkhau", "mậtkhẩu", "vietnam"),
        *("hanoi", "saigon", "anhyeuem", "emyeuanh", "yeuanh", "motcua", "mộtcửa", "changeme"),
        *("default", "secret", "master", "qwerty", "abc123", "a1b2c3d4"),
    }
)
SIXES: Final = frozenset(  # PINs that many people choose
    {"112233", "123123", "121212", "123321", "111222", "159753", "147258", "456123", "696969"}
)


def is_guessable(new: str, shortest: int, known: Iterable[str]) -> bool:
    """Too short, known (the old one, a code, a name of theirs or the hall's), one character only,
    a run such as 4321, or common; digits and signs around a word do not make it a good one."""
    secret = _plain(new)
    word = secret.strip("0123456789!@#$%^&*()-_=+.?,")
    return (
        len(secret) < shortest
        or len(set(secret)) == 1
        or _is_run(secret)
        or secret in SIXES
        or not _most_used().isdisjoint({secret, word})
        or secret in set(map(_plain, known))
        or (len(word) > 1 and _is_run(word) and len(word) * 2 > len(secret))
    )


@cache
def _most_used() -> frozenset[str]:
    """The 3,000 passwords of eight and more characters that are stolen most, and those of here.

    From the list in zxcvbn (Copyright 2012-2016 Dan Wheeler and Dropbox, MIT licence).
    """
    packed = files("dispatch").joinpath("common-passwords.txt.gz").read_bytes()
    return COMMON.union(decompress(packed).decode().split())


def _plain(text: str) -> str:
    return normalize("NFC", text).casefold().replace(" ", "")


def _is_run(secret: str) -> bool:
    return any(secret in run or secret[::-1] in run for run in RUNS)
