"""The command about reports: one of them, of a period, in the form that is asked of the hall."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from commands.shared import MISTAKES, OK, cannot, config_of, place

if TYPE_CHECKING:
    from config import Config
    from figures.document import Report
    from figures.errors import FiguresError

PATIENCE_S: Final = 1.0  # what takes longer says that it is still at work
STEP_S: Final = 0.2
TURNING: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PROBLEMS: Final = {
    "backwards": "{first} is after {last}: give the first day with --from",
    "future": "{first} has not come yet; today is {today}",
    "too_early": "there are no records from before {year}",
    "too_late": "{last} is after the year {year}",
    "too_many_rows": "{rows} rows are more than one report holds ({most}): ask for fewer days",
    "no_tables_of_this_version": "its records are of an older version, or empty: start the server "
    "once, which brings them up to date",
}


def report(arguments: argparse.Namespace) -> int:
    from sheets import BINARY

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    language = arguments.language or config.hall_info.languages[0]
    if language not in config.hall_info.languages:
        known = ", ".join(config.hall_info.languages)
        return cannot(f"the hall does not have the language {language}. It has: {known}.")
    if arguments.name is None:
        return _list_them(language)
    period = _period(arguments)
    if isinstance(period, str):
        return cannot(period)
    form = arguments.format or format_of(arguments.out) or "table"
    if form in BINARY and arguments.out is None:
        return cannot(f"{form} is for a file: give its name with --out")
    made = _made(arguments, config, language, *period)
    return cannot(made) if isinstance(made, str) else handed_over(made, form, arguments.out)


def _list_them(language: str) -> int:
    from figures.words import load
    from records.reports import NAMES

    words = load(language)
    width = max(map(len, NAMES))
    for name, by in NAMES.items():
        split = f"  (--by {'|'.join(by)})" if by else ""
        print(f"{name:{width}}  {words(f'report.{name}')}{split}")
    return OK


def _period(arguments: argparse.Namespace) -> tuple[date, date] | str:
    """The first and the last day, or what is wrong with how they were asked for."""
    from figures.periods import period_of

    first, last, kind, of = arguments.first, arguments.last, arguments.period, arguments.of
    if kind is not None:
        if first is not None or last is not None:
            return "either --period with --of, or --from and --to"
        period = period_of(kind, of or date.today())  # noqa: DTZ011 - the day of whoever asks
        return period.first, period.last
    if of is not None:
        return "--of needs --period: day, week, month, quarter, half_year or year"
    if first is None:
        return "of which days? --from 2026-11-01 --to 2026-11-30, or --period month --of 2026-11-01"
    return first, last or first


def format_of(out: Path | None) -> str | None:
    """The format that a file's name asks for by its ending."""
    from sheets import FORMATS

    endings = {ending: name for name, ending in FORMATS.items()}
    return endings.get(out.suffix.removeprefix(".").lower()) if out is not None else None


def _made(
    arguments: argparse.Namespace, config: Config, language: str, first: date, last: date
) -> Report | str:
    """The report, or why there is none."""
    from config.names import names_of
    from figures.errors import FiguresError
    from records.engine import connect_readonly
    from records.errors import NotRecorded, RecordsError
    from records.reports import report

    try:
        with turning(f"{arguments.name} {first} – {last}"):
            engine = connect_readonly(place(arguments, config)[2])
            return report(
                engine,
                config.setup,
                names_of(config)[language],
                arguments.name,
                first,
                last,
                by=arguments.by,
                language=language,
                now=datetime.now(UTC),
                officers_named=True,
            )
    except FiguresError as error:
        return _why(error)
    except (RecordsError, NotRecorded) as error:
        return str(error)


def _why(error: FiguresError) -> str:
    """What to do about it, in words."""
    facts = error.facts
    if "by" in facts:
        possible = facts["possible"] or "nothing"
        return f"{facts['report']} cannot be split by {facts['by']}, but by: {possible}."
    if "report" in facts:
        return f"no report {facts['report']}. There are: {facts['possible']}."
    if "language" in facts:
        return f"no report in the language {facts['language']}, but in: {facts['possible']}."
    return PROBLEMS.get(facts.get("problem", ""), str(error)).format_map(facts)


def handed_over(made: Report, form: str, out: Path | None) -> int:
    """To the terminal or into a file; into a folder under a name of its own."""
    from sheets import SheetError, file_name, render, write

    try:
        if out is None:
            sys.stdout.buffer.write(render(made, form))
            sys.stdout.flush()
            return OK
        if out.is_dir():
            days = date.fromisoformat(made.first), date.fromisoformat(made.last)
            out = out / file_name(made.name, *days, form)
        with turning(str(out)):
            write(made, form, out)
    except SheetError as error:
        return cannot(error.message)
    print(f"{out}: {made.title}")
    return OK


@contextmanager
def turning(what: str) -> Iterator[None]:
    """A line that moves on the terminal while something takes long."""
    if not sys.stderr.isatty():
        yield
        return
    done = Event()
    turning = Thread(target=_turn, args=(what, done), daemon=True)
    turning.start()
    try:
        yield
    finally:
        done.set()
        turning.join()


def _turn(what: str, done: Event) -> None:
    if done.wait(PATIENCE_S):
        return
    step = 0
    while not done.wait(STEP_S):
        seconds = int(PATIENCE_S + step * STEP_S)
        print(f"\r{TURNING[step % len(TURNING)]} {what} … {seconds} s ", end="", file=sys.stderr)
        sys.stderr.flush()
        step += 1
    print("\r\033[K", end="", file=sys.stderr, flush=True)
