"""A day out of a hall's records, to be played again: the one place of the demo that reads them.

Not a byte of the database changes; its server may be running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine

from config import Config
from config.names import names_of
from demo.play import main_figures
from hall.hours import Window, business_day, closing, issuing_windows
from hall.model import Setup
from records.engine import address_of, connect_readonly
from records.errors import trouble_explained
from records.reports import report
from whatif.model import Day, Visit
from whatif.plan import require_served
from whatif.reading import one_day


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """What happened, the main figures of its day sheet by key, and what is to be known of it."""

    day: Day
    figures: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def recorded_day(config: Config, database: str, day: date) -> RecordedDay:
    """The day as the records have it. Raises WhatIfError, ValueError, RecordsError, NotRecorded."""
    engine = connect_readonly(database, as_it_lies=True)
    today = business_day(config.setup.hours, datetime.now(UTC))
    try:
        with trouble_explained():
            lived = one_day(engine, config.setup, day, today)
            figures = _figures(engine, config, day)
    finally:
        engine.dispose()
    if closing(config.setup.hours, day) is None:
        raise ValueError(
            f"by {config.path} the hall is closed on {day}, but it was open: take that day out of"
            " its holidays, or give it the hours it had as a special day, in a copy of the file"
        )
    require_served(config.setup, lived.day)
    stepped = ("the clock was set on that day: some of its times are not true",)
    notes = stepped if lived.clock_stepped else ()
    return RecordedDay(lived.day, figures, (*notes, *_hours_have_changed(config, lived.day)))


def require_another(source: str, own: str) -> None:
    """Raises ValueError when a rehearsal would be written into the records that it is from."""
    if _same(address_of(source), address_of(own)):
        raise ValueError(
            f"{own} is the database that the day comes from, and stays as it is: leave out"
            " --database, or name another"
        )


def _same(one: URL, other: URL) -> bool:
    if (one.drivername, other.drivername) == ("sqlite", "sqlite"):
        return Path(str(one.database)).resolve() == Path(str(other.database)).resolve()
    return one == other


def _figures(engine: Engine, config: Config, day: date) -> Mapping[str, Any]:
    names = next(iter(names_of(config).values()))
    sheet = report(
        *(engine, config.setup, names, "day_sheet", day, day),
        language=names.language,
        now=datetime.now(UTC),
        officers_named=False,
    )
    return main_figures(sheet)


def _hours_have_changed(config: Config, day: Day) -> tuple[str, ...]:
    """A rehearsal goes by the hours of the configuration: is anything of the day outside them?"""
    early = [visit for visit in day.visits if not _issued(config.setup, day.date, visit)]
    if not early:
        return ()
    local = early[0].at.astimezone(config.setup.hours.timezone)
    return (
        f"{len(early)} of {len(day.visits)} citizens came when {config.path} gives no number for"
        f" what they wanted, the first at {local:%H:%M}, and get none now: to have them, give"
        f" {day.date} the hours it had, as a special day in a copy of the file",
    )


def _issued(setup: Setup, day: date, visit: Visit) -> bool:
    """May a number be given for all that was wanted, at that time?"""
    return all(
        any(start <= visit.at < end for start, end in _windows(setup, day, code))
        for code in visit.services
    )


def _windows(setup: Setup, day: date, code: str) -> tuple[Window, ...]:
    return issuing_windows(setup.hours, setup.services[code], day)
