"""The commands for the day when the disk dies: a backup, and putting one back."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from commands.proving import proven
from commands.shared import MISTAKES, cannot, config_of, place


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
            before, held = bring_up_to_date(database, file, hall)
            done, since = "what is new copied", before.day
        else:
            held = backup(database, file, hall, replacing=arguments.force)
            done, since = "copied, every page of it checked,", held.day
    except RecordsError as error:
        return cannot(str(error))
    megabytes = file.stat().st_size / 1e6
    took_s = time.monotonic() - began
    print(f"{file}: {held}. {megabytes:,.0f} MB, {done} in {took_s:.1f} s.")
    return proven(str(file), config, None if arguments.whole else since)


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
    if done.access_carried:
        print("Who may come in is as it was last: tokens, PINs, suspended accounts.")
    else:
        print(
            "Who may come in is as it was then: unpair and suspend once more whom you have unpaired"
            " or suspended since, and change the PINs that were changed."
        )
    print("Numbers given after that are not in it and may be given again: collect those tickets.")
    return proven(str(database), config, None if arguments.whole else done.extent.day)
