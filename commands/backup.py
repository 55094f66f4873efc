"""The commands for the day when the disk dies: a backup, and putting one back."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from commands.shared import MISTAKES, OK, cannot, config_of, place


def backup(arguments: argparse.Namespace) -> int:
    from records.backup import backup, bring_up_to_date, dump_command
    from records.engine import address_of, path_of
    from records.errors import RecordsError

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    file: Path = arguments.file
    began = time.monotonic()
    try:
        address = address_of(place(arguments, config)[2])
        if address.drivername != "sqlite":
            command = dump_command(address, file)
            return cannot(f"PostgreSQL makes its backups itself, while it runs: {command}")
        database, hall = path_of(address), config.setup.hall
        if arguments.update:
            held, done = bring_up_to_date(database, file, hall), "brought up to date"
        else:
            held = backup(database, file, hall, replacing=arguments.force)
            done = "copied and verified"
    except RecordsError as error:
        return cannot(str(error))
    megabytes = file.stat().st_size / 1e6
    took_s = time.monotonic() - began
    print(f"{file}: {held}. {megabytes:,.0f} MB, {done} in {took_s:.1f} s.")
    return OK


def restore(arguments: argparse.Namespace) -> int:
    from records.backup import load_command
    from records.engine import address_of, path_of
    from records.errors import RecordsError
    from records.restore import restore

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    file: Path = arguments.file
    try:
        address = address_of(arguments.to or place(arguments, config)[2])
        if address.drivername != "sqlite":
            command = load_command(address, file)
            return cannot(f"PostgreSQL puts its backups back itself: {command}")
        database, now = path_of(address), datetime.now(UTC)
        done = restore(file, database, config.setup.hall, now, replacing=arguments.force)
    except RecordsError as error:
        return cannot(str(error))
    if done.kept is not None:
        print(f"{done.kept}: what was there before ({done.before or 'it could not be read'}).")
    print(f"{database}: the records go up to {done.extent}.")
    print("Numbers given after that are not in it and may be given again: collect those tickets.")
    return OK
