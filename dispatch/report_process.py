"""What is done in the reports' own process: reports read from the records, and written to files.

That process never writes to the records, gives way to the hall, and ends with the server. What is
handed in and out are plain values.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import Final

import msgspec
from sqlalchemy import Engine

from figures.document import Report
from figures.errors import BadPeriod, FiguresError, UnknownReport
from figures.names import HallNames
from hall.commands import Refused
from hall.model import Setup
from records.engine import connect_readonly
from records.errors import NotRecorded, trouble_explained

GIVE_WAY: Final = 19  # the lowest priority there is


@dataclass(frozen=True, slots=True)
class Source:
    """What reports are made from. `names`: language -> what everything is called in it."""

    database: str
    setup: Setup
    names: Mapping[str, HallNames]


@dataclass(frozen=True, slots=True)
class Question:
    """One report. `by`: what it is split by, where it can be split."""

    report: str
    first: date
    last: date
    language: str
    by: str | None = None
    officers_named: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What became of files that were due: those written, and the trouble with the others."""

    files: tuple[str, ...] = ()
    trouble: str | None = None
    detail: str = ""


def begin() -> None:
    """The first thing this process does."""
    os.nice(GIVE_WAY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends us
    Thread(target=_end_with_the_server, daemon=True).start()


def awake(_: Callable[..., object]) -> int:
    """This process's number; it has imported by now what the work needs."""
    return os.getpid()


def _end_with_the_server() -> None:
    server = parent_process()
    assert server is not None
    server.join()
    os._exit(0)  # whatever is being read: nobody is left who asked


def as_text(source: Source, question: Question, now: datetime) -> str | Refused:
    """The report as JSON text, or why there is none."""
    try:
        with reading(source.database) as engine:
            return msgspec.json.encode(_made(engine, source, question, now)).decode()
    except FiguresError as error:
        return refused(error)
    except NotRecorded as trouble:
        return Refused("report_failed", problem=trouble.reason)


def into_files(
    source: Source, question: Question, formats: tuple[str, ...], folder: Path, now: datetime
) -> Written:
    """Write the files of a report that are not there yet. Days on which nobody came have none."""
    from sheets import SheetError, file_name, write

    name = (question.report, question.first, question.last)
    missing = [one for one in formats if not os.path.exists(folder / file_name(*name, one))]
    if not missing:
        return Written()
    try:
        report = _made_if_used(source, question, now)
    except (FiguresError, NotRecorded) as error:
        return Written(trouble="report_failed", detail=str(error))
    if report is None:
        return Written()
    files: list[str] = []
    trouble: tuple[str, str] | tuple[()] = ()
    for one in missing:
        try:
            write(report, one, folder / file_name(*name, one))
            files.append(file_name(*name, one))
        except SheetError as error:
            trouble = (error.reason, error.message)  # another format may still find its room
    return Written(tuple(files), *trouble)


def refused(error: FiguresError) -> Refused:
    match error:
        case UnknownReport():
            return Refused("unknown_report", **error.facts)
        case BadPeriod():
            return Refused("bad_period", **error.facts)
        case _:
            return Refused("no_records", **error.facts)


@contextmanager
def reading(database: str) -> Iterator[Engine]:
    """The records, for as long as this lasts. Raises NotRecorded for trouble with them."""
    with trouble_explained():
        engine = connect_readonly(database)
        try:
            yield engine
        finally:
            engine.dispose()


def _made_if_used(source: Source, question: Question, now: datetime) -> Report | None:
    from records.used import was_used

    with reading(source.database) as engine:
        if not was_used(engine, source.setup.hall, question.first, question.last):
            return None
        return _made(engine, source, question, now)


def _made(engine: Engine, source: Source, question: Question, now: datetime) -> Report:
    from records.reports import report

    names = source.names.get(question.language)
    if names is None:
        raise UnknownReport(language=question.language, possible=", ".join(source.names))
    return report(
        engine,
        source.setup,
        names,
        question.report,
        question.first,
        question.last,
        by=question.by,
        language=question.language,
        now=now,
        officers_named=question.officers_named,
    )
