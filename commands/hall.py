"""The commands about a whole hall: serve it, play it, check it, let devices and officers in."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commands.shared import MISTAKES, OK, cannot, config_of, place, warn

if TYPE_CHECKING:
    from config import Config

KILLED_WITHIN_S: Final = 2.0  # a process of the server's, unless something holds it
LOOK_S: Final = 0.01
FAILED: Final = 1

log = logging.getLogger("motcua.server")


def server(arguments: argparse.Namespace) -> int:
    config = config_of(arguments)
    if config is None:
        return MISTAKES
    host, port, database = place(arguments, config)
    try:
        _begin_log(arguments.log or config.server.log)
    except OSError as error:
        return cannot(f"the log cannot be written to {error.filename}: {error.strerror}")
    _log_configuration(config, host)
    try:
        return _serve(config, database, host, port)
    finally:
        _part_with_the_stuck()


def _serve(config: Config, database: str, host: str, port: int) -> int:
    import uvloop

    import server
    from records.errors import NotRecorded, RecordsError

    try:
        uvloop.run(server.run(config, database, host, port))
    except (server.CannotStart, RecordsError, NotRecorded) as error:
        return cannot(str(error))
    return OK


def _part_with_the_stuck() -> None:
    """A process that a dead disk or share holds ends at no signal; Python would wait for it."""
    from multiprocessing import active_children

    until = time.monotonic() + KILLED_WITHIN_S
    while active_children():
        if time.monotonic() > until:
            failed = sys.exc_info()
            if failed[0] is not None:
                sys.excepthook(*failed)
            log.error("a process that was killed does not end: it is left behind")
            logging.shutdown()
            os._exit(OK if failed[0] is None else FAILED)
        time.sleep(LOOK_S)


def _begin_log(file: Path | None) -> None:
    """Raises OSError where the file cannot be written."""
    from link.logs import log_to_both, log_to_stderr, log_what_fails

    if file is None:
        log_to_stderr()
    else:
        log_to_both(file)
    log_what_fails()


def _log_configuration(config: Config, host: str) -> None:
    """Which file is in force, so that a change is seen; and what deserves a word in it."""
    from config import check

    digest = hashlib.sha256(config.path.read_bytes()).hexdigest()
    about = {"event": "configuration", "sha256": digest}
    log.info("%s is in force", config.path.absolute(), extra=about)
    for advice in check(config, host):
        log.warning("%s", advice, extra={"event": "advice"})


def demo(arguments: argparse.Namespace) -> int:
    from demo.run import run
    from records.errors import NotRecorded, RecordsError
    from server import CannotStart
    from whatif.errors import WhatIfError

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    try:
        return asyncio.run(run(config, arguments))
    except WhatIfError as error:
        return cannot(error.told(config.hall_info.languages[0]))
    except (RecordsError, NotRecorded, CannotStart, ValueError) as error:
        return cannot(str(error))


def check(arguments: argparse.Namespace) -> int:
    from commands.voice import faults_of_voice

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    host, _, database = place(arguments, config)
    warn(config, host)
    for fault in [*faults_of_voice(config), *_of_records(database, config.setup.hall)]:
        print(f"warning: {fault}", file=sys.stderr)
    setup = config.setup
    print(
        f"{config.path}: {len(setup.services)} services, {len(setup.counters)} counters, "
        f"{len(config.devices)} devices. No mistakes."
    )
    return OK


def _of_records(database: str, hall: str) -> Iterator[str]:
    """What deserves a word in a file of records that is there."""
    from records import halls
    from records.engine import address_of, connect_readonly, path_of
    from records.errors import NotRecorded, RecordsError, trouble_explained
    from records.migrate import is_current

    try:
        address = address_of(database)
        if address.drivername != "sqlite" or not path_of(address).exists():
            return
        engine = connect_readonly(database, as_it_lies=True)
        with trouble_explained(), engine.connect() as connection:
            found = halls.warning(connection, hall) if is_current(engine) else None
        engine.dispose()
    except (RecordsError, NotRecorded) as error:
        found = str(error)
    if found is not None:
        yield found


def story(arguments: argparse.Namespace) -> int:
    import msgspec

    from hall.commands import Refused
    from hall.hours import business_day
    from records.engine import connect_readonly
    from records.errors import NotRecorded, RecordsError
    from records.story import story_of
    from terminal.story import story_lines
    from terminal.words import load

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    setup, info = config.setup, config.hall_info
    words = load(arguments.language or info.languages[0], info.timezone)
    day = arguments.day or business_day(setup.hours, datetime.now(UTC))
    try:
        engine = connect_readonly(place(arguments, config)[2])
        story = story_of(engine, setup, day, arguments.ticket)
    except (RecordsError, NotRecorded) as error:
        return cannot(str(error))
    if isinstance(story, Refused):
        return cannot(words(f"story.{story.reason}", **story.facts))
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(story)).decode())
    else:
        print("\n".join(story_lines(story, info, words)))
    return OK
