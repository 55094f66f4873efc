"""Which new PINs a stranger would try first. Knows nothing of hashes."""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

SHORTEST: Final = 4
RUNS: Final = ("01234567890", "abcdefghijklmnopqrstuvwxyz")  # forwards; backwards counts as well


def is_guessable(new_pin: str, old_pin: str, officer: str) -> bool:
    """Too short, the old one, the officer's code, one character only, or a run such as 4321."""
    pin = normalize("NFC", new_pin).casefold()
    known = {normalize("NFC", old_pin).casefold(), officer.casefold()}
    return len(pin) < SHORTEST or pin in known or len(set(pin)) == 1 or _is_run(pin)


def _is_run(pin: str) -> bool:
    return any(pin in run or pin[::-1] in run for run in RUNS)
