"""The commands that look ahead: a day with another plan, and how many counters a weekday needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from commands.report import format_of, handed_over
from commands.shared import MISTAKES, cannot, config_of, place

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from config import Config
    from figures.document import Report
    from figures.names import HallNames
    from whatif.runs import Told

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WIDTH: Final = 30

Made = Callable[["Engine", "Config", "HallNames", "Told"], "Report"]


def what_if(arguments: argparse.Namespace) -> int:
    def made(engine: Engine, config: Config, names: HallNames, told: Told) -> Report:
        from whatif.compare import what_if
        from whatif.plan import parsed

        plan = parsed(
            config.setup,
            opens=arguments.open,
            closes=arguments.close,
            skills=arguments.skill,
            priority=arguments.priority,
            arrivals=arguments.arrivals,
        )
        return what_if(
            engine,
            config.setup,
            names,
            arguments.day,
            plan,
            runs=arguments.runs,
            seed=arguments.seed,
            now=datetime.now(UTC),
            told=told,
        )

    return _answered(arguments, made)


def staffing(arguments: argparse.Namespace) -> int:
    def made(engine: Engine, config: Config, names: HallNames, told: Told) -> Report:
        from whatif.staffing import staffing

        return staffing(
            engine,
            config.setup,
            names,
            WEEKDAYS.index(arguments.weekday),
            arguments.weeks,
            runs=arguments.runs,
            seed=arguments.seed,
            now=datetime.now(UTC),
            told=told,
        )

    return _answered(arguments, made)


def _answered(arguments: argparse.Namespace, made: Made) -> int:
    """The report where it was asked for, or why there is none."""
    from config.names import names_of
    from records.engine import connect_readonly
    from records.errors import NotRecorded, RecordsError
    from sheets import BINARY
    from whatif.errors import WhatIfError

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    language = arguments.language or config.hall_info.languages[0]
    if language not in config.hall_info.languages:
        known = ", ".join(config.hall_info.languages)
        return cannot(f"the hall does not have the language {language}. It has: {known}.")
    form = arguments.format or format_of(arguments.out) or "table"
    if form in BINARY and arguments.out is None:
        return cannot(f"{form} is for a file: give its name with --out")
    try:
        engine = connect_readonly(place(arguments, config)[2])
        with Progress() as told:
            report = made(engine, config, names_of(config)[language], told)
    except WhatIfError as error:
        return cannot(error.told(language))
    except (RecordsError, NotRecorded) as error:
        return cannot(str(error))
    return handed_over(report, form, arguments.out)


class Progress:
    """A bar on the terminal, if somebody looks at one; it leaves nothing behind."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Told:
        return self._told

    def __exit__(self, *_: object) -> None:
        self._say("\r\033[K")

    def _told(self, done: int, of: int) -> None:
        full = WIDTH * done // max(of, 1)
        self._say(f"\r{'█' * full}{'░' * (WIDTH - full)} {done}/{of}")

    def _say(self, text: str) -> None:
        if self._shown:
            print(text, end="", file=sys.stderr, flush=True)
