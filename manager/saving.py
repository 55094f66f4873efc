"""How a report becomes a file in the manager's folder. Shows nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from figures.document import Report
from sheets.errors import SheetError
from sheets.files import FORMATS, write

# What is asked for most comes first; what is only for programs last.
OFFERED: Final = ("xlsx", "pdf", "html", "csv", "png", "svg", "json", "table")
DEFAULT_FOLDER: Final = "~/motcua"


def save(report: Report, by: str | None, format: str, into: str) -> Path:
    """Write the file, and return where it is. Raises SheetError. Takes seconds.

    `into`: a folder, made where it is not there yet; `~` is the home of whoever runs the screen.
    """
    folder = Path(into).expanduser()
    path = folder / file_name(report, by, format)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SheetError("no_folder", f"{folder}: {error.strerror}") from error
    write(report, format, path)
    return path


def file_name(report: Report, by: str | None, format: str) -> str:
    """Whatever is split otherwise has another name: `period-field-2026-10-01-2026-10-31.xlsx`."""
    days = dict.fromkeys((report.first, report.last))
    return f"{'-'.join([report.name, *([by] if by else []), *days])}.{FORMATS[format]}"
