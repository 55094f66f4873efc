"""The commands that start a screen, or what stands in for one."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commands.shared import NoWay, cannot, way_to_server

if TYPE_CHECKING:
    from terminal.app import HallApp

Build = Callable[..., "HallApp"]


def kiosk(arguments: argparse.Namespace) -> int:
    _start_quickly()
    from kiosk.app import build
    from link.tokens import state_folder

    return _screen(arguments, partial(build, kept_in=state_folder()))


def counter(arguments: argparse.Namespace) -> int:
    if arguments.headless:
        from counter.headless import run

        return _joined(arguments, run)
    _start_quickly()
    from counter.app import build

    return _screen(arguments, build)


def display(arguments: argparse.Namespace) -> int:
    _start_quickly()
    from display.app import build

    return _screen(arguments, build)


def rating(arguments: argparse.Namespace) -> int:
    _start_quickly()
    from rating.app import build

    return _screen(arguments, build)


def manager(arguments: argparse.Namespace) -> int:
    _start_quickly()
    from manager.app import build

    return _screen(arguments, build)


def _start_quickly() -> None:
    """What a program loads stays: to look for garbage in it takes a quarter of the start."""
    gc.disable()


def _screen(arguments: argparse.Namespace, build: Build) -> int:
    from link.logs import log_what_fails
    from terminal.app import default_log, run_screen

    def show(url: str, device: str, token: str, ca: Path | None) -> int:
        log_what_fails()
        gc.freeze()
        gc.enable()  # making a screen leaves megabytes of garbage, and all of it is young
        app = build(url, device, token, language=arguments.language)
        app.ca = ca
        return run_screen(app, default_log(device))

    return _joined(arguments, show)


def _joined(arguments: argparse.Namespace, run: Callable[[str, str, str, Path | None], int]) -> int:
    """Run with the server's address, the device's name and its token, and whom it trusts."""
    from link.tokens import BadToken, read_token, token_file

    file = arguments.token_file or token_file(arguments.device)
    try:
        wanted = arguments.token_file is not None or file.exists()
        token = read_token(file) if wanted else ""
        url, ca = way_to_server(arguments)
    except (BadToken, NoWay) as error:
        return cannot(str(error))
    return run(url, arguments.device, token, ca)
