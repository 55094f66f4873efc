"""The head of the chain when a day was closed, signed with the hall's own key, so that whoever has
the database alone can write no other history. Printed on the day's sheet it binds even those who
have the key.

    signature = Ed25519 over "motcua head HALL DAY SEQ HASH", in UTF-8, the hash in hex digits

The key is a file of its own that only the server may read. What the key is called are the first 16
hexadecimal digits of SHA-256 of the public key, 32 bytes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from sqlalchemy import Connection, Engine, select

from records.engine import address_of, path_of
from records.errors import RecordsError, trouble_explained
from records.tables import heads

NAME: Final = 16  # hexadecimal digits of a key's name
OTHERS: Final = 0o077  # what nobody but the owner may do with the key's file
PEM: Final = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\n?", re.DOTALL)

log = logging.getLogger(__name__)


class Head(NamedTuple):
    """Where the chain had come to when a day was closed."""

    day: date
    seq: int
    at: datetime
    hash: bytes
    public_key: bytes | None = None  # of whoever signed it
    signature: bytes | None = None


class Signer:
    """Has the hall's key and signs heads with it."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def name(self) -> str:
        return key_name(self.public_key)

    def signed(self, hall: str, head: Head) -> Head:
        """The head with our signature."""
        signature = self._key.sign(_message(hall, head))
        return head._replace(public_key=self.public_key, signature=signature)


def key_name(public_key: bytes) -> str:
    """What a key is called."""
    return hashlib.sha256(public_key).hexdigest()[:NAME]


def is_signed(hall: str, head: Head) -> bool:
    """Did the owner of the key that the head names sign it?"""
    if head.public_key is None or head.signature is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(head.public_key)
        key.verify(head.signature, _message(hall, head))
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(hall: str, head: Head) -> bytes:
    return f"motcua head {hall} {head.day} {head.seq} {head.hash.hex()}".encode()


# --- The table -----------------------------------------------------------------------------------


def row(hall: str, head: Head) -> dict[str, Any]:
    """The head as a row of its table."""
    return {"hall": hall, **head._asdict()}


def all_heads(connection: Connection, hall: str, day: date | None = None) -> Iterator[Head]:
    """The heads of a hall in their order, or those of one day."""
    wanted = select(*(heads.c[name] for name in Head._fields)).where(heads.c.hall == hall)
    if day is not None:
        wanted = wanted.where(heads.c.day == day)
    return (Head(*found) for found in connection.execute(wanted.order_by(heads.c.seq)))


def last_before(connection: Connection, hall: str, day: date) -> Head | None:
    """The last head of the days before this one."""
    wanted = select(*(heads.c[name] for name in Head._fields)).where(
        heads.c.hall == hall, heads.c.day < day
    )
    found = connection.execute(wanted.order_by(heads.c.seq.desc()).limit(1)).first()
    return Head(*found) if found else None


def last_key(engine: Engine, hall: str) -> bytes | None:
    """The key that the last head was signed with. Raises NotRecorded."""
    wanted = (
        select(heads.c.public_key)
        .where(heads.c.hall == hall, heads.c.public_key.is_not(None))
        .order_by(heads.c.seq.desc())
        .limit(1)
    )
    with trouble_explained(), engine.connect() as connection:
        found: bytes | None = connection.execute(wanted).scalar()
        return found


# --- The key's file ------------------------------------------------------------------------------


def key_file(database: str, hall: str) -> Path:
    """Where the key is if the configuration does not say: beside the file of the records, with its
    name; of a PostgreSQL server's in this folder, with the hall's.
    """
    return _beside(database, hall, ".key")


def code_file(database: str, hall: str) -> Path:
    """Likewise, where the first administrator's one-time code waits to be used."""
    return _beside(database, hall, ".code")


def _beside(database: str, hall: str, ending: str) -> Path:
    address = address_of(database)
    if address.drivername == "sqlite":
        return path_of(address).with_suffix(ending)
    return Path(f"{hall}{ending}").absolute()


def signer_of(path: Path) -> Signer:
    """Whoever signs with the key in this file; it is made where there is none.

    Raises RecordsError when it cannot be, or others can read it.
    """
    try:
        return Signer(_read(path) if path.exists() else _made(path))
    except OSError as error:
        raise RecordsError(f"the signing key {path}: {error.strerror}") from error


def public_keys(path: Path) -> list[bytes]:
    """Every public key in a PEM file. Raises RecordsError when there is none."""
    try:
        found = [load_pem_public_key(text) for text in PEM.findall(path.read_bytes())]
    except OSError as error:
        raise RecordsError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise RecordsError(f"{path} has a public key that cannot be read") from error
    keys = [key for key in found if isinstance(key, Ed25519PublicKey)]
    if not keys:
        raise RecordsError(f"{path} has no public key: it begins with -----BEGIN PUBLIC KEY-----")
    return [key.public_bytes(Encoding.Raw, PublicFormat.Raw) for key in keys]


def pem_of(public_keys: Iterable[bytes]) -> str:
    """The text of a file with these public keys."""
    keys = [Ed25519PublicKey.from_public_bytes(key) for key in public_keys]
    return "".join(
        key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode() for key in keys
    )


def _read(path: Path) -> Ed25519PrivateKey:
    if path.stat().st_mode & OTHERS:
        raise RecordsError(f"others can read the signing key {path}: chmod 600 {path}")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise RecordsError(
            f"{path} is no signing key: move it away, and the server makes a new one"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise RecordsError(f"the key in {path} is of another kind: it has to be Ed25519")
    return key


def _made(path: Path) -> Ed25519PrivateKey:
    """A new key in a file that only we can read, and its public key beside it for everybody."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    public = path.with_name(f"{path.name}.pub")
    public.write_text(pem_of([Signer(key).public_key]), encoding="ascii")
    log.info("made the signing key %s; keep a copy of %s elsewhere", path, public)
    return key
