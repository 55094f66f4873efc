"""Which checks there are: on the server's machine, and on a screen's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from doctor import devices, disk, files, machine, screen
from doctor.finding import Check, Finding, look, mend, ok
from link.messages import DeviceInfo
from link.tokens import state_folder, token_file
from terminal.words import Words

if TYPE_CHECKING:
    from config import Config

NETWORK_S: Final = 25.0
TERMINAL_S: Final = 8.0
UNITS: Final = ("motcua.service", "motcua-backup.timer")


@dataclass(frozen=True, slots=True)
class Way:
    """To the server, of the authority `ca`; None: nothing is encrypted. `here`: on this machine."""

    url: str
    ca: Path | None
    here: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """What is looked at on its machine. `device` None: nobody says what hangs on it.

    `whole`: the configuration here is meant to say it. `token`: its file; None: the usual.
    """

    name: str
    role: str
    device: DeviceInfo | None
    runs: bool
    whole: bool
    token: Path | None = None


def of_server(
    config: Config, database: Path | None, advice: int, way: Way, words: Words
) -> Iterator[Check]:
    """`database` None: PostgreSQL keeps the records. `advice`: how much `motcua check` has."""
    server, zone = config.server, words.timezone
    if database is not None:
        folder = database.parent
        yield Check("records", partial(files.records, database))
        if folder.is_dir():
            yield Check("disk", partial(disk.writes, folder), 15.0)
            yield Check("room", partial(disk.room, folder))
        yield Check("sqlite", sqlite)
    yield Check("configuration", lambda: [_configuration(config, advice)])
    yield Check("secrets", partial(files.secrets, _secrets(config, database)))
    if server.tls is not None:
        yield Check("certificate", partial(files.certificate, server.tls / "server.pem"))
    if server.standby is not None and database is not None:
        yield Check("standby", partial(files.standby, server.standby, database))
    if config.reports.folder is not None:
        yield Check("reports", partial(files.reports, config.reports.folder))
    yield Check("clock", partial(machine.clock, zone, database))
    yield Check("memory", machine.memory)
    for unit in UNITS:
        yield Check("unit", partial(machine.unit, unit))
    yield Check("network", partial(_network, way, words), NETWORK_S)


def of_screen(looked_at: Screen, way: Way, words: Words, *, prints: bool) -> Iterator[Check]:
    name, role, zone = looked_at.name, looked_at.role, words.timezone
    yield Check("terminal", screen.terminal, TERMINAL_S)
    yield Check("fonts", screen.fonts)
    yield Check("network", partial(_network, way, words), NETWORK_S)
    token = looked_at.token or token_file(name)
    yield Check("token", partial(files.token, token, needed=not way.here))
    if way.ca is not None:
        yield Check("certificate", partial(files.certificate, way.ca))
    yield Check("clock", partial(machine.clock, zone, None))
    yield Check("memory", machine.memory)
    yield Check("room", partial(disk.room, _there(state_folder())))
    yield Check("unit", partial(machine.unit, f"motcua-{role}@{name}.service"))
    if looked_at.device is None:
        yield Check("device", lambda: [_no_device(looked_at)])
    else:
        yield from devices.checks(looked_at.device, words, runs=looked_at.runs, prints=prints)


def sqlite() -> Iterator[Finding]:
    from pysqlite3 import dbapi2

    from records.engine import SAFE_SQLITE

    safe = ".".join(map(str, SAFE_SQLITE))
    yield of_sqlite(dbapi2.sqlite_version_info, SAFE_SQLITE, safe)


def of_sqlite(found: tuple[int, ...], least: tuple[int, ...], safe: str) -> Finding:
    facts = {"version": ".".join(map(str, found)), "safe": safe}
    return mend("sqlite_old", **facts) if found < least else ok("sqlite", **facts)


def _configuration(config: Config, advice: int) -> Finding:
    file = str(config.path)
    return look("advice", file=file, many=advice) if advice else ok("configuration", file=file)


def _no_device(screen: Screen) -> Finding:
    word = "device_missing" if screen.whole else "device_unknown"
    facts = {"device": screen.name}
    return mend(word, **facts) if screen.whole else look(word, **facts)


def _secrets(config: Config, database: Path | None) -> list[Path]:
    """What nobody else may read, of what is there."""
    named = [config.privacy.signing_key]
    if config.server.tls is not None:
        named.append(config.server.tls / "server.key")
    if database is not None and config.privacy.signing_key is None:
        named.append(database.with_suffix(".key"))
    return [file for file in named if file is not None and file.exists()]


def _network(way: Way, words: Words) -> Iterator[Finding]:
    from doctor import network

    return network.server(way.url, way.ca, words, here=way.here)


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above that is there."""
    return next(one for one in (folder, *folder.parents) if one.is_dir())
