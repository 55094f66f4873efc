"""The commands that let devices and people in, or no longer. They run beside the server, which
notices within a second."""

from __future__ import annotations

import argparse
import asyncio
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from commands.shared import MISTAKES, OK, NoWay, cannot, config_of, place, way_to_server

if TYPE_CHECKING:
    from config import Config
    from config.values import Officer
    from dispatch.registry import Registry
    from records.pairing import Paired

WHY_NOT_JOINED: Final = {  # as the server says it, or its way
    "bad_code": "the code is wrong, or no longer good, or five wrong ones came from this machine."
    " `motcua pair DEVICE` on the server's machine makes a new one",
    "unknown_device": "the server's configuration has no device of this name",
    "protocol": "this program and the server are of different versions",
    "not_recorded": "the server cannot write it down: look at its disk",
    "no_server": "no server answers there",
}


def _cannot(error: Exception) -> int:
    return cannot(str(error))


# --- Devices -------------------------------------------------------------------------------------


def pair(arguments: argparse.Namespace) -> int:
    """On the server's machine: a one-time code."""
    device: str = arguments.device

    def offer(registry: Registry, config: Config) -> str:
        code = registry.offer_pairing(device, datetime.now(UTC))
        return f"{code}\nOn the machine of {device}, within 10 minutes: motcua join {device} {code}"

    return _with_device(arguments, offer)


def join(arguments: argparse.Namespace) -> int:
    """On the device's machine: its token, for the code."""
    from link.joining import NotJoined
    from link.joining import join as ask
    from link.messages import PROTOCOL, Pair
    from link.tokens import BadToken, keep_paired, token_file, token_to_pair_with
    from link.trust import trusting

    device, code = arguments.device, arguments.code
    file = arguments.token_file or token_file(device)
    try:
        url, ca = way_to_server(arguments)
        tls = None if ca is None else trusting(ca)
        wanted = Pair(PROTOCOL, device, code, token_to_pair_with(file))
        paired = asyncio.run(ask(url, wanted, tls))
        keep_paired(file)
    except NotJoined as error:
        why = WHY_NOT_JOINED.get(error.reason, error.reason)
        return cannot(f"{device} is not paired: {why} ({error.detail or error.reason}).")
    except (BadToken, NoWay) as error:
        return _cannot(error)
    how = f" --token-file {file}" if arguments.token_file else ""
    print(
        f"{device} is paired with {paired.hall}. Now: motcua {paired.role} --device {device}{how}"
    )
    return OK


def unpair(arguments: argparse.Namespace) -> int:
    device: str = arguments.device

    def drop(registry: Registry, config: Config) -> str:
        dropped = registry.unpair(device, _who(), datetime.now(UTC))
        return f"{device} is let in no more." if dropped else f"{device} was not paired."

    return _with_device(arguments, drop)


def devices(arguments: argparse.Namespace) -> int:
    def listed(registry: Registry, config: Config) -> str:
        paired = registry.devices()
        zone = config.setup.hours.timezone

        def moment(at: datetime | None) -> str:
            return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "-"

        rows = [("device", "role", "paired", "last seen", "")]
        for code, info in config.devices.items():
            rows.append((code, info.role, *_standing(paired.get(code), moment)))
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )

    return _with_registry(arguments, listed)


def _standing(
    paired: Paired | None, moment: Callable[[datetime | None], str]
) -> tuple[str, str, str]:
    """When it was paired, when it was seen last, and what else is to be said."""
    if paired is None:
        return "-", "-", ""
    if not paired.is_paired:
        return "unpaired", moment(paired.seen_at), ""
    online = "online" if paired.online else ""
    return moment(paired.paired_at), moment(paired.seen_at), online


def _with_device(arguments: argparse.Namespace, work: Callable[[Registry, Config], str]) -> int:
    config = config_of(arguments)
    if config is None:
        return MISTAKES
    if arguments.device not in config.devices:
        known = ", ".join(config.devices)
        return cannot(f"{config.path} has no device {arguments.device}. It has: {known}.")
    return _with_registry(arguments, work, config)


# --- People --------------------------------------------------------------------------------------


def officer(arguments: argparse.Namespace) -> int:
    """Suspend an account, or restore it."""

    def change(registry: Registry, one: Officer) -> str:
        now = datetime.now(UTC)
        if arguments.suspend:
            changed = registry.suspend(one.code, _who(), now)
            state = "is suspended: nobody signs in with it"
        else:
            changed = registry.restore(one.code, _who(), now)
            state = "is good again"
        return f"{one.code} {state}." if changed else f"{one.code}: so it was already."

    return _with_officer(arguments, change)


def pin(arguments: argparse.Namespace) -> int:
    """What was chosen is gone."""

    def reset(registry: Registry, one: Officer) -> str:
        from dispatch.registry import Officer as Account

        had_chosen = one.code in registry.have_chosen()
        account = Account(one.code, one.pin_hash, one.role)
        code = registry.reset_pin(account, _who(), datetime.now(UTC))
        if code is not None:
            return f"{code}\n{one.code} signs in with this code within 7 days, and chooses anew."
        counts = "counts again, from now on" if had_chosen else "counted already"
        more = "" if had_chosen else ": no other was chosen"
        return f"{one.code}: the PIN in {arguments.config} {counts}{more}."

    return _with_officer(arguments, reset)


def _with_officer(arguments: argparse.Namespace, work: Callable[[Registry, Officer], str]) -> int:
    from config.access import accounts_of

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    accounts = accounts_of(config, place(arguments, config)[0])
    one = accounts.get(arguments.officer)
    if one is None:
        known = ", ".join(accounts)
        return cannot(f"{config.path} has no officer {arguments.officer}. It has: {known}.")
    return _with_registry(arguments, lambda registry, _: work(registry, one), config)


# --- What all need -------------------------------------------------------------------------------


def _with_registry(
    arguments: argparse.Namespace,
    work: Callable[[Registry, Config], str],
    config: Config | None = None,
) -> int:
    """Do the work on the hall's records, and print what comes of it."""
    from records.errors import NotRecorded, RecordsError

    config = config or config_of(arguments)
    if config is None:
        return MISTAKES
    try:
        with _registry(place(arguments, config)[2], config) as registry:
            print(work(registry, config))
    except (RecordsError, NotRecorded) as error:
        return _cannot(error)
    return OK


@contextmanager
def _registry(database: str, config: Config) -> Iterator[Registry]:
    from config.pins import hash_pin, pin_is_right
    from dispatch.registry import Hashing, Registry
    from records.engine import connect
    from records.migrate import upgrade

    engine = connect(database)
    try:
        upgrade(engine)
        hashing = Hashing(hash_pin, pin_is_right)
        yield Registry(engine, engine, config.setup.hall, hashing)
    finally:
        engine.dispose()


def _who() -> str:
    """Whoever gave the command, for the records."""
    try:
        return f"command:{getpass.getuser()}"
    except (OSError, KeyError):  # a user id without a name
        return "command"
