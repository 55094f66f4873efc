"""The token of a screen in its file: the owner's alone, in the folder that outlives a restart.

A token that is to be used for pairing waits beside it, as DEVICE.token.new, until the server has
said yes: until then the one before stays good.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Final

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
LONGEST: Final = 1000  # bytes that a file with a token may have
ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


class BadToken(Exception):  # noqa: N818 - said to whoever starts the screen
    """The file cannot be used: which, why, and what to do."""


def state_folder() -> Path:
    """Where a screen's machine keeps what must outlive a restart."""
    return Path.home() / ".local" / "state" / "motcua"


def token_file(device: str) -> Path:
    """Where a screen's token is, unless its place is said."""
    return state_folder() / f"{device}.token"


def read_token(file: Path) -> str:
    """The token in a file. Raises BadToken, also where others could have read it."""
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(LONGEST)
    except OSError as error:
        raise BadToken(f"{file}: {error.strerror}") from None
    if mode & OTHERS:
        raise BadToken(
            f"{file} can be read by others: `chmod 600 {file}`, and pair the device again if"
            " somebody else may have read it"
        )
    token = content.decode(errors="replace").strip()
    if not token or not set(token) <= ALPHABET:
        raise BadToken(f"{file}: not what `motcua join` wrote")
    return token


def token_to_pair_with(file: Path) -> str:
    """A token that waits in its file for the server's yes: the one of a try before, or a new one.

    Raises BadToken.
    """
    waiting = _waiting(file)
    if waiting.exists():
        return read_token(waiting)
    token = secrets.token_urlsafe(32)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(f"{token}\n")
            opened.flush()
            os.fsync(descriptor)
        _sync_folder(file.parent)
    except OSError as error:
        raise BadToken(f"{waiting}: {error.strerror}") from None
    return token


def keep_paired(file: Path) -> None:
    """The server said yes: what waited is the screen's token now. Raises BadToken."""
    try:
        _waiting(file).replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        raise BadToken(f"{file}: {error.strerror}") from None


def _waiting(file: Path) -> Path:
    return file.with_name(f"{file.name}.new")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
