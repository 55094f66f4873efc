"""The commands that start a screen, or what stands in for one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from commands.shared import cannot, server_address

if TYPE_CHECKING:
    from terminal.app import HallApp

Build = Callable[..., "HallApp"]


def kiosk(arguments: argparse.Namespace) -> int:
    from kiosk.app import build
    from terminal.app import state_folder

    return _screen(arguments, partial(build, kept_in=state_folder()))


def counter(arguments: argparse.Namespace) -> int:
    if arguments.headless:
        from counter.headless import run

        return _joined(arguments, run)
    from counter.app import build

    return _screen(arguments, build)


def display(arguments: argparse.Namespace) -> int:
    from display.app import build

    return _screen(arguments, build)


def rating(arguments: argparse.Namespace) -> int:
    from rating.app import build

    return _screen(arguments, build)


def manager(arguments: argparse.Namespace) -> int:
    from manager.app import build

    return _screen(arguments, build)


def _screen(arguments: argparse.Namespace, build: Build) -> int:
    from terminal.app import default_log, run_screen

    def show(url: str, device: str, token: str) -> int:
        app = build(url, device, token, language=arguments.language)
        return run_screen(app, default_log(device))

    return _joined(arguments, show)


def _joined(arguments: argparse.Namespace, run: Callable[[str, str, str], int]) -> int:
    """Run with the server's address, the device's name and its token."""
    try:
        token = arguments.token_file.read_text().strip() if arguments.token_file else ""
    except OSError as error:
        return cannot(f"{arguments.token_file}: {error.strerror}")
    except UnicodeDecodeError:
        return cannot(f"{arguments.token_file}: not what `motcua pair` wrote")
    host, port = server_address(arguments)
    return run(f"ws://{host}:{port}/", arguments.device, token)
