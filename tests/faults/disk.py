"""A disk under SQLite that tells somebody of everything written, before and after it happens.

Writes, syncs and unlinks for real; what is done with the news is the watcher's affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from os.path import basename, exists, getsize
from pathlib import Path
from typing import Final, Protocol

import apsw
import pytest
from sqlalchemy import Connection

from records import engine
from records.errors import NotRecorded
from tests.faults import driver

UNIX: Final = "unix"
SYNCS_ITS_FOLDER: Final = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL
FOLDER: Final = "."
_names = count()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to the disk: create, write, truncate, sync, unlink; or read."""

    kind: str
    file: str
    at: int = 0  # the first byte, or the length after a truncate
    data: bytes = b""


class Watcher(Protocol):
    """Hears of every step; may raise, or end the process."""

    def before(self, step: Step, file: apsw.VFSFile | None) -> None: ...

    def after(self, step: Step) -> None: ...


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """The product's engines write through this watcher for as long as this lasts."""
    disk = Disk(watcher)
    sync_folder, write_log_again = engine._sync_folder, engine._write_log_again

    def synced(folder: Path) -> None:
        step = Step("sync", FOLDER)
        watcher.before(step, None)
        sync_folder(folder)
        watcher.after(step)

    def written_again(connection: Connection) -> None:
        """The product does this beside SQLite."""
        write_log_again(connection)
        log = Path(f"{connection.exec_driver_sql('PRAGMA database_list').one()[2]}-wal")
        if not log.exists():
            return
        watcher.after(Step("write", log.name, 0, log.read_bytes()))
        step = Step("sync", log.name)
        try:
            watcher.before(step, None)
        except apsw.IOError as error:
            raise NotRecorded("io_error", str(error)) from error
        watcher.after(step)

    with driver.through(disk, disk.name), pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_sync_folder", synced)
        patch.setattr(engine, "_write_log_again", written_again)
        yield


class Disk(apsw.VFS):
    """The machine's own disk, watched."""

    def __init__(self, watcher: Watcher) -> None:
        self.name = f"watched-{next(_names)}"
        self.watcher = watcher
        self._seen: set[str] = set()  # paths that were opened
        super().__init__(self.name, UNIX)

    def xOpen(  # noqa: N802 - SQLite's name
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return apsw.VFSFile(UNIX, None, flags)
        wanted, new = flags[0], not exists(path)
        made = not new and path not in self._seen and not getsize(path)  # by the program, just now
        syncs_folder = bool(wanted & SYNCS_ITS_FOLDER and wanted & apsw.SQLITE_OPEN_CREATE)
        file = File(self.watcher, basename(path), syncs_folder)
        file.open(name, flags)
        self._seen.add(path)
        if new or made:
            self.watcher.after(Step("create", file.name))
        return file

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        step = Step("unlink", basename(filename))
        self.watcher.before(step, None)
        super().xDelete(filename, syncdir)
        self.watcher.after(step)
        if syncdir:
            self.watcher.after(Step("sync", FOLDER))


class File(apsw.VFSFile):
    """One open file."""

    def __init__(self, watcher: Watcher, name: str, syncs_folder: bool) -> None:
        self._watcher, self.name, self._syncs_folder = watcher, name, syncs_folder

    def open(self, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__(UNIX, name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._watcher.before(Step("read", self.name, offset), self)
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        step = Step("write", self.name, offset, bytes(data))
        self._watcher.before(step, self)
        super().xWrite(data, offset)
        self._watcher.after(step)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        step = Step("truncate", self.name, newsize)
        self._watcher.before(step, self)
        super().xTruncate(newsize)
        self._watcher.after(step)

    def xSync(self, flags: int) -> None:  # noqa: N802
        step = Step("sync", self.name)
        self._watcher.before(step, self)
        super().xSync(flags)
        self._watcher.after(step)
        if self._syncs_folder:  # SQLite syncs it once for each log that it opened
            self._syncs_folder = False
            self._watcher.after(Step("sync", FOLDER))
