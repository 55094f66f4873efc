"""The command that says what is to be mended, on the server's machine or on a screen's."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from commands.shared import MISTAKES, OK, NoWay, cannot, config_of, place, way_to_server

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config import Config
    from doctor.finding import Check, Finding
    from terminal.words import Words

ROLES: Final = ("kiosk", "counter", "display", "rating", "manager")
CALLED: Final = {"board": "display"}  # what a role's devices are called where it is another word
USUAL: Final = {role: f"{role}-1" for role in ROLES} | {"display": "board-1"}


def doctor(arguments: argparse.Namespace) -> int:
    logging.disable(logging.WARNING)  # what devices tell the log is told in the hall's words here
    if arguments.device is None:
        return _server(arguments)
    return _screen(arguments)


def _server(arguments: argparse.Namespace) -> int:
    from config import check
    from doctor.views import Way, of_server
    from records.engine import address_of, path_of
    from records.errors import RecordsError
    from terminal.words import load

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    try:
        host, _, database = place(arguments, config)
        address = address_of(database)
        records = path_of(address) if address.drivername == "sqlite" else None
        url, ca = way_to_server(arguments)
    except (RecordsError, NoWay) as error:
        return cannot(str(error))
    info = config.hall_info
    words = load(arguments.language or info.languages[0], info.timezone)
    advice = len(list(check(config, host)))
    return _told(
        of_server(config, records, advice, Way(url, ca, here=True), words), words, arguments
    )


def _screen(arguments: argparse.Namespace) -> int:
    from config.leaves import is_loopback
    from doctor.machine import screen_runs
    from doctor.views import Screen, Way, of_screen
    from terminal.words import load

    try:
        url, ca = way_to_server(arguments)
    except NoWay as error:
        return cannot(str(error))
    config = _config(arguments.config)
    name: str = arguments.device
    device = None if config is None else config.devices.get(name)
    role = arguments.role or (device.role if device else _role_of(name))
    if role is None:
        return cannot(f"what is {name}? --role kiosk, counter, display, rating or manager")
    info = None if config is None else config.hall_info
    zone = info.timezone if info else "Asia/Ho_Chi_Minh"
    words = load(arguments.language or (info.languages[0] if info else "vi"), zone)
    runs = screen_runs(role, name, USUAL[role])
    looked_at = Screen(name, role, device, runs, _is_whole(arguments.config), arguments.token_file)
    way = Way(url, ca, here=is_loopback(urlsplit(url).hostname or ""))
    return _told(of_screen(looked_at, way, words, prints=arguments.print), words, arguments)


def _config(file: Path) -> Config | None:
    """A screen's machine may have a file that says where the server is, and nothing else."""
    from config import Mistakes, read

    try:
        return read(file)
    except (Mistakes, OSError):
        return None


def _is_whole(file: Path) -> bool:
    """Has it devices, rather than the server's address alone?"""
    import tomllib

    try:
        return "devices" in tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def _role_of(name: str) -> str | None:
    """As devices are usually called: kiosk-1, board-2."""
    first = name.partition("-")[0]
    role = CALLED.get(first, first)
    return role if role in ROLES else None


def _told(checks: Iterable[Check], words: Words, arguments: argparse.Namespace) -> int:
    """Said while it is looked at: a check may take seconds."""
    from doctor.finding import findings
    from doctor.told import as_json, line

    found = []
    for finding in findings(checks):
        found.append(finding)
        if not arguments.json:
            print(line(finding, words), flush=True)
    if arguments.json:
        print(as_json(found, words))
        return _code(found)
    count = {state: sum(one.state == state for one in found) for state in ("mend", "look")}
    print(words("doctor.whole" if _code(found) else "doctor.whole_well", **count))
    return _code(found)


def _code(found: list[Finding]) -> int:
    return MISTAKES if any(one.state == "mend" for one in found) else OK
