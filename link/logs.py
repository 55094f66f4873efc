"""The log of a server or a screen: JSON, one line an entry, for programs and for people with them.

No entry holds what somebody typed or wrote. So of an error stands here where it happened and of
which kind it is, not what it says: that may be anything a request had in it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from traceback import format_tb
from types import TracebackType
from typing import Any, Final

from pythonjsonlogger.json import JsonFormatter

from link.text import spelled_out

OWN: Final = {"levelname": "level", "name": "source"}  # entries' words for what Python calls it
NOISY: Final = {
    "websockets.server": logging.CRITICAL,  # strangers' noise at the door
    "websockets": logging.WARNING,
    "alembic": logging.WARNING,
    "fontTools": logging.WARNING,
    "fpdf": logging.WARNING,
    "matplotlib": logging.WARNING,
}
FILE_BYTES: Final = 10_000_000
FILES: Final = 5  # beside the newest
ROTATED_AGAIN_S: Final = 60.0  # after it could not be
LAST_FRAMES: Final = 30  # of an error: the innermost


class Entries(JsonFormatter):
    """One line an entry: `at`, `level`, `source`, `message`, and what else the entry is about."""

    def __init__(self) -> None:
        super().__init__(
            "%(at)s %(levelname)s %(name)s %(message)s", rename_fields=OWN, json_ensure_ascii=False
        )

    def format(self, record: logging.LogRecord) -> str:
        record.at = (
            datetime.fromtimestamp(record.created).astimezone().isoformat("T", "milliseconds")
        )
        return super().format(record)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """What cannot be seen is spelled out, so that nobody who reads a log runs it."""
        return {
            key: spelled_out(value) if isinstance(value, str) else value
            for key, value in log_data.items()
            if value is not None
        }

    def formatException(self, ei: Any) -> str:  # noqa: N802 - its name in logging
        return "".join(_told(ei[1])).rstrip() if ei[1] is not None else ""


def _told(error: BaseException) -> Iterator[str]:
    """What led to it first, as Python tells it, without what the errors say."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield "then:\n"
    yield from format_tb(error.__traceback__, -LAST_FRAMES)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{kind.removeprefix('builtins.')}{_disk_says(error)}\n"
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _told(one)


def _disk_says(error: BaseException) -> str:
    return f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""


class _Titles(logging.Filter):
    """Of asyncio only the first line: below it stands whatever the failed task held."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "asyncio":
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        return True


class _OwnFiles(RotatingFileHandler):
    """Files that nobody else on the machine may read.

    Where no other file can be begun, as on a full disk or in a folder that nobody may write, the
    present one grows until that is over: no entry is given up for the sake of a file's size.
    """

    _again_s = 0.0  # when it is tried again, on the steady clock

    def shouldRollover(self, record: logging.LogRecord) -> int:  # noqa: N802 - its name in logging
        due = time.monotonic() >= self._again_s
        return super().shouldRollover(record) if due else 0

    def doRollover(self) -> None:  # noqa: N802
        stream, self.stream = self.stream, None
        with suppress(OSError):  # what a full disk did not take is lost, and no more
            if stream is not None:
                stream.close()
        try:
            super().doRollover()
        except OSError:
            self._again_s = time.monotonic() + ROTATED_AGAIN_S
            self.stream = self._open()

    def _open(self) -> TextIOWrapper:
        def opener(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=opener)  # type: ignore[return-value]


def log_to_stderr() -> None:
    """For a supervisor, who keeps what is said."""
    _begin([logging.StreamHandler(sys.stderr)])


def log_to_file(file: Path, *, bytes_: int = FILE_BYTES, files: int = FILES) -> None:
    """To this file alone, and to as many older ones. Raises OSError where it cannot be written."""
    _begin([_rotated(file, bytes_, files)])


def log_to_both(file: Path) -> None:
    """To the supervisor and to this file. Raises OSError where it cannot be written."""
    _begin([logging.StreamHandler(sys.stderr), _rotated(file, FILE_BYTES, FILES)])


def _rotated(file: Path, bytes_: int, files: int) -> logging.Handler:
    file.parent.mkdir(parents=True, exist_ok=True)
    return _OwnFiles(file, maxBytes=bytes_, backupCount=files, encoding="utf-8")


def _begin(handlers: list[logging.Handler]) -> None:
    logging.raiseExceptions = False  # a full disk must not put an entry on a screen
    entries, titles = Entries(), _Titles()
    for handler in handlers:
        handler.setFormatter(entries)
        handler.addFilter(titles)
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    for name, level in NOISY.items():
        logging.getLogger(name).setLevel(level)


def log_what_fails() -> None:
    """What ends the process or a thread is logged too: Python itself would say all it knows."""
    log = logging.getLogger("motcua")

    def ended(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("the program failed", exc_info=(kind, error, at))

    def thread_ended(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None:
            log.critical("a thread failed", exc_info=failed.exc_value)

    sys.excepthook, threading.excepthook = ended, thread_ended
