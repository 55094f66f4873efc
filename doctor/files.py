"""The files of the server and of a screen: who may read them, until when they are good, and whether
the folders that are written to are there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from doctor.finding import Finding, look, mend, ok

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
SOON_DAYS: Final = 60


def records(file: Path) -> Iterator[Finding]:
    """The database: there, and nobody else's to read; it has the hashes of PINs and tokens."""
    if not file.parent.is_dir():
        yield mend("records_no_folder", folder=str(file.parent))
        return
    if not os.access(file.parent, os.W_OK):
        yield look("not_this_user", folder=str(file.parent))
        return
    if not file.exists():
        yield ok("records_new", file=str(file))
        return
    yield secret(file) or ok("records", file=str(file), mb=file.stat().st_size / 1e6)


def secret(file: Path) -> Finding | None:
    """None: it is the owner's alone."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        return mend("file_unreadable", file=str(file), why=error.strerror or "?")
    if mode & OTHERS:
        return mend("file_open", file=str(file), mode=f"{mode:o}")
    return None


def secrets(files: list[Path]) -> Iterator[Finding]:
    found = [one for one in map(secret, files) if one is not None]
    yield from found
    if not found and files:
        yield ok("files_closed", files=", ".join(file.name for file in files))


def certificate(file: Path) -> Iterator[Finding]:
    from config.certificates import BadCertificates, read

    try:
        found = read(file)
    except OSError as error:
        yield mend("certificate_unreadable", file=str(file), why=error.strerror or "?")
        return
    except BadCertificates:
        yield mend("certificate_none", file=str(file))
        return
    days = found.days_left(datetime.now(UTC))
    facts: dict[str, str | int] = {"file": str(file), "until": f"{found.until:%Y-%m-%d}"}
    if days < 0:
        yield mend("certificate_ended", **facts)
    elif days < SOON_DAYS:
        yield look("certificate_ends", **facts, days=days)
    else:
        yield ok("certificate", **facts)


def reports(folder: Path) -> Iterator[Finding]:
    yield _writable(folder) or ok("reports", folder=str(folder))


def standby(file: Path, database: Path) -> Iterator[Finding]:
    """On another disk than the records, or it helps against nothing."""
    folder = file.parent
    if (trouble := _writable(folder)) is not None:
        yield trouble
    elif folder.stat().st_dev == database.parent.stat().st_dev:
        yield look("standby_same_disk", file=str(file))
    else:
        yield ok("standby", file=str(file))


def _writable(folder: Path) -> Finding | None:
    if not folder.is_dir():
        return mend("folder_missing", folder=str(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        return mend("folder_not_writable", folder=str(folder))
    return None


def token(file: Path, *, needed: bool) -> Iterator[Finding]:
    """`needed`: the server is on another machine."""
    from link.tokens import BadToken, read_token

    device = file.stem
    if not file.exists():
        word = "token_missing" if needed else "token_not_needed"
        yield mend(word, device=device) if needed else ok(word, device=device)
        return
    try:
        read_token(file)
    except BadToken as error:
        yield mend("token_bad", why=str(error))
        return
    yield ok("token", file=str(file))
