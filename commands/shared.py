"""What several commands need: the configuration, addresses, and how they say no."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from config import Config

OK, MISTAKES, CANNOT = 0, 1, 2
INSTALLED_CONFIG: Final = "share/motcua/config.toml"


def shipped_config() -> Path:
    """config.toml in this folder, else the one that came with the program."""
    beside = Path(__file__).parent.with_name("config.toml")
    installed = Path(sys.prefix, INSTALLED_CONFIG)
    return next(path for path in (Path("config.toml"), beside, installed) if path.exists())


def config_of(arguments: argparse.Namespace) -> Config | None:
    """The configuration, or None after saying every mistake in it."""
    from config import Mistakes, read

    try:
        return read(arguments.config)
    except Mistakes as mistakes:
        print(mistakes, file=sys.stderr)
        return None


def place(arguments: argparse.Namespace, config: Config) -> tuple[str, int, str]:
    """Host, port and database: as asked for, else as configured."""
    configured = config.server
    port = configured.port if arguments.port is None else arguments.port
    return (
        arguments.host or configured.host,
        port,
        arguments.database or configured.database,
    )


def server_address(arguments: argparse.Namespace) -> tuple[str, int]:
    """Where a screen finds its server; the rest of the configuration is the server's affair."""
    from link.address import address_in

    host, port = address_in(arguments.config)
    return arguments.host or host, port if arguments.port is None else arguments.port


def ca_file(arguments: argparse.Namespace) -> Path | None:
    """The authority a screen trusts; None: the server's words are not encrypted."""
    from link.address import ca_in, kept_ca

    given: Path | None = arguments.ca
    return given or ca_in(arguments.config) or kept_ca()


class NoWay(Exception):  # noqa: N818 - said to whoever starts a screen
    """What a screen is to trust cannot be read."""


def way_to_server(arguments: argparse.Namespace) -> tuple[str, Path | None]:
    """The server's address, and the authority that is trusted; None: it is not encrypted.

    Raises NoWay.
    """
    from ssl import SSLError

    from link.trust import trusting

    host, port = server_address(arguments)
    ca = ca_file(arguments)
    try:
        if ca is not None:
            trusting(ca)
    except OSError as error:
        unreadable = not isinstance(error, SSLError)
        why = error.strerror if unreadable else "not what `motcua tls` wrote as ca.pem"
        raise NoWay(f"{ca}: {why}") from None
    place = f"[{host}]" if ":" in host else host
    return f"{'ws' if ca is None else 'wss'}://{place}:{port}/", ca


def warn(config: Config, host: str) -> None:
    from config import check

    for warning in check(config, host):
        print(f"warning: {warning}", file=sys.stderr)


def cannot(why: str) -> int:
    print(f"motcua: {why}", file=sys.stderr)
    return CANNOT
