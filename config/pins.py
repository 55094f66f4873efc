"""PINs are kept as argon2id hashes only: made and compared here, 20 ms of work each."""

from __future__ import annotations

from functools import cache
from typing import Final
from unicodedata import normalize

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerifyMismatchError

DEMO_PIN: Final = "1234"
MOST_KIB: Final = 256 * 1024
MOST_PASSES: Final = 20


@cache
def _hasher() -> PasswordHasher:
    """19 MiB, two passes, one lane: what OWASP asks for at least."""
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hash_pin(pin: str) -> str:
    """What config.toml keeps of a PIN."""
    return _hasher().hash(normalize("NFC", pin))


def pin_is_right(pin: str, pin_hash: str) -> bool:
    """Whether this PIN was hashed. Raises InvalidHashError when `pin_hash` is no argon2 hash."""
    try:
        return _hasher().verify(pin_hash, normalize("NFC", pin))
    except VerifyMismatchError:
        return False


@cache
def is_demo(pin_hash: str) -> bool:
    """Whether it is the hash of the PIN that everybody knows."""
    return bool(pin_hash) and pin_is_right(DEMO_PIN, pin_hash)


def is_hash(text: str) -> bool:
    """Whether the text reads as an argon2id hash that is compared in seconds, not in hours."""
    try:
        read = extract_parameters(text)
    except InvalidHashError:
        return False
    bearable = read.memory_cost <= MOST_KIB and read.time_cost <= MOST_PASSES
    return read.type is Type.ID and bearable
