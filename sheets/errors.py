"""Why a file could not be made: one word for machines, one sentence for people."""

from __future__ import annotations


class SheetError(Exception):
    """Nothing was written, and nothing half.

    `reason` is one of disk_full, no_folder, not_writable, too_large, io_error, no_charts,
    too_long, too_wide, unknown_format.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message

    def __reduce__(self) -> tuple[type[SheetError], tuple[str, str]]:
        return SheetError, (self.reason, self.message)  # it comes from a process of its own
