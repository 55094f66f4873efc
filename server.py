"""Start-up of the hall's server: config, records, dispatcher, doors, signals. No logic.

`python server.py` is the same as `motcua server`.
"""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Engine
from websockets.asyncio.server import serve

from config import Config
from config.names import names_of
from config.pins import hash_pin, pin_is_right
from dispatch.admission import Admission, Officer, Porter
from dispatch.dispatcher import Dispatcher
from dispatch.doors import Doors
from dispatch.forecaster import Forecaster
from dispatch.limits import Limits
from dispatch.report_process import Source
from dispatch.reporting import Reporter
from dispatch.schedule import Schedule, Wanted
from dispatch.timekeeper import Timekeeper
from link.messages import MAX_FRAME
from records.engine import connect, connect_readonly, own
from records.experience import experience
from records.journal import Journal
from records.migrate import upgrade
from records.pairing import token_is_right
from records.pins import keep_pin, pin_hash_of
from records.rebuild import freshen

PING_S: Final = 5.0  # a peer that is gone is noticed after ping, time-out and close: 12 s
CLOSE_S: Final = 2.0
HANDSHAKE_S: Final = 5.0
WRITE_LIMIT: Final = 64 * 1024  # bytes a slow screen may owe us before it is skipped
BACKLOG: Final = 128  # accepted in one go: a crowd at the door must not stop those at work

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

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"ws://{host}:{self.port}/"


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
    engine = connect(database)
    hall = config.setup.hall
    with own(engine, hall):
        upgrade(engine)
        journal = Journal(engine, config.setup)
        if days := freshen(journal, config.setup):
            log.info("worked out anew: %d days of an older version", days)
        readers = connect_readonly(database)
        timekeeper = timekeeper or Timekeeper()
        dispatcher = Dispatcher(config.setup, journal, timekeeper)
        await dispatcher.load()
        porter = Porter(_admission(config, host, engine, readers), timekeeper.steady_s)
        limits = replace(limits or Limits(), tickets_per_person=config.tickets_per_person)
        reporter = _reporter(config, database, dispatcher)
        forecaster = Forecaster(dispatcher, partial(experience, readers, config.setup))
        await forecaster.refresh()
        doors = Doors(
            dispatcher, forecaster, porter, config.hall_info, reporter.answer, limits=limits
        )
        running = asyncio.create_task(dispatcher.run(), name="dispatcher")
        beside = [
            asyncio.create_task(forecaster.run(), name="forecaster"),
            *_writing(config, dispatcher, reporter),
        ]
        try:
            async with _listening(doors, host, port) as bound:
                yield OpenHall(host, bound, dispatcher, running)
                await doors.close()
        finally:
            for task in (running, *beside):
                task.cancel()
            await asyncio.gather(running, *beside, return_exceptions=True)
            reporter.close()
            dispatcher.close()
            porter.close()
            readers.dispose()


def _reporter(config: Config, database: str, dispatcher: Dispatcher) -> Reporter:
    def now() -> datetime:
        return dispatcher.timekeeper.now(dispatcher.hall.at)

    source = Source(database, config.setup, names_of(config))
    return Reporter(source, now, dispatcher.timekeeper.steady_s)


def _writing(
    config: Config, dispatcher: Dispatcher, reporter: Reporter
) -> list[asyncio.Task[None]]:
    """What writes reports by itself, where the hall wants that."""
    reports = config.reports
    if reports.folder is None:
        return []
    wanted = Wanted(reports.folder, reports.day_sheet, reports.month, reports.language)
    schedule, tell = Schedule(wanted, dispatcher, reporter), dispatcher.on_change

    def told() -> None:
        tell()
        schedule.look()

    dispatcher.on_change = told
    return [asyncio.create_task(schedule.run(), name="schedule")]


@asynccontextmanager
async def _listening(doors: Doors, host: str, port: int) -> AsyncIterator[int]:
    try:
        server = await serve(
            doors.serve,
            host,
            port,
            process_request=doors.process_request,
            origins=[None],  # a page in somebody's browser has no business here
            compression=None,
            max_size=MAX_FRAME,
            write_limit=WRITE_LIMIT,
            open_timeout=HANDSHAKE_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=CLOSE_S,
            backlog=BACKLOG,
            server_header=None,
        )
    except OSError as error:
        raise CannotStart(f"cannot listen on {host} port {port}: {error.strerror}") from error
    async with server:
        yield server.sockets[0].getsockname()[1]


def _admission(config: Config, host: str, engine: Engine, readers: Engine) -> Admission:
    hall = config.setup.hall

    def check_token(device: str, token: str) -> bool:
        return token_is_right(readers, hall, device, token)

    def check_pin(officer: Officer, pin: str) -> bool:
        return pin_is_right(pin, pin_hash_of(readers, hall, officer.code) or officer.pin_hash)

    def change_pin(officer: Officer, pin: str, now: datetime) -> None:
        keep_pin(engine, hall, officer.code, hash_pin(pin), now)

    return Admission(
        devices=config.devices,
        officers={
            code: Officer(code, officer.pin_hash, officer.role)
            for code, officer in config.officers.items()
        },
        pin_is_right=check_pin,
        keep_pin=change_pin,
        token_is_right=None if is_loopback(host) else check_token,
    )


def require_safe_address(config: Config, host: str) -> None:
    """Beyond this machine, plain text needs an explicit word in the configuration."""
    if not is_loopback(host) and not config.server.plain_text_on_lan:
        raise CannotStart(
            f"{host} is not this machine alone, and what travels is not encrypted. Set "
            f"plain_text_on_lan = true under [server] in {config.path} if the network is trusted."
        )


def is_loopback(host: str) -> bool:
    """Can only this machine reach the address?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def run(config: Config, database: str, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, or until the dispatcher fails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _allow_many_connections()
    async with open_hall(config, database, host, port) as hall:
        gc.collect()
        gc.freeze()  # what is here now stays: later collections need not walk it
        print(f"motcua {config.setup.hall}: {hall.url}", flush=True)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, hall.running}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if hall.running.done():
            hall.running.result()


def _allow_many_connections() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def log_to_stderr() -> None:
    """One line an entry; the supervisor keeps them."""
    form = "%(asctime)s %(levelname)s %(name)s %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, stream=sys.stderr)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # strangers' noise at the door
    logging.getLogger("alembic").setLevel(logging.WARNING)


if __name__ == "__main__":
    from cli import main

    sys.exit(main(["server", *sys.argv[1:]]))
