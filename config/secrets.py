"""Secrets that do not stand in config.toml: where they are read from, and who else may read there.

Says what is wrong without saying the secret.
"""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_IMODE, S_IRWXG, S_IRWXO, S_IWGRP, S_IXGRP
from urllib.parse import quote, urlsplit

LONGEST = 1000  # characters of a password


class BadSecret(Exception):  # noqa: N818 - said to whoever wrote the file
    """A secret cannot be used as it is kept: what, and what to do."""


def has_password(url: str) -> bool:
    """Whether anybody who reads this address reads a password."""
    return "@" in urlsplit(url).netloc and ":" in urlsplit(url).netloc.rpartition("@")[0]


def with_password(url: str, file: str) -> str:
    """The address of the database with the password in this file. Raises BadSecret."""
    scheme, rest = url.split("://", 1)
    user, at, where = rest.rpartition("@")
    if not at:
        raise BadSecret("is for an address with a user, such as postgresql://motcua@host/motcua.")
    return f"{scheme}://{user}:{quote(secret_in(file), safe='')}@{where}"


def secret_in(file: str) -> str:
    """What stands in the file, in one line; `~` and `$CREDENTIALS_DIRECTORY` are known in its name.

    Raises BadSecret where somebody else on the machine may read it too.
    """
    path = Path(os.path.expandvars(file)).expanduser()
    try:
        facts = path.stat()
        # systemd's credentials belong to root, and a group of theirs may read them
        theirs = S_IRWXO | (S_IWGRP | S_IXGRP if facts.st_uid == 0 else S_IRWXG)
        if S_IMODE(facts.st_mode) & theirs:
            raise BadSecret(f"{path} can be read by others: chmod 600 it.")
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise BadSecret(f"{path} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise BadSecret(f"{path} is not UTF-8.") from None
    if not (secret.isprintable() and 1 <= len(secret) <= LONGEST):
        raise BadSecret(f"{path} does not hold one line with a password.")
    return secret
