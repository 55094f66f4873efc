"""The turns as they stand in the table, for people who count for themselves. Codes, not names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Boolean, Date, Float, Integer, func, select

from figures.document import Block, Cell, Column, Kind, Table
from figures.errors import BadPeriod
from figures.tally import Row
from records.reports.question import Question
from records.reports.source import rows_of
from records.tables import Utc, turns

MOST_ROWS: Final = 200_000  # a report is held in memory; more of them are asked for in parts

KINDS: Final[tuple[tuple[type[Any], Kind], ...]] = (
    (Utc, "time"),
    (Date, "date"),
    (Boolean, "flag"),
    (Integer, "count"),
    (Float, "score"),  # seconds as they are
)


def data(question: Question) -> Iterator[Block]:
    """Raises BadPeriod where the period has more rows than one report can hold."""
    _refuse_too_many(question)
    names = [
        str(column.name)  # plain text, for what is written elsewhere
        for column in turns.columns
        if column.name != "hall" and (question.officers_named or column.name != "officer")
    ]
    yield Table(
        key="turns",
        title=question.words("block.turns"),
        columns=[Column(key=name, title=name, kind=kind_of(name)) for name in names],
        rows=[[_cell(question, row[name]) for name in names] for row in _rows(question)],
        notes=[question.words("note.data")],
    )


def kind_of(name: str) -> Kind:
    kind = turns.c[name].type
    return next((found for known, found in KINDS if isinstance(kind, known)), "text")


def _refuse_too_many(question: Question) -> None:
    wanted = select(func.count().label("found")).select_from(turns).where(*_within(question))
    found = int(next(rows_of(question.connection, wanted))["found"])
    if found > MOST_ROWS:
        raise BadPeriod(problem="too_many_rows", rows=str(found), most=str(MOST_ROWS))


def _rows(question: Question) -> Iterator[Row]:
    columns = turns.c
    order = (columns.day, columns.ticket, columns.turn)
    return rows_of(question.connection, select(turns).where(*_within(question)).order_by(*order))


def _within(question: Question) -> tuple[Any, ...]:
    columns, period = turns.c, question.period
    return (
        columns.hall == question.setup.hall,
        columns.day.between(period.first, period.last),
    )


def _cell(question: Question, value: Any) -> Cell:
    if isinstance(value, datetime):
        return question.local(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    cell: Cell = value
    return cell
