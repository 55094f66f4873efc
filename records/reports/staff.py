"""Counters and officers: how long they were open, how well they were used, and what they did."""

from __future__ import annotations

from collections.abc import Iterator

from figures import formulas
from figures.document import Block, Cell, Chart, Series, Table
from figures.times import SECOND_US
from records.reports.blocks import keys_for, plain_table, table_by, unit_of
from records.reports.open_times import OpenTime, open_times
from records.reports.question import Question
from records.reports.source import Counted


def counters(question: Question) -> Iterator[Block]:
    yield from _of(question, "counter")


def officers(question: Question) -> Iterator[Block]:
    yield from _of(question, "officer")


def _of(question: Question, by: str) -> Iterator[Block]:
    cells, opened = question.cells(by, quantiles=True), open_times(question, by)
    keys = question.ordered(by, {*cells, *opened} - {""})
    yield _use(question, by, keys, cells, opened)
    yield table_by(question, by, cells, keys_for(by), total=question.total())
    yield _use_chart(question, by, keys, cells, opened)
    yield _pauses(question, by, keys, opened)


def _use(
    question: Question,
    by: str,
    keys: list[str],
    cells: dict[str, Counted],
    opened: dict[str, OpenTime],
) -> Table:
    """How long it was open, how much of that somebody was served, how many an hour."""
    table = plain_table(
        question,
        f"use_of_{by}",
        [
            ("open", "seconds"),
            ("paused", "seconds"),
            ("busy", "seconds"),
            ("use", "share"),
            ("served", "count"),
            ("productivity", "score"),
        ],
        [],
        notes=[question.words("note.use")],
    )
    table.columns.insert(0, question.key_column(by))
    table.rows = [
        [question.label(by, key), *_row(cells.get(key, Counted()), opened.get(key, OpenTime()))]
        for key in keys
    ]
    return table


def _row(cell: Counted, opened: OpenTime) -> list[Cell]:
    busy_s, served = cell.tally.busy_us / SECOND_US, cell.tally.served
    return [
        opened.open_s,
        opened.paused_s,
        busy_s,
        formulas.use_of_counter(busy_s, opened.open_s),
        served,
        formulas.productivity(served, opened.open_s),
    ]


def _use_chart(
    question: Question,
    by: str,
    keys: list[str],
    cells: dict[str, Counted],
    opened: dict[str, OpenTime],
) -> Chart:
    words = question.words
    uses = [
        formulas.use_of_counter(
            cells.get(key, Counted()).tally.busy_us / SECOND_US, opened.get(key, OpenTime()).open_s
        )
        for key in keys
    ]
    return Chart(
        key=f"use_by_{by}",
        title=words("block.chart", figure=words("figure.use"), by=words(f"by.{by}").lower()),
        shape="bars",
        x_title=words(f"by.{by}"),
        y_title=unit_of(question, "share"),
        x=list(question.labels(by, keys)),
        series=[
            Series(
                title=words("figure.use"),
                values=[None if use is None else use * 100 for use in uses],
            )
        ],
    )


def _pauses(question: Question, by: str, keys: list[str], opened: dict[str, OpenTime]) -> Table:
    """The pauses by their reasons, in a row for each."""
    table = plain_table(
        question,
        "pauses",
        [("pause_reason", "text"), ("paused", "seconds")],
        [],
    )
    table.columns.insert(0, question.key_column(by))
    reasons = question.names.pause_reasons
    table.rows = [
        [question.label(by, key), reasons.get(reason, reason), lasted_s]
        for key in keys
        for reason, lasted_s in sorted(opened.get(key, OpenTime()).reasons_s.items())
    ]
    return table
