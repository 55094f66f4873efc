"""Was everybody called in turn? Calls out of order, by whom, why, and whom they overtook; the rules
that were followed; what priority was used for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Select, select

from figures.document import Block, Cell, Table
from figures.formulas import share
from records.reports.blocks import chart_by, compared, plain_table, table_by
from records.reports.question import Question
from records.reports.source import Counted, rows_of
from records.tables import turns

FIGURES: Final = ("calls", "overtaking", "overtaken", "jumps", "visits", "priority")
OF_GROUPS: Final = (
    *("visits", "visits_served", "visits_no_show", "visit_wait_mean", "visit_wait_median"),
    *("visit_wait_p90", "visits_within_15", "visits_within_30"),
)
MOST_ROWS: Final = 500


def fairness(question: Question) -> Iterator[Block]:
    yield compared(question, "main", FIGURES)
    total = question.total()
    yield _rules(question, total)
    yield _reasons(question, total)
    yield _who(question)
    groups = question.cells("group")
    yield table_by(question, "group", groups, OF_GROUPS, total=total)
    yield chart_by(question, "group", groups, "visit_wait_mean")
    yield _jumps(question, total.tally.jumps)


def _rules(question: Question, total: Counted) -> Table:
    """By which rule people were called; a turn that was called twice counts by its last call."""
    words, calls = question.words, total.tally.calls
    rules = sorted(total.tally.rules.items(), key=lambda item: (-item[1], item[0]))
    return plain_table(
        question,
        "rules",
        [("rule", "text"), ("calls", "count"), ("share_of_calls", "share")],
        [[words.of("rule", rule), count, share(count, calls)] for rule, count in rules],
    )


def _reasons(question: Question, total: Counted) -> Table:
    names, tally = question.names.jump_reasons, total.tally
    reasons = sorted(tally.jump_reasons.items(), key=lambda item: (-item[1], item[0]))
    return plain_table(
        question,
        "jump_reasons",
        [("jump_reason", "text"), ("jumps", "count"), ("share_of_jumps", "share")],
        [
            [names.get(reason, reason), count, share(count, tally.jumps)]
            for reason, count in reasons
        ],
    )


def _who(question: Question) -> Table:
    """Who called out of order: each officer where officers are named, else each counter."""
    by = "officer" if question.officers_named else "counter"
    cells = question.cells(by, quantiles=False)
    return table_by(question, by, cells, ("calls", "overtaking", "jumps", "overtaken"))


def _jumps(question: Question, found: int) -> Table:
    """Each call out of order, and whom it overtook."""
    words = question.words
    columns: list[tuple[str, Any]] = [
        ("day", "date"),
        ("called_at", "time"),
        ("ticket", "text"),
        ("service", "text"),
        ("counter", "text"),
        ("jump_reason", "text"),
        ("overtook", "count"),
        ("longest", "text"),
        ("wait", "seconds"),
    ]
    if question.officers_named:
        columns.insert(5, ("officer", "text"))
    return plain_table(
        question,
        "jumps_list",
        columns,
        [_line(question, row) for row in rows_of(question.connection, _rows(question))],
        notes=[words("note.most_rows", n=MOST_ROWS)] if found > MOST_ROWS else [],
    )


def _line(question: Question, row: Any) -> list[Cell]:
    reason = row["jump_reason"]
    line: list[Cell] = [
        row["day"].isoformat(),
        question.local(row["called_at"]).isoformat(timespec="seconds"),
        row["ticket"],
        question.label("service", row["service"]),
        question.label("counter", row["counter"] or ""),
        question.names.jump_reasons.get(reason, reason),
        row["overtook"],
        row["longest"],
        row["wait_target_s"],
    ]
    if question.officers_named:
        line.insert(5, question.label("officer", row["officer"] or ""))
    return line


def _rows(question: Question) -> Select[Any]:
    columns, period = turns.c, question.period
    return (
        select(turns)
        .where(
            columns.hall == question.setup.hall,
            columns.day.between(period.first, period.last),
            columns.jump_reason.is_not(None),
            columns.called_at.is_not(None),
        )
        .order_by(columns.day, columns.called_at, columns.ticket, columns.turn)
        .limit(MOST_ROWS)
    )
