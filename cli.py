"""The command `motcua`: reads arguments and starts what they name. No logic."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from commands import (
    access,
    backup,
    doctor,
    foresight,
    hall,
    load,
    paper,
    plates,
    report,
    screens,
    shared,
    tls,
    trust,
    voice,
)

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

INTERRUPTED = 130
LAST_PORT = 65535
LAST_BYTE = 255
LAST_COUNTER = 999
LONGEST_DAYS = 36_500


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 for mistakes found, 2 for cannot start."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except BrokenPipeError:  # whoever reads what we print has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return shared.OK
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="motcua", description="The queue of a public one-stop hall (bộ phận một cửa)."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = _common_options()

    server = commands.add_parser("server", parents=[common], help="serve the hall")
    server.add_argument("--log", type=Path, metavar="FILE", help="also to this file, rotated")
    server.set_defaults(run=hall.server)

    for name, run, device, what in (
        ("kiosk", screens.kiosk, "kiosk-1", "the citizen's screen: take a ticket"),
        ("counter", screens.counter, "counter-1", "the officer's screen: call and serve"),
        ("display", screens.display, "board-1", "the hall's board: who is called where"),
        ("rating", screens.rating, "rating-1", "the citizen at a counter: how was it?"),
        ("manager", screens.manager, "manager-1", "the manager: the hall now, its figures"),
    ):
        screen = commands.add_parser(name, parents=[common], help=what)
        screen.add_argument(
            "--device", default=device, help="its name in config.toml (%(default)s)"
        )
        screen.add_argument(
            "--token-file", type=Path, help="where `motcua join` was told to put it"
        )
        screen.add_argument("--ca", type=Path, metavar="FILE", help="the hall's ca.pem")
        screen.add_argument("--language", help="vi or en; default: the hall's first")
        if name == "counter":
            screen.add_argument("--headless", action="store_true", help="a keypad and a plate only")
        screen.set_defaults(run=run)

    demo = commands.add_parser("demo", parents=[common], help="a whole hall at work, to try")
    _demo_options(demo)
    demo.set_defaults(run=hall.demo)

    check = commands.add_parser("check", parents=[common], help="find mistakes in config.toml")
    check.set_defaults(run=hall.check)

    _before_opening(commands, common)

    story = commands.add_parser("story", parents=[common], help="what became of a ticket, and why")
    story.add_argument("ticket", type=str.upper, help="its number, such as A047")
    story.add_argument("--day", type=date.fromisoformat, help="such as 2026-11-24; default: today")
    story.add_argument("--language", help="vi or en; default: the hall's first")
    story.add_argument("--json", action="store_true", help="for programs")
    story.set_defaults(run=hall.story)

    reports = commands.add_parser("report", parents=[common], help="figures of a period")
    _report_options(reports)
    reports.set_defaults(run=report.report)

    _foresight(commands, common)
    _trials(commands, common)
    _doors(commands, common)
    _keeping(commands, common)
    _trust(commands, common)
    return parser


def _before_opening(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The commands that say whether machines will do."""
    look = commands.add_parser("doctor", parents=[common], help="what to mend before opening")
    _doctor_options(look)
    look.set_defaults(run=doctor.doctor)

    busy = commands.add_parser("load", parents=[common], help="load a test server, and measure")
    _load_options(busy)
    busy.set_defaults(run=load.load)


def _foresight(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The commands that run recorded days again, otherwise."""
    what_if = commands.add_parser("what-if", parents=[common], help="a day with another plan")
    what_if.add_argument("--day", type=date.fromisoformat, required=True, metavar="DATE")
    for option, metavar, what in (
        ("--open", "Q8@08:00", "a counter opens; Q8@08:00-11:30 until then"),
        ("--close", "Q4@13:30", "a counter closes"),
        ("--skill", "Q5+CT01", "a counter serves it too; Q5+CT01@10 helps out, Q5-CT01 no longer"),
        ("--priority", "GROUP=30", "minutes, first or interleave; all=first for every group"),
    ):
        what_if.add_argument(option, action="append", default=[], metavar=metavar, help=what)
    what_if.add_argument("--arrivals", type=float, default=1.0, help="so many times the visits")
    _runs_options(what_if, runs=200)
    what_if.set_defaults(run=foresight.what_if)

    staffing = commands.add_parser("staffing", parents=[common], help="counters a weekday needs")
    staffing.add_argument("--weekday", choices=foresight.WEEKDAYS, required=True)
    staffing.add_argument("--weeks", type=int, default=4, help="of so many weeks (%(default)s)")
    _runs_options(staffing, runs=40)
    staffing.set_defaults(run=foresight.staffing)


def _runs_options(parser: argparse.ArgumentParser, runs: int) -> None:
    parser.add_argument("--runs", type=int, default=runs, help="days that are run (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same figures (%(default)s)")
    _output_options(parser)


def _trials(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The commands that try out what stands in a hall."""
    printer = commands.add_parser("printer", help="try a printer")
    _printer_options(printer)
    printer.set_defaults(run=paper.printer)

    plate = commands.add_parser("plate", parents=[common], help="try an LED plate")
    _plate_options(plate)
    plate.set_defaults(run=plates.plate)

    ticket = commands.add_parser("ticket", parents=[common], help="a sample of the printed ticket")
    _ticket_options(ticket)
    ticket.set_defaults(run=paper.ticket)

    say = commands.add_parser("say", parents=[common], help="speak a call, to try the voice")
    _say_options(say)
    say.set_defaults(run=voice.say)


def _keeping(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The commands for the day when the disk dies."""
    save = commands.add_parser("backup", parents=[common], help="all records in one file")
    save.add_argument("file", type=Path, help="to write, best on another disk")
    how = save.add_mutually_exclusive_group()
    how.add_argument("--force", action="store_true", help="replace a file that is there")
    how.add_argument("--update", action="store_true", help="add what is new to an earlier backup")
    whole = "check the chain of all events, not of the last day alone"
    save.add_argument("--whole", action="store_true", help=whole)
    save.set_defaults(run=backup.backup)

    put_back = commands.add_parser("restore", parents=[common], help="put a backup back")
    put_back.add_argument("file", type=Path, help="a backup, or a standby file")
    put_back.add_argument("--to", metavar="URL", help="instead of the database in config.toml")
    put_back.add_argument("--force", action="store_true", help="in place of records that are there")
    put_back.add_argument("--whole", action="store_true", help=whole)
    put_back.set_defaults(run=backup.restore)


def _trust(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The commands that prove the records, and erase what could lead to a person."""
    verify = commands.add_parser("verify", parents=[common], help="was anything changed?")
    verify.add_argument("--day", type=date.fromisoformat, help="only up to this day's head")
    verify.add_argument("--head", metavar="HEX", help="from a day's sheet: 16 digits or all")
    verify.add_argument("--public-key", type=Path, metavar="FILE", help="a copy kept elsewhere")
    verify.add_argument("--figures", action="store_true", help="count everything again, too")
    verify.add_argument("--language", help="vi or en; default: the hall's first")
    verify.set_defaults(run=trust.verify)

    erase = commands.add_parser("erase", parents=[common], help="texts that lead to a person")
    what = erase.add_mutually_exclusive_group(required=True)
    what.add_argument("--ticket", type=str.upper, help="of one visit, with --day")
    what.add_argument("--dossier", metavar="CODE", help="of every visit it was noted in")
    what.add_argument("--older-than", type=_days, metavar="DAYS", help="of all days before that")
    erase.add_argument("--day", type=date.fromisoformat, help="the ticket's, such as 2026-11-24")
    erase.add_argument("--by", metavar="NAME", help="who wants it; default: who is signed in here")
    erase.add_argument("--yes", action="store_true", help="do it; without it, it is only shown")
    erase.add_argument("--language", help="vi or en; default: the hall's first")
    erase.set_defaults(run=trust.erase)


def _doors(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The commands that let devices and officers in."""
    for name, run, what in (
        ("pair", access.pair, "on the server's machine: a one-time code for a device"),
        ("join", access.join, "on a device's machine: pair it with the code"),
        ("unpair", access.unpair, "let a device in no more"),
    ):
        command = commands.add_parser(name, parents=[common], help=what)
        command.add_argument("device", help="its name in config.toml")
        if name == "join":
            command.add_argument("code", help="such as 7K3M-2QXZ, from `motcua pair`")
            command.add_argument("--token-file", type=Path, help="where its token is to be")
            command.add_argument("--ca", type=Path, metavar="FILE", help="the hall's ca.pem")
        command.set_defaults(run=run)

    secrecy = commands.add_parser("tls", parents=[common], help="the hall's certificates")
    _tls_options(secrecy)
    secrecy.set_defaults(run=tls.tls)

    devices = commands.add_parser("devices", parents=[common], help="which devices are paired")
    devices.set_defaults(run=access.devices)

    officer = commands.add_parser("officer", parents=[common], help="suspend an account")
    officer.add_argument("officer", help="the code in config.toml")
    either = officer.add_mutually_exclusive_group(required=True)
    either.add_argument("--suspend", action="store_true", help="nobody signs in with it")
    either.add_argument("--restore", action="store_true", help="it is good again")
    officer.set_defaults(run=access.officer)

    pin = commands.add_parser("pin", parents=[common], help="an officer's own PIN or password")
    pin.add_argument("officer", help="the code in config.toml, or admin")
    again = "what was chosen is gone: the one in config.toml counts, or a one-time code"
    pin.add_argument("--reset", action="store_true", required=True, help=again)
    pin.set_defaults(run=access.pin)


def _tls_options(secrecy: argparse.ArgumentParser) -> None:
    secrecy.add_argument("--out", type=Path, metavar="FOLDER", help="default: tls in config.toml")
    as_called = "as screens call the server; more than one may be given"
    secrecy.add_argument("--name", action="append", default=[], metavar="NAME", help=as_called)
    secrecy.add_argument("--address", action="append", default=[], metavar="IP", help="likewise")
    secrecy.add_argument("--force", action="store_true", help="in place of those that are there")
    what = secrecy.add_mutually_exclusive_group()
    what.add_argument("--show", action="store_true", help="only say for whom, and until when")
    what.add_argument("--renew", action="store_true", help="the server's, of the same authority")
    secrecy.add_argument("--ca-key", type=Path, metavar="FILE", help="to renew; default: in FOLDER")


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=shared.shipped_config(), metavar="FILE")
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
    demo.add_argument("--day", type=date.fromisoformat, metavar="DATE", help="(2026-11-24)")
    demo.add_argument(
        "--from",
        dest="source",
        metavar="DATABASE",
        help="rehearse: play that day of these records again, which stay as they are",
    )
    demo.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="COUNTER",
        help="of a rehearsal: leave this counter to a real officer",
    )


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {LAST_PORT}")
    return int(text)


def _load_options(busy: argparse.ArgumentParser) -> None:
    for option, many in (("--kiosks", 2), ("--counters", 9), ("--displays", 20)):
        busy.add_argument(option, type=int, default=many, metavar="N", help="(%(default)s)")
    busy.add_argument("--tickets", type=float, default=60, help="a minute (%(default)s)")
    busy.add_argument("--desk", type=float, default=5, metavar="S", help="a visit (%(default)s s)")
    busy.add_argument("--seconds", type=float, default=30, help="in all (%(default)s)")
    busy.add_argument("--seed", type=int, default=1, help="of chance (%(default)s)")
    busy.add_argument("--pin", help="of its officers; default: the demo's")
    busy.add_argument("--ca", type=Path, metavar="FILE", help="the hall's ca.pem")
    busy.add_argument(load.SURE, action="store_true", help="on another machine, serving no hall")


def _doctor_options(look: argparse.ArgumentParser) -> None:
    look.add_argument("--device", help="on this screen's machine; default: on the server's")
    look.add_argument("--role", choices=doctor.ROLES, help="of a device with an unusual name")
    look.add_argument("--token-file", type=Path, help="where `motcua join` was told to put it")
    look.add_argument("--ca", type=Path, metavar="FILE", help="the hall's ca.pem")
    look.add_argument("--print", action="store_true", help="also a test page on each printer")
    look.add_argument("--language", help="vi or en; default: the hall's first")
    look.add_argument("--json", action="store_true", help="for programs")


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


def _report_options(reports: argparse.ArgumentParser) -> None:
    reports.add_argument("name", nargs="?", help="which one; without a name they are listed")
    first, last = "first day, such as 2026-11-01", "last day; default: the first"
    for option, dest, what in (("--from", "first", first), ("--to", "last", last)):
        reports.add_argument(option, dest=dest, type=date.fromisoformat, metavar="DATE", help=what)
    kinds = ("day", "week", "month", "quarter", "half_year", "year")
    reports.add_argument("--period", choices=kinds, help="instead of --from and --to")
    reports.add_argument(
        "--of", type=date.fromisoformat, metavar="DATE", help="a day in that period; default: today"
    )
    reports.add_argument("--by", help="what it is split by, where it can be")
    _output_options(reports)


def _output_options(parser: argparse.ArgumentParser) -> None:
    """In which language and form a report is given, and where to."""
    parser.add_argument("--language", help="vi or en; default: the hall's first")
    formats = ("table", "json", "csv", "xlsx", "html", "pdf", "png", "svg")
    parser.add_argument("--format", choices=formats, help="default: as --out ends, or table")
    parser.add_argument("--out", type=Path, metavar="FILE", help="file or folder to write to")


def _byte(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= LAST_BYTE):
        raise argparse.ArgumentTypeError(f"a number from 1 to {LAST_BYTE}")
    return int(text)


def _plate_options(plate: argparse.ArgumentParser) -> None:
    plate.add_argument(
        "plate",
        help="its code in config.toml, a screen's code for all of its plates,"
        " or a line: serial:///dev/ttyUSB1?baud=9600",
    )
    what = plate.add_mutually_exclusive_group(required=True)
    what.add_argument("--show", metavar="TEXT", help="such as A105")
    what.add_argument("--blank", action="store_true", help="darken it")
    on_a_line = plate.add_argument_group("for a plate on a line, as in config.toml")
    on_a_line.add_argument("--speaks", choices=plates.SPEECHES)
    on_a_line.add_argument("--unit", type=_byte, metavar="N")
    on_a_line.add_argument("--cells", type=_byte, metavar="N")
    on_a_line.add_argument("--frame")
    on_a_line.add_argument("--letters")


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


def _say_options(say: argparse.ArgumentParser) -> None:
    say.add_argument("number", help="of a ticket, such as A105")
    say.add_argument("--counter", type=_counter, required=True, metavar="N", help="from 1 to 999")
    say.add_argument("--language", default="vi", help="vi (default), en, or one of voice.templates")
    say.add_argument("--style", choices=("digits", "full"), help="instead of the hall's")
    say.add_argument("--region", choices=("north", "south"), help="instead of the hall's")
    say.add_argument("--speaker", help="default, a part of a loudspeaker's name, or file:FOLDER")
    what = say.add_mutually_exclusive_group()
    what.add_argument("--text", action="store_true", help="print the words and speak nothing")
    what.add_argument("--wav", type=Path, metavar="FILE", help="write the sound and play nothing")


def _counter(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= LAST_COUNTER):
        raise argparse.ArgumentTypeError(f"a counter is a number from 1 to {LAST_COUNTER}")
    return int(text)


def _days(text: str) -> int:
    if not (text.isdecimal() and int(text) <= LONGEST_DAYS):
        raise argparse.ArgumentTypeError(f"a number of days from 0 to {LONGEST_DAYS}")
    return int(text)


def _speed(text: str) -> float:
    speed = float("inf") if text == "max" else float(text)
    if not speed > 0:
        raise argparse.ArgumentTypeError("a number above 0, or max")
    return speed


if __name__ == "__main__":
    sys.exit(main())
