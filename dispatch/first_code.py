"""The one-time code of a hall's first administrator, on its way to whoever started the server.

What a server says is kept by a journal that others may read. So only a terminal is told the code;
otherwise it is in a file for its owner alone, until it was used.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def told(account: str, code: str, file: Path) -> str:
    """What to print: the code at a terminal, else where it is."""
    if sys.stdout.isatty():
        return f"sign in as {account} with the one-time code {code}"
    try:
        _keep(code, file)
    except OSError as error:
        return (
            f"{file}: {error.strerror}, so nobody was given the one-time code of {account}:"
            f" `motcua pin {account} --reset` gives another"
        )
    return f"sign in as {account} with the one-time code in {file}"


def forget(file: Path) -> None:
    """It was used."""
    with suppress(OSError):
        file.unlink(missing_ok=True)


def _keep(code: str, file: Path) -> None:
    """Never through a link, and never into a file that others can read."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"{code}\n")
