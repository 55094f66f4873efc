"""How right the wait was that citizens were told: how often, by how much, and how wide a range."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import inf
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, select

from figures.document import Block, Cell, Chart, Column, Kind, Series, Table
from figures.formulas import share
from figures.times import MICROSECONDS
from records.reports.blocks import in_unit, plain_figures
from records.reports.keys import half_hour, quarter_of
from records.reports.question import Question
from records.reports.source import rows_of
from records.tables import turns

BYS: Final = ("service", "half_hour", "ahead")
MOST_DAYS: Final = 366  # the last of the period: every single wait is looked at
AHEAD: Final = (0, 1, 3, 6, 11, 21, 41)  # people ahead: each group begins with one of these
COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("waits_told", "count"),
    ("told_inside", "share"),
    ("told_error", "seconds"),
    ("told_bias", "seconds"),
    ("told_width", "seconds"),
)


class Told(NamedTuple):
    """One wait: what was told and what it was, in seconds; and what it is counted by."""

    low_s: int
    high_s: int
    wait_s: float
    keys: Mapping[str, str]


def accuracy(question: Question) -> Iterator[Block]:
    rows = list(rows_of(question.connection, _rows(question)))
    waits = list(_told(question, rows))
    yield plain_figures(
        question,
        "accuracy",
        [
            *((key, kind, cell) for (key, kind), cell in zip(COLUMNS, _cells(waits), strict=True)),
            ("waits_not_told", "count", sum(map(_told_nothing, rows))),
        ],
        notes=list(_notes(question)),
    )
    for by in BYS:
        yield _table(question, by, waits)
    yield _chart(question, waits)


def _notes(question: Question) -> Iterator[str]:
    yield question.words("note.told")
    if question.period.days > MOST_DAYS:
        yield question.words("note.last_days", n=MOST_DAYS)


def _cells(waits: Sequence[Told]) -> list[Cell]:
    """As COLUMNS has them. The error is the median, the bias the mean: above 0, too long."""
    off = [(wait.low_s + wait.high_s) / 2 - wait.wait_s for wait in waits]
    if not waits:
        return [0, None, None, None, None]
    inside = sum(wait.low_s <= wait.wait_s <= wait.high_s for wait in waits)
    return [
        len(waits),
        share(inside, len(waits)),
        round(statistics.median(map(abs, off)), MICROSECONDS),
        round(statistics.fmean(off), MICROSECONDS),
        statistics.fmean(wait.high_s - wait.low_s for wait in waits),
    ]


def _table(question: Question, by: str, waits: Sequence[Told]) -> Table:
    words = question.words
    return Table(
        key=f"by_{by}",
        title=words("block.by", by=words(f"by.{by}").lower()),
        columns=[
            question.key_column(by),
            *(Column(key=key, title=words(f"figure.{key}"), kind=kind) for key, kind in COLUMNS),
        ],
        rows=[
            [_label(question, by, key), *_cells(found)]
            for key, found in _groups(question, by, waits)
        ],
        total=[words("label.total"), *_cells(waits)],
    )


def _chart(question: Question, waits: Sequence[Told]) -> Chart:
    """The share inside, by how many stood ahead."""
    words, groups = question.words, list(_groups(question, "ahead", waits))
    title = words("figure.told_inside")
    return Chart(
        key="told_inside_by_ahead",
        title=words("block.chart", figure=title, by=words("by.ahead").lower()),
        shape="bars",
        x_title=words("by.ahead"),
        y_title=words("unit.axis_percent"),
        x=[_label(question, "ahead", key) for key, _ in groups],
        series=[
            Series(title=title, values=[in_unit("share", _cells(found)[1]) for _, found in groups])
        ],
    )


def _groups(
    question: Question, by: str, waits: Iterable[Told]
) -> Iterator[tuple[str, Sequence[Told]]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for wait in waits:
        found[wait.keys[by]].append(wait)
    order = sorted(found, key=int) if by == "ahead" else question.ordered(by, found)
    for key in order:
        yield key, found[key]


def _label(question: Question, by: str, key: str) -> str:
    if by != "ahead":
        return question.label(by, key)
    at = AHEAD.index(int(key))
    if at + 1 == len(AHEAD):
        return question.words("label.more_than", low=AHEAD[at] - 1)
    low, high = AHEAD[at], AHEAD[at + 1] - 1
    return str(low) if low == high else f"{low}–{high}"


# --- The rows ------------------------------------------------------------------------------------


def _rows(question: Question) -> Select[Any]:
    columns, period = turns.c, question.period
    first = max(period.first, period.last - timedelta(days=MOST_DAYS - 1))
    return (
        select(
            columns.day,
            columns.ticket,
            columns.turn,
            columns.service,
            columns.field,
            columns.issued_at,
            columns.opened_at,
            columns.called_at,
            columns.ended_at,
            columns.wait_s,
            columns.told_low_s,
            columns.told_high_s,
            columns.clock_stepped,
        )
        .where(
            columns.hall == question.setup.hall,
            columns.day.between(first, period.last),
        )
        .order_by(columns.day, columns.opened_at, columns.ticket, columns.turn)
    )


def _told(question: Question, rows: Iterable[Any]) -> Iterator[Told]:
    """The first wait of each visit that was told one and called, by a clock that is trusted."""
    for row, ahead in _with_people_ahead(rows):
        if row["turn"] > 1 or row["wait_s"] is None or row["clock_stepped"]:
            continue
        if row["told_low_s"] is None or row["told_high_s"] is None:
            continue
        quarter = quarter_of(row["issued_at"])
        keys = {
            "service": row["service"],
            "half_hour": half_hour(quarter, question.setup.hours.timezone),
            "ahead": str(AHEAD[bisect_right(AHEAD, ahead) - 1]),
        }
        yield Told(row["told_low_s"], row["told_high_s"], row["wait_s"], keys)


def _told_nothing(row: Any) -> bool:
    """No counter was open when the number was taken."""
    return bool(row["turn"] == 1 and row["told_low_s"] is None)


def _with_people_ahead(rows: Iterable[Any]) -> Iterator[tuple[Any, int]]:
    """Each turn, in order of beginning, and how many waited for its field then."""
    line: dict[tuple[Any, str], list[float]] = defaultdict(list)  # when each of them goes
    for row in rows:
        leaving = line[row["day"], row["field"]]
        while leaving and leaving[0] <= row["opened_at"].timestamp():
            heappop(leaving)
        yield row, len(leaving)
        heappush(leaving, _goes(row["called_at"] or row["ended_at"]))


def _goes(at: datetime | None) -> float:
    return at.timestamp() if at is not None else inf
