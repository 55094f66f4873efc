"""Start-up of the hall's server: config, records, dispatcher, doors, signals. No logic.

`python server.py` is the same as `motcua server`.
"""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from msgspec import structs
from sqlalchemy import Engine
from websockets.asyncio.server import serve
from websockets.server import ServerProtocol

from config import Config
from config.access import ADMIN, accounts_of, devices_of
from config.names import names_of
from config.pins import hash_pin, pin_is_right
from dispatch import first_code, heap
from dispatch.access import Access
from dispatch.admission import Admission, Porter
from dispatch.dispatcher import Dispatcher
from dispatch.doors import Doors
from dispatch.entrance import listen
from dispatch.forecaster import Forecaster
from dispatch.guarded import GuardedConnection
from dispatch.identity import DEVICE as CERTIFICATE
from dispatch.identity import Identity
from dispatch.keeping import DEVICE as RECORDS
from dispatch.keeping import Keeper
from dispatch.limits import Limits
from dispatch.registry import Hashing, Officer, Registry
from dispatch.report_process import Source
from dispatch.reporting import Reporter
from dispatch.schedule import DEVICE as REPORTS
from dispatch.schedule import Schedule, Wanted
from dispatch.standby import DEVICE as STANDBY
from dispatch.standby import Pace, Standby
from dispatch.supervision import Supervisor
from dispatch.timekeeper import Timekeeper
from dispatch.trials import Trials
from dispatch.wellness import Wellness
from hall.desk_times import Experience
from hall.model import Setup
from link.messages import MAX_FRAME
from records.engine import address_of, connect_readonly, owned, path_of
from records.experience import experience
from records.heads import Signer, code_file, key_file, signer_of
from records.journal import Journal
from records.migrate import upgrade
from records.rebuild import freshen

PING_S: Final = 5.0  # a peer that is gone is noticed after ping, time-out and close: 12 s
CLOSE_S: Final = 2.0
HANDSHAKE_S: Final = 5.0
WRITE_LIMIT: Final = 64 * 1024  # bytes a slow screen may owe us before it is skipped
COLLECT_AFTER: Final = 3_000  # more objects than were given back: they are looked at in 1 ms
COLLECT_OLDER: Final = 1  # so seldom those that were left once: in 3 ms
COLLECT_ALL: Final = 700  # so seldom everything: with 10,000 screens that stops the loop for 160 ms
GIVE_WAY_S: Final = 0.001  # of one thread to another that has something to do

log = logging.getLogger(__name__)


class CannotStart(Exception):  # noqa: N818 - said to whoever started it
    """The server may not or cannot run like this: what, where, and what to do."""


@dataclass(frozen=True, slots=True)
class OpenHall:
    """A hall that listens."""

    host: str
    port: int
    dispatcher: Dispatcher
    running: asyncio.Task[None]  # ends only by failing
    access: Access
    doors: Doors
    encrypted: bool

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.encrypted else 'ws'}://{host}:{self.port}/"


@asynccontextmanager
async def open_hall(
    config: Config,
    database: str,
    host: str,
    port: int,
    timekeeper: Timekeeper | None = None,
    *,
    limits: Limits | None = None,
) -> AsyncIterator[OpenHall]:
    """Open the records, read the day back, and listen; close everything on the way out."""
    require_safe_address(config, host)
    identity = _identity(config)
    with owned(database, config.setup.hall) as engine:
        upgrade(engine)
        signer = _signer(config, database)
        journal = Journal(engine, config.setup, signer)
        if days := freshen(journal, config.setup):
            log.info("worked out anew: %d days of an older version", days)
        readers = connect_readonly(database)
        dispatcher = Dispatcher(config.setup, journal, timekeeper or Timekeeper())
        await dispatcher.load()
        registry = _registry(config, database, engine, readers)
        porter, access = _entrance(config, host, dispatcher, registry)
        limits = replace(limits or Limits(), tickets_per_person=config.tickets_per_person)
        reporter = _reporter(config, database, dispatcher)
        forecaster = Forecaster(dispatcher, partial(_learnt, readers, config.setup))
        await forecaster.refresh()
        trials = _trials(config, database, dispatcher)
        standby = _standby(config, database, dispatcher)
        doors = Doors(
            dispatcher,
            forecaster,
            porter,
            structs.replace(config.hall_info, plain_text=speaks_plain_text(config, host)),
            reporter.answer,
            access=access,
            trials=trials,
            wellness=_wellness(config, database, dispatcher, forecaster, standby),
            limits=limits,
        )
        running = asyncio.create_task(dispatcher.run(), name="dispatcher")
        beside = [
            asyncio.create_task(forecaster.run(), name="forecaster"),
            asyncio.create_task(access.run(), name="access"),
            *_proving(identity, dispatcher),
            *_writing(config, dispatcher, reporter),
            _keeping(config, dispatcher, engine, readers, signer),
            *_standing_by(dispatcher, standby),
        ]
        try:
            async with _listening(doors, host, port, identity, limits) as bound:
                yield OpenHall(host, bound, dispatcher, running, access, doors, bool(identity))
                await doors.close()
        finally:
            await _end([running, *beside])
            for one in (trials, reporter, dispatcher, porter, access):
                one.close()
            journal.close()
            readers.dispose()


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _signer(config: Config, database: str) -> Signer:
    path = config.privacy.signing_key or key_file(database, config.setup.hall)
    return signer_of(path)


def _keeping(
    config: Config, dispatcher: Dispatcher, engine: Engine, readers: Engine, signer: Signer
) -> asyncio.Task[None]:
    """What erases texts when they were kept long enough, and when somebody asks for it."""
    keeper = Keeper(dispatcher, engine, readers, signer, config.privacy.keep_texts_days)
    return asyncio.create_task(keeper.run(), name="keeper")


def _reporter(config: Config, database: str, dispatcher: Dispatcher) -> Reporter:
    source, now = _source(config, database), partial(_hall_time, dispatcher)
    return Reporter(source, now, dispatcher.timekeeper.steady_s)


def _trials(config: Config, database: str, dispatcher: Dispatcher) -> Trials:
    source, now = _source(config, database), partial(_hall_time, dispatcher)
    return Trials(source, now, dispatcher.timekeeper.steady_s)


def _source(config: Config, database: str) -> Source:
    return Source(database, config.setup, names_of(config))


def _hall_time(dispatcher: Dispatcher) -> datetime:
    return dispatcher.timekeeper.now(dispatcher.hall.at)


def _writing(
    config: Config, dispatcher: Dispatcher, reporter: Reporter
) -> list[asyncio.Task[None]]:
    """What writes reports by itself, where the hall wants that."""
    reports = config.reports
    if reports.folder is None:
        return []
    wanted = Wanted(reports.folder, reports.day_sheet, reports.month, reports.language)
    schedule = Schedule(wanted, dispatcher, reporter)
    _on_change(dispatcher, schedule.look)
    return [asyncio.create_task(schedule.run(), name="schedule")]


def _standby(config: Config, database: str, dispatcher: Dispatcher) -> Standby | None:
    """What keeps a second file with the records, where the hall wants that."""
    file, address = config.server.standby, address_of(database)
    if file is None or address.drivername != "sqlite":
        return None
    pace = Pace(every_s=config.server.standby_every_s)
    return Standby(path_of(address), file, dispatcher, pace)


def _standing_by(dispatcher: Dispatcher, standby: Standby | None) -> list[asyncio.Task[None]]:
    if standby is None:
        return []
    _on_change(dispatcher, standby.look)
    return [asyncio.create_task(standby.run(), name="standby")]


def _on_change(dispatcher: Dispatcher, look: Callable[[], None]) -> None:
    """Have this called, too, whenever anything has happened."""
    tell = dispatcher.on_change

    def told() -> None:
        tell()
        look()

    dispatcher.on_change = told


def _learnt(readers: Engine, setup: Setup, today: date) -> Experience:
    """What the records teach, once a day; what it took to read them goes back to the system, and
    what is left of screens that came and went: of those nothing else is collected for weeks.
    """
    try:
        return experience(readers, setup, today)
    finally:
        gc.collect()
        heap.give_back()


def _wellness(
    config: Config,
    database: str,
    dispatcher: Dispatcher,
    forecaster: Forecaster,
    standby: Standby | None,
) -> Wellness:
    address = address_of(database)
    disk = path_of(address).parent if address.drivername == "sqlite" else None
    own = {RECORDS, REPORTS} if config.reports.folder else {RECORDS}
    own |= {STANDBY} if standby else set()
    own |= {CERTIFICATE} if config.server.tls else set()
    return Wellness(dispatcher, forecaster, disk, standby.behind if standby else None, own)


def _identity(config: Config) -> Identity | None:
    """Who this server is; None: it encrypts nothing. Raises CannotStart."""
    folder = config.server.tls
    if folder is None:
        return None
    from config import certificates  # slow: not where nothing is encrypted

    try:
        certificates.require_own(folder / certificates.SERVER_KEY)
        return Identity(
            folder / certificates.SERVER,
            folder / certificates.SERVER_KEY,
            lambda file: certificates.read(file).until,
        )
    except certificates.BadCertificates as bad:
        raise CannotStart(str(bad)) from bad
    except OSError as error:
        raise CannotStart(f"server.tls: {error}. `motcua tls` makes what is missing.") from error


def _proving(identity: Identity | None, dispatcher: Dispatcher) -> list[asyncio.Task[None]]:
    if identity is None:
        return []
    return [asyncio.create_task(identity.run(dispatcher), name="identity")]


@asynccontextmanager
async def _listening(
    doors: Doors, host: str, port: int, identity: Identity | None, limits: Limits
) -> AsyncIterator[int]:
    server = serve(
        doors.serve,  # type: ignore[arg-type]  # every connection is a guarded one
        process_request=doors.process_request,
        open_timeout=HANDSHAKE_S,
        server_header=None,
    )

    def connection() -> GuardedConnection:
        return GuardedConnection(
            ServerProtocol(
                origins=[None],  # a page in somebody's browser has no business here
                max_size=MAX_FRAME,
                logger=server.logger,
            ),
            server,
            porch=doors.porch,
            limits=limits,
            tls=None if identity is None else identity.context,
            handshake_s=HANDSHAKE_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=CLOSE_S,
            write_limit=WRITE_LIMIT,
        )

    server.create_server = partial(  # type: ignore[assignment]  # as much of one as is asked for
        listen, connection, host, port, doors.porch
    )
    try:
        await server
    except OSError as error:
        raise CannotStart(f"cannot listen on {host} port {port}: {error.strerror}") from error
    async with server:
        yield server.sockets[0].getsockname()[1]


def _registry(config: Config, database: str, engine: Engine, readers: Engine) -> Registry:
    heap.give_back_large()  # what a PIN takes to be compared
    hashing = Hashing(hash_pin, pin_is_right)
    first = code_file(database, config.setup.hall)
    return Registry(engine, readers, config.setup.hall, hashing, first)


def _entrance(
    config: Config, host: str, dispatcher: Dispatcher, registry: Registry
) -> tuple[Porter, Access]:
    """Who lets devices and people in, and who changes that."""
    hall, clock = config.hall_info, dispatcher.timekeeper.steady_s
    admission = Admission(
        devices=devices_of(config, host),
        officers={
            code: Officer(code, one.pin_hash, one.role, tuple(one.names.values()))
            for code, one in accounts_of(config, host).items()
        },
        kept=registry,
        tokens_always=config.server.tokens_always or not is_loopback(host),
        pin_digits=config.sign_in.pin_digits,
        hall_names=(hall.hall, *hall.names.values(), *hall.unit.values()),
        session_s=config.sign_in.session_h * 3600,
    )
    now = partial(_hall_time, dispatcher)
    access = Access(registry, dispatcher, admission.devices, admission.officers, now)
    return Porter(admission, clock), access


def require_safe_address(config: Config, host: str) -> None:
    """Beyond this machine, plain text needs an explicit word in the configuration."""
    if speaks_plain_text(config, host) and not config.server.plain_text_on_lan:
        raise CannotStart(
            f"{host} is not this machine alone, and what travels is not encrypted. Make"
            f' certificates (motcua tls) and set tls = "FOLDER" under [server] in {config.path}.'
            " Set plain_text_on_lan = true there if the network is trusted."
        )


def speaks_plain_text(config: Config, host: str) -> bool:
    """Whether others in the network can read what travels."""
    return config.server.tls is None and not is_loopback(host)


def is_loopback(host: str) -> bool:
    """Can only this machine reach the address?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tune() -> None:
    """Let nothing that this process does for itself hold up a request for long.

    What is here now stays, and collections need not walk it; what a hall is made of refers to
    nothing that refers back, so they are seldom needed. A thread that forecasts gives way soon.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, COLLECT_OLDER, COLLECT_ALL)
    sys.setswitchinterval(GIVE_WAY_S)


async def run(
    config: Config, database: str, host: str, port: int, *, limits: Limits | None = None
) -> None:
    """Serve until SIGTERM or SIGINT, or until the dispatcher fails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _allow_many_connections()
    async with open_hall(config, database, host, port, limits=limits) as hall:
        tune()
        print(f"motcua {config.setup.hall}: {hall.url}", flush=True)
        if code := await hall.access.first_code(ADMIN):
            told = first_code.told(ADMIN, code, code_file(database, config.setup.hall))
            print(f"motcua: {told}", flush=True)
        supervisor = Supervisor.of(os.environ)
        _be_supervised(hall.dispatcher, supervisor)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, hall.running}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        supervisor.stopping()
        if hall.running.done():
            hall.running.result()


def _be_supervised(dispatcher: Dispatcher, supervisor: Supervisor) -> None:
    """Say that the hall is open, and go on saying so for as long as it can write things down."""

    def status() -> str:
        hall, trouble = dispatcher.hall, dispatcher.trouble
        waiting = sum(map(len, hall.queues.values()))
        well = f"{hall.issued} numbers today, {waiting} waiting"
        return well if trouble is None else f"not recorded: {trouble}"

    supervisor.ready(status())
    if supervisor.fed_every_s is not None:
        dispatcher.prove(supervisor.fed_every_s, lambda: supervisor.alive(status()))


def _allow_many_connections() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    from cli import main

    sys.exit(main(["server", *sys.argv[1:]]))
