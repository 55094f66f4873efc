"""The short code beside a ticket's number: with both, its holder may rate the visit elsewhere."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

DIGITS: Final = 4


def rating_code(token: str) -> str:
    """Digits that only who has seen the ticket knows; the same for the same public token."""
    number = int.from_bytes(sha256(token.encode()).digest()[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"
