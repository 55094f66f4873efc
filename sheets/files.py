"""From a report to a file: which formats there are, and how a file is written whole or not at all.

What stands in a file is the affair of the other modules here; each is imported when it is needed.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from figures.document import Report
from sheets.errors import SheetError

FORMATS: Final[Mapping[str, str]] = {  # -> how the file's name ends
    "table": "txt",
    "json": "json",
    "csv": "csv",
    "xlsx": "xlsx",
    "html": "html",
    "pdf": "pdf",
    "png": "png",
    "svg": "svg",
}
BINARY: Final = frozenset({"xlsx", "pdf", "png"})  # no terminal shows them

TROUBLE: Final[Mapping[int, tuple[str, str]]] = {
    errno.ENOSPC: ("disk_full", "the disk is full"),
    errno.EDQUOT: ("disk_full", "the disk quota is used up"),
    errno.EFBIG: ("too_large", "the file would be larger than is allowed here"),
    errno.ENOENT: ("no_folder", "there is no such folder"),
    errno.ENOTDIR: ("no_folder", "there is no such folder"),
    errno.EACCES: ("not_writable", "writing there is not allowed"),
    errno.EPERM: ("not_writable", "writing there is not allowed"),
    errno.EROFS: ("not_writable", "the disk can only be read"),
    errno.EISDIR: ("not_writable", "a folder has this name"),
}


def render(report: Report, format: str) -> bytes:
    """The report in one of FORMATS. Raises SheetError where that makes no sense."""
    match format:
        case "table":
            from sheets.table import table as make
        case "json":
            from sheets.plain import to_json as make
        case "csv":
            from sheets.plain import to_csv as make
        case "xlsx":
            from sheets.workbook import workbook as make
        case "html":
            from sheets.page import page as make
        case "pdf":
            from sheets.paper import paper as make
        case "png":
            from sheets.charts import png as make
        case "svg":
            from sheets.charts import svg as make
        case _:
            raise SheetError(
                "unknown_format", f"no format {format}: there are {', '.join(FORMATS)}"
            )
    return make(report)


def write(report: Report, format: str, path: Path) -> None:
    """Write the file, whole or not at all: whoever opens it finds the old one or the new one.

    Raises SheetError.
    """
    content = render(report, format)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with _trouble_explained(path):
        try:
            _write_down(beside, content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _sync_folder(path.parent)


def file_name(name: str, first: date, last: date, format: str) -> str:
    """What to call the file of a report: `day_sheet-2026-11-24.pdf`."""
    days = dict.fromkeys((first.isoformat(), last.isoformat()))
    return f"{'-'.join((name, *days))}.{FORMATS[format]}"


def _write_down(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make sure that the new file's name, too, survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _trouble_explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        unknown = ("io_error", error.strerror or str(error))
        reason, why = TROUBLE.get(error.errno or 0, unknown)
        raise SheetError(reason, f"{path}: {why}; nothing was written") from error
