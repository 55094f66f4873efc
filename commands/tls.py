"""The command that makes, renews and shows the hall's certificates."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from commands.shared import MISTAKES, OK, cannot, config_of

if TYPE_CHECKING:
    from config import Config

USUAL_FOLDER = Path("tls")


def tls(arguments: argparse.Namespace) -> int:
    from config.certificates import BadCertificates

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    folder: Path = arguments.out or config.server.tls or USUAL_FOLDER
    try:
        if arguments.show:
            return _show(folder)
        if arguments.renew:
            return _renew(folder, arguments)
        return _make(folder, config, arguments)
    except BadCertificates as bad:
        return cannot(str(bad))
    except OSError as error:
        return cannot(f"{error.filename or folder}: {error.strerror}")


def _show(folder: Path) -> int:
    from config.certificates import CA, SERVER, read

    now = datetime.now(UTC)
    for name in (SERVER, CA):
        found = read(folder / name)
        days = found.days_left(now)
        left = f"{days} days left" if days >= 0 else "ENDED"
        print(f"{folder / name}: until {found.until:%Y-%m-%d} ({left}), issued by {found.issuer}")
        if found.names:
            print(f"    for {', '.join(found.names)}")
    return OK


def _renew(folder: Path, arguments: argparse.Namespace) -> int:
    from config.certificates import CA_KEY, SERVER, renew

    ca_key = arguments.ca_key or folder / CA_KEY
    renew(folder, ca_key, _names(arguments), datetime.now(UTC))
    _show(folder)
    print(f"A running server takes the new {SERVER} by itself within a minute; no screen notices.")
    return OK


def _make(folder: Path, config: Config, arguments: argparse.Namespace) -> int:
    from config.certificates import CA, CA_KEY, make
    from config.leaves import is_loopback

    names = _names(arguments)
    if not names and not is_loopback(config.server.host):
        names = [config.server.host]
    if not names or names[0] in ("0.0.0.0", "::"):  # noqa: S104 - said, not listened on
        return cannot("which server? --name hall.local or --address 192.0.2.10, as screens call it")
    make(folder, config.setup.hall, names, datetime.now(UTC), force=arguments.force)
    _show(folder)
    print(
        f'In the server\'s configuration, under [server]: tls = "{folder}"\n'
        f"Copy {folder / CA} to every screen (~/.local/state/motcua/ca.pem, or --ca FILE).\n"
        f"Keep {folder / CA_KEY} away from the server, on a stick in a safe: whoever has it can\n"
        "pass for the server. It is needed again for `motcua tls --renew` only."
    )
    return OK


def _names(arguments: argparse.Namespace) -> list[str]:
    return [*arguments.name, *arguments.address]
