"""The commands about a whole hall: serve it, play it, check it, let devices and officers in."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from commands.shared import MISTAKES, OK, cannot, config_of, place, warn


def server(arguments: argparse.Namespace) -> int:
    import server
    from records.errors import NotRecorded, RecordsError

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    host, port, database = place(arguments, config)
    server.log_to_stderr()
    warn(config, host)
    try:
        asyncio.run(server.run(config, database, host, port))
    except (server.CannotStart, RecordsError, NotRecorded) as error:
        return cannot(str(error))
    return OK


def demo(arguments: argparse.Namespace) -> int:
    from demo.run import run
    from records.errors import NotRecorded, RecordsError
    from server import CannotStart

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    try:
        return asyncio.run(run(config, arguments))
    except (RecordsError, NotRecorded, CannotStart, ValueError) as error:
        return cannot(str(error))


def check(arguments: argparse.Namespace) -> int:
    from commands.voice import faults_of_voice

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    host, _, _ = place(arguments, config)
    warn(config, host)
    for fault in faults_of_voice(config):
        print(f"warning: {fault}", file=sys.stderr)
    setup = config.setup
    print(
        f"{config.path}: {len(setup.services)} services, {len(setup.counters)} counters, "
        f"{len(config.devices)} devices. No mistakes."
    )
    return OK


def pair(arguments: argparse.Namespace) -> int:
    from records.engine import connect
    from records.errors import NotRecorded, RecordsError
    from records.migrate import upgrade
    from records.pairing import pair

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    if arguments.device not in config.devices:
        known = ", ".join(config.devices)
        return cannot(f"{config.path} has no device {arguments.device}. It has: {known}.")
    out: Path = arguments.out or Path(f"{arguments.device}.token")
    try:
        engine = connect(place(arguments, config)[2])
        upgrade(engine)
        token = pair(engine, config.setup.hall, arguments.device, datetime.now(UTC))
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.fchmod(descriptor, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{token}\n")
    except (RecordsError, NotRecorded) as error:
        return cannot(str(error))
    except OSError as error:
        return cannot(f"{out}: {error.strerror}")
    print(f"{out}: the token of {arguments.device}. Start it with --token-file {out}")
    return OK


def pin(arguments: argparse.Namespace) -> int:
    from records.engine import connect
    from records.errors import NotRecorded, RecordsError
    from records.migrate import upgrade
    from records.pins import forget_pin

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    officer = arguments.officer
    if officer not in config.officers:
        known = ", ".join(config.officers)
        return cannot(f"{config.path} has no officer {officer}. It has: {known}.")
    try:
        engine = connect(place(arguments, config)[2])
        upgrade(engine)
        had_chosen = forget_pin(engine, config.setup.hall, officer)
    except (RecordsError, NotRecorded) as error:
        return cannot(str(error))
    counts = "counts again, from now on" if had_chosen else "counted already: no other was chosen"
    print(f"{officer}: the PIN in {config.path} {counts}.")
    return OK


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
