"""How the database is opened, and who owns a hall. What is written there is the journal's affair.

SQLite is opened so that no acknowledged request is lost at a power cut; every setting is read back.
"""

from __future__ import annotations

import fcntl
import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from weakref import WeakKeyDictionary

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import ArgumentError, DBAPIError

from records.errors import AlreadyRunning, NotRecorded, RecordsError
from records.lock import HallLock

log = logging.getLogger(__name__)

# Each value is what SQLite answers when it is asked for the setting.
READING: Final[dict[str, str | int]] = {
    "busy_timeout": 5000,  # milliseconds
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
}
WRITING: Final[dict[str, str | int]] = {
    **READING,
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: with NORMAL a power cut takes back what citizens hold on paper
    "secure_delete": 1,  # what is erased is overwritten
}
STANDBY: Final[dict[str, str | int]] = {
    **READING,
    "journal_mode": "delete",  # a log needs memory that is shared, which no network has
    "synchronous": 3,  # EXTRA: a journal that is gone is gone after a power cut, too
    "secure_delete": 1,  # what was erased is overwritten
}
READING_ONLY: Final[dict[str, str | int]] = {**READING, "query_only": 1}

SAFE_SQLITE: Final = (3, 51, 3)  # older ones can corrupt a file that two connections write to

LOG_PART: Final = 1 << 20  # bytes of the log in memory

NO_TRANSACTION: Final = "no_transaction"  # known of a connection: begin nothing on it

POSTGRESQL: Final[dict[str, str | int]] = {
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 10_000,  # milliseconds until a silent network counts as lost
}
POSTGRESQL_WRITING: Final = "-c synchronous_commit=on -c lock_timeout=5s"
POSTGRESQL_READING: Final = "-c default_transaction_read_only=on"


def connect(url: str) -> Engine:
    """An engine that may write. `url`: a file's path, sqlite:///path or postgresql://...

    Raises RecordsError when the database cannot be used.
    """
    address = address_of(url)
    if address.drivername == "sqlite":
        return _open_file(address)
    return _open_server(address, POSTGRESQL_WRITING)


def connect_readonly(url: str, *, as_it_lies: bool = False) -> Engine:
    """An engine that cannot write, for reports. Raises RecordsError.

    `as_it_lies`: not a byte of the file changes, not even by putting into it what a server that was
    killed left in its log.
    """
    address = address_of(url)
    if address.drivername == "sqlite":
        _require_file(path_of(address))
        engine = _sqlite_engine(address, READING_ONLY, "BEGIN")
        if as_it_lies:
            _leave_its_log_alone(engine)
        return _checked(engine)
    return _open_server(address, POSTGRESQL_READING)


def connect_standby(file: Path, database: Path) -> Engine:
    """An engine that writes to a standby file, with the database attached as `source`, to be read.

    Raises RecordsError.
    """
    address = URL.create("sqlite", database=str(file))
    engine = _sqlite_engine(address, STANDBY, "BEGIN IMMEDIATE", uri=True)
    source = f"file:{quote(str(database.absolute()))}?mode=ro"
    event.listen(engine, "connect", lambda raw, _: raw.execute("ATTACH ? AS source", [source]))
    return _checked(engine)


def address_of(url: str) -> URL:
    """The address of a database, with its driver. Raises RecordsError."""
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # neither may say the address: it may have a password
        raise RecordsError("the address of the records cannot be read") from None
    match address.get_backend_name():
        case "sqlite":
            return address.set(drivername="sqlite")
        case "postgresql":
            return address.set(drivername="postgresql+psycopg")
        case other:
            raise RecordsError(
                f"records are kept in SQLite or PostgreSQL, not in {other}: change the address"
            )


@contextmanager
def own(engine: Engine, hall: str) -> Iterator[None]:
    """One server owns a hall: for as long as this lasts, a second one gets AlreadyRunning."""
    sqlite_file = engine.dialect.name == "sqlite"
    with own_file(path_of(engine.url)) if sqlite_file else _own_lock(engine, hall):
        yield


@contextmanager
def owned(database: str, hall: str) -> Iterator[Engine]:
    """The records of a hall, to be written by nobody else meanwhile."""
    engine = connect(database)
    try:
        with own(engine, hall):
            yield engine
    finally:
        engine.dispose()


def settle(engine: Engine) -> None:
    """Make sure that the disk has what is read in a SQLite file; see whether PostgreSQL answers,
    and that the hall is still ours there.

    Whoever reads meanwhile goes on reading. Raises DBAPIError, NotRecorded or AlreadyRunning.
    """
    if engine in _locks:
        _locks[engine].keep()
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")  # in SQLite nobody else writes from here on
        if engine.dialect.name == "sqlite":
            _write_log_again(connection)
            connection.rollback()
            _empty_log(connection)


# --- SQLite -------------------------------------------------------------------------------------


def _open_file(address: URL) -> Engine:
    path = path_of(address)
    _require_folder(path)
    require_no_other(path)
    _warn_of_old_sqlite(sqlite.sqlite_version_info)
    new = not path.exists()
    if new:
        _make(path)
    elif path.stat().st_mode & stat.S_IROTH:
        log.warning("%s can be read by others: chmod 600, and its -wal and -shm too", path)
    engine = _checked(_sqlite_engine(address, WRITING, "BEGIN IMMEDIATE"))
    if new:
        _sync_folder(path.parent)
    return engine


def _make(path: Path) -> None:
    """Empty, for its owner alone: hashes of PINs and what people wrote will stand in it. SQLite
    gives the files beside it the same mode.
    """
    with suppress(OSError):  # SQLite says it in better words
        path.touch(mode=0o600)


def path_of(address: URL) -> Path:
    """The SQLite file at an address. Raises RecordsError when it names none."""
    if address.database in (None, "", ":memory:"):
        raise RecordsError("the records need a file on disk: give its path in the address")
    return Path(str(address.database)).absolute()


def _require_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise RecordsError(
            f"the folder {path.parent} for the records {path.name} does not exist: "
            "create it, or change the address of the records"
        )


def require_no_other(path: Path) -> None:
    """A file, or nothing yet. Raises RecordsError where a folder or a device has this name."""
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a device"
        raise RecordsError(f"{path} is {what}: the records need a file on disk, name one")


def _require_file(path: Path) -> None:
    require_no_other(path)
    if not path.is_file():
        raise RecordsError(
            f"there are no records at {path}: start the server once, or change the address"
        )


def _warn_of_old_sqlite(version: tuple[int, ...]) -> None:
    if version < SAFE_SQLITE:
        log.warning(
            "SQLite %s can corrupt a file in rare cases: install a version from %s on",
            ".".join(map(str, version)),
            ".".join(map(str, SAFE_SQLITE)),
        )


def _sqlite_engine(
    address: URL, pragmas: dict[str, str | int], begin: str, *, uri: bool = False
) -> Engine:
    # isolation_level None: the driver begins nothing by itself, our dialect does
    connect_args = {"check_same_thread": False, "isolation_level": None, "uri": uri}
    registry.register("sqlite.beginning", __name__, Beginning.__name__)
    engine = create_engine(
        address.set(drivername="sqlite+beginning"),
        module=sqlite,
        begin=begin,
        connect_args=connect_args,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _setting(pragmas))
    return engine


class Beginning(SQLiteDialect_pysqlite):
    """SQLite whose transactions begin as they are told to. As an event of SQLAlchemy's the same
    would cost every commit a tenth more of the processor.
    """

    supports_statement_cache = True

    def __init__(self, begin: str = "BEGIN", **options: Any) -> None:
        super().__init__(**options)
        self._begin = begin

    def do_begin(self, dbapi_connection: Any) -> None:
        if not dbapi_connection.info.get(NO_TRANSACTION):
            dbapi_connection.execute(self._begin)


@contextmanager
def outside_transactions(connection: Connection) -> Iterator[None]:
    """For what SQLite does not do within one. The connection must not be in one."""
    known = connection.connection.info
    known[NO_TRANSACTION] = True
    try:
        yield
        connection.rollback()
    finally:
        known.pop(NO_TRANSACTION)


def _setting(pragmas: dict[str, str | int]) -> Callable[[Any, Any], None]:
    """What sets these PRAGMAs on a new connection, and reads each of them back."""

    def set_all(raw: Any, _record: Any) -> None:
        with closing(raw.cursor()) as cursor:
            for name, wanted in pragmas.items():
                cursor.execute(f"PRAGMA {name}={wanted}")
                found = cursor.execute(f"PRAGMA {name}").fetchone()
                _require_setting(name, wanted, None if found is None else found[0])

    return set_all


def _leave_its_log_alone(engine: Engine) -> None:
    """The last connection to a file puts its log away when it closes, unless it may only read."""
    path = path_of(engine.url)

    @event.listens_for(engine, "do_connect")
    def only_reading(
        _dialect: Any, _record: Any, names: list[str], options: dict[str, Any]
    ) -> None:
        if path.with_name(f"{path.name}-wal").exists():
            names[:] = [f"{path.as_uri()}?mode=ro"]
            options["uri"] = True


def _require_setting(name: str, wanted: str | int, found: str | int | None) -> None:
    if found != wanted:
        raise RecordsError(
            f"SQLite did not take the setting {name}={wanted}, it says {found}: "
            "records would not be safe here; keep them on a local disk, with the SQLite delivered"
        )


def _write_log_again(connection: Connection) -> None:
    """Write the log's own bytes over themselves, and sync them.

    After a failed sync the system may have forgotten what it owes the disk: only what is written
    anew is synced for certain. Emptying the log would do, too, but cannot while somebody reads.
    """
    file = connection.exec_driver_sql("PRAGMA database_list").one()[2]
    try:
        with Path(f"{file}-wal").open("r+b", buffering=0) as log:
            while part := os.pread(log.fileno(), LOG_PART, log.tell()):
                log.write(part)
            os.fsync(log.fileno())
    except FileNotFoundError:
        return  # nothing was written since the file was opened
    except OSError as error:
        raise NotRecorded("io_error", f"{file}-wal: {error.strerror}") from error


def _empty_log(connection: Connection) -> None:
    """Make room, if nobody reads just now what the log has: not needed to go on."""
    timeout = f"busy_timeout={READING['busy_timeout']}"
    with outside_transactions(connection):
        for pragma in ("busy_timeout=0", "wal_checkpoint(TRUNCATE)", timeout):
            connection.exec_driver_sql(f"PRAGMA {pragma}").all()


def _sync_folder(folder: Path) -> None:
    """Make sure that the new file's name, too, survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def own_file(path: Path) -> Iterator[None]:
    """The same of a SQLite file, whether it is there or not."""
    with path.with_name(f"{path.name}.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise AlreadyRunning(
                f"the records {path} belong to a server that is running "
                f"(process {lock.read().strip() or 'unknown'}): stop it first"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


# --- PostgreSQL ---------------------------------------------------------------------------------


def _open_server(address: URL, options: str) -> Engine:
    # positional parameters, so that one prepared row fits both databases
    connect_args = {**POSTGRESQL, "options": options}
    engine = create_engine(
        address, paramstyle="format", connect_args=connect_args, hide_parameters=True
    )
    return _checked(engine)


_locks: Final[WeakKeyDictionary[Engine, HallLock]] = WeakKeyDictionary()


@contextmanager
def _own_lock(engine: Engine, hall: str) -> Iterator[None]:
    lock = HallLock(engine, hall)
    lock.take()
    _locks[engine] = lock
    try:
        yield
    finally:
        del _locks[engine]
        lock.give_back()


# --- Both ---------------------------------------------------------------------------------------


def _checked(engine: Engine) -> Engine:
    """The engine, after one connection proved that it works."""
    try:
        with engine.connect():
            return engine
    except DBAPIError as error:
        engine.dispose()
        raise RecordsError(_unusable(engine.url, error)) from error
    except RecordsError:
        engine.dispose()
        raise


def _unusable(address: URL, error: DBAPIError) -> str:
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite.SQLITE_NOTADB:
        return f"{address.database} is not a database: move it away, or change the address"
    of_file = address.get_backend_name() == "sqlite"
    where = address.database if of_file else address.render_as_string(hide_password=True)
    return f"the records at {where} cannot be opened: {error.orig}"
