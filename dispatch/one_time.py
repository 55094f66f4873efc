"""One-time codes as people read and type them: 40 random bits, 8 letters, `7K3M-2QXZ`."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U
LENGTH: Final = 8
LOOKALIKES: Final = str.maketrans("ILO", "110", "- ")
GOOD_FOR: Final = timedelta(minutes=10)  # to pair a device with
GOOD_FOR_ACCOUNTS: Final = timedelta(days=7)  # to choose a PIN or a password with


def new_code() -> str:
    """A code to show; `canonical` is what is kept of it, as a hash."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def canonical(typed: str) -> str:
    """What was typed, without what people take for something else; empty: it is no code."""
    code = typed.upper().translate(LOOKALIKES)
    is_code = len(code) == LENGTH and set(code) <= set(LETTERS)
    return code if is_code else ""
