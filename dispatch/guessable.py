"""Which new PINs and passwords a stranger would try first. Knows nothing of hashes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

SHORTEST_PASSWORD: Final = 8
RUNS: Final = (  # forwards; backwards counts as well
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    *("qwertyuiop", "asdfghjkl", "zxcvbnm"),
)
# What stands first on every list of stolen passwords, beside what the rules below refuse.
COMMON: Final = frozenset(
    {
        *("password", "passw0rd", "iloveyou", "sunshine", "princess", "football", "baseball"),
        *("superman", "starwars", "whatever", "trustno1", "letmein1", "welcome1", "dragon"),
        *("admin", "administrator", "quantri", "quanly", "matkhau", "mậtkhẩu", "vietnam"),
        *("hanoi", "saigon", "anhyeuem", "emyeuanh", "yeuanh", "motcua", "mộtcửa", "changeme"),
        *("default", "secret", "master", "computer", "internet", "samsung", "iphone", "google"),
        *("qwerty", "qwertyuiop", "1q2w3e4r", "1qaz2wsx", "zaq12wsx", "abc123", "a1b2c3d4"),
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
        or secret in COMMON | SIXES
        or word in COMMON
        or secret in set(map(_plain, known))
        or (len(word) > 1 and _is_run(word) and len(word) * 2 > len(secret))
    )


def _plain(text: str) -> str:
    return normalize("NFC", text).casefold().replace(" ", "")


def _is_run(secret: str) -> bool:
    return any(secret in run or secret[::-1] in run for run in RUNS)
