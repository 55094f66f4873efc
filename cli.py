"""The command `motcua`: reads arguments and starts what they name. No logic.

Each command imports only what it runs, so that a screen starts fast.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config import Config
    from terminal.app import HallApp

OK, MISTAKES, CANNOT = 0, 1, 2
INTERRUPTED = 130
INSTALLED_CONFIG = "share/motcua/config.toml"
LAST_PORT = 65535
Build = Callable[..., "HallApp"]


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 for mistakes found, 2 for cannot start."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except BrokenPipeError:  # whoever reads what we print has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="motcua", description="The queue of a public one-stop hall (bộ phận một cửa)."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = _common_options()

    server = commands.add_parser("server", parents=[common], help="serve the hall")
    server.set_defaults(run=_server)

    for name, run, device, what in (
        ("kiosk", _kiosk, "kiosk-1", "the citizen's screen: take a ticket"),
        ("counter", _counter, "counter-1", "the officer's screen: call and serve"),
        ("display", _display, "board-1", "the hall's board: who is called where"),
    ):
        screen = commands.add_parser(name, parents=[common], help=what)
        screen.add_argument(
            "--device", default=device, help="its name in config.toml (%(default)s)"
        )
        screen.add_argument("--token-file", type=Path, help="what `motcua pair` wrote for it")
        screen.add_argument("--language", help="vi or en; default: the hall's first")
        screen.set_defaults(run=run)

    demo = commands.add_parser("demo", parents=[common], help="a whole hall at work, to try")
    _demo_options(demo)
    demo.set_defaults(run=_demo)

    printer = commands.add_parser("printer", help="try a printer")
    _printer_options(printer)
    printer.set_defaults(run=_printer)

    check = commands.add_parser("check", parents=[common], help="find mistakes in config.toml")
    check.set_defaults(run=_check)

    ticket = commands.add_parser("ticket", parents=[common], help="a sample of the printed ticket")
    _ticket_options(ticket)
    ticket.set_defaults(run=_ticket)

    pair = commands.add_parser("pair", parents=[common], help="give a device its token")
    pair.add_argument("device", help="its name in config.toml")
    pair.add_argument("--out", type=Path, help="file to write (DEVICE.token)")
    pair.set_defaults(run=_pair)
    return parser


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=_shipped_config(), metavar="FILE")
    common.add_argument("--database", metavar="URL", help="instead of the one in config.toml")
    common.add_argument("--host", metavar="H", help="instead of the one in config.toml")
    common.add_argument("--port", type=_port, metavar="P", help="likewise; 0: any free one")
    return common


def _demo_options(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--headless", action="store_true", help="no window: print the day's figures")
    demo.add_argument("--visits", type=int, default=250, help="citizens on the day (%(default)s)")
    demo.add_argument("--counters", type=int, help="how many are staffed; default: all")
    demo.add_argument(
        "--speed", type=_speed, help="times as fast as life, or max (30; max without a window)"
    )
    demo.add_argument("--seed", type=int, default=7, help="same seed, same day (%(default)s)")
    demo.add_argument(
        "--textbook",
        action="store_true",
        help="nobody walks, misses a call, is sent on or goes first: the bare queue",
    )
    demo.add_argument(
        "--day", type=date.fromisoformat, default=date(2026, 11, 24), help="(%(default)s)"
    )


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {LAST_PORT}")
    return int(text)


def _ticket_options(ticket: argparse.ArgumentParser) -> None:
    ticket.add_argument("--preview", type=Path, metavar="FILE", help="write it as a PNG picture")
    ticket.add_argument("--bytes", type=Path, metavar="FILE", help="write what a printer is sent")
    ticket.add_argument(
        "--width", type=int, choices=(576, 384), default=576, help="dots: 80 or 58 mm paper"
    )
    ticket.add_argument("--template", type=Path, metavar="FILE", help="instead of the shipped one")
    ticket.add_argument("--service", help="its code; default: the hall's first")
    ticket.add_argument("--group", help="a priority group's code")
    ticket.add_argument("--language", help="the citizen's; default: the hall's first")


def _printer_options(printer: argparse.ArgumentParser) -> None:
    printer.add_argument(
        "device",
        help="tcp://HOST:9100, serial:///dev/ttyUSB0?baud=115200&rtscts=1 or file:///dev/usb/lp0",
    )
    what = printer.add_mutually_exclusive_group(required=True)
    what.add_argument("--status", action="store_true", help="say how it is")
    what.add_argument("--test", action="store_true", help="print a page that shows its letters")
    printer.add_argument(
        "--width", type=int, choices=(576, 384), default=576, help="dots: 80 or 58 mm paper"
    )


def _speed(text: str) -> float:
    speed = float("inf") if text == "max" else float(text)
    if not speed > 0:
        raise argparse.ArgumentTypeError("a number above 0, or max")
    return speed


def _shipped_config() -> Path:
    """config.toml in this folder, else the one that came with the program."""
    beside, installed = Path(__file__).with_name("config.toml"), Path(sys.prefix, INSTALLED_CONFIG)
    return next(path for path in (Path("config.toml"), beside, installed) if path.exists())


# --- The commands --------------------------------------------------------------------------------


def _server(arguments: argparse.Namespace) -> int:
    import server
    from records.errors import NotRecorded, RecordsError

    config = _config(arguments)
    if config is None:
        return MISTAKES
    host, port, database = _place(arguments, config)
    server.log_to_stderr()
    _warn(config, host)
    try:
        asyncio.run(server.run(config, database, host, port))
    except (server.CannotStart, RecordsError, NotRecorded) as error:
        return _cannot(str(error))
    return OK


def _kiosk(arguments: argparse.Namespace) -> int:
    from kiosk.app import build
    from terminal.app import state_folder

    return _screen(arguments, partial(build, kept_in=state_folder()))


def _counter(arguments: argparse.Namespace) -> int:
    from counter.app import build

    return _screen(arguments, build)


def _display(arguments: argparse.Namespace) -> int:
    from display.app import build

    return _screen(arguments, build)


def _screen(arguments: argparse.Namespace, build: Build) -> int:
    from terminal.app import default_log, run_screen

    try:
        token = arguments.token_file.read_text().strip() if arguments.token_file else ""
    except OSError as error:
        return _cannot(f"{arguments.token_file}: {error.strerror}")
    except UnicodeDecodeError:
        return _cannot(f"{arguments.token_file}: not what `motcua pair` wrote")
    host, port = _server_address(arguments)
    app = build(f"ws://{host}:{port}/", arguments.device, token, language=arguments.language)
    return run_screen(app, default_log(arguments.device))


def _demo(arguments: argparse.Namespace) -> int:
    from demo.run import run
    from records.errors import NotRecorded, RecordsError
    from server import CannotStart

    config = _config(arguments)
    if config is None:
        return MISTAKES
    try:
        return asyncio.run(run(config, arguments))
    except (RecordsError, NotRecorded, CannotStart, ValueError) as error:
        return _cannot(str(error))


def _printer(arguments: argparse.Namespace) -> int:
    from hardware.transport import BadAddress, address_of
    from hardware.trial import print_test, show_status

    try:
        address = address_of(arguments.device)
    except BadAddress as error:
        return _cannot(str(error))
    if arguments.status:
        return OK if show_status(address, print) else CANNOT
    return OK if print_test(address, arguments.width, print) else CANNOT


def _check(arguments: argparse.Namespace) -> int:
    config = _config(arguments)
    if config is None:
        return MISTAKES
    host, _, _ = _place(arguments, config)
    _warn(config, host)
    setup = config.setup
    print(
        f"{config.path}: {len(setup.services)} services, {len(setup.counters)} counters, "
        f"{len(config.devices)} devices. No mistakes."
    )
    return OK


def _pair(arguments: argparse.Namespace) -> int:
    from records.engine import connect
    from records.errors import NotRecorded, RecordsError
    from records.migrate import upgrade
    from records.pairing import pair

    config = _config(arguments)
    if config is None:
        return MISTAKES
    if arguments.device not in config.devices:
        known = ", ".join(config.devices)
        return _cannot(f"{config.path} has no device {arguments.device}. It has: {known}.")
    out: Path = arguments.out or Path(f"{arguments.device}.token")
    try:
        engine = connect(_place(arguments, config)[2])
        upgrade(engine)
        token = pair(engine, config.setup.hall, arguments.device, datetime.now(UTC))
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.fchmod(descriptor, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{token}\n")
    except (RecordsError, NotRecorded) as error:
        return _cannot(str(error))
    except OSError as error:
        return _cannot(f"{out}: {error.strerror}")
    print(f"{out}: the token of {arguments.device}. Start it with --token-file {out}")
    return OK


def _ticket(arguments: argparse.Namespace) -> int:
    from hardware.layout import ticket_picture
    from hardware.raster import preview, raster, terminal_preview
    from hardware.template import SHIPPED, TemplateMistakes, read
    from kiosk.paper import NotInHall, sample_facts

    config = _config(arguments)
    if config is None:
        return MISTAKES
    chosen = (arguments.service, arguments.group, arguments.language)
    try:
        template = read(arguments.template or SHIPPED)
        facts = sample_facts(config.hall_info, *chosen, datetime.now(UTC))
    except TemplateMistakes as mistakes:
        print(mistakes, file=sys.stderr)
        return MISTAKES
    except NotInHall as error:
        return _cannot(f"{config.path}: {error}")
    picture = ticket_picture(facts, template, arguments.width)
    for trouble in template.troubles:
        print(trouble, file=sys.stderr)
    if arguments.preview is None and arguments.bytes is None:
        print("\n".join(terminal_preview(picture, shutil.get_terminal_size().columns)))
    try:
        if arguments.preview is not None:
            arguments.preview.write_bytes(preview(picture))
        if arguments.bytes is not None:
            arguments.bytes.write_bytes(raster(picture))
    except OSError as error:
        return _cannot(f"{error.filename}: {error.strerror}")
    return OK


# --- What several commands need ------------------------------------------------------------------


def _config(arguments: argparse.Namespace) -> Config | None:
    """The configuration, or None after saying every mistake in it."""
    from config import Mistakes, read

    try:
        return read(arguments.config)
    except Mistakes as mistakes:
        print(mistakes, file=sys.stderr)
        return None


def _place(arguments: argparse.Namespace, config: Config) -> tuple[str, int, str]:
    """Host, port and database: as asked for, else as configured."""
    configured = config.server
    port = configured.port if arguments.port is None else arguments.port
    return (
        arguments.host or configured.host,
        port,
        arguments.database or configured.database,
    )


def _server_address(arguments: argparse.Namespace) -> tuple[str, int]:
    """Where a screen finds its server; the rest of the configuration is the server's affair."""
    from link.address import address_in

    host, port = address_in(arguments.config)
    return arguments.host or host, port if arguments.port is None else arguments.port


def _warn(config: Config, host: str) -> None:
    from config import check

    for warning in check(config, host):
        print(f"warning: {warning}", file=sys.stderr)


def _cannot(why: str) -> int:
    print(f"motcua: {why}", file=sys.stderr)
    return CANNOT


if __name__ == "__main__":
    sys.exit(main())
