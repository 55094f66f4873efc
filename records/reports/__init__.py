"""The managers' questions, each answered with a report. Reads only; knows no file, screen or clock.

What the figures mean: docs/figures.md. How they are worked out: `figures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from sqlalchemy import Connection, Engine, func, select

from figures.document import Block, Report, Text
from figures.errors import NoRecords, UnknownReport
from figures.names import HallNames
from figures.periods import Period, asked_for
from figures.words import Words, languages, load
from hall.hours import business_day
from hall.model import Setup
from records.errors import trouble_explained
from records.migrate import is_current
from records.reports.accuracy import accuracy
from records.reports.data import data
from records.reports.day_sheet import day_sheet
from records.reports.fairness import fairness
from records.reports.heat import heat
from records.reports.keys import OF_TURNS, OF_VISITS
from records.reports.long_waits import long_waits
from records.reports.nine_criteria import nine_criteria
from records.reports.outages import outages
from records.reports.period import period
from records.reports.public import public_month
from records.reports.question import Question
from records.reports.repeats import r3
from records.reports.results import results
from records.reports.satisfied import satisfaction
from records.reports.source import EXACT_DAYS, Reader
from records.reports.staff import counters, officers
from records.reports.waits import waits
from records.tables import turns

__all__ = ["NAMES", "report"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A report: what makes its blocks, and what it can be split by, the usual first."""

    blocks: Callable[[Question], Iterator[Block]]
    by: tuple[str, ...] = ()
    of_officers: bool = False  # it is about nothing else
    without_visits: bool = False  # it has something to say also where nobody came


KINDS: Final[Mapping[str, Kind]] = {
    "day_sheet": Kind(day_sheet),
    "period": Kind(period, ("day", *OF_TURNS, *(by for by in OF_VISITS if by != "day"))),
    "counters": Kind(counters),
    "officers": Kind(officers, of_officers=True),
    "heat": Kind(heat),
    "waits": Kind(waits),
    "long_waits": Kind(long_waits),
    "accuracy": Kind(accuracy),
    "satisfaction": Kind(satisfaction, (*OF_TURNS, "channel", "group")),
    "fairness": Kind(fairness),
    "results": Kind(results),
    "public_month": Kind(public_month),
    "outages": Kind(outages, without_visits=True),
    "r3": Kind(r3),
    "nine_criteria": Kind(nine_criteria),
    "data": Kind(data),
}
NAMES: Final[Mapping[str, tuple[str, ...]]] = {name: kind.by for name, kind in KINDS.items()}


def report(  # noqa: PLR0917 - what is asked of whom, in the order one says it
    engine: Engine,
    setup: Setup,
    names: HallNames,
    name: str,
    first: date,
    last: date,
    *,
    by: str | None = None,
    language: str,
    now: datetime,
    officers_named: bool,
) -> Report:
    """One report of a hall, from the first day to the last. `engine` only reads; `now` is aware.

    Raises UnknownReport, BadPeriod or NoRecords, and NotRecorded for trouble with the database.
    """
    kind = _kind(name, officers_named)
    wanted = asked_for(first, last, business_day(setup.hours, now))
    split = _split(name, kind, by, wanted, officers_named)
    words = _words(language)
    with trouble_explained():
        if not is_current(engine):
            raise NoRecords(problem="no_tables_of_this_version")
        with _reading(engine) as connection:
            question = Question(
                connection=connection,
                setup=setup,
                names=names,
                words=words,
                period=wanted,
                by=split,
                now=now,
                officers_named=officers_named,
                reader=Reader(connection, setup, wanted),
            )
            return _made(question, name, kind)


def _kind(name: str, officers_named: bool) -> Kind:
    kind = KINDS.get(name)
    if kind is None or (kind.of_officers and not officers_named):
        possible = [one for one in KINDS if officers_named or not KINDS[one].of_officers]
        raise UnknownReport(report=name, possible=", ".join(possible))
    return kind


def _split(name: str, kind: Kind, by: str | None, wanted: Period, officers_named: bool) -> str:
    """What the report is split by: as asked for, or the usual."""
    possible = [one for one in kind.by if officers_named or one != "officer"]
    if by is None:
        usual = possible[0] if possible else ""
        return "month" if usual == "day" and wanted.days > EXACT_DAYS else usual
    if by not in possible:
        raise UnknownReport(report=name, by=by, possible=", ".join(possible))
    return by


def _words(language: str) -> Words:
    if language not in languages():
        raise UnknownReport(language=language, possible=", ".join(languages()))
    return load(language)


def _reading(engine: Engine) -> Connection:
    """All of a report is read as it was at one moment."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def _made(question: Question, name: str, kind: Kind) -> Report:
    words, names, asked = question.words, question.names, question.period
    there = kind.without_visits or bool(question.total(quantiles=False).tally.turns)
    return Report(
        name=name,
        title=words(f"report.{name}"),
        language=words.language,
        hall=names.hall,
        unit=names.unit,
        place=names.place,
        first=asked.first.isoformat(),
        last=asked.last.isoformat(),
        made_at=question.local(question.now).isoformat(timespec="seconds"),
        made_by=made_by(),
        blocks=list(kind.blocks(question)) if there else [_nothing(question)],
        notes=list(_notes(question)),
    )


def _nothing(question: Question) -> Text:
    """Says that there are no visits in the period, and in which there are."""
    words, asked = question.words, question.period
    wanted = select(func.min(turns.c.day), func.max(turns.c.day))
    found = question.connection.execute(wanted.where(turns.c.hall == question.setup.hall)).one()
    lines = [words("note.no_records", period=words.period(asked.first, asked.last))]
    if found[0] is not None:
        lines.append(words("note.records_of", period=words.period(found[0], found[1])))
    return Text(key="no_records", lines=lines)


def _notes(question: Question) -> Iterator[str]:
    words, today = question.words, business_day(question.setup.hours, question.now)
    yield words("note.not_counted")
    if question.period.last >= today:
        yield words("note.unfinished", time=f"{question.local(question.now):%H:%M %d/%m/%Y}")


@cache
def made_by() -> str:
    """The program and its version."""
    try:
        return f"motcua {version('motcua')}"
    except PackageNotFoundError:
        return "motcua"
